// The stored tree: what awaits sealing below the horizon, leaves, complete subtrees and checkpoints.
import { desc, eq, lt, sql } from 'drizzle-orm';
import { feedEpochs } from '../events/table.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { insertRows } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { auditCheckpoints, auditKeys, auditLeaves, auditLogs, auditNodes, auditSealing } from './log-table.ts';
import { foldSubtrees, type NodeId, type Span, subtreesOf } from './merkle.ts';
import { auditRecords } from './table.ts';

const SEALING = 727_210_010;

/** Held to the end of the transaction; false where another process seals at this moment. */
export async function lockSealing(tx: Tx): Promise<boolean> {
  const { rows } = await tx.db.execute<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(${SEALING}) as mine`);
  return rows[0]?.mine === true;
}

/** Waits until nobody seals; whoever seals afterwards sees what this transaction has done. */
export async function waitForSealing(tx: Tx): Promise<void> {
  await tx.db.execute(sql`select pg_advisory_xact_lock(${SEALING})`);
}

/** Name of the log of the present epoch; a new epoch is a new log (contract.md §2). */
export async function originOf(tx: Tx, propose?: (epoch: number) => string): Promise<string | undefined> {
  const [last] = await tx.db.select().from(feedEpochs).orderBy(desc(feedEpochs.epoch)).limit(1);
  const epoch = last?.epoch ?? 1;
  const [known] = await tx.db.select().from(auditLogs).where(eq(auditLogs.epoch, epoch));
  if (known || !propose) return known?.origin;
  const origin = propose(epoch);
  await insertRows(tx.db, auditLogs, [{ epoch, origin }]);
  return origin;
}

export type LogKeyRow = typeof auditKeys.$inferSelect;

/** The newest first: it signs. */
export const readLogKeys = (tx: Tx): Promise<LogKeyRow[]> =>
  tx.db.select().from(auditKeys).orderBy(desc(auditKeys.createdAt));

export async function addLogKey(tx: Tx, key: Omit<LogKeyRow, 'createdAt'>): Promise<void> {
  // By the clock, not by the beginning of the transaction: it may have waited for a checkpoint of the former key.
  await tx.db.insert(auditKeys).values({ ...key, createdAt: sql`clock_timestamp()` });
}

export type Cursor = { size: number; xid: string; recordId: string };

export async function lastLeaf(tx: Tx): Promise<Cursor> {
  const [row] = await tx.db.select().from(auditLeaves).orderBy(desc(auditLeaves.leafIndex)).limit(1);
  return row
    ? { size: row.leafIndex + 1, xid: row.xid, recordId: row.recordId }
    : { size: 0, xid: '0', recordId: '00000000-0000-0000-0000-000000000000' };
}

export type Unsealed = { id: string; xid: string; hash: Buffer };

/**
 * The next records in sealing order, transaction by transaction, only of those below the oldest that still runs: nothing can
 * come to stand before them any more. Throws where the database was moved to a cluster whose transaction numbers are younger.
 */
export async function readUnsealed(tx: Tx, { xid, recordId }: Cursor, limit: number): Promise<Unsealed[]> {
  const { rows } = await tx.db.execute<{ moved: boolean }>(
    sql`select ${xid}::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) as moved`,
  );
  if (rows[0]?.moved) throw new Error('the last sealed record has a transaction number that is still to come');
  const found = await tx.db
    .select({ id: auditRecords.id, xid: auditRecords.xid, hash: auditRecords.hash })
    .from(auditRecords)
    .where(
      sql`(${auditRecords.xid}, ${auditRecords.id}) > (${xid}::xid8, ${recordId}::uuid)
        and ${auditRecords.xid} < pg_snapshot_xmin(pg_current_snapshot()) and ${auditRecords.alg} <> 'none'`,
    )
    .orderBy(auditRecords.xid, auditRecords.id)
    .limit(limit);
  return found.map(({ hash, ...row }) => {
    if (!hash) throw new Error('a record to be sealed has no hash');
    return { ...row, hash };
  });
}

type Hashed = { level: number; index: number; hash: Buffer };

/** Leaves and the subtrees that they complete, in two statements however many they are. */
export async function addToTree(tx: Tx, leaves: readonly (Unsealed & { index: number })[], nodes: readonly Hashed[]) {
  const given = leaves.map(({ id, xid, index, hash }) => ({ i: index, id, x: xid, h: hash.toString('hex') }));
  const made = nodes.map(({ level, index, hash }) => ({ l: level, i: index, h: hash.toString('hex') }));
  tx.later(
    tx.db
      .execute(sql`insert into ${auditLeaves} (leaf_index, record_id, xid, leaf_hash)
      select i, id, x, decode(h, 'hex')
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as r (i bigint, id uuid, x xid8, h text)`)
      .execute(),
    tx.db
      .execute(sql`insert into ${auditNodes} (level, node_index, hash)
      select l, i, decode(h, 'hex') from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as r (l smallint, i bigint, h text)`)
      .execute(),
  );
}

const nameOf = ({ level, index }: NodeId) => `${level}/${index}`;

/** Hashes of complete subtrees in the order asked for; throws where one is not stored. */
export async function hashesOf(tx: Tx, wanted: readonly NodeId[]): Promise<Buffer[]> {
  if (wanted.length === 0) return [];
  const leaves = wanted.filter(({ level }) => level === 0).map(({ index }) => index);
  const nodes = wanted.filter(({ level }) => level > 0).map(({ level, index }) => ({ l: level, i: index }));
  const { rows } = await tx.db.execute<{ level: number; index: string; hash: Buffer }>(sql`
    select 0 as level, leaf_index as index, leaf_hash as hash from ${auditLeaves}
      where leaf_index = any(${sql.param(leaves)}::bigint[])
    union all
    select n.level, n.node_index, n.hash from ${auditNodes} n
      join jsonb_to_recordset(${JSON.stringify(nodes)}::jsonb) as r (l smallint, i bigint) on n.level = l and n.node_index = i`);
  const found = new Map(rows.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
  return wanted.map((node) => {
    const hash = found.get(nameOf(node));
    if (!hash) throw new Error(`the subtree ${nameOf(node)} is not stored`);
    return hash;
  });
}

/** Roots of the spans, with one look at the tables however many they are. */
export async function rootsOf(tx: Tx, spans: readonly Span[]): Promise<Buffer[]> {
  const parts = spans.map(subtreesOf);
  const hashes = await hashesOf(tx, parts.flat());
  let at = 0;
  return parts.map((nodes) => {
    at += nodes.length;
    return foldSubtrees(hashes.slice(at - nodes.length, at));
  });
}

export async function leafHashes(tx: Tx, from: number, limit: number): Promise<Buffer[]> {
  const rows = await tx.db
    .select({ hash: auditLeaves.leafHash })
    .from(auditLeaves)
    .where(sql`${auditLeaves.leafIndex} >= ${from} and ${auditLeaves.leafIndex} < ${from + limit}`)
    .orderBy(auditLeaves.leafIndex);
  return rows.map((row) => row.hash);
}

export type CheckpointRow = typeof auditCheckpoints.$inferSelect;

export async function addCheckpoint(tx: Tx, row: CheckpointRow): Promise<void> {
  await tx.db.insert(auditCheckpoints).values(row);
}

export async function lastCheckpoint(tx: Tx): Promise<CheckpointRow | undefined> {
  const [row] = await tx.db.select().from(auditCheckpoints).orderBy(desc(auditCheckpoints.treeSize)).limit(1);
  return row;
}

export async function findCheckpoint(tx: Tx, treeSize: number): Promise<CheckpointRow | undefined> {
  const [row] = await tx.db.select().from(auditCheckpoints).where(eq(auditCheckpoints.treeSize, treeSize));
  return row;
}

/** Newest first; the size is the id of a checkpoint. */
export async function listCheckpoints(tx: Tx, page: PageRequest): Promise<Page<CheckpointRow & { id: string }>> {
  const rows = await tx.db
    .select()
    .from(auditCheckpoints)
    .where(page.before ? lt(auditCheckpoints.treeSize, Number(page.before)) : undefined)
    .orderBy(desc(auditCheckpoints.treeSize))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(auditCheckpoints) } : {};
  return {
    ...toPage(
      rows.map((row) => ({ ...row, id: String(row.treeSize) })),
      page.limit,
    ),
    ...total,
  };
}

/** Says that everything is sealed and exported; by the database's clock, which is that of all processes. */
export async function markSealed(tx: Tx): Promise<void> {
  await tx.db.update(auditSealing).set({ sealedAt: sql`clock_timestamp()` });
}

/** Seconds since everything was last sealed and exported. */
export const SILENCE = `select extract(epoch from clock_timestamp() - sealed_at)::float8 as seconds from audit_sealing`;
