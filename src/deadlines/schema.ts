// Wire shapes of deadlines: queries, bodies, the list item that also stands in other views, and the single one with each day.
import { type Static, Type } from 'typebox';
import { availableActions } from '../kernel/action.ts';
import type { IsWorkday } from '../kernel/working-days.ts';
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
import { enumValues } from '../reference/enums.ts';
import { DEADLINE_STATUSES, deadlineActions, deadlineMachine, reckon, statusOn } from './domain.ts';
import type { Deadline, DeadlineNote } from './repository.ts';

const MAX_DAYS = 1000;
const MAX_LIST = 100;

const filters = {
  ...pageQuery,
  status: Type.Optional(Literals(DEADLINE_STATUSES, 'as of today')),
};
export const CaseDeadlineQuery = Type.Object(filters);
export const DeadlineQuery = Type.Object({
  ...filters,
  agencyId: Type.Optional(Type.String({ maxLength: 36, format: 'uuid', description: 'the agency that is bound' })),
  dueBefore: Type.Optional(Type.String({ format: 'date', maxLength: 10, description: 'due on that day or earlier' })),
});

export const DeadlinePauseBody = named('DeadlinePause', Closed({ reason: Text() }));
export const DeadlineResumptionBody = named('DeadlineResumption', Closed({ reason: Text() }));
export const DeadlineWaiverBody = named('DeadlineWaiver', Closed({ reason: Text() }));
export const DeadlineSupervisionBody = named('DeadlineSupervision', Closed({ reason: Text(4000, 'what was done') }));
export const DeadlineExtensionBody = named(
  'DeadlineExtension',
  Closed({
    workingDays: Type.Integer({ minimum: 1, maximum: 60 }),
    requestedByOfficerId: Type.String({ maxLength: 36, format: 'uuid', description: 'who asked: another person' }),
    reason: Text(),
  }),
);

const FactType = Type.String({ maxLength: 64, description: 'the type of the fact that caused it' });

const listed = {
  id: Id,
  code: Type.String({ maxLength: 32, description: 'of the deadline rule' }),
  name: Type.String({ maxLength: 100 }),
  nameEn: Type.String({ maxLength: 100 }),
  version: Type.Integer({ minimum: 1 }),
  party: Closed({ agency: AgencyRef }, { description: 'whom it binds' }),
  subject: Closed({ kind: Type.String({ maxLength: 32 }), id: Id }),
  assistanceCaseId: Nullable(Id),
  ruleRef: Type.String({ maxLength: 64, description: 'rule and its version; a running deadline keeps them' }),
  startedOn: CivilDate,
  dueOn: CivilDate,
  workingDays: Nullable(
    Type.Integer({ minimum: 0, description: 'extension included; null where it counts months or a day was agreed' }),
  ),
  calendarVersion: Type.String({ maxLength: 64 }),
  provisional: Type.Boolean({ description: 'counted beyond the published holiday plans' }),
  status: Literals(DEADLINE_STATUSES, 'as of today'),
  endedOn: Nullable(CivilDate),
  endedBy: Nullable(FactType),
  escalatedToAgencyId: Nullable(Id),
  createdAt: Instant,
  updatedAt: Instant,
};
export const DeadlineItem = named('DeadlineItem', Closed(listed));
export const DeadlinePage = pageOf('DeadlinePage', DeadlineItem);
/** The list inside the view of a clue or a case. */
export const DeadlinePart = Type.Array(DeadlineItem, { maxItems: 50, description: 'the latest, as of today' });

export const DeadlineView = named(
  'Deadline',
  Closed({
    ...listed,
    rule: Closed({
      n: Type.Integer({ minimum: 0 }),
      unit: Literals(enumValues('deadline-units')),
      basis: Type.String({ maxLength: 500 }),
      mark: Literals(enumValues('rule-marks'), 'how sure the basis is'),
    }),
    pauses: Type.Array(Closed({ from: CivilDate, until: Nullable(CivilDate), cause: FactType }), {
      maxItems: MAX_LIST,
      description: '`from` still counted, `until` no more',
    }),
    extensionDays: Type.Integer({ minimum: 0 }),
    supervisedOn: Nullable(CivilDate),
    notes: Type.Array(Closed({ action: Code, on: CivilDate, reason: Type.String({ maxLength: 4000 }) }), {
      maxItems: MAX_LIST,
      description: 'why it was paused, extended or waived; for the bound agency and the one in charge',
    }),
    explain: Type.Array(
      Closed({ date: CivilDate, counted: Type.Boolean(), reason: Literals(enumValues('day-reasons')) }),
      { maxItems: MAX_DAYS, description: 'each day up to the due one; of months and agreed days only the last' },
    ),
    availableActions: Type.Array(AvailableAction, { maxItems: 20 }),
  }),
);

export function toDeadlineItem(tx: Tx, d: Deadline): Static<typeof DeadlineItem> {
  const { id, code, version, party, startedOn, dueOn, ruleRef, calendarVersion, provisional, endedOn, endedBy } = d;
  const { name, nameEn, n, unit, dueOn: agreed } = d.rule;
  return {
    ...{ id, code, name, nameEn, version, ruleRef, startedOn, dueOn, calendarVersion, provisional, endedOn, endedBy },
    party: { agency: party },
    subject: { kind: d.subjectKind, id: d.subjectId },
    assistanceCaseId: d.caseId,
    workingDays: unit === 'working_day' && agreed === null ? n + d.extensionDays : null,
    status: statusOn(d, tx.ctx.today),
    escalatedToAgencyId: d.escalatedTo,
    createdAt: d.createdAt.toISOString(),
    updatedAt: d.updatedAt.toISOString(),
  };
}

type Beside = { notes: readonly DeadlineNote[]; isWorkday: IsWorkday };

export function toDeadlineView(tx: Tx, d: Deadline, { notes, isWorkday }: Beside): Static<typeof DeadlineView> {
  const { actor, language } = tx.ctx;
  const { n, unit, basis, mark } = d.rule;
  return {
    ...toDeadlineItem(tx, d),
    rule: { n, unit, basis, mark },
    supervisedOn: d.supervisedOn,
    pauses: d.pauses.slice(-MAX_LIST),
    extensionDays: d.extensionDays,
    notes: notes.slice(-MAX_LIST),
    explain: reckon(d, isWorkday).explain.slice(-MAX_DAYS),
    availableActions: availableActions(deadlineMachine, deadlineActions, d, actor, `/v1/deadlines/${d.id}`, language),
  };
}
