// Marks of the seeding in the log, so that a province left half made is known as such, and the lock of the one who seeds.
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { auditRecords } from '../audit/table.ts';
import type { Db } from '../platform/db/client.ts';
import type { Tx } from '../platform/db/tx.ts';

export const BEGUN = 'sandbox.seeding_begun';
export const DONE = 'sandbox.seeded';

const SEEDING = 727_210_003;

/** Held by the session of the connection; a longer wait than its lock_timeout is an error that may be tried again. */
export async function lockSeeding(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_lock(${SEEDING})`);
}

/** The last mark, if there is one: a province of an earlier release has none. */
export async function lastMark(tx: Tx): Promise<string | undefined> {
  const { id, kind, type } = auditRecords;
  const [row] = await tx.db
    .select({ type })
    .from(auditRecords)
    .where(and(eq(kind, 'sandbox'), inArray(type, [BEGUN, DONE])))
    .orderBy(desc(id))
    .limit(1);
  return row?.type;
}
