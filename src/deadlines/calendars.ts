// Verbs on the calendar: a plan is published for a year, or days of it are changed, each with its source (domain §11).
import { actionProblems } from '../kernel/action.ts';
import { addDays, weekdayOf } from '../kernel/civil-date.ts';
import { type Detail, defineProblems, type FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { coveredYears, calendarVersion as packaged, calendarDays as plannedDays } from '../reference/calendar.ts';
import { type DayRow, findCalendar, insertCalendar, lastPlannedYear, lockCalendars } from './calendar-repository.ts';
import { readRulebook } from './rulebook-repository.ts';

export const calendarProblems = defineProblems({
  'calendar.published': {
    status: 409,
    zh: ['放假安排已公布', '{year} 年的放假安排已录入', '个别日期的调整请用 overrides'],
    en: ['The plan is published', 'the plan of {year} is known', 'change single days by overrides'],
  },
  'calendar.unpublished': {
    status: 409,
    zh: ['放假安排未公布', '{year} 年的放假安排尚未录入', '先录入该年的放假安排'],
    en: ['The plan is not published', 'the plan of {year} is not known', 'publish the plan of that year first'],
  },
});

export type Calendar = {
  year: number;
  provisional: boolean;
  /** 0: no plan. */
  edition: number;
  source: string | null;
  version: string;
  days: readonly DayRow[];
};

/** The State Council publishes a plan in the autumn before: further ahead nobody needs a guess. */
const PROVISIONAL_YEARS = 2;

const daysOf = (year: number, of: (day: string) => DayRow): DayRow[] => {
  const days: DayRow[] = [];
  for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1)) days.push(of(day));
  return days;
};

const plain = (day: string): DayRow => ({ day, isWorkday: weekdayOf(day) <= 5, name: null });

/** A year with a published plan, or one of the next two with Monday to Friday assumed; undefined for all others. */
export async function calendarOf(tx: Tx, year: number): Promise<Calendar | undefined> {
  const found = await findCalendar(tx, year);
  if (found) {
    const { edition, source, version } = found.calendar;
    return { year, provisional: false, edition, source, version, days: found.days };
  }
  const last = (await lastPlannedYear(tx)) ?? year;
  if (year < last || year > last + PROVISIONAL_YEARS) return undefined;
  const { calendarVersion: version } = await readRulebook(tx);
  return { year, provisional: true, edition: 0, source: null, version, days: daysOf(year, plain) };
}

type Named = { date: string; name: string };
export type PlanInput = { year: number; source: string; holidays: Named[]; makeUpWorkdays?: Named[] | undefined };
export type OverrideInput = { source: string; days: { date: string; isWorkday: boolean; name?: string | undefined }[] };

function dayErrors(dates: readonly string[], year: number, pointer: string, seen: Set<string>): FieldError[] {
  return dates.flatMap((date, i): FieldError[] => {
    const at = `${pointer}/${i}/date`;
    if (!date.startsWith(`${year}-`))
      return [{ pointer: at, code: 'date.other_year', detail: [`不在 ${year} 年`, `not a day of ${year}`] }];
    if (seen.has(date)) return [{ pointer: at, code: 'date.twice', detail: date }];
    seen.add(date);
    return [];
  });
}

function planErrors({ year, holidays, makeUpWorkdays = [] }: PlanInput): FieldError[] {
  const seen = new Set<string>();
  const dates = makeUpWorkdays.map(({ date }) => date);
  const onWeekdays = dates.flatMap((date, i): FieldError[] =>
    weekdayOf(date) > 5
      ? []
      : [{ pointer: `/makeUpWorkdays/${i}/date`, code: 'date.not_weekend', detail: ['不是周末', 'no weekend day'] }],
  );
  const given = dayErrors(
    holidays.map(({ date }) => date),
    year,
    '/holidays',
    seen,
  );
  return [...given, ...dayErrors(dates, year, '/makeUpWorkdays', seen), ...onWeekdays];
}

/** No holiday lasts so long; two years that meet stay below what the count takes for broken data. */
const LONGEST_REST = 30;

/** 422 where nobody would work for weeks: such a calendar is a mistake, and every clock would count through it. */
function ensureWorked(days: readonly DayRow[], pointer: string): void {
  let rest = 0;
  for (const { day, isWorkday } of days) {
    rest = isWorkday ? 0 : rest + 1;
    if (rest <= LONGEST_REST) continue;
    const detail: Detail = [`${day} 前连续 ${rest} 日无工作日`, `no working day in the ${rest} days up to ${day}`];
    throw httpProblems['request.rule_violated']({}, [{ pointer, code: 'calendar.standstill', detail }]);
  }
}

type Edition = Pick<Calendar, 'year' | 'edition' | 'source' | 'version' | 'days'> & { source: string };

async function keep(tx: Tx, type: string, { days, ...edition }: Edition): Promise<Calendar> {
  const id = tx.newId();
  await insertCalendar(tx, { ...edition, id, publishedBy: tx.ctx.actor.officer?.id ?? null }, days);
  const { year, edition: number, version } = edition;
  tx.record({ type, kind: 'calendar', id, data: { year, edition: number, version } });
  return { ...edition, days, provisional: false };
}

const requireOfficer = (tx: Tx): void => {
  if (!tx.ctx.actor.officer) throw actionProblems['actor.officer_required']();
};

const refuseAny = (errors: readonly FieldError[]): void => {
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, [...errors]);
};

/** The plan of a year that had none: what was provisional is counted again and announced. */
export async function publishCalendar(tx: Tx, input: PlanInput): Promise<Calendar> {
  requireOfficer(tx);
  const { year, source, holidays, makeUpWorkdays = [] } = input;
  refuseAny(planErrors(input));
  await lockCalendars(tx);
  if (await findCalendar(tx, year)) throw calendarProblems['calendar.published']({ year });
  const free = new Map(holidays.map(({ date, name }) => [date, name]));
  const worked = new Map(makeUpWorkdays.map(({ date, name }) => [date, `${name}（调休上班）`]));
  const days = daysOf(year, (day) => {
    const name = free.get(day) ?? worked.get(day);
    return name === undefined ? plain(day) : { day, isWorkday: worked.has(day), name };
  });
  ensureWorked(days, '/holidays');
  return keep(tx, 'calendar.published', { year, edition: 1, source, version: `calendar-${year}.1`, days });
}

/** Days that a later notice changes (Spring Festival 2020, 2015-09-03): a new edition of the year. */
export async function overrideCalendar(tx: Tx, year: number, { source, days }: OverrideInput): Promise<Calendar> {
  requireOfficer(tx);
  const dates = days.map(({ date }) => date);
  refuseAny(dayErrors(dates, year, '/days', new Set()));
  await lockCalendars(tx);
  const found = await findCalendar(tx, year);
  if (!found) throw calendarProblems['calendar.unpublished']({ year });
  const changed = new Map(days.map(({ date, isWorkday, name = null }) => [date, { day: date, isWorkday, name }]));
  const edition = found.calendar.edition + 1;
  const next = found.days.map((day) => changed.get(day.day) ?? day);
  ensureWorked(next, '/days');
  return keep(tx, 'calendar.overridden', {
    ...{ year, edition, source },
    ...{ version: `calendar-${year}.${edition}`, days: next },
  });
}

/** Years that the installed package carries and the table does not: a newer release has brought the plan. */
export async function importCalendars(tx: Tx, known: ReadonlySet<number>): Promise<number> {
  const fresh = coveredYears.filter((year) => !known.has(year));
  if (fresh.length === 0) return 0;
  await lockCalendars(tx);
  let added = 0;
  for (const year of fresh) {
    if (await findCalendar(tx, year)) continue;
    const days = (plannedDays(year) ?? []).map(({ day, isWorkday, name }) => ({ day, isWorkday, name }));
    await keep(tx, 'calendar.published', { year, edition: 1, source: packaged, version: packaged, days });
    added += 1;
  }
  return added;
}
