// Who still sees what hangs on a sealed case is written by functions of the database: they alone see all of it (ADR 0022).
import { eq, sql } from 'drizzle-orm';
import { officers } from '../agencies/table.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';

/** Until every write that may just have added to the case has ended: what it adds is sealed with the case. */
export async function waitForWriters(tx: Tx): Promise<void> {
  await tx.db.execute(sql`select seal_alone()`);
}

/** The human being behind an officer: four eyes are about people. */
export async function personKeyOf(tx: Tx, officerId: string | null): Promise<string | null> {
  if (officerId === null) return null;
  const [found] = await tx.db.select({ key: officers.personKey }).from(officers).where(eq(officers.id, officerId));
  return found?.key ?? null;
}

/** Sent behind the write: what it has made or changed is sealed with its case, or opened again. */
export function followSeals(tx: Tx, ids: readonly string[]): void {
  const statement = prepared(tx.db, 'follow_seals', (db, name) =>
    db
      .select({ done: sql`seal_follow(${sql.placeholder('ids')}::uuid[])` })
      .from(sql`(values (1)) as once (n)`)
      .prepare(name),
  );
  tx.later(statement.execute({ ids: `{${ids.join(',')}}` }));
}
