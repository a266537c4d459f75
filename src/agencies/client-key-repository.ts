// Keys of clients: found with the client at the token endpoint, kept by the administrators.
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { keyProblems } from './identity-domain.ts';
import { clientKeys } from './identity-table.ts';

onConstraint('client_keys_client_id_thumbprint_key', () => keyProblems['key.taken']());

export type ClientKeyRow = typeof clientKeys.$inferSelect;

/** Keys that are neither removed nor expired, oldest first. */
export function findClientKeys(tx: Tx, clientId: string): Promise<ClientKeyRow[]> {
  return tx.db
    .select()
    .from(clientKeys)
    .where(
      and(
        eq(clientKeys.clientId, clientId),
        isNull(clientKeys.removedAt),
        gt(clientKeys.expiresAt, sql`clock_timestamp()`),
      ),
    )
    .orderBy(asc(clientKeys.id));
}

export async function insertClientKey(tx: Tx, row: ClientKeyRow): Promise<void> {
  await tx.db.insert(clientKeys).values(row);
}

/** True when there was such a key. */
export async function removeClientKeyRow(tx: Tx, clientId: string, id: string): Promise<boolean> {
  const rows = await tx.db
    .update(clientKeys)
    .set({ removedAt: tx.ctx.systemNow })
    .where(and(eq(clientKeys.clientId, clientId), eq(clientKeys.id, id), isNull(clientKeys.removedAt)))
    .returning({ id: clientKeys.id });
  return rows.length > 0;
}
