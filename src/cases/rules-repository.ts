// Wage standards and tiers of approval in the database: entered, never changed; the latest that fits is the one in force.
import { and, desc, eq, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { agencies } from '../agencies/table.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { retryOnConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { approvalTiers, assistanceStandards } from './rules-table.ts';

// Two entered the same figure at once: the other becomes the next version.
retryOnConstraint('assistance_standards_once');

export type StandardRow = typeof assistanceStandards.$inferSelect;
export type TierRow = typeof approvalTiers.$inferSelect;

/** The standard of a procuratorate's day: the latest year published by then, of its own region before that of a wider one. */
export async function findStandard(tx: Tx, agencyId: string, day: string): Promise<StandardRow | undefined> {
  const s = assistanceStandards;
  const region = sql`${agencies.regionCode}`;
  const wider = sql`${s.regionCode} in (${region}, left(${region}, 4) || '00', left(${region}, 2) || '0000')`;
  const [found] = await tx.db
    .select({ standard: s })
    .from(agencies)
    .innerJoin(s, wider)
    .where(and(eq(agencies.id, agencyId), lte(s.publishedOn, day)))
    .orderBy(desc(s.year), desc(s.regionCode), desc(s.id))
    .limit(1);
  return found?.standard;
}

export type StandardFilter = { regionCode?: string; year?: number; series?: StandardRow['series'] };

export async function listStandards(tx: Tx, filter: StandardFilter, page: PageRequest): Promise<Page<StandardRow>> {
  const s = assistanceStandards;
  const wanted = and(
    filter.regionCode ? eq(s.regionCode, filter.regionCode) : undefined,
    filter.year ? eq(s.year, filter.year) : undefined,
    filter.series ? eq(s.series, filter.series) : undefined,
  );
  const rows = await tx.db
    .select()
    .from(s)
    .where(and(wanted, page.before ? lt(s.id, page.before) : undefined))
    .orderBy(desc(s.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(s, wanted) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

/** How many versions of the figure there are. */
export async function versionsOf(tx: Tx, { regionCode, year, series }: Required<StandardFilter>): Promise<number> {
  const s = assistanceStandards;
  return tx.db.$count(s, and(eq(s.regionCode, regionCode), eq(s.year, year), eq(s.series, series)));
}

export async function insertStandards(tx: Tx, rows: readonly StandardRow[]): Promise<void> {
  if (rows.length > 0) await tx.db.insert(assistanceStandards).values([...rows]);
}

export async function hasStandards(tx: Tx): Promise<boolean> {
  const rows = await tx.db.select({ id: assistanceStandards.id }).from(assistanceStandards).limit(1);
  return rows.length > 0;
}

/** The tier that a sum of the agency falls into on a day: the highest one below the sum, its own before the general one. */
export async function findTier(tx: Tx, agencyId: string, amountFen: bigint, day: string): Promise<TierRow | undefined> {
  const t = approvalTiers;
  const [found] = await tx.db
    .select()
    .from(t)
    .where(
      and(
        or(eq(t.agencyId, agencyId), isNull(t.agencyId)),
        lt(t.aboveFen, amountFen),
        lte(t.validFrom, day),
        sql`(${t.validTo} is null or ${t.validTo} >= ${day})`,
      ),
    )
    .orderBy(desc(t.aboveFen), sql`${t.agencyId} is null`, desc(t.id))
    .limit(1);
  return found;
}

export async function listTiers(tx: Tx, agencyId: string | undefined, page: PageRequest): Promise<Page<TierRow>> {
  const t = approvalTiers;
  const wanted = agencyId ? eq(t.agencyId, agencyId) : undefined;
  const rows = await tx.db
    .select()
    .from(t)
    .where(and(wanted, page.before ? lt(t.id, page.before) : undefined))
    .orderBy(desc(t.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(t, wanted) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

export async function insertTier(tx: Tx, row: TierRow): Promise<void> {
  await tx.db.insert(approvalTiers).values(row);
}
