// The row that moves business time; on a live stamp the database refuses to write it.
import { bigint, boolean, pgTable } from 'drizzle-orm/pg-core';
import type { Tx } from '../platform/db/tx.ts';

const businessClock = pgTable('business_clock', {
  onlyRow: boolean('only_row').primaryKey().default(true),
  shiftMs: bigint('shift_ms', { mode: 'number' }).notNull(),
});

export async function saveShift(tx: Tx, shiftMs: number): Promise<void> {
  await tx.db
    .insert(businessClock)
    .values({ shiftMs })
    .onConflictDoUpdate({ target: businessClock.onlyRow, set: { shiftMs } });
}

/** Answers whether time was moved. */
export async function removeShift(tx: Tx): Promise<boolean> {
  return (await tx.db.delete(businessClock).returning()).length > 0;
}
