// Views are chained by the statement that adds them: nobody waits for the head of a person only to be shown the person (ADR 0020).
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../platform/db/client.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { linkPrefix, type RecordContent } from './chain.ts';
import { auditRecords, viewHeads } from './table.ts';

/** `content`: SHA-256 of the content, by `contentDigest`. */
export type ViewRecord = Omit<RecordContent, 'recordedAt' | 'occurredAt'> & {
  recordedAt: Date;
  occurredAt: Date;
  content: Buffer;
};

const slot = (name: string) => sql.placeholder(name);
const PREFIX = sql.raw(`'\\x${linkPrefix('view').toString('hex')}'::bytea`);
const link = (sequence: SQL, former: SQL) =>
  sql`sha256(${PREFIX} || int8send(${sequence}) || ${former} || ${slot('content')}::bytea)`;

/** The head is locked by the upsert itself, so that two who look at the same person follow each other. */
function statement(db: Db, name: string) {
  const start = sql.raw(`'\\x${'00'.repeat(32)}'::bytea`);
  const head = db.$with('head').as(
    sql`
    insert into ${viewHeads} as h (kind, resource_id, sequence, hash)
    values (${slot('kind')}, ${slot('resourceId')}, 1, ${link(sql`1::int8`, start)})
    on conflict (kind, resource_id) do update
      set sequence = h.sequence + 1, former = h.hash, hash = ${link(sql`(h.sequence + 1)::int8`, sql`h.hash`)}
    returning sequence, former, hash` as never,
  );
  return db
    .with(head)
    .insert(auditRecords)
    .select(
      sql`select ${slot('id')}::uuid, ${slot('recordedAt')}::timestamptz, ${slot('occurredAt')}::timestamptz,
        ${slot('type')}, ${slot('kind')}, ${slot('resourceId')}::uuid, null::int, sequence, ${slot('agencyId')}::uuid,
        ${slot('officerId')}::uuid, ${slot('clientId')}::uuid, ${slot('requestId')}, ${slot('purpose')},
        ${slot('changed')}::text[], ${slot('data')}::jsonb, 'sha-256', former, hash, pg_current_xact_id() from head`,
    )
    .prepare(name);
}

/** In the order of the ids, after the heads of facts: two transactions never wait for each other. */
export function addViews(tx: Tx, views: readonly ViewRecord[]): void {
  const ordered = views.toSorted((a, b) => (a.resourceId < b.resourceId ? -1 : a.resourceId > b.resourceId ? 1 : 0));
  for (const { recordedAt, occurredAt, data, ...view } of ordered) {
    const values = {
      ...view,
      recordedAt: recordedAt.toISOString(),
      occurredAt: occurredAt.toISOString(),
      data: JSON.stringify(data),
    };
    tx.later(prepared(tx.db, 'view', statement).execute(values));
  }
}
