// The summary is counted in the database by one function that returns sums only, never a row of a person.
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import { regionPrefix, type Summary } from './domain.ts';

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
