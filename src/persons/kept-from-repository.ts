// The records that are kept from an officer (P-13), by the digests under which the rules of safe contact name them.
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';

/** Ids of the persons, the records they stand on and what hangs on those: one look at an index. */
export async function recordsKeptFrom(tx: Tx, digests: readonly string[]): Promise<string[]> {
  const { rows } = await tx.db.execute<{ id: string }>(
    sql`select id from records_kept_from(${sql.param(digests)}::text[], ${tx.ctx.today}::date)`,
  );
  return rows.map((row) => row.id);
}
