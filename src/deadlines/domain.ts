// A deadline: how its due day is reckoned from start, rule, pauses and extension, and what may be decided about it (domain §8, §11).
import type { ActionTable } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import { addDays, addMonths, daysBetween } from '../kernel/civil-date.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';
import { addWorkingDays, type DayReason, explainDay, type IsWorkday } from '../kernel/working-days.ts';
import type { DeadlineUnit } from '../reference/deadline-rules.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

/** What is stored; on the wire stands the status, which also depends on the day of reading. */
export const DEADLINE_STATES = ['running', 'paused', 'ended', 'waived'] as const;
export type DeadlineState = (typeof DEADLINE_STATES)[number];
export const DEADLINE_STATUSES = enumValues('deadline-statuses');
export type DeadlineStatus = EnumValue<'deadline-statuses'>;

export const deadlineMachine = machine('deadline', '期限', DEADLINE_STATES, {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  extend: { from: ['running', 'paused'], to: 'same' },
  waive: { from: ['running', 'paused'], to: 'waived' },
  end: { from: ['running', 'paused'], to: 'ended' },
  supervise: { from: ['running', 'paused'], to: 'same' },
});
export type DeadlineVerb = keyof typeof deadlineMachine.verbs;

/** The rule as it stood when the clock started. */
export type RuleSnapshot = {
  name: string;
  nameEn: string;
  n: number;
  unit: DeadlineUnit;
  basis: string;
  mark: EnumValue<'rule-marks'>;
  /** Facts that stop it; absent in clocks from before the rules were data: all that the clock knows. */
  stopFacts?: readonly string[];
  /** The agreed day, where the due day is not counted. */
  dueOn: string | null;
};
/** A worked example that stands beside a rule. */
export type TestCase = { startedOn: string; dueOn: string; note?: string | undefined };
/** `from` still counts, `until` counts no more; `cause` is the fact that paused it. */
export type Pause = { from: string; until: string | null; cause: string };
export type ExplainedDay = { date: string; counted: boolean; reason: DayReason | 'paused' };
export type Reckoning = { dueOn: string; soonOn: string; provisional: boolean; explain: ExplainedDay[] };
type Terms = { rule: RuleSnapshot; startedOn: string; pauses: readonly Pause[]; extensionDays: number };

/** When a reminder is due: so many working days before the end, or days where the rule counts months. */
const SOON = { workingDays: 2, days: 14 } as const;
/** More than this a chief cannot add to one deadline: about a year. */
export const MAX_EXTENSION = 250;

/** What a due day causes while nobody has answered, in this order; each once for each due day. */
export const DEADLINE_EFFECTS = ['due_soon', 'overdue', 'escalated'] as const;
export type DeadlineEffect = (typeof DEADLINE_EFFECTS)[number];
export type DayEffect = { effect: DeadlineEffect; day: string };

type Swept = { soonOn: string; dueOn: string; escalates: boolean; startedLate: boolean };

/** The effects of a due day up to `today`; a clock that began after its due day is not reminded of it. */
export function effectsUntil(today: string, { soonOn, dueOn, escalates, startedLate }: Swept): DayEffect[] {
  const breach = addDays(dueOn, 1);
  const all: DayEffect[] = [
    ...(startedLate ? [] : [{ effect: 'due_soon', day: soonOn } as const]),
    { effect: 'overdue', day: breach },
    ...(escalates ? [{ effect: 'escalated', day: breach } as const] : []),
  ];
  return all.filter(({ day }) => day <= today);
}

/** The day on which a sweep has more to tell of this due day. */
export const nextSweep = (dueOn: string, today: string): string | null => (dueOn < today ? null : addDays(dueOn, 1));

/** Which examples of a rule its own count does not meet: `dueOn` is what it counts to. */
export function failedCases(
  rule: Pick<RuleSnapshot, 'n' | 'unit'>,
  cases: readonly TestCase[],
  isWorkday: IsWorkday,
): { index: number; dueOn: string }[] {
  const bare = { ...rule, name: '', nameEn: '', basis: '', mark: 'assumption' as const, dueOn: null };
  return cases.flatMap(({ startedOn, dueOn }, index) => {
    const counted = reckon({ rule: bare, startedOn, pauses: [], extensionDays: 0 }, isWorkday).dueOn;
    return counted === dueOn ? [] : [{ index, dueOn: counted }];
  });
}

function soonBefore(dueOn: string, { rule, startedOn }: Terms, isWorkday: IsWorkday): string {
  const counted = rule.unit === 'working_day';
  let day = dueOn;
  for (let left: number = counted ? SOON.workingDays : SOON.days; left > 0 && day > startedOn; ) {
    day = addDays(day, -1);
    if (!counted || explainDay(day, isWorkday).counted) left -= 1;
  }
  return day;
}

function pausedDays({ from, until }: Pause): ExplainedDay[] {
  const length = until === null ? 0 : daysBetween(from, until);
  return Array.from({ length }, (_, i) => ({ date: addDays(from, i + 1), counted: false, reason: 'paused' }));
}

/** Counts working days from the day after the start, leaving out the paused ones; a pause that is still open moves nothing yet. */
function countDays({ rule, startedOn, pauses, extensionDays }: Terms, isWorkday: IsWorkday): ExplainedDay[] {
  const explain: ExplainedDay[] = [];
  let left = rule.n + extensionDays;
  let day = startedOn;
  for (const pause of pauses.filter(({ until }) => until !== null)) {
    while (left > 0 && day < pause.from) {
      day = addDays(day, 1);
      const entry = explainDay(day, isWorkday);
      explain.push(entry);
      left -= Number(entry.counted);
    }
    if (left === 0) break;
    explain.push(...pausedDays(pause).filter(({ date }) => date > day));
    day = explain.at(-1)?.date ?? day;
  }
  return left === 0 ? explain : [...explain, ...addWorkingDays(day, left, isWorkday).explain];
}

/** Months and agreed days run through; a pause adds its days, an extension its working days. Its days are not told one by one. */
function countOn({ rule, startedOn, pauses, extensionDays }: Terms, isWorkday: IsWorkday): ExplainedDay[] {
  const due = rule.dueOn ?? addMonths(startedOn, rule.n);
  const stood = pauses.filter(({ from }) => from <= due).flatMap(pausedDays);
  const start = addDays(due, stood.length);
  const entry = explainDay(start, isWorkday);
  return [{ ...entry, counted: true }, ...addWorkingDays(start, extensionDays, isWorkday).explain];
}

/** The due day with the reason of each day on the way to it. */
export function reckon(terms: Terms, isWorkday: IsWorkday): Reckoning {
  const counted = terms.rule.unit === 'working_day' && terms.rule.dueOn === null;
  const explain = counted ? countDays(terms, isWorkday) : countOn(terms, isWorkday);
  const dueOn = explain.at(-1)?.date ?? terms.startedOn;
  // An agreed day stands whatever the calendar will say; what is counted on from it does not.
  const guessed = explain.slice(counted ? 0 : 1);
  const provisional = guessed.some(({ reason }) => reason.startsWith('assumed_'));
  return { dueOn, soonOn: soonBefore(dueOn, terms, isWorkday), provisional, explain };
}

export type Reading = { state: DeadlineState; dueOn: string; soonOn: string; endedOn: string | null };

/** The status on a day: it changes with the calendar alone, so it is never stored. */
export function statusOn({ state, dueOn, soonOn, endedOn }: Reading, today: string): DeadlineStatus {
  if (state === 'waived' || state === 'paused') return state;
  if (state === 'ended') return endedOn !== null && endedOn > dueOn ? 'met_late' : 'met';
  if (today > dueOn) return 'overdue';
  return today >= soonOn ? 'due_soon' : 'on_track';
}

export type DeadlineFacts = {
  state: DeadlineState;
  stewardAgencyId: string;
  escalatedTo: string | null;
  supervisedOn: string | null;
};

export const deadlineProblems = defineProblems({
  'deadline.not_competent': {
    status: 403,
    zh: ['非期限主管单位', '此期限由办理或发起该事项的检察院管理', '由该检察院的人员办理'],
    en: [
      'Not in charge of the deadline',
      'the procuratorate that is bound by it, or that waits for it, decides on this deadline',
      'let one of its officers do it',
    ],
  },
  'deadline.extension_limit': {
    status: 409,
    zh: ['延长超出上限', '一项期限累计最多延长 {limit} 个工作日', '减少天数，或免除该期限'],
    en: ['Extended too far', 'a deadline is extended by at most {limit} working days in all', 'ask for fewer days'],
  },
  'deadline.not_escalated': {
    status: 403,
    zh: ['未向本单位报告逾期', '此期限的逾期未报告至本单位，或已督办', '由收到逾期报告的上级单位督办'],
    en: [
      'Not reported to you',
      'the breach of this deadline was not reported to your agency, or it has been followed up',
      'the superior agency to which the breach was reported follows it up, once',
    ],
  },
  'deadline.rule_absent': {
    status: 422,
    zh: ['没有适用的期限规则', '{day} 在 {region} 没有生效的规则 {code}', '改用其他日期、地区或规则代码'],
    en: ['No rule applies', 'no rule {code} is in force in {region} on {day}', 'ask for another day, region or code'],
  },
});

const reportedHere = ({ escalatedTo, supervisedOn }: DeadlineFacts, actor: Actor): Problem | undefined =>
  escalatedTo === actor.agency.id && supervisedOn === null ? undefined : deadlineProblems['deadline.not_escalated']();

const onlySteward = (deadline: DeadlineFacts, actor: Actor): Problem | undefined =>
  deadline.stewardAgencyId === actor.agency.id ? undefined : deadlineProblems['deadline.not_competent']();

/** Nobody waits for a clock to be stopped; a breach waits for the agency to which it was reported. */
export const deadlineActions = {
  pause: {
    verbs: ['pause'],
    permission: 'deadline:pause',
    label: ['中止', 'Pause'],
    path: 'pause',
    officer: true,
    guard: onlySteward,
  },
  resumption: {
    verbs: ['resume'],
    permission: 'deadline:pause',
    label: ['恢复', 'Resume'],
    path: 'resumption',
    officer: true,
    guard: onlySteward,
  },
  extension: {
    verbs: ['extend'],
    permission: 'deadline:extend',
    label: ['延长', 'Extend'],
    path: 'extension',
    officer: true,
    decisive: true,
    guard: onlySteward,
  },
  waiver: {
    verbs: ['waive'],
    permission: 'deadline:waive',
    label: ['免除', 'Waive'],
    path: 'waiver',
    officer: true,
    decisive: true,
    guard: onlySteward,
  },
  supervision: {
    verbs: ['supervise'],
    permission: 'deadline:supervise',
    label: ['督办', 'Follow up a breach'],
    path: 'supervision',
    officer: true,
    guard: reportedHere,
    awaited: true,
  },
} as const satisfies ActionTable<DeadlineFacts, DeadlineVerb>;
export type DeadlineAction = keyof typeof deadlineActions;
