// Amounts of like cases: one function of the database that answers figures of everybody's cases, never a row of one.
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';

export type Alike = {
  caseId: string;
  eligibilityCode: string | null;
  categories: readonly string[];
  /** `2101`, `21`: what the codes of the regions begin with. */
  regionPrefix: string;
  year: number;
};

/** Fen as decimal strings, so that nothing passes through a float. */
export type Figures = { cases: number; lowerQuartile: string; median: string; upperQuartile: string };

/** Null where fewer than five cases or five people stand behind the figures. */
export async function compareAwards(tx: Tx, alike: Alike): Promise<Figures | null> {
  const { caseId, eligibilityCode, categories, regionPrefix, year } = alike;
  const { rows } = await tx.db.execute<{ figures: Figures | null }>(
    sql`select comparable_awards(${caseId}::uuid, ${eligibilityCode}::text, ${sql.param([...categories])}::text[], ${regionPrefix}::text, ${year}::integer) as figures`,
  );
  return rows[0]?.figures ?? null;
}
