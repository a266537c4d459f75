// The event sink, and the feed read below the horizon of running transactions (trust finding 3).
import { and, asc, desc, inArray, notInArray, type SQL, sql } from 'drizzle-orm';
import { type Actor, may, type Permission } from '../kernel/actor.ts';
import type { ResourceKind } from '../kernel/fact.ts';
import { access, openedTo } from '../platform/db/access.ts';
import { insertRows } from '../platform/db/prepared.ts';
import type { FactSink, Tx } from '../platform/db/tx.ts';
import { events, feedEpochs } from './table.ts';
import { UNTOLD } from './types.ts';

export const eventSink: FactSink = async (tx, facts) => {
  const rows = facts.map((fact) => ({
    id: tx.newId(),
    type: fact.type,
    kind: fact.kind,
    resourceId: fact.id,
    sequence: fact.sequence,
    occurredAt: tx.ctx.now,
    data: fact.data ?? {},
  }));
  tx.later(insertRows(tx.db, events, rows));
};

export type FeedPosition = { xid: string; position: string };
export type EventRow = typeof events.$inferSelect;
/** `relation` is how the caller sees the resource now. */
export type SeenEvent = EventRow & { relation: string };

/** What a role may not read at all it is not told of either (S-15); agencies and the sandbox have no access rows. */
const READING: Readonly<Partial<Record<ResourceKind, Permission>>> = {
  person: 'person:read',
  clue: 'clue:read',
  case: 'case:read',
  fund: 'fund:read',
  disbursement: 'disbursement:read',
  referral: 'referral:read',
  visit: 'visit:read',
  account: 'account:read',
  notice: 'notice:read',
  deadline: 'deadline:read',
  work_item: 'work:read',
  break_glass_grant: 'break_glass:read',
  legal_hold: 'hold:read',
  webhook_endpoint: 'webhook:manage',
};

const readableKinds = (actor: Actor) =>
  Object.entries(READING).flatMap(([kind, permission]) => (may(actor, permission) ? [kind] : []));

const told = notInArray(events.type, [...UNTOLD]);

const settled = sql`${events.xid} < pg_snapshot_xmin(pg_current_snapshot())`;

/** The one rule of who is told what: the caller sees the resource now, and its role may read the kind. */
function seenNow(tx: Tx): SQL {
  const seen = tx.ctx.oversight ? sql`` : sql` and ${access.relation} <> 'oversight'`;
  return sql`${access.kind} = ${events.kind} and ${access.agencyId} = ${tx.ctx.scope}
    and ${access.resourceId} = ${events.resourceId} and (${access.until} is null or ${access.until} > now()) and ${openedTo(access.sealedTo)}${seen}
    and (${events.kind} not in ('fund', 'person') or app_tells(${events.data}))`;
}

async function readTold(tx: Tx, where: SQL | undefined, limit: number): Promise<SeenEvent[]> {
  const kinds = readableKinds(tx.ctx.actor);
  if (kinds.length === 0) return [];
  const rows = await tx.db
    .select({ event: events, relation: access.relation })
    .from(events)
    .innerJoin(access, seenNow(tx))
    .where(and(settled, where, told, inArray(events.kind, kinds)))
    .orderBy(asc(events.xid), asc(events.position))
    .limit(limit);
  return rows.map(({ event, relation }) => ({ ...event, relation }));
}

/** Events after `after`, oldest first, of resources that the caller sees now and whose kind its role may read. */
export function readFeed(tx: Tx, after: FeedPosition, types: readonly string[], limit: number): Promise<SeenEvent[]> {
  const beyond = sql`(${events.xid}, ${events.position}) > (${after.xid}::xid8, ${after.position}::bigint)`;
  return readTold(tx, and(beyond, types.length > 0 ? inArray(events.type, [...types]) : undefined), limit);
}

/** Which of these events the feed would tell the caller now. */
export const findTold = (tx: Tx, ids: readonly string[]): Promise<SeenEvent[]> =>
  ids.length === 0 ? Promise.resolve([]) : readTold(tx, inArray(events.id, [...ids]), ids.length);

/** Agencies that have any relation to what befell between two positions: who else is told nothing of it. Asked under the system scope. */
export async function agenciesConcerned(tx: Tx, after: FeedPosition, until: FeedPosition): Promise<Set<string>> {
  const between = sql`(${events.xid}, ${events.position}) > (${after.xid}::xid8, ${after.position}::bigint)
    and (${events.xid}, ${events.position}) <= (${until.xid}::xid8, ${until.position}::bigint)`;
  const rows = await tx.db
    .selectDistinct({ agencyId: access.agencyId })
    .from(events)
    .innerJoin(access, sql`${access.kind} = ${events.kind} and ${access.resourceId} = ${events.resourceId}`)
    .where(between);
  return new Set(rows.map((row) => row.agencyId));
}

/** Where the feed ends now: everything before it is settled, everything after it is still to come. */
export async function feedHead(tx: Tx): Promise<FeedPosition> {
  const { rows } = await tx.db.execute<{ xid: string }>(
    sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`,
  );
  return { xid: rows[0]?.xid ?? '0', position: '0' };
}

/** Of the feed that runs now, and up to where its events have been dropped. */
export type Epoch = { epoch: number; from: FeedPosition };

export async function currentEpoch(tx: Tx): Promise<Epoch> {
  const [row] = await tx.db.select().from(feedEpochs).orderBy(desc(feedEpochs.epoch)).limit(1);
  return { epoch: row?.epoch ?? 1, from: { xid: row?.fromXid ?? '0', position: String(row?.fromPosition ?? 0n) } };
}

/** Another text whenever an event has come below the horizon; asked without a context, and nobody's row is in it. */
export const HORIZON = 'select feed_horizon() as at';

/** Where settled events end; undefined where there is none. */
export async function feedHorizon(tx: Tx): Promise<FeedPosition | undefined> {
  const { rows } = await tx.db.execute<{ at: string | null }>(sql.raw(HORIZON));
  const [xid, position] = rows[0]?.at?.split('.') ?? [];
  return xid && position ? { xid, position } : undefined;
}

/** Just before the first event since an instant of system time; undefined where there is none. */
export async function positionAt(tx: Tx, since: Date): Promise<FeedPosition | undefined> {
  const { rows } = await tx.db.execute<{ xid: string; pos: string }>(
    sql`select xid, pos from feed_position_at(${since.toISOString()}::timestamptz)`,
  );
  return rows[0] ? { xid: rows[0].xid, position: rows[0].pos } : undefined;
}

/** Drops the oldest events; answers how many. */
export async function purgeEvents(tx: Tx, days: number, most: number): Promise<number> {
  const { rows } = await tx.db.execute<{ gone: number }>(sql`select purge_events(${days}, ${most}) as gone`);
  return rows[0]?.gone ?? 0;
}
