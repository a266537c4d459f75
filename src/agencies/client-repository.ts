// Clients of agencies: found by id together with their agency, added by the administrator.
import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import type { AgencyRow } from './repository.ts';
import { agencies, clients } from './table.ts';

export type ClientRow = typeof clients.$inferSelect;
export type ClientWithAgency = { client: ClientRow; agency: AgencyRow };

/** A client that is active, of an agency that is active. */
export async function findActiveClient(tx: Tx, id: string): Promise<ClientWithAgency | undefined> {
  const active = and(eq(clients.state, 'active'), eq(agencies.state, 'active'));
  const [row] = await tx.db
    .select({ client: clients, agency: agencies })
    .from(clients)
    .innerJoin(agencies, eq(agencies.id, clients.agencyId))
    .where(and(eq(clients.id, id), active));
  return row;
}

export async function findClientWithRole(tx: Tx, role: string): Promise<ClientRow | undefined> {
  const [row] = await tx.db.select().from(clients).where(sql`${role} = any(${clients.roles})`).limit(1);
  return row;
}

export async function findAgencyByCode(tx: Tx, code: string): Promise<AgencyRow | undefined> {
  const [row] = await tx.db.select().from(agencies).where(eq(agencies.code, code));
  return row;
}

export async function insertClient(tx: Tx, row: typeof clients.$inferInsert): Promise<void> {
  await tx.db.insert(clients).values(row);
}
