// What an erasure asks the database, which answers across agencies with figures only and destroys what two people have confirmed.
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';

export type Obstacles = {
  holds: number;
  /** How many records of each kind are not ended. */
  open: Readonly<Record<string, number>>;
  /** The civil day of the last change to any of the person's records. */
  lastOn: string | null;
};

type Counted = { holds: number; lastOn: string | null } & Record<string, number>;

export async function findObstacles(tx: Tx, personId: string): Promise<Obstacles> {
  const { rows } = await tx.db.execute<{ found: Counted }>(sql`select erasure_obstacles(${personId}::uuid) as found`);
  const { holds = 0, lastOn = null, ...counts } = rows[0]?.found ?? {};
  const open = Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0)) as Record<string, number>;
  return { holds, open, lastOn };
}

/** Ids of the records that hold nobody else. */
export async function findSole(tx: Tx, personId: string): Promise<Set<string>> {
  const { rows } = await tx.db.execute<{ id: string }>(sql`select id from erasure_sole(${personId}::uuid)`);
  return new Set(rows.map((row) => row.id));
}

export type Redacted = { table: string; column: string; rowId: string; sealed: Buffer };

export async function writeRedacted(
  tx: Tx,
  erasureId: string,
  { table, column, rowId, sealed }: Redacted,
): Promise<void> {
  await tx.db.execute(
    sql`select erasure_redact(${erasureId}::uuid, ${table}, ${`${column}_sealed`}, ${rowId}, ${sealed}::bytea)`,
  );
}

/** Destroys keys and masks; answers how many keys. */
export async function destroy(tx: Tx, erasureId: string): Promise<number> {
  const { rows } = await tx.db.execute<{ gone: number }>(sql`select erasure_destroy(${erasureId}::uuid) as gone`);
  return rows[0]?.gone ?? 0;
}
