// Working-day arithmetic with make-up workdays, explained day by day (domain §11: the day after the start is day 1).
import { addDays, isCivilDate, weekdayOf } from './civil-date.ts';

export const dayReasons = [
  'workday',
  'make_up_workday',
  'weekend',
  'holiday',
  'assumed_workday',
  'assumed_weekend',
] as const;
export type DayReason = (typeof dayReasons)[number];
export type ExplainedDay = { date: string; counted: boolean; reason: DayReason };
export type DueDate = { dueOn: string; provisional: boolean; explain: ExplainedDay[] };

/** Answers undefined for a day whose yearly holiday plan is not published (or not loaded). */
export type IsWorkday = (day: string) => boolean | undefined;

// No holiday plan blocks more than a few weeks; beyond this the calendar data are broken.
const LONGEST_STANDSTILL = 60;

/**
 * The n-th working day after `start`; n = 0 is the start day itself ("at once"). Days that the calendar does not know
 * count as Monday to Friday, and make the result provisional.
 */
export function addWorkingDays(start: string, n: number, isWorkday: IsWorkday): DueDate {
  if (!isCivilDate(start)) throw new RangeError(`not a civil date: ${start}`);
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`not a number of working days: ${n}`);
  const explain: ExplainedDay[] = [];
  let day = start;
  let standstill = 0;
  for (let counted = 0; counted < n; ) {
    day = addDays(day, 1);
    const entry = explainDay(day, isWorkday);
    explain.push(entry);
    standstill = entry.counted ? 0 : standstill + 1;
    if (entry.counted) counted += 1;
    if (standstill > LONGEST_STANDSTILL) throw new RangeError(`the calendar has no working day near ${day}`);
  }
  return { dueOn: day, provisional: explain.some((entry) => entry.reason.startsWith('assumed_')), explain };
}

export function explainDay(day: string, isWorkday: IsWorkday): ExplainedDay {
  const weekend = weekdayOf(day) > 5;
  const known = isWorkday(day);
  if (known === undefined) {
    return { date: day, counted: !weekend, reason: weekend ? 'assumed_weekend' : 'assumed_workday' };
  }
  if (known) return { date: day, counted: true, reason: weekend ? 'make_up_workday' : 'workday' };
  return { date: day, counted: false, reason: weekend ? 'weekend' : 'holiday' };
}
