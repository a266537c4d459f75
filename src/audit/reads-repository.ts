// Access records that have outlived their retention go; under half a year the database itself keeps them (P-08).
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';

export async function purgeReadRecords(tx: Tx, days: number): Promise<void> {
  await tx.db.execute(sql`select purge_read_records(${days}::int)`);
}
