// Wire shapes of referrals: bodies, queries, the list item and the view.
import { type Static, Type } from 'typebox';
import { SafeContactPart } from '../persons/safe-contact-schema.ts';
import type { ListedRow } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  AvailableAction,
  CivilDate,
  Closed,
  Code,
  Id,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { isResponseOverdue, MAX_OUTPUTS, ORIGIN_KINDS, REFERRAL_STATES } from './domain.ts';
import { MaskedPerson } from './package.ts';
import type { ReferralRow } from './repository.ts';

const LegalBasisSchema = Literals(enumValues('legal-bases'), 'on what the disclosure to the department rests');
const OutcomeSchema = Literals(enumValues('referral-outcomes'));
const Measures = Type.Array(Code, {
  minItems: 1,
  maxItems: 20,
  uniqueItems: true,
  description: "codes of the set `measures`, of the recipient's kind of agency",
});
const FollowUpSchema = Literals(
  enumValues('referral-follow-ups'),
  'is the sender to decide, the measure having not come?',
);
const DecisionSchema = Literals(enumValues('referral-follow-up-decisions'));
const Ids = Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true });
const RespondBy = Type.String({ format: 'date', maxLength: 10, description: 'sent day + 10 working days otherwise' });

/** Members of one request; `POST /v1/referrals` adds its origin to them. */
export const referralMembers = {
  agencyId: Id,
  personIds: Type.Optional(Ids),
  beneficiaryIds: Type.Optional(Ids),
  measures: Measures,
  proposal: Text(4000, 'what the department is asked, with the situation of the case'),
  legalBasis: LegalBasisSchema,
  respondBy: Type.Optional(RespondBy),
};
/** The persons are named by at least one of the two. */
export const namesPersons = { anyOf: [{ required: ['personIds'] }, { required: ['beneficiaryIds'] }] };

export const ReferralInput = named(
  'ReferralInput',
  Closed(referralMembers, {
    ...namesPersons,
    description: 'A request to one department; persons are named by person id, or by their id in the case or clue',
  }),
);
export const ReferralRequests = Type.Array(ReferralInput, { minItems: 1, maxItems: 20 });
export const ReferralBatchInput = named('ReferralBatchInput', Closed({ referrals: ReferralRequests }));
export const ReferralsBody = Type.Unsafe<Static<typeof ReferralInput> | Static<typeof ReferralBatchInput>>({
  anyOf: [ReferralInput, ReferralBatchInput],
  description: 'one referral, or `{referrals: [...]}`: all or nothing',
});
export const RoutingBody = named(
  'SocialAssistanceRouting',
  Closed(
    { reason: Text(), referrals: Type.Optional(ReferralRequests) },
    { description: 'Why, and the referrals that are sent at once' },
  ),
);

export const NoBody = named('ReferralStep', Closed({}));
export const ReasonBody = named('ReferralReason', Closed({ reason: Text() }));
export const HoldBody = named(
  'ReferralHold',
  Closed({
    reason: Text(),
    resumeOn: Type.Optional({ ...CivilDate, description: 'when work goes on; today + 10 working days otherwise' }),
  }),
);
export const RejectionBody = named('ReferralRejection', Closed({ reasonCode: Code, reason: Text() }));
export const OutputBody = named(
  'ReferralOutputInput',
  Closed({
    measure: Code,
    from: CivilDate,
    to: Type.Optional(Nullable(CivilDate)),
    value: Type.Optional(Nullable(Money)),
    note: Type.Optional(Nullable(Text())),
  }),
);
export const CompletionBody = named(
  'ReferralCompletion',
  Closed({ outcome: OutcomeSchema, note: Type.Optional(Nullable(Text())) }),
);
const onward = {
  agencyId: Id,
  measures: Measures,
  proposal: Type.Optional(Nullable(Text(4000, 'the present proposal otherwise'))),
  respondBy: Type.Optional(Nullable(RespondBy)),
};
export const ForwardingBody = named('ReferralForwarding', Closed({ ...onward, reason: Text() }));
export const FollowUpBody = named(
  'ReferralFollowUp',
  Closed(
    {
      decision: DecisionSchema,
      reason: Text(),
      referral: Type.Optional(
        Closed(onward, { description: 'the new referral; with `referred_again`, and only then' }),
      ),
    },
    { description: 'What becomes of a need whose measure was refused, failed or was not delivered' },
  ),
);

export const ReferralQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(REFERRAL_STATES)),
  agencyId: Type.Optional(Type.String({ maxLength: 36, format: 'uuid', description: 'department that is asked' })),
  direction: Type.Optional(Literals(['sent', 'received'], "by or to the caller's agency")),
  responseOverdue: Type.Optional(Type.Boolean()),
  followUp: Type.Optional(FollowUpSchema),
  updatedSince: Type.Optional(Instant),
});
export const CaseReferralQuery = Type.Object({ ...pageQuery, state: Type.Optional(Literals(REFERRAL_STATES)) });

const listed = {
  id: Id,
  number: Type.String({ maxLength: 64 }),
  state: Literals(REFERRAL_STATES),
  version: Type.Integer({ minimum: 1 }),
  originKind: Literals(ORIGIN_KINDS),
  assistanceCaseId: Nullable(Id),
  clueId: Nullable(Id),
  monitoringAccountId: Nullable(Id),
  legalBasis: LegalBasisSchema,
  personCount: Type.Integer({ minimum: 1 }),
  sentOn: CivilDate,
  respondBy: CivilDate,
  responseOverdue: Type.Boolean({ description: 'not answered by respondBy' }),
  reminders: Type.Integer({ minimum: 0 }),
  outcome: Nullable(OutcomeSchema),
  resumeOn: Nullable({ ...CivilDate, description: 'of a referral on hold' }),
  followUp: FollowUpSchema,
  createdAt: Instant,
  updatedAt: Instant,
};
export const ReferralItem = named('ReferralItem', Closed({ ...listed, senderAgencyId: Id, agencyId: Id }));
export const ReferralPage = pageOf('ReferralPage', ReferralItem);

const narrative = (description?: string) =>
  Nullable(Type.String({ maxLength: 4000, ...(description ? { description } : {}) }));

export const ReferralView = named(
  'SocialAssistanceReferral',
  Closed({
    safeContact: SafeContactPart,
    ...listed,
    senderAgency: AgencyRef,
    agency: AgencyRef,
    measures: Type.Array(Code, { maxItems: 20 }),
    proposal: narrative('sender always, recipient while the package is open, nobody else'),
    persons: Type.Array(MaskedPerson, { maxItems: 50, description: 'masked; in clear only in the package' }),
    receivedAt: Nullable(Instant),
    answeredAt: Nullable(Instant),
    startedAt: Nullable(Instant),
    endedAt: Nullable(Instant),
    remindedAt: Nullable(Instant),
    rejection: Nullable(Closed({ reasonCode: Code, reason: narrative() })),
    holdReason: narrative('of the last hold'),
    failureReason: narrative(),
    cancellationReason: narrative('of a cancellation or forwarding, for the sender'),
    completion: Nullable(Closed({ outcome: OutcomeSchema, note: narrative() })),
    outputs: Type.Array(
      Closed({
        id: Id,
        measure: Code,
        from: CivilDate,
        to: Nullable(CivilDate),
        value: Nullable(Money),
        note: narrative(),
        recordedAt: Instant,
      }),
      { maxItems: MAX_OUTPUTS },
    ),
    followUpDecision: Nullable(
      Closed({ decision: DecisionSchema, reason: narrative(), referralId: Nullable(Id), decidedAt: Instant }),
    ),
    formerAgency: Nullable({ ...AgencyRef, description: 'the department that was asked before its successor' }),
    forwardedFromId: Nullable(Id),
    forwardedToId: Nullable(Id),
    availableActions: Type.Array(AvailableAction, { maxItems: 20 }),
  }),
);
export const ReferralBatch = named('ReferralBatch', Closed({ items: Type.Array(ReferralView, { maxItems: 20 }) }));
export const SentReferrals = Type.Unsafe<Static<typeof ReferralView> | Static<typeof ReferralBatch>>({
  anyOf: [ReferralView, ReferralBatch],
});

/** The recipient sees its package only: where the referral came from and went to is the sender's (and oversight's). */
export function listedOf(tx: Tx, r: ListedRow<ReferralRow>) {
  const { id, number, state, version, originKind, legalBasis, personCount, sentOn, respondBy, outcome } = r;
  const recipient = tx.ctx.actor.agency.id === r.agencyId;
  return {
    id,
    number,
    state,
    version,
    originKind,
    assistanceCaseId: recipient ? null : r.assistanceCaseId,
    clueId: recipient ? null : r.clueId,
    monitoringAccountId: recipient ? null : r.monitoringAccountId,
    legalBasis,
    personCount,
    sentOn,
    respondBy,
    responseOverdue: isResponseOverdue(r, tx.ctx.today),
    reminders: r.reminderCount,
    outcome,
    resumeOn: r.resumeOn,
    followUp: recipient ? 'none' : r.followUp,
    createdAt: r.createdAt.toISOString(),
    updatedAt: r.updatedAt.toISOString(),
  };
}

export function toReferralItem(tx: Tx, r: ListedRow<ReferralRow>): Static<typeof ReferralItem> {
  return { ...listedOf(tx, r), senderAgencyId: r.senderAgencyId, agencyId: r.agencyId };
}
