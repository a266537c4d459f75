// The summary is counted in the database by one function that returns sums only, never a row of a person.
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import { type AgencyKept, regionPrefix, type Summary } from './domain.ts';

export type SummaryFilter = {
  from: string;
  to: string;
  regionCode: string;
  category: string | null;
  campaign: string | null;
};

export async function countSummary(tx: Tx, filter: SummaryFilter): Promise<Summary> {
  const prefix = regionPrefix(filter.regionCode);
  const { rows } = await tx.db.execute<{ summary: Summary }>(
    sql`select statistics_summary(${filter.from}::date, ${filter.to}::date, ${prefix}, ${filter.category}, ${filter.campaign}) as summary`,
  );
  const row = rows[0];
  if (!row) throw new Error('statistics_summary gave nothing');
  return row.summary;
}

/** Whose clocks were kept, of the agencies of the region. */
export async function countKept(tx: Tx, { from, to, regionCode }: SummaryFilter): Promise<AgencyKept[]> {
  const prefix = regionPrefix(regionCode);
  const { rows } = await tx.db.execute<{ kept: AgencyKept[] }>(
    sql`select statistics_deadlines(${from}::date, ${to}::date, ${prefix}, ${tx.ctx.today}::date) as kept`,
  );
  return rows[0]?.kept ?? [];
}
