// Rules and calendar in memory: read whole and kept for the edition that every transaction reads with the clock (ADR 0025).
import { and, asc, desc, eq, lt, max, sql } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type CalendarData, type Rulebook, type RuleRow, toRulebook } from './rulebook.ts';
import { calendarDays, calendars, deadlineRules } from './table.ts';

const held = new WeakMap<Tx['db'], { edition: number; rulebook: Rulebook }>();

/** Of each planned year the newest edition. */
const newest = sql`(${calendarDays.year}, ${calendarDays.edition}) in
  (select c.year, max(c.edition) from ${calendars} c group by c.year)`;
const unlikeTheWeek = sql`${calendarDays.isWorkday} <> (extract(isodow from ${calendarDays.day}) <= 5)`;

async function readCalendar(tx: Tx): Promise<CalendarData> {
  const [years, days] = await Promise.all([
    tx.db.select({ year: calendars.year, version: calendars.version }).from(calendars).orderBy(asc(calendars.position)),
    tx.db
      .select({ day: calendarDays.day, isWorkday: calendarDays.isWorkday })
      .from(calendarDays)
      .where(and(newest, unlikeTheWeek)),
  ]);
  return {
    years: new Set(years.map(({ year }) => year)),
    exceptions: new Map(days.map(({ day, isWorkday }) => [day, isWorkday])),
    version: years.at(-1)?.version ?? 'none',
  };
}

/** As readDirectory of agencies: a transaction that has changed rules or calendar reads its own state each time. */
export async function readRulebook(tx: Tx): Promise<Rulebook> {
  const edition = tx.ctx.directory;
  const known = held.get(tx.db);
  if (known && known.edition === edition) return known.rulebook;
  const [rows, calendar] = await Promise.all([tx.db.select().from(deadlineRules), readCalendar(tx)]);
  const rulebook = toRulebook(rows, calendar);
  if (edition !== null) held.set(tx.db, { edition, rulebook });
  return rulebook;
}

export type RuleFilter = { code?: string | undefined; regionCode?: string | undefined };

/** Newest first. */
export async function listRules(tx: Tx, filter: RuleFilter, page: PageRequest): Promise<Page<RuleRow>> {
  const where = and(
    filter.code ? eq(deadlineRules.code, filter.code) : undefined,
    filter.regionCode ? eq(deadlineRules.regionCode, filter.regionCode) : undefined,
  );
  const rows = await tx.db
    .select()
    .from(deadlineRules)
    .where(and(where, page.before ? lt(deadlineRules.id, page.before) : undefined))
    .orderBy(desc(deadlineRules.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(deadlineRules, where) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

export async function findRule(tx: Tx, id: string): Promise<RuleRow | undefined> {
  const [row] = await tx.db.select().from(deadlineRules).where(eq(deadlineRules.id, id));
  return row;
}

/** One rule or calendar is written at a time, to the end of the transaction: editions are numbered without a gap. */
export const alone = (tx: Tx, what: string): Promise<unknown> =>
  tx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`);

export async function countEditions(tx: Tx, code: string): Promise<number> {
  await alone(tx, 'deadline_rules');
  return tx.db.$count(deadlineRules, eq(deadlineRules.code, code));
}

/** After `countEditions`, which holds the turn. */
export async function insertRule(tx: Tx, row: Omit<typeof deadlineRules.$inferInsert, 'position'>): Promise<RuleRow> {
  tx.ctx.directory = null;
  const [last] = await tx.db.select({ position: max(deadlineRules.position) }).from(deadlineRules);
  const position = (last?.position ?? 0) + 1;
  const [saved] = await tx.db
    .insert(deadlineRules)
    .values({ ...row, position })
    .returning();
  if (!saved) throw new Error('a rule was not kept');
  return saved;
}
