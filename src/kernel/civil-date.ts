// Civil dates as 'YYYY-MM-DD' strings in Asia/Shanghai: deadlines and ages never depend on the server's time zone.

const DAY_MS = 86_400_000;
// Fixed: China has kept UTC+8 without summer time since 1992, and no instant of this service is older.
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;

export function civilDateOf(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** True for a date that exists in the calendar, written exactly YYYY-MM-DD, years 0001 to 9999. */
export function isCivilDate(text: string): boolean {
  if (!SHAPE.test(text) || text < '0001') return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && textOf(time) === text;
}

export function addDays(day: string, days: number): string {
  return textOf(timeOf(day) + days * DAY_MS);
}

/** Same day of a later (or earlier) month, or that month's last day where it has no such day (Civil Code art. 202). */
export function addMonths(day: string, months: number): string {
  const month = yearOf(day) * 12 + Number(day.slice(5, 7)) - 1 + months;
  const last = Number(addDays(monthStart(month + 1), -1).slice(8));
  return monthStart(month).slice(0, 8) + String(Math.min(Number(day.slice(8)), last)).padStart(2, '0');
}

/** Negative, zero or positive, for sorting. */
export function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whole days from `from` to `to`; negative if `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return (timeOf(to) - timeOf(from)) / DAY_MS;
}

/** Monday = 1 to Sunday = 7. */
export function weekdayOf(day: string): number {
  return new Date(timeOf(day)).getUTCDay() || 7;
}

export function yearOf(day: string): number {
  timeOf(day);
  return Number(day.slice(0, 4));
}

/**
 * Full years of age on a day, reached on the birthday itself; one born on 29 February reaches it on 1 March of a common
 * year, so that nobody loses the protection of minors a day early. Negative before birth.
 */
export function ageOn(birthDate: string, day: string): number {
  const birthdayPassed = day.slice(5) >= birthDate.slice(5);
  return yearOf(day) - yearOf(birthDate) - (birthdayPassed ? 0 : 1);
}

/** First day of a month counted from January of year 0. */
function monthStart(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`;
}

function timeOf(day: string): number {
  if (!isCivilDate(day)) throw new RangeError(`not a civil date: ${day}`);
  return Date.parse(`${day}T00:00:00Z`);
}

function textOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
