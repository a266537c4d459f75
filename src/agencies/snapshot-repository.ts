// The directory of agencies in memory: read whole, kept for its edition, so that what is asked of it is what the database holds.
import { asc } from 'drizzle-orm';
import type { AgencyKind } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { agencies } from './table.ts';

export type AgencyRow = typeof agencies.$inferSelect;

export type Directory = {
  byId: ReadonlyMap<string, AgencyRow>;
  /** In the order of their ids. */
  at(kind: AgencyKind, regionCode: string): readonly AgencyRow[];
};

const held = new WeakMap<Tx['db'], { edition: number; directory: Directory }>();

function toDirectory(rows: readonly AgencyRow[]): Directory {
  const places = Map.groupBy(rows, (row) => `${row.kind}|${row.regionCode}`);
  return {
    byId: new Map(rows.map((row) => [row.id, row])),
    at: (kind, regionCode) => places.get(`${kind}|${regionCode}`) ?? [],
  };
}

/**
 * All agencies as this transaction may know them. Read after the edition it is kept under, so a change in between makes it newer
 * than its edition, never older; a transaction that has changed the directory itself reads its own state each time.
 */
export async function readDirectory(tx: Tx): Promise<Directory> {
  const edition = tx.ctx.directory;
  const known = held.get(tx.db);
  if (known && known.edition === edition) return known.directory;
  const directory = toDirectory(await tx.db.select().from(agencies).orderBy(asc(agencies.id)));
  if (edition !== null) held.set(tx.db, { edition, directory });
  return directory;
}
