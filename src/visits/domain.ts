// A follow-up visit (回访): whether aid and measures arrived and what is needed next (domain §8; rule text: "定期").
import type { ActionTable } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import { addMonths } from '../kernel/civil-date.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type FieldError, type Problem } from '../kernel/problem.ts';
import { deadlineRule } from '../reference/deadline-rules.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const VISIT_STATES = ['planned', 'done', 'missed', 'cancelled'] as const;
export type VisitState = (typeof VISIT_STATES)[number];
export const VISIT_MODES = enumValues('visit-modes');
export type VisitMode = EnumValue<'visit-modes'>;
export const RISK_LEVELS = enumValues('risk-levels');
export type RiskLevel = EnumValue<'risk-levels'>;
export const MEASURE_STATUSES = enumValues('visit-measure-statuses');
export type MeasureStatus = EnumValue<'visit-measure-statuses'>;

export const visitMachine = machine('visit', '回访', VISIT_STATES, {
  record: { from: ['planned'], to: 'done' },
  miss: { from: ['planned'], to: 'missed' },
  reschedule: { from: ['planned', 'missed'], to: 'planned' },
  cancel: { from: ['planned'], to: 'cancelled' },
});
export type VisitVerb = keyof typeof visitMachine.verbs;

/** What the visitors wrote down; sealed as one. */
export type VisitTexts = { livingConditions: string; useOfFunds: string | null; needs: string[] };
/** Reasons given along the way; sealed as one. */
export type VisitNotes = { missed?: string; rescheduling?: string; cancellation?: string };

export type VisitMeasure = { referralId: string; status: MeasureStatus };

export type VisitRecord = VisitTexts & {
  doneOn: string;
  riskLevel: RiskLevel;
  measures: VisitMeasure[];
  nextVisitOn: string | null;
};

export type VisitFacts = {
  state: VisitState;
  handlingAgencyId: string;
  partnerAgencyId: string | null;
  jointAgencyIds: readonly string[];
};

export const visitProblems = defineProblems({
  'visit.not_competent': {
    status: 403,
    zh: ['非回访单位', '回访由承办检察院、同级妇联或联合回访单位办理', '由上述单位的人员办理'],
    en: [
      'Not a visiting agency',
      "visits are for the handling procuratorate, the Women's Federation of its region and level, or a joint agency",
      'let an officer of one of them do it',
    ],
  },
});

/** Handling procuratorate, Federation of the same region and level, and agencies invited to the visit. */
export function isVisitParty(visit: Omit<VisitFacts, 'state'>, agencyId: string): boolean {
  return [visit.handlingAgencyId, visit.partnerAgencyId, ...visit.jointAgencyIds].includes(agencyId);
}

const onlyParty = (visit: VisitFacts, actor: Actor): Problem | undefined =>
  isVisitParty(visit, actor.agency.id) ? undefined : visitProblems['visit.not_competent']();

export const visitActions = {
  record: {
    verbs: ['record'],
    permission: 'visit:record',
    label: ['登记回访', 'Record'],
    path: 'record',
    officer: true,
    guard: onlyParty,
  },
  missed: {
    verbs: ['miss'],
    permission: 'visit:record',
    label: ['登记未能回访', 'Record as missed'],
    path: 'missed',
    officer: true,
    guard: onlyParty,
  },
  rescheduling: {
    verbs: ['reschedule'],
    permission: 'visit:plan',
    label: ['改期', 'Reschedule'],
    path: 'rescheduling',
    officer: true,
    guard: onlyParty,
  },
  cancellation: {
    verbs: ['cancel'],
    permission: 'visit:plan',
    label: ['取消', 'Cancel'],
    path: 'cancellation',
    officer: true,
    guard: onlyParty,
  },
} as const satisfies ActionTable<VisitFacts, VisitVerb>;

/** The day by which a first visit is due, counted from a payment or an accepted referral. */
export function firstVisitDue(from: string): string {
  return addMonths(from, deadlineRule('D-VISIT').n);
}

/** The day by which the next visit is due, counted from the last one. */
export function nextVisitDue(from: string): string {
  return addMonths(from, deadlineRule('D-VISIT-NEXT').n);
}

/** Rules of the record alone: a visit is recorded after it was made, and the next one comes later. */
export function recordErrors(record: VisitRecord, today: string): FieldError[] {
  const errors: FieldError[] = [];
  if (record.doneOn > today) errors.push({ pointer: '/doneOn', code: 'date.future', detail: 'a day after today' });
  if (record.nextVisitOn !== null && record.nextVisitOn <= record.doneOn)
    errors.push({ pointer: '/nextVisitOn', code: 'date.order', detail: 'not after doneOn' });
  const ids = record.measures.map((m) => m.referralId);
  ids.forEach((id, i) => {
    if (ids.indexOf(id) !== i)
      errors.push({ pointer: `/measures/${i}/referralId`, code: 'referral.repeated', detail: id });
  });
  return errors;
}
