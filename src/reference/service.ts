// What the reference routes ask: a page of code sets, and a year of the calendar with its provisional tail (domain §11).
import { addDays, weekdayOf } from '../kernel/civil-date.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { calendarDays, calendarVersion, coveredYears } from './calendar.ts';
import type { CodeSet } from './code-item.ts';

export type Calendar = {
  year: number;
  provisional: boolean;
  version: string;
  days: { day: string; isWorkday: boolean; name: string | null }[];
};

/** The State Council publishes a plan in the autumn before: further ahead nobody needs a guess. */
const PROVISIONAL_YEARS = 2;

/** By name, because sets have no age; the name is the cursor. */
export function pageOfCodeSets(sets: readonly CodeSet[], page: PageRequest): Page<CodeSet & { id: string }> {
  const sorted = sets.map((set) => ({ ...set, id: set.name })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const { before } = page;
  const rest = before === null ? sorted : sorted.filter((set) => set.name > before);
  return { ...toPage(rest, page.limit), ...(page.includeTotal ? { total: sets.length } : {}) };
}

/** A year with a published plan, or one of the next two with Monday to Friday assumed; undefined for all others. */
export function calendarOf(year: number): Calendar | undefined {
  const planned = calendarDays(year);
  if (planned) return { year, provisional: false, version: calendarVersion, days: planned };
  const last = coveredYears.at(-1) ?? year;
  if (year < last || year > last + PROVISIONAL_YEARS) return undefined;
  const days: Calendar['days'] = [];
  for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1))
    days.push({ day, isWorkday: weekdayOf(day) <= 5, name: null });
  return { year, provisional: true, version: calendarVersion, days };
}
