// The event sink, and the feed read below the horizon of running transactions (trust finding 3).
import { and, asc, desc, inArray, notInArray, sql } from 'drizzle-orm';
import { type Actor, may, type Permission } from '../kernel/actor.ts';
import type { ResourceKind } from '../kernel/fact.ts';
import { access, openedTo } from '../platform/db/access.ts';
import { insertRows } from '../platform/db/prepared.ts';
import type { FactSink, Tx } from '../platform/db/tx.ts';
import { events, feedEpochs } from './table.ts';

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
};

const readableKinds = (actor: Actor) =>
  Object.entries(READING).flatMap(([kind, permission]) => (may(actor, permission) ? [kind] : []));

/** Who came to know a person first, and who since, and when, is told to none of those who know the person (contract §1 Persons); how to reach somebody in danger is read, not sent. */
const UNTOLD = ['person.registered', 'person.linked', 'person.unlinked', 'person.safe_contact_set'];
const told = notInArray(events.type, UNTOLD);

const settled = sql`${events.xid} < pg_snapshot_xmin(pg_current_snapshot())`;

/** Events after `after`, oldest first, of resources that the caller sees now and whose kind its role may read. */
export async function readFeed(
  tx: Tx,
  after: FeedPosition,
  types: readonly string[],
  limit: number,
): Promise<SeenEvent[]> {
  const kinds = readableKinds(tx.ctx.actor);
  if (kinds.length === 0) return [];
  const seen = tx.ctx.oversight ? sql`` : sql` and ${access.relation} <> 'oversight'`;
  const visible = sql`${access.kind} = ${events.kind} and ${access.agencyId} = ${tx.ctx.scope}
    and ${access.resourceId} = ${events.resourceId} and (${access.until} is null or ${access.until} > now()) and ${openedTo(access.sealedTo)}${seen}
    and (${events.kind} not in ('fund', 'person') or app_tells(${events.data}))`;
  const beyond = sql`(${events.xid}, ${events.position}) > (${after.xid}::xid8, ${after.position}::bigint)`;
  const named = types.length > 0 ? inArray(events.type, [...types]) : undefined;
  const rows = await tx.db
    .select({ event: events, relation: access.relation })
    .from(events)
    .innerJoin(access, visible)
    .where(and(settled, beyond, told, inArray(events.kind, kinds), named))
    .orderBy(asc(events.xid), asc(events.position))
    .limit(limit);
  return rows.map(({ event, relation }) => ({ ...event, relation }));
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
