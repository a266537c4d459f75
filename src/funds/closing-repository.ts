// Closings of years in the database: one a year and fund, never changed.
import { and, desc, eq } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { fundClosings } from './table.ts';

export type ClosingRow = typeof fundClosings.$inferSelect;

/** The closings of a fund, the latest year first. */
export function findClosings(tx: Tx, fundId: string): Promise<ClosingRow[]> {
  return tx.db
    .select()
    .from(fundClosings)
    .where(and(eq(fundClosings.fundId, fundId), visible(tx, 'fund', fundClosings.fundId)))
    .orderBy(desc(fundClosings.year))
    .limit(200);
}

export async function insertClosing(tx: Tx, row: ClosingRow): Promise<void> {
  await tx.db.insert(fundClosings).values(row);
}
