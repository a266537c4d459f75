// A follow-up visit (回访): whether aid and measures arrived and what is needed next (domain §8; rule text: "定期").
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type FieldError, type Problem } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const VISIT_STATES = ['planned', 'done', 'missed', 'cancelled'] as const;
export type VisitState = (typeof VISIT_STATES)[number];
export const VISIT_MODES = enumValues('visit-modes');
export type VisitMode = EnumValue<'visit-modes'>;
export const RISK_LEVELS = enumValues('risk-levels');
export type RiskLevel = EnumValue<'risk-levels'>;
export const MEASURE_STATUSES = enumValues('visit-measure-statuses');
export type MeasureStatus = EnumValue<'visit-measure-statuses'>;
export type ConfirmationPhase = EnumValue<'visit-confirmation-phases'>;
export type ConfirmationOutcome = EnumValue<'visit-confirmation-outcomes'>;
/** A visit moves so many times at most, so that its view stays bounded. */
export const MAX_FORMER_DATES = 50;
export const MAX_AMENDMENTS = 20;

export const visitMachine = machine('visit', '回访', VISIT_STATES, {
  record: { from: ['planned'], to: 'done' },
  miss: { from: ['planned'], to: 'missed' },
  reschedule: { from: ['planned', 'missed'], to: 'planned' },
  cancel: { from: ['planned'], to: 'cancelled' },
});
export type VisitVerb = keyof typeof visitMachine.verbs;

/** A need as it was written down, or with what became of it in the same act. */
export type VisitNeed =
  | string
  | { text: string; measure: string | null; referralId: string | null; clueId: string | null };
export type Amendment = { text: string; at: string };
/** What the visitors wrote down; sealed as one. */
export type VisitTexts = {
  livingConditions: string;
  useOfFunds: string | null;
  needs: VisitNeed[];
  amendments?: Amendment[];
};
/** Reasons given along the way; sealed as one. */
export type VisitNotes = { missed?: string; rescheduling?: string; cancellation?: string };

/** What became of a referred measure; without a status it was left out, for the reason given. */
export type VisitMeasure = { referralId: string; status: MeasureStatus | null; leftOutReason: string | null };

export type VisitRecord = {
  doneOn: string;
  livingConditions: string;
  useOfFunds: string | null;
  riskLevel: RiskLevel;
  measures: VisitMeasure[];
  nextVisitOn: string | null;
};

export type Confirmation = {
  agencyId: string;
  round: number;
  phase: ConfirmationPhase;
  outcome: ConfirmationOutcome;
  personKey: string;
};

export type VisitFacts = {
  state: VisitState;
  handlingAgencyId: string;
  partnerAgencyId: string | null;
  jointAgencyIds: readonly string[];
  plannedByAgencyId: string | null;
  recordedByAgencyId: string | null;
  recordedByPersonKey: string | null;
  confirmationRound: number;
  confirmations: readonly Confirmation[];
  uncheckedReferralIds: readonly string[];
};
type Parties = Pick<VisitFacts, 'handlingAgencyId' | 'partnerAgencyId' | 'jointAgencyIds'>;

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
  'visit.not_other_side': {
    status: 403,
    zh: ['无需本单位确认', '联合回访的计划与记录由对方单位确认', '由参加联合回访的其他单位确认'],
    en: [
      'Not yours to confirm',
      'the plan and the record of a joint visit are confirmed by the agencies of the other side',
      'let an officer of another joint agency do it',
    ],
  },
  'visit.answered': {
    status: 409,
    zh: ['本单位已答复', '本单位对此计划或记录已确认或提出异议', '改期或补正后再确认'],
    en: [
      'Answered already',
      'your agency has confirmed this plan or record, or objected to it',
      'it can answer again after a rescheduling or an amendment',
    ],
  },
  'visit.nothing_to_confirm': {
    status: 409,
    zh: ['无可确认的内容', '只有计划中或已完成的联合回访需要确认', '重新读取回访'],
    en: ['Nothing to confirm', 'only a joint visit that is planned or done is confirmed', 'read the visit again'],
  },
  'visit.no_objection': {
    status: 409,
    zh: ['没有待处理的异议', '仅在对方对记录提出异议后补正', '重新读取回访'],
    en: ['No objection stands', 'a record is amended where the other side objects to it', 'read the visit again'],
  },
  'visit.measures_checked': {
    status: 409,
    zh: ['措施均已核查', '本次回访的措施均已核查', '重新读取回访'],
    en: ['All measures are checked', 'the record answers for every referral', 'read the visit again'],
  },
  'visit.too_often': {
    status: 409,
    zh: ['次数已满', '一次回访最多可如此办理 {limit} 次', '取消后另行安排回访'],
    en: ['Too often', 'one visit takes this at most {limit} times', 'cancel it and plan another'],
  },
  'visit.may_not_refer': {
    status: 403,
    zh: ['不能移送', '移送由案件承办检察院办理', '登记需求，或作为线索提交'],
    en: [
      'You may not refer',
      'referrals are sent by the procuratorate that handles the case',
      'record the need alone, or submit it as a clue',
    ],
  },
  'visit.no_origin': {
    status: 409,
    zh: ['没有可移送的来源', '受访人没有本单位办理的案件，也没有转社会救助的线索', '从办理案件或线索的单位移送'],
    en: [
      'Nothing to refer from',
      'the person visited has no case and no routed clue of your agency',
      'let the agency of the case or clue refer',
    ],
  },
});

/** Handling procuratorate, Federation of the same region and level, and agencies invited to the visit. */
export function isVisitParty(visit: Parties, agencyId: string): boolean {
  return [visit.handlingAgencyId, visit.partnerAgencyId, ...visit.jointAgencyIds].includes(agencyId);
}

/** The two that keep the account: they answer for the measures. */
export function keepsAccount(visit: Parties, agencyId: string): boolean {
  return agencyId === visit.handlingAgencyId || agencyId === visit.partnerAgencyId;
}

/** What the other side is asked to confirm now. */
export function phaseOf(state: VisitState): ConfirmationPhase | undefined {
  if (state === 'planned') return 'plan';
  return state === 'done' ? 'record' : undefined;
}

/** The sides of a joint visit but the one that planned, or recorded (domain §8: both confirm). */
export function confirmersOf(visit: VisitFacts): string[] {
  const phase = phaseOf(visit.state);
  if (!phase || visit.jointAgencyIds.length === 0) return [];
  const own = phase === 'plan' ? (visit.plannedByAgencyId ?? visit.handlingAgencyId) : visit.recordedByAgencyId;
  return [...new Set([visit.handlingAgencyId, ...visit.jointAgencyIds])].filter((id) => id !== own);
}

const standing = (visit: VisitFacts) => visit.confirmations.filter((c) => c.round === visit.confirmationRound);

/** Agencies that have not answered the present plan or record. */
export function unansweredBy(visit: VisitFacts): string[] {
  const answered = standing(visit).map((c) => c.agencyId);
  return confirmersOf(visit).filter((id) => !answered.includes(id));
}

export const isObjected = (visit: VisitFacts): boolean => standing(visit).some((c) => c.outcome === 'objected');

const onlyParty = (visit: VisitFacts, actor: Actor): Problem | undefined =>
  isVisitParty(visit, actor.agency.id) ? undefined : visitProblems['visit.not_competent']();

/** Those who keep the account, and who planned it; an invited agency objects, it does not call the visit off. */
const onlyHost = (visit: VisitFacts, actor: Actor): Problem | undefined =>
  keepsAccount(visit, actor.agency.id) || visit.plannedByAgencyId === actor.agency.id
    ? undefined
    : visitProblems['visit.not_competent']();

/** One answer of each agency of the other side; the person who recorded is not heard twice through another agency. */
function mayAnswer(visit: VisitFacts, actor: Actor): Problem | undefined {
  const confirmers = confirmersOf(visit);
  if (confirmers.length === 0) return visitProblems['visit.nothing_to_confirm']();
  const own = actor.agency.id;
  if (!confirmers.includes(own)) return visitProblems['visit.not_other_side']();
  if (visit.state === 'done' && samePerson(actor, visit.recordedByPersonKey))
    return actionProblems['decision.four_eyes']({ who: '记录与确认', whoEn: 'recorder and confirmer' });
  return unansweredBy(visit).includes(own) ? undefined : visitProblems['visit.answered']();
}

function mayAmend(visit: VisitFacts, actor: Actor): Problem | undefined {
  if (visit.recordedByAgencyId !== actor.agency.id) return visitProblems['visit.not_competent']();
  return visit.state === 'done' && isObjected(visit) ? undefined : visitProblems['visit.no_objection']();
}

function mayCheck(visit: VisitFacts, actor: Actor): Problem | undefined {
  if (!keepsAccount(visit, actor.agency.id)) return visitProblems['visit.not_competent']();
  return visit.uncheckedReferralIds.length > 0 ? undefined : visitProblems['visit.measures_checked']();
}

const record = { permission: 'visit:record', officer: true, guard: onlyParty } as const;
const plan = { permission: 'visit:plan', officer: true, guard: onlyHost } as const;
const answer = { permission: 'visit:confirm', officer: true, verbs: [], guard: mayAnswer } as const;

export const visitActions = {
  record: { ...record, verbs: ['record'], label: ['登记回访', 'Record'], path: 'record', awaited: true },
  missed: { ...record, verbs: ['miss'], label: ['登记未能回访', 'Record as missed'], path: 'missed' },
  rescheduling: {
    ...plan,
    verbs: ['reschedule'],
    label: ['改期', 'Reschedule'],
    path: 'rescheduling',
    // Nobody is visited on a day that was missed, or that the other side cannot make.
    awaited: (visit: VisitFacts) => visit.state === 'missed' || isObjected(visit),
  },
  cancellation: { ...plan, verbs: ['cancel'], label: ['取消', 'Cancel'], path: 'cancellation' },
  confirmation: { ...answer, label: ['确认联合回访', 'Confirm'], path: 'confirmation', awaited: true },
  objection: { ...answer, label: ['提出异议', 'Object'], path: 'objection' },
  amendment: {
    ...record,
    verbs: [],
    label: ['补正记录', 'Amend the record'],
    path: 'amendment',
    guard: mayAmend,
    awaited: true,
  },
  'measure-check': {
    ...record,
    verbs: [],
    label: ['核查措施', 'Check measures'],
    path: 'measure-check',
    guard: mayCheck,
    awaited: true,
  },
} as const satisfies ActionTable<VisitFacts, VisitVerb>;

/** Each referral is answered for once. */
export function measureErrors(measures: readonly { referralId: string }[]): FieldError[] {
  const ids = measures.map((m) => m.referralId);
  return ids.flatMap((id, i) =>
    ids.indexOf(id) === i ? [] : [{ pointer: `/measures/${i}/referralId`, code: 'referral.repeated', detail: id }],
  );
}

/** Rules of the record alone: a visit is recorded after it was made, and the next one comes later. */
export function recordErrors(record: VisitRecord, today: string): FieldError[] {
  const errors: FieldError[] = [];
  if (record.doneOn > today)
    errors.push({ pointer: '/doneOn', code: 'date.future', detail: ['晚于今天', 'a day after today'] });
  if (record.nextVisitOn !== null && record.nextVisitOn <= record.doneOn)
    errors.push({ pointer: '/nextVisitOn', code: 'date.order', detail: ['不晚于 doneOn', 'not after doneOn'] });
  return [...errors, ...measureErrors(record.measures)];
}
