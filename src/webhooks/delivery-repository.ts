// Deliveries in the database: inserted by the fan-out, leased by a worker for a minute, and listed for the agency.
import { and, between, desc, eq, inArray, lt, ne, or, sql } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import { countUpTo } from '../platform/db/counting.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { DeliveryState } from './domain.ts';
import { webhookDeliveries, webhookEndpoints } from './table.ts';

export type DeliveryRow = typeof webhookDeliveries.$inferSelect;

const { id, endpointId, state, createdAt } = webhookDeliveries;
const ofEndpoint = (tx: Tx, endpoint: string) =>
  and(eq(endpointId, endpoint), visible(tx, 'webhook_endpoint', endpointId));

export type NewDelivery = { id: string; endpointId: string; eventId: string | null; type: string };

/** An event goes to an endpoint once, however often its position is moved back. */
export async function insertDeliveries(tx: Tx, rows: readonly NewDelivery[], dueAt: Date): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => ({ ...row, state: 'pending' as const, dueAt, createdAt: tx.ctx.systemNow }));
  await tx.db.insert(webhookDeliveries).values(values).onConflictDoNothing();
}

export async function findDelivery(tx: Tx, endpoint: string, wanted: string): Promise<DeliveryRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(webhookDeliveries)
    .where(and(eq(id, wanted), ofEndpoint(tx, endpoint)));
  return row;
}

export async function saveDelivery(tx: Tx, row: DeliveryRow, change: Partial<DeliveryRow>): Promise<DeliveryRow> {
  await tx.db.update(webhookDeliveries).set(change).where(eq(id, row.id));
  return { ...row, ...change };
}

export type DeliveryFilter = { state?: DeliveryState | undefined; type?: string | undefined };

export async function listDeliveries(
  tx: Tx,
  endpoint: string,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<Page<DeliveryRow>> {
  const where = and(
    ofEndpoint(tx, endpoint),
    filter.state ? eq(state, filter.state) : undefined,
    filter.type ? eq(webhookDeliveries.type, filter.type) : undefined,
  );
  const rows = await tx.db
    .select()
    .from(webhookDeliveries)
    .where(and(where, page.before ? lt(id, page.before) : undefined))
    .orderBy(desc(id))
    .limit(page.limit + 1);
  const total = await countUpTo(tx, page.includeTotal, (one) => one.from(webhookDeliveries).where(where));
  return { ...toPage(rows, page.limit), ...total };
}

const again = { state: 'pending', tries: 0, leasedUntil: null, deliveredAt: null } as const;

/** Sends again what was made in a period and has these states; answers how many. */
export async function requeue(
  tx: Tx,
  endpoint: string,
  states: readonly DeliveryState[],
  { since, until, now }: { since: Date; until: Date; now: Date },
): Promise<number> {
  const rows = await tx.db
    .update(webhookDeliveries)
    .set({ ...again, dueAt: now })
    .where(and(ofEndpoint(tx, endpoint), inArray(state, [...states]), between(createdAt, since, until)))
    .returning({ id });
  return rows.length;
}

export const requeueOne = (tx: Tx, row: DeliveryRow, now: Date): Promise<DeliveryRow> =>
  saveDelivery(tx, row, { ...again, dueAt: now });

/**
 * Takes what is due, at most `each` of one endpoint under way at once, whoever sends them: a slow receiver keeps its own slots busy.
 * A lease that nobody ended is over by itself.
 */
export async function leaseDue(
  tx: Tx,
  { now, until, each, most }: { now: Date; until: Date; each: number; most: number },
): Promise<DeliveryRow[]> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const due = sql`
    select p.id from webhook_endpoints e cross join lateral (
      select q.id, q.due_at from webhook_deliveries q
      where q.endpoint_id = e.id and q.state = 'pending' and q.due_at <= ${at} and (q.leased_until is null or q.leased_until <= ${at})
      order by q.due_at
      limit greatest(0, ${each} - (select count(*) from webhook_deliveries l where l.endpoint_id = e.id and l.leased_until > ${at}))
      for update skip locked) p
    where e.state = 'active' and (e.throttled_until is null or e.throttled_until <= ${at})
    order by p.due_at limit ${most}`;
  return tx.db
    .update(webhookDeliveries)
    .set({ leasedUntil: until })
    .where(and(sql`${id} in (${due})`, visible(tx, 'webhook_endpoint', endpointId)))
    .returning();
}

/** What is settled, or waits for an endpoint that was removed, is dropped with time. */
export async function purgeDeliveries(tx: Tx, before: Date): Promise<number> {
  const removed = tx.db
    .select({ id: webhookEndpoints.id })
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.state, 'removed'));
  const { rowCount } = await tx.db
    .delete(webhookDeliveries)
    .where(and(lt(createdAt, before), or(ne(state, 'pending'), inArray(endpointId, removed))));
  return rowCount ?? 0;
}
