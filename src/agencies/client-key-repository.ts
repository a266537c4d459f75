// Keys of clients: found with the client at the token endpoint, kept by the administrators.
import { and, asc, desc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { keyProblems } from './identity-domain.ts';
import { clientKeys } from './identity-table.ts';

onConstraint('client_keys_client_id_thumbprint_key', () => keyProblems['key.taken']());

export type ClientKeyRow = typeof clientKeys.$inferSelect;

const standing = (clientId: string) =>
  and(
    eq(clientKeys.clientId, clientId),
    isNull(clientKeys.removedAt),
    gt(clientKeys.expiresAt, sql`clock_timestamp()`),
  );

/** Keys by which the client is known: confirmed, neither removed nor expired, oldest first. */
export function findClientKeys(tx: Tx, clientId: string): Promise<ClientKeyRow[]> {
  return tx.db
    .select()
    .from(clientKeys)
    .where(and(standing(clientId), isNotNull(clientKeys.confirmedAt)))
    .orderBy(asc(clientKeys.id));
}

/** Those that wait for a second person too. */
export const countClientKeys = (tx: Tx, clientId: string): Promise<number> =>
  tx.db.$count(clientKeys, standing(clientId));

/** All of them, those removed too, newest first. */
export async function listClientKeys(tx: Tx, clientId: string, page: PageRequest): Promise<Page<ClientKeyRow>> {
  const where = eq(clientKeys.clientId, clientId);
  const rows = await tx.db
    .select()
    .from(clientKeys)
    .where(and(where, page.before ? lt(clientKeys.id, page.before) : undefined))
    .orderBy(desc(clientKeys.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(clientKeys, where) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

export async function findClientKey(tx: Tx, clientId: string, id: string): Promise<ClientKeyRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(clientKeys)
    .where(and(eq(clientKeys.clientId, clientId), eq(clientKeys.id, id)));
  return row;
}

export async function insertClientKey(tx: Tx, row: ClientKeyRow): Promise<void> {
  await tx.db.insert(clientKeys).values(row);
}

export async function removeClientKeyRow(tx: Tx, clientId: string, id: string): Promise<void> {
  await tx.db
    .update(clientKeys)
    .set({ removedAt: tx.ctx.systemNow })
    .where(and(eq(clientKeys.clientId, clientId), eq(clientKeys.id, id)));
}

/** From here on it speaks for the client. */
export async function confirmClientKeyRow(tx: Tx, id: string): Promise<void> {
  await tx.db.update(clientKeys).set({ confirmedAt: tx.ctx.systemNow }).where(eq(clientKeys.id, id));
}
