// Endpoints in the database, seen by their own agency and by the worker.
import { and, arrayContains, asc, eq, getTableColumns, inArray, isNotNull, lte, ne, sql } from 'drizzle-orm';
import type { FeedPosition } from '../events/service.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { EndpointState } from './domain.ts';
import { webhookEndpoints } from './table.ts';

export type EndpointRow = typeof webhookEndpoints.$inferSelect;

const { id, state, types, feedXid, feedPosition, challengeAt, agencyId } = webhookEndpoints;
const mine = (tx: Tx) => visible(tx, 'webhook_endpoint', id);

export async function insertEndpoint(tx: Tx, row: typeof webhookEndpoints.$inferInsert): Promise<void> {
  await tx.db.insert(webhookEndpoints).values(row);
}

export async function findEndpoint(tx: Tx, wanted: string, lock = false): Promise<EndpointRow | undefined> {
  const query = tx.db
    .select()
    .from(webhookEndpoints)
    .where(and(eq(id, wanted), ne(state, 'removed'), mine(tx)));
  const [row] = await (lock ? query.for('no key update') : query);
  return row;
}

/** For the worker: undefined where another one has it. */
export async function takeEndpoint(tx: Tx, wanted: string, inState: EndpointState): Promise<EndpointRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(webhookEndpoints)
    .where(and(eq(id, wanted), eq(state, inState), mine(tx)))
    .for('no key update', { skipLocked: true });
  return row;
}

export const findEndpoints = (tx: Tx, ids: readonly string[]): Promise<EndpointRow[]> =>
  tx.db
    .select()
    .from(webhookEndpoints)
    .where(and(inArray(id, [...ids]), mine(tx)));

/** A new version: what the agency is shown has changed by somebody's act. */
export async function saveEndpoint(tx: Tx, row: EndpointRow, change: Partial<EndpointRow>): Promise<EndpointRow> {
  const next = { ...change, version: row.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(webhookEndpoints).set(next).where(eq(id, row.id));
  return { ...row, ...next };
}

/** What the worker notes: no act, no version. */
export async function noteEndpoint(tx: Tx, wanted: string, change: Partial<EndpointRow>): Promise<void> {
  await tx.db.update(webhookEndpoints).set(change).where(eq(id, wanted));
}

export async function countEndpoints(tx: Tx): Promise<number> {
  return tx.db.$count(webhookEndpoints, and(eq(agencyId, tx.ctx.actor.agency.id), ne(state, 'removed'), mine(tx)));
}

export type EndpointFilter = { state?: EndpointState | undefined; type?: string | undefined };

export async function listEndpoints(
  tx: Tx,
  filter: EndpointFilter,
  page: PageRequest,
): Promise<Page<ListedRow<EndpointRow>>> {
  const where = and(
    ne(state, 'removed'),
    filter.state ? eq(state, filter.state) : undefined,
    filter.type ? arrayContains(types, [filter.type]) : undefined,
  );
  return listVisible(tx, 'webhook_endpoint', webhookEndpoints, where, page);
}

export type Behind = Pick<EndpointRow, 'id' | 'agencyId' | 'clientId' | 'officerId' | 'feedXid' | 'feedPosition'>;

/** Active endpoints that have not read up to the horizon, those furthest behind first; `held`: nobody moves them meanwhile. */
export const endpointsBehind = (
  tx: Tx,
  { xid, position }: FeedPosition,
  limit: number,
  held: boolean,
): Promise<Behind[]> => {
  const { id, agencyId, clientId, officerId } = getTableColumns(webhookEndpoints);
  const query = tx.db
    .select({ id, agencyId, clientId, officerId, feedXid, feedPosition })
    .from(webhookEndpoints)
    .where(and(eq(state, 'active'), sql`(${feedXid}, ${feedPosition}) < (${xid}::xid8, ${position}::bigint)`, mine(tx)))
    .orderBy(asc(feedXid), asc(feedPosition))
    .limit(limit);
  return held ? query.for('no key update', { skipLocked: true }) : query;
};

/** Moves endpoints that nothing was told between their position and this one. */
export async function moveEndpoints(tx: Tx, ids: readonly string[], { xid, position }: FeedPosition): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .update(webhookEndpoints)
    .set({ feedXid: xid, feedPosition: BigInt(position) })
    .where(inArray(id, [...ids]));
}

/** Endpoints whose address is to be asked now; locked, so that one worker asks. */
export const takeChallenges = (tx: Tx, now: Date, limit: number): Promise<EndpointRow[]> =>
  tx.db
    .select()
    .from(webhookEndpoints)
    .where(and(eq(state, 'pending'), isNotNull(challengeAt), lte(challengeAt, now), mine(tx)))
    .orderBy(asc(challengeAt))
    .limit(limit)
    .for('no key update', { skipLocked: true });
