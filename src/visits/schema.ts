// Wire shapes of visits: bodies, queries and the view for each reader.
import { type Static, Type } from 'typebox';
import type { AgencyRow } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
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
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import {
  isVisitParty,
  MEASURE_STATUSES,
  RISK_LEVELS,
  VISIT_MODES,
  VISIT_STATES,
  visitActions,
  visitMachine,
} from './domain.ts';
import type { Visit, VisitRow } from './repository.ts';

const Ids = (description: string) => Type.Optional(Type.Array(Id, { maxItems: 50, uniqueItems: true, description }));

export const visitInput = {
  plannedOn: CivilDate,
  mode: Literals(VISIT_MODES),
  personIds: Ids('default: all aided persons'),
  jointAgencyIds: Ids('agencies that visit together with the procuratorate'),
};
export const VisitInputSchema = named('VisitInput', Closed(visitInput));

const Measure = Closed({ referralId: Id, status: Literals(MEASURE_STATUSES, 'did the measure arrive?') });
const Needs = Type.Array(Text(1000), { maxItems: 50, description: 'what is needed next' });

export const VisitRecordBody = named(
  'VisitRecord',
  Closed({
    doneOn: CivilDate,
    livingConditions: Text(10_000),
    useOfFunds: Type.Optional(Nullable(Text(10_000, 'absent where no money was paid'))),
    riskLevel: Literals(RISK_LEVELS),
    measures: Type.Optional(Type.Array(Measure, { maxItems: 50 })),
    needs: Type.Optional(Needs),
    nextVisitOn: Type.Optional(Nullable(CivilDate)),
  }),
);
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

export const VisitView = named(
  'FollowUpVisit',
  Closed({
    ...listed,
    handlingAgency: AgencyRef,
    partnerAgency: Nullable(AgencyRef),
    jointAgencies: Type.Array(AgencyRef, { maxItems: 50 }),
    personIds: Type.Array(Id, { maxItems: 100 }),
    livingConditions: Shown(10_000),
    useOfFunds: Shown(10_000),
    needs: Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 50 }),
    measures: Type.Array(Measure, { maxItems: 50 }),
    nextVisitId: Nullable(Id),
    missedNote: Shown(4000),
    reschedulingReason: Shown(4000),
    cancellationReason: Shown(4000),
    availableActions: Type.Array(AvailableAction, { maxItems: 20 }),
  }),
);

function listedOf(visit: VisitRow) {
  const { id, number, state, version, assistanceCaseId, monitoringAccountId, plannedOn, mode, doneOn } = visit;
  const { riskLevel, missedReasonCode } = visit;
  const times = { createdAt: visit.createdAt.toISOString(), updatedAt: visit.updatedAt.toISOString() };
  const origin = { assistanceCaseId, monitoringAccountId };
  return { id, number, state, version, ...origin, plannedOn, mode, doneOn, riskLevel, missedReasonCode, ...times };
}

export function toVisitItem(visit: VisitRow): Static<typeof VisitItem> {
  return { ...listedOf(visit), handlingAgencyId: visit.handlingAgencyId };
}

const refOf = ({ id, code, name }: AgencyRow) => ({ id, code, name });

/** Texts in clear for the visiting agencies only, each such view on the record of every person visited. */
export function toVisitView(tx: Tx, visit: Visit, agencyOf: (id: string) => AgencyRow): Static<typeof VisitView> {
  const { actor, language } = tx.ctx;
  const party = isVisitParty(visit, actor.agency.id);
  const texts = party ? visit.texts : null;
  const notes = party ? visit.notes : {};
  if (texts)
    for (const id of visit.personIds) tx.viewed(id, ['livingConditions', 'useOfFunds', 'needs'], 'visit.party');
  return {
    ...listedOf(visit),
    handlingAgency: refOf(agencyOf(visit.handlingAgencyId)),
    partnerAgency: visit.partnerAgencyId ? refOf(agencyOf(visit.partnerAgencyId)) : null,
    jointAgencies: visit.jointAgencyIds.map((id) => refOf(agencyOf(id))),
    personIds: visit.personIds,
    livingConditions: texts?.livingConditions ?? null,
    useOfFunds: texts?.useOfFunds ?? null,
    needs: texts?.needs ?? [],
    measures: visit.measures,
    nextVisitId: visit.nextVisitId,
    missedNote: notes.missed ?? null,
    reschedulingReason: notes.rescheduling ?? null,
    cancellationReason: notes.cancellation ?? null,
    availableActions: availableActions(visitMachine, visitActions, visit, actor, `/v1/visits/${visit.id}`, language),
  };
}
