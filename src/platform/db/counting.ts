// How many rows a list has, where it was asked: exact up to 10,000, then a lower bound (contract §1), so that no count is a scan.
import { type Subquery, sql } from 'drizzle-orm';
import { EXACT_TOTAL_LIMIT } from '../../kernel/page.ts';
import type { Db } from './client.ts';
import type { Tx } from './context.ts';

const oneOf = (db: Db) => db.select({ one: sql`1`.as('one') });

type Rows = { limit(limit: number): { as(alias: string): Subquery } };

/** `rows` says from where, and under which condition. */
export async function countUpTo(
  tx: Tx,
  includeTotal: boolean | undefined,
  rows: (one: ReturnType<typeof oneOf>) => Rows,
): Promise<{ total?: number; totalAtLeast?: number }> {
  if (!includeTotal) return {};
  const counted = rows(oneOf(tx.db))
    .limit(EXACT_TOTAL_LIMIT + 1)
    .as('counted');
  const [row] = await tx.db.select({ n: sql<number>`count(*)::int` }).from(counted);
  const n = row?.n ?? 0;
  return n > EXACT_TOTAL_LIMIT ? { totalAtLeast: EXACT_TOTAL_LIMIT } : { total: n };
}
