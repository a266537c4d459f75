// Which rule counts where and when, and which days are worked: what is asked of the rules and the calendar, as plain data (ADR 0025).
import { weekdayOf } from '../kernel/civil-date.ts';
import type { IsWorkday } from '../kernel/working-days.ts';
import type { deadlineRules } from './table.ts';

export type RuleRow = typeof deadlineRules.$inferSelect;

export type Rulebook = {
  /** The rule of that code in force on that day where `regionCode` is: that of the nearest region, then the latest. */
  rule(code: string, regionCode: string, day: string): RuleRow | undefined;
  /** The latest edition of that code, wherever and whenever it counts. */
  latest(code: string): RuleRow | undefined;
  isWorkday: IsWorkday;
  /** Of the calendar as a whole: that of its newest edition. */
  calendarVersion: string;
};

/** `21`, `2101` or `210102`: what the codes of all places inside begin with; '' is everywhere. */
const prefixOf = ({ regionCode }: RuleRow): string => (regionCode ?? '').replace(/(00){1,2}$/, '');

const inForce = (row: RuleRow, day: string): boolean =>
  (row.validFrom === null || row.validFrom <= day) && (row.validTo === null || day <= row.validTo);

/** `exceptions`: days on which Monday to Friday does not tell whether people work. */
export type CalendarData = { years: ReadonlySet<number>; exceptions: ReadonlyMap<string, boolean>; version: string };

export function toRulebook(rows: readonly RuleRow[], { years, exceptions, version }: CalendarData): Rulebook {
  const nearest = rows.toSorted((a, b) => prefixOf(b).length - prefixOf(a).length || b.position - a.position);
  const byCode = Map.groupBy(nearest, (row) => row.code);
  return {
    rule: (code, regionCode, day) =>
      byCode.get(code)?.find((row) => inForce(row, day) && regionCode.startsWith(prefixOf(row))),
    latest: (code) => byCode.get(code)?.toSorted((a, b) => b.position - a.position)[0],
    isWorkday: (day) => (years.has(Number(day.slice(0, 4))) ? (exceptions.get(day) ?? weekdayOf(day) <= 5) : undefined),
    calendarVersion: version,
  };
}
