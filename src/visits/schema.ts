// Wire shapes of visits: bodies, queries, the list item and the view.
import { type Static, Type } from 'typebox';
import { ClueUpsert } from '../clues/schema.ts';
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
  Nullable,
  named,
  OfficerRef,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { referralMembers } from '../referrals/schema.ts';
import {
  keepsAccount,
  MAX_AMENDMENTS,
  MAX_FORMER_DATES,
  MEASURE_STATUSES,
  RISK_LEVELS,
  VISIT_MODES,
  VISIT_STATES,
} from './domain.ts';
import type { VisitRow } from './repository.ts';

const Ids = (description: string) => Type.Optional(Type.Array(Id, { maxItems: 50, uniqueItems: true, description }));

export const visitInput = {
  plannedOn: CivilDate,
  mode: Literals(VISIT_MODES),
  personIds: Ids('default: all aided persons'),
  jointAgencyIds: Ids('agencies that visit together with the procuratorate'),
};
export const VisitInputSchema = named('VisitInput', Closed(visitInput));

/** One answer: what became of the measure, or why it was not asked about. */
const MeasureInput = Closed(
  {
    referralId: Id,
    status: Type.Optional(Literals(MEASURE_STATUSES, 'did the measure arrive?')),
    leftOutReason: Type.Optional(Text(1000, 'why it was not asked about')),
  },
  { oneOf: [{ required: ['status'] }, { required: ['leftOutReason'] }] },
);
const Measures = Type.Array(MeasureInput, { minItems: 1, maxItems: 50 });

const { proposal: _proposal, beneficiaryIds: _beneficiaryIds, ...referralRest } = referralMembers;
const NeedReferral = named(
  'VisitNeedReferral',
  Closed(
    { ...referralRest, proposal: Type.Optional(Text(4000, "the need's text otherwise")) },
    { description: 'Sent at once from the case or account of the visit; the people visited by default' },
  ),
);
const NeedInput = named(
  'VisitNeedInput',
  Closed(
    {
      text: Text(1000),
      measure: Type.Optional(Nullable({ ...Code, description: 'code of the set `measures`' })),
      referral: Type.Optional(NeedReferral),
      clue: Type.Optional(ClueUpsert),
    },
    { description: 'A need, and what it becomes in the same act: a referral, a clue of a person in need, or both' },
  ),
);
const Needs = Type.Array(Type.Unsafe<string | Static<typeof NeedInput>>({ anyOf: [Text(1000), NeedInput] }), {
  maxItems: 50,
  description: 'what is needed next: a text, or a need that becomes a referral or a clue at once',
});

export const VisitRecordBody = named(
  'VisitRecord',
  Closed({
    doneOn: CivilDate,
    livingConditions: Text(10_000),
    useOfFunds: Type.Optional(Nullable(Text(10_000, 'absent where no money was paid'))),
    riskLevel: Literals(RISK_LEVELS),
    measures: Type.Optional(
      Type.Array(MeasureInput, {
        maxItems: 50,
        description: 'of `measuresToCheck`; what is not answered here stays to be answered by `measure-check`',
      }),
    ),
    needs: Type.Optional(Needs),
    nextVisitOn: Type.Optional(Nullable(CivilDate)),
  }),
);
export const MeasureCheckBody = named('VisitMeasureCheck', Closed({ measures: Measures }));
export const AmendmentBody = named(
  'VisitAmendment',
  Closed({ text: Text(4000), riskLevel: Type.Optional(Literals(RISK_LEVELS)) }),
);
export const ConfirmationBody = named('VisitConfirmation', Closed({}));
export const ObjectionBody = named('VisitObjection', Closed({ reason: Text() }));
export const VisitMissedBody = named('VisitMissed', Closed({ reasonCode: Code, note: Type.Optional(Text()) }));
export const VisitReschedulingBody = named(
  'VisitRescheduling',
  Closed({ plannedOn: CivilDate, reason: Type.Optional(Text()) }),
);
export const VisitCancellationBody = named('VisitCancellation', Closed({ reason: Text() }));

const filters = {
  ...pageQuery,
  state: Type.Optional(Literals(VISIT_STATES)),
  riskLevel: Type.Optional(Literals(RISK_LEVELS)),
  plannedBefore: Type.Optional(CivilDate),
  updatedSince: Type.Optional(Instant),
};
export const CaseVisitQuery = Type.Object(filters);
export const VisitQuery = Type.Object({
  ...filters,
  assistanceCaseId: Type.Optional(Id),
  monitoringAccountId: Type.Optional(Id),
});

const listed = {
  id: Id,
  number: Type.String({ maxLength: 64 }),
  state: Literals(VISIT_STATES),
  version: Type.Integer({ minimum: 1 }),
  assistanceCaseId: Nullable(Id),
  monitoringAccountId: Nullable(Id),
  plannedOn: CivilDate,
  mode: Literals(VISIT_MODES),
  doneOn: Nullable(CivilDate),
  riskLevel: Nullable(Literals(RISK_LEVELS)),
  missedReasonCode: Nullable(Code),
  createdAt: Instant,
  updatedAt: Instant,
};
export const VisitItem = named('VisitItem', Closed({ ...listed, handlingAgencyId: Id }));
export const VisitPage = pageOf('VisitPage', VisitItem);

const Shown = (max: number) =>
  Nullable(Type.String({ maxLength: max, description: 'null for readers outside the visiting agencies' }));

const Need = Type.Unsafe<
  string | { text: string; measure: string | null; referralId: string | null; clueId: string | null }
>({
  anyOf: [
    Type.String({ maxLength: 1000 }),
    Closed({
      text: Type.String({ maxLength: 1000 }),
      measure: Nullable(Code),
      referralId: Nullable(Id),
      clueId: Nullable(Id),
    }),
  ],
});

const Confirmation = Closed({
  agency: AgencyRef,
  officer: OfficerRef,
  phase: Literals(enumValues('visit-confirmation-phases'), 'the plan before the visit, the record after it'),
  outcome: Literals(enumValues('visit-confirmation-outcomes')),
  reason: Shown(4000),
  confirmedAt: Instant,
  current: Type.Boolean({ description: 'false for an answer to a former day or before an amendment' }),
});

export const VisitView = named(
  'FollowUpVisit',
  Closed({
    safeContact: SafeContactPart,
    ...listed,
    handlingAgency: AgencyRef,
    partnerAgency: Nullable(AgencyRef),
    jointAgencies: Type.Array(AgencyRef, { maxItems: 50 }),
    personIds: Type.Array(Id, { maxItems: 100 }),
    livingConditions: Shown(10_000),
    useOfFunds: Shown(10_000),
    needs: Type.Array(Need, { maxItems: 50, description: 'as recorded, with the ids of what they became' }),
    amendments: Type.Array(Closed({ text: Type.String({ maxLength: 4000 }), at: Instant }), {
      maxItems: MAX_AMENDMENTS,
    }),
    measures: Type.Array(
      Closed({
        referralId: Id,
        status: Nullable(Literals(MEASURE_STATUSES)),
        leftOutReason: Shown(1000),
      }),
      { maxItems: 100 },
    ),
    measuresToCheck: Type.Array(
      Closed({ referralId: Id, agencyId: Id, measures: Type.Array(Code, { maxItems: 20 }) }),
      { maxItems: 50, description: 'accepted referrals that the record has to answer for; for the two owners' },
    ),
    confirmations: Type.Array(Confirmation, { maxItems: 100, description: 'of the other side of a joint visit' }),
    awaitingConfirmation: Type.Array(AgencyRef, { maxItems: 51, description: 'who has not answered yet' }),
    recordedBy: Nullable(AgencyRef),
    nextVisitId: Nullable(Id),
    formerDates: Type.Array(
      Closed({
        plannedOn: CivilDate,
        missedReasonCode: Nullable(Code),
        missedNote: Shown(4000),
        reason: Shown(4000),
        rescheduledAt: Instant,
      }),
      { maxItems: MAX_FORMER_DATES, description: 'days on which the visit was to be made before, oldest first' },
    ),
    missedNote: Shown(4000),
    reschedulingReason: Shown(4000),
    cancellationReason: Shown(4000),
    availableActions: Type.Array(AvailableAction, { maxItems: 20 }),
  }),
);

/** An agency that was invited to the visit alone learns nothing of the case or account behind it. */
function originFor(tx: Tx, visit: ListedRow<VisitRow>) {
  const own = tx.ctx.actor.agency.id;
  const guest = visit.jointAgencyIds.includes(own) && !keepsAccount(visit, own);
  const { assistanceCaseId, monitoringAccountId } = visit;
  return guest ? { assistanceCaseId: null, monitoringAccountId: null } : { assistanceCaseId, monitoringAccountId };
}

export function listedOf(tx: Tx, visit: ListedRow<VisitRow>) {
  const { id, number, state, version, plannedOn, mode, doneOn, riskLevel, missedReasonCode } = visit;
  const times = { createdAt: visit.createdAt.toISOString(), updatedAt: visit.updatedAt.toISOString() };
  const origin = originFor(tx, visit);
  return { id, number, state, version, ...origin, plannedOn, mode, doneOn, riskLevel, missedReasonCode, ...times };
}

export function toVisitItem(tx: Tx, visit: ListedRow<VisitRow>): Static<typeof VisitItem> {
  return { ...listedOf(tx, visit), handlingAgencyId: visit.handlingAgencyId };
}
