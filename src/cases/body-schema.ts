// What the verbs of a case are told: the bodies of the requests, closed and bounded.
import { Type } from 'typebox';
import { LinkedCasePatch, LinkedCaseSchema } from '../clues/schema.ts';
import { SubjectInputSchema } from '../persons/schema.ts';
import { Closed, Code, Id, Literals, Money, Nullable, named, RegionCode, Text } from '../platform/http/schema.ts';
import { CASE_OUTCOMES, INITIATIONS } from './domain.ts';

const LONG = 20_000;
const optionalText = Type.Optional(Nullable(Text()));

export const CaseInput = named(
  'AssistanceCaseInput',
  Closed({
    initiation: Literals(INITIATIONS),
    regionCode: RegionCode,
    linkedCase: LinkedCaseSchema,
    facts: Text(LONG),
    hardship: Type.Optional(Nullable(Text(LONG))),
    campaignCode: Type.Optional(Nullable(Code)),
    subjects: Type.Array(SubjectInputSchema, { minItems: 1, maxItems: 50 }),
  }),
);
export const CasePatch = named(
  'AssistanceCasePatch',
  Closed({
    facts: Type.Optional(Text(LONG)),
    hardship: Type.Optional(Nullable(Text(LONG))),
    campaignCode: Type.Optional(Nullable(Code)),
    linkedCase: Type.Optional(LinkedCasePatch),
  }),
);
export const AcceptanceBody = named(
  'ClueAcceptance',
  Closed({ opinion: optionalText, handlerOfficerId: Type.Optional(Nullable(Id)) }),
);
export const AssignmentBody = named('CaseAssignment', Closed({ handlerOfficerId: Id }));
const Items = Type.Array(Text(200), { minItems: 1, maxItems: 50 });
export const DocumentRequestBody = named('CaseDocumentRequest', Closed({ items: Items, reason: Text() }));
export const DocumentReceiptBody = named(
  'CaseDocumentReceipt',
  Closed({ items: Type.Optional(Nullable(Items)), note: optionalText }),
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
    opinion: Text(),
  }),
);
export const ApprovalBody = named(
  'CaseApproval',
  Closed({ outcome: Literals(CASE_OUTCOMES), opinion: Text(), exclusionCode: Type.Optional(Nullable(Code)) }),
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
