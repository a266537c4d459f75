// Views are chained by the statement that adds them: nobody waits for the head of a person only to be shown the person (ADR 0020). The
// database knows no SM3: under the SM profile the head is asked for first (ADR 0024).
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../platform/db/client.ts';
import { insertRows, prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ChainAlg, linkHash, linkPrefix, type RecordContent } from './chain.ts';
import { auditRecords, viewHeads } from './table.ts';

/** `content`: of the content, by `contentDigest`. */
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

const inOrder = (views: readonly ViewRecord[]) =>
  views.toSorted((a, b) => (a.resourceId < b.resourceId ? -1 : a.resourceId > b.resourceId ? 1 : 0));

function addChained(tx: Tx, views: readonly ViewRecord[]): void {
  for (const { recordedAt, occurredAt, data, ...view } of views) {
    const values = {
      ...view,
      recordedAt: recordedAt.toISOString(),
      occurredAt: occurredAt.toISOString(),
      data: JSON.stringify(data),
    };
    tx.later(prepared(tx.db, 'view', statement).execute(values));
  }
}

type Place = { sequence: number; former: Buffer | null };

/** Locks the head and gives the next place in the chain; its hash follows. */
async function takePlace(tx: Tx, { kind, resourceId }: ViewRecord): Promise<Place> {
  const { rows } = await tx.db.execute<Place>(sql`
    insert into ${viewHeads} as h (kind, resource_id, sequence, hash)
    values (${kind}, ${resourceId}, 1, decode(${'00'.repeat(32)}, 'hex'))
    on conflict (kind, resource_id) do update set sequence = h.sequence + 1, former = h.hash
    returning sequence, former`);
  const [row] = rows;
  if (!row) throw new Error('a view has no place in its chain');
  return row;
}

/** One after the other: the same resource may be among them twice. */
async function addHashed(tx: Tx, alg: ChainAlg, views: readonly ViewRecord[]): Promise<void> {
  for (const view of views) {
    const { sequence: viewSequence, former: prevHash } = await takePlace(tx, view);
    const { content, ...row } = view;
    const hash = linkHash(alg, 'view', viewSequence, prevHash, content);
    tx.later(
      tx.db
        .update(viewHeads)
        .set({ hash })
        .where(and(eq(viewHeads.kind, view.kind), eq(viewHeads.resourceId, view.resourceId)))
        .execute(),
      insertRows(tx.db, auditRecords, [
        { ...row, changed: [...row.changed], sequence: null, viewSequence, alg, prevHash, hash },
      ]),
    );
  }
}

/** In the order of the ids, after the heads of facts: two transactions never wait for each other. */
export async function addViews(tx: Tx, alg: ChainAlg, views: readonly ViewRecord[]): Promise<void> {
  if (alg === 'sha-256') addChained(tx, inOrder(views));
  else await addHashed(tx, alg, inOrder(views));
}
