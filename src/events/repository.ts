// The event sink, and the feed read below the horizon of running transactions (trust finding 3).
import { and, asc, desc, inArray, sql } from 'drizzle-orm';
import { access } from '../platform/db/access.ts';
import type { FactSink, Tx } from '../platform/db/tx.ts';
import { events, feedEpochs } from './table.ts';

export const eventSink: FactSink = async (tx, facts) => {
  if (facts.length === 0) return;
  const rows = facts.map((fact) => ({
    xid: sql`pg_current_xact_id()`,
    id: tx.newId(),
    type: fact.type,
    kind: fact.kind,
    resourceId: fact.id,
    sequence: fact.sequence,
    occurredAt: tx.ctx.now,
    data: fact.data ?? {},
  }));
  await tx.db.insert(events).values(rows);
};

export type FeedPosition = { xid: string; position: string };
export type EventRow = typeof events.$inferSelect;

const settled = sql`${events.xid} < pg_snapshot_xmin(pg_current_snapshot())`;

/** Events after `after`, oldest first, of resources that the caller sees now. */
export async function readFeed(
  tx: Tx,
  after: FeedPosition,
  types: readonly string[],
  limit: number,
): Promise<EventRow[]> {
  const seen = tx.ctx.oversight ? sql`` : sql` and ${access.relation} <> 'oversight'`;
  const visible = sql`exists (select 1 from ${access} where ${access.kind} = ${events.kind} and ${access.agencyId} = ${tx.ctx.scope}
    and ${access.resourceId} = ${events.resourceId} and (${access.until} is null or ${access.until} > now())${seen})`;
  const beyond = sql`(${events.xid}, ${events.position}) > (${after.xid}::xid8, ${after.position}::bigint)`;
  return tx.db
    .select()
    .from(events)
    .where(and(settled, beyond, visible, types.length > 0 ? inArray(events.type, [...types]) : undefined))
    .orderBy(asc(events.xid), asc(events.position))
    .limit(limit);
}

/** Where the feed ends now: everything before it is settled, everything after it is still to come. */
export async function feedHead(tx: Tx): Promise<FeedPosition> {
  const { rows } = await tx.db.execute<{ xid: string }>(
    sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`,
  );
  return { xid: rows[0]?.xid ?? '0', position: '0' };
}

export async function currentEpoch(tx: Tx): Promise<number> {
  const [row] = await tx.db
    .select({ epoch: feedEpochs.epoch })
    .from(feedEpochs)
    .orderBy(desc(feedEpochs.epoch))
    .limit(1);
  return row?.epoch ?? 1;
}
