// What the verbs of a case are told: the bodies of the requests, closed and bounded.
import { Type } from 'typebox';
import { LinkedCasePatch, LinkedCaseSchema } from '../clues/schema.ts';
import { SubjectInputSchema } from '../persons/schema.ts';
import {
  CivilDate,
  Closed,
  Code,
  Id,
  Literals,
  Money,
  Nullable,
  named,
  RegionCode,
  Text,
} from '../platform/http/schema.ts';
import { CASE_OUTCOMES, INITIATIONS, REFUSAL_BASES } from './domain.ts';

const LONG = 20_000;
const optionalText = Type.Optional(Nullable(Text()));

/** Everybody in it was aided under the same original case: the level above decides on the grant. */
const AidedOverride = Type.Optional(
  Nullable(
    Closed(
      { reason: Text() },
      { description: 'where everybody was aided under the same original case already; the proposal needs its own' },
    ),
  ),
);

export const CaseInput = named(
  'AssistanceCaseInput',
  Closed({
    initiation: Literals(INITIATIONS),
    regionCode: RegionCode,
    linkedCase: LinkedCaseSchema,
    facts: Text(LONG),
    hardship: Type.Optional(Nullable(Text(LONG))),
    campaignCode: Type.Optional(Nullable(Code)),
    greenChannel: Type.Optional(Type.Boolean({ description: 'handled first; a handler is to be named at once' })),
    subjects: Type.Array(SubjectInputSchema, { minItems: 1, maxItems: 50 }),
    override: AidedOverride,
  }),
);
export const CasePatch = named(
  'AssistanceCasePatch',
  Closed({
    facts: Type.Optional(Text(LONG)),
    hardship: Type.Optional(Nullable(Text(LONG))),
    campaignCode: Type.Optional(Nullable(Code)),
    greenChannel: Type.Optional(Type.Boolean()),
    linkedCase: Type.Optional(LinkedCasePatch),
  }),
);
export const AcceptanceBody = named(
  'ClueAcceptance',
  Closed({ opinion: optionalText, handlerOfficerId: Type.Optional(Nullable(Id)), override: AidedOverride }),
);
export const Channel = Type.String({
  pattern: '^[a-z_]{1,40}$',
  maxLength: 40,
  description: 'a word such as in_person, phone, letter, online; never a number or address',
});
export const AssignmentBody = named('CaseAssignment', Closed({ handlerOfficerId: Id }));
const Items = Type.Array(Text(200), { minItems: 1, maxItems: 50 });
export const DocumentRequestBody = named('CaseDocumentRequest', Closed({ items: Items, reason: Text() }));
export const DocumentReceiptBody = named(
  'CaseDocumentReceipt',
  Closed({
    items: Type.Optional(
      Nullable(
        Type.Array(Text(200), {
          minItems: 1,
          maxItems: 50,
          description: 'what came, as it was asked for; absent = everything',
        }),
      ),
    ),
    toBeObtained: Type.Optional(
      Type.Array(Text(200), {
        minItems: 1,
        maxItems: 50,
        description: 'the procuratorate fetches these on request; nothing waits for them',
      }),
    ),
    waived: Type.Optional(Type.Array(Text(200), { minItems: 1, maxItems: 50, description: 'no longer needed' })),
    resume: Type.Optional(Type.Boolean({ description: 'the review goes on although something is outstanding' })),
    note: optionalText,
  }),
);
export const ProposalBody = named(
  'CaseProposal',
  Closed({
    eligibilityCode: Code,
    exclusions: Type.Optional(
      Type.Array(Closed({ code: Code, applies: Type.Boolean(), note: optionalText }), {
        maxItems: 20,
        description: 'code set exclusions; each at most once',
      }),
    ),
    awards: Type.Optional(
      Type.Array(Closed({ beneficiaryId: Id, amount: Money, fundId: Type.Optional(Nullable(Id)) }), {
        maxItems: 50,
        description: "one for each beneficiary; without fundId the handling agency's default fund",
      }),
    ),
    override: Type.Optional(
      Nullable(
        Closed(
          { reason: Text() },
          {
            description:
              'aid in spite of an exclusion, beyond the wage standard, or a second time under one original case: the chief of the level above approves as well',
          },
        ),
      ),
    ),
    assessment: Type.Optional(
      Nullable(
        Closed(
          {
            loss: Money,
            received: Money,
            faultPercent: Type.Integer({ minimum: 0, maximum: 100, description: 'own share of the fault' }),
          },
          {
            description:
              'what a court would award: the loss less the own fault, less what was received. No award is above it; required beyond the wage standard',
          },
        ),
      ),
    ),
    amountReason: Type.Optional(
      Nullable(
        Text(
          4000,
          'why an award is outside the range of like cases (`comparable-cases`), where `opinion` does not say it',
        ),
      ),
    ),
    opinion: Text(),
  }),
);
export const ApprovalBody = named(
  'CaseApproval',
  Closed({
    outcome: Literals(CASE_OUTCOMES),
    opinion: Text(),
    exclusionCode: Type.Optional(Nullable(Code)),
    minutes: Type.Optional(
      Nullable(
        Closed(
          { heldOn: CivilDate, reference: Text(200) },
          { description: 'of the committee whose step it is; only there' },
        ),
      ),
    ),
    basis: Type.Optional(
      Nullable(
        Literals(REFUSAL_BASES, 'of a refusal; without it `exclusion` where exclusionCode is given, else `other`'),
      ),
    ),
  }),
);
export const ReconsiderationBody = named('CaseReconsideration', Closed({ newFacts: Text(LONG) }));
export const WithdrawalBody = named('CaseWithdrawal', Closed({ reason: optionalText }));
export const ClosureBody = named(
  'CaseClosure',
  Closed({
    summary: Text(),
    advice: Type.Optional(
      Nullable(
        Text(4000, "what the Women's Federation is asked to look after: part of the case notice, without contact data"),
      ),
    ),
  }),
);
export const RevocationBody = named('CaseRevocation', Closed({ reason: Text() }));
export const BeneficiariesBody = named(
  'CaseBeneficiariesInput',
  Closed({ subjects: Type.Array(SubjectInputSchema, { minItems: 1, maxItems: 20 }) }),
);
export const NotificationBody = named(
  'CaseNotification',
  Closed({ toldOn: CivilDate, channel: Channel, note: optionalText }),
);
export const TypicalCaseBody = named(
  'TypicalCaseMark',
  Closed({
    title: Text(200, 'the title under which it is published, without the names of people'),
    publishedOn: Type.Optional(Nullable(CivilDate)),
  }),
);
export const NoBody = named('CaseStep', Closed({}));
