// Records as the API and the export show them: with their place in the tree.
import { and, asc, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { ResourceKind } from '../kernel/fact.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import { countUpTo } from '../platform/db/counting.ts';
import type { Tx } from '../platform/db/tx.ts';
import { auditLeaves } from './log-table.ts';
import type { AuditRow } from './repository.ts';
import { auditRecords } from './table.ts';
import type { WireRecord } from './wire.ts';

const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null;

export function toWire(
  { xid: _xid, prevHash, hash, recordedAt, occurredAt, ...row }: AuditRow,
  leafIndex: number | null,
): WireRecord {
  const times = { recordedAt: recordedAt.toISOString(), occurredAt: occurredAt.toISOString() };
  return { ...row, ...times, leafIndex, prevHash: base64(prevHash), hash: base64(hash) };
}

const place = eq(auditLeaves.recordId, auditRecords.id);

/** Sealed records from a leaf on. One that was deleted is missing here, and its leaf with it: the verifier sees the gap. */
export async function readSealed(tx: Tx, from: number, limit: number): Promise<WireRecord[]> {
  const rows = await tx.db
    .select({ record: auditRecords, leafIndex: auditLeaves.leafIndex })
    .from(auditLeaves)
    .innerJoin(auditRecords, place)
    .where(gte(auditLeaves.leafIndex, from))
    .orderBy(asc(auditLeaves.leafIndex))
    .limit(limit);
  return rows.map(({ record, leafIndex }) => toWire(record, leafIndex));
}

export type RecordFilter = {
  kind?: string | undefined;
  resourceId?: string | undefined;
  officerId?: string | undefined;
  agencyId?: string | undefined;
  type?: string | undefined;
  /** System time, inclusive; `until` is not. */
  from?: Date | undefined;
  until?: Date | undefined;
};

/** Ids are made from system time (UUIDv7): a stretch of time is one of ids, and so of the primary key. */
const firstIdAt = (time: Date) => {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
};

function conditions({ kind, resourceId, officerId, agencyId, type, from, until }: RecordFilter): (SQL | undefined)[] {
  return [
    kind === undefined ? undefined : eq(auditRecords.kind, kind),
    resourceId === undefined ? undefined : eq(auditRecords.resourceId, resourceId),
    officerId === undefined ? undefined : eq(auditRecords.officerId, officerId),
    agencyId === undefined ? undefined : eq(auditRecords.agencyId, agencyId),
    type === undefined ? undefined : eq(auditRecords.type, type),
    from && gte(auditRecords.id, firstIdAt(from)),
    until && lt(auditRecords.id, firstIdAt(until)),
  ];
}

/** Opens to this transaction what was done in the territory of the caller's agency; row security draws the line. */
export function openAudit(tx: Tx): void {
  tx.later(tx.db.execute(sql`select set_config('app.audit', 'on', true)`).execute());
}

/** What was done in the caller's territory, newest first; `openAudit` comes first. */
export async function listRecords(tx: Tx, filter: RecordFilter, page: PageRequest): Promise<Page<WireRecord>> {
  const before = page.before ? lt(auditRecords.id, page.before) : undefined;
  const mine = and(
    sql`${auditRecords.agencyId} = any ((select app_territory())::uuid[])`,
    // What is sealed to the caller is not told here either (ADR 0022); that a person was looked at is no news of a case.
    sql`(${auditRecords.kind} = 'person' or not app_barred(${auditRecords.kind}, ${auditRecords.resourceId}))`,
    ...conditions(filter),
  );
  const rows = await tx.db
    .select({ record: auditRecords, leafIndex: auditLeaves.leafIndex })
    .from(auditRecords)
    .leftJoin(auditLeaves, place)
    .where(and(mine, before))
    .orderBy(desc(auditRecords.id))
    .limit(page.limit + 1);
  const records = rows.map(({ record, leafIndex }) => toWire(record, leafIndex));
  return {
    ...toPage(records, page.limit),
    ...(await countUpTo(tx, page.includeTotal, (one) => one.from(auditRecords).where(mine))),
  };
}

/** A record that the caller sees: of a resource that it sees, or by `openAudit`. */
export async function findRecord(tx: Tx, id: string): Promise<WireRecord | undefined> {
  const [row] = await tx.db
    .select({ record: auditRecords, leafIndex: auditLeaves.leafIndex })
    .from(auditRecords)
    .leftJoin(auditLeaves, place)
    .where(eq(auditRecords.id, id));
  return row && toWire(row.record, row.leafIndex);
}

/** The record of a resource's first fact, if the caller sees the resource: what a receipt names, so that its proof can be asked for. */
export async function firstRecord(
  tx: Tx,
  kind: ResourceKind,
  id: string,
): Promise<{ id: string; hash: string | null } | undefined> {
  const [row] = await tx.db
    .select({ id: auditRecords.id, hash: auditRecords.hash })
    .from(auditRecords)
    .where(
      and(
        eq(auditRecords.kind, kind),
        eq(auditRecords.resourceId, id),
        eq(auditRecords.sequence, 1),
        visible(tx, kind, auditRecords.resourceId),
      ),
    );
  return row && { id: row.id, hash: base64(row.hash) };
}
