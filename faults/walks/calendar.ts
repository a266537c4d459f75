// Working days of 2026 by the data of `holiday-calendar`, which the service does not use: an independent second opinion.
import { readFileSync } from 'node:fs';

type Entry = { date: string; type: 'public_holiday' | 'transfer_workday' };

const read = (year: number): Entry[] => {
  const file = new URL(`../../node_modules/holiday-calendar/data/CN/${year}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { dates: Entry[] }).dates;
};
const marked = new Map([2025, 2026].flatMap(read).map(({ date, type }) => [date, type]));

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

function works(day: string): boolean {
  const type = marked.get(day);
  if (type !== undefined) return type === 'transfer_workday';
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** The day on which it was paused still counts, that on which it goes on does not. */
export type Stood = { from: string; until: string };

/** The nth working day after `day` on which the clock did not stand. */
export function dueOn(day: string, n: number, stood: readonly Stood[] = []): string {
  let at = day;
  for (let left = n; left > 0; ) {
    at = addDays(at, 1);
    if (works(at) && !stood.some(({ from, until }) => from < at && at <= until)) left -= 1;
  }
  return at;
}

/** Running: late or not; ended: in time or not. */
export function statusOf(due: string, today: string, endedOn: string): readonly string[] {
  if (endedOn !== '') return [endedOn <= due ? 'met' : 'met_late'];
  return today > due ? ['overdue'] : ['on_track', 'due_soon'];
}
