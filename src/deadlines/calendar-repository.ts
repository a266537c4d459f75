// The calendar in the database: one edition of a year after the other, never changed, and clocks that an older one has counted.
import { and, asc, eq, isNull, lte, max, ne, sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import type { DeadlineRow } from './repository.ts';
import { alone } from './rulebook-repository.ts';
import { calendarDays, calendars, deadlines } from './table.ts';

export type CalendarRow = typeof calendars.$inferSelect;
export type DayRow = { day: string; isWorkday: boolean; name: string | null };

/** The newest edition of a year with all its days; undefined where no plan is published. */
export async function findCalendar(
  tx: Tx,
  year: number,
): Promise<{ calendar: CalendarRow; days: DayRow[] } | undefined> {
  const of = tx.db
    .select({ n: max(calendars.edition) })
    .from(calendars)
    .where(eq(calendars.year, year));
  const [calendar] = await tx.db
    .select()
    .from(calendars)
    .where(and(eq(calendars.year, year), eq(calendars.edition, of)));
  if (!calendar) return undefined;
  const { day, isWorkday, name } = calendarDays;
  const whole = and(eq(calendarDays.year, year), eq(calendarDays.edition, calendar.edition));
  const days = await tx.db.select({ day, isWorkday, name }).from(calendarDays).where(whole).orderBy(asc(day));
  return { calendar, days };
}

/** The last year with a plan. */
export async function lastPlannedYear(tx: Tx): Promise<number | undefined> {
  const [row] = await tx.db.select({ year: max(calendars.year) }).from(calendars);
  return row?.year ?? undefined;
}

export async function lockCalendars(tx: Tx): Promise<void> {
  await alone(tx, 'calendars');
}

/** After `lockCalendars`, which holds the turn. */
export async function insertCalendar(
  tx: Tx,
  row: Omit<typeof calendars.$inferInsert, 'position'>,
  days: readonly DayRow[],
): Promise<void> {
  tx.ctx.directory = null;
  const [last] = await tx.db.select({ position: max(calendars.position) }).from(calendars);
  await tx.db.insert(calendars).values({ ...row, position: (last?.position ?? 0) + 1 });
  await tx.db.insert(calendarDays).values(days.map((day) => ({ ...day, year: row.year, edition: row.edition })));
}

/** Years with a plan. */
export async function plannedYears(tx: Tx): Promise<Set<number>> {
  const rows = await tx.db.selectDistinct({ year: calendars.year }).from(calendars);
  return new Set(rows.map(({ year }) => year));
}

const stale = (version: string) => and(eq(deadlines.state, 'running'), ne(deadlines.calendarVersion, version));

/** Running clocks that were counted with another calendar; those that somebody works on are left for the next time. */
export function lockStale(tx: Tx, version: string, limit: number): Promise<DeadlineRow[]> {
  return tx.db
    .select()
    .from(deadlines)
    .where(stale(version))
    .orderBy(asc(deadlines.id))
    .limit(limit)
    .for('update', { skipLocked: true });
}

/** They stand under that calendar as they stood before. */
export async function confirmCounted(tx: Tx, ids: readonly string[], calendarVersion: string): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .update(deadlines)
    .set({ calendarVersion })
    .where(sql`${deadlines.id} = any(${sql.param([...ids])}::uuid[])`);
}

/** A transaction that began before the edition came may still bring a clock of the old one. */
const SETTLED = sql`now() - interval '5 minutes'`;

/** Whether clocks may stand as an older calendar had them. */
export async function hasPendingCalendars(tx: Tx): Promise<boolean> {
  const pending = tx.db.select({ year: calendars.year }).from(calendars).where(isNull(calendars.appliedAt));
  return (await pending.limit(1)).length > 0;
}

/** Nothing is left that was counted with an older one. */
export async function markApplied(tx: Tx, version: string): Promise<void> {
  if ((await tx.db.$count(deadlines, stale(version))) > 0) return;
  const settled = and(isNull(calendars.appliedAt), lte(calendars.createdAt, SETTLED));
  await tx.db.update(calendars).set({ appliedAt: sql`now()` }).where(settled);
}
