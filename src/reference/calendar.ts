// Working-day calendar rows to seed `calendar_days`, from the State Council's yearly plans as chinese-days carries them (domain §11).
import { createRequire } from 'node:module';
import { addDays, weekdayOf } from '../kernel/civil-date.ts';

export type CalendarDay = {
  day: string;
  isWorkday: boolean;
  /** 春节, or 春节（调休上班）; null on ordinary days and weekends. */
  name: string | null;
  source: 'chinese-days';
  version: string;
};

/** Day → "English name,Chinese name,number of statutory days". */
type Plan = { holidays: Record<string, string>; workdays: Record<string, string> };

// The data file, not the functions: those format days in the server's time zone (a day off west of Greenwich) and answer
// for years that have no plan yet.
const load = createRequire(import.meta.url);
const plan = load('chinese-days/dist/chinese-days.json') as Plan;
const { version } = load('chinese-days/package.json') as { version: string };

const plannedYears: ReadonlySet<number> = new Set(Object.keys(plan.holidays).map((day) => Number(day.slice(0, 4))));

/** Years whose plan is known, ascending. */
export const coveredYears: readonly number[] = [...plannedYears].toSorted((left, right) => left - right);

export const calendarVersion = `chinese-days@${version}`;

/** All days of a year; undefined for a year without a published plan, whose due dates stay provisional. */
export function calendarDays(year: number): CalendarDay[] | undefined {
  if (!plannedYears.has(year)) return undefined;
  const days: CalendarDay[] = [];
  for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1)) days.push(calendarDay(day));
  return days;
}

/** The calendar as `addWorkingDays` asks it, straight from the package: for tests and the sandbox generator. */
export function isPlannedWorkday(day: string): boolean | undefined {
  return plannedYears.has(Number(day.slice(0, 4))) ? calendarDay(day).isWorkday : undefined;
}

function calendarDay(day: string): CalendarDay {
  const holiday = chineseName(plan.holidays[day]);
  const makeUp = chineseName(plan.workdays[day]);
  return {
    day,
    isWorkday: makeUp !== undefined || (holiday === undefined && weekdayOf(day) <= 5),
    name: makeUp !== undefined ? `${makeUp}（调休上班）` : (holiday ?? null),
    source: 'chinese-days',
    version: calendarVersion,
  };
}

function chineseName(entry: string | undefined): string | undefined {
  return entry?.split(',')[1];
}
