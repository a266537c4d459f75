// Clients of agencies: found by id together with their agency, added by the administrator.
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
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

export async function findClient(tx: Tx, id: string, lock = false): Promise<ClientRow | undefined> {
  const query = tx.db.select().from(clients).where(eq(clients.id, id));
  const [row] = await (lock ? query.for('no key update') : query);
  return row;
}

export async function saveClient(tx: Tx, client: ClientRow, change: Partial<ClientRow>): Promise<ClientRow> {
  const next = { ...change, version: client.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(clients).set(next).where(eq(clients.id, client.id));
  return { ...client, ...next };
}

/** At most once an hour, and without a new version: nothing of the client has changed. */
export async function noteSecretUsed(tx: Tx, client: ClientRow): Promise<void> {
  const { systemNow } = tx.ctx;
  const noted = client.secretUsedAt;
  if (noted && systemNow.getTime() - noted.getTime() < 3_600_000) return;
  await tx.db.update(clients).set({ secretUsedAt: systemNow }).where(eq(clients.id, client.id));
}

export type ClientFilter = { agencyId?: string | undefined; state?: ClientRow['state'] | undefined };

export async function listClients(tx: Tx, filter: ClientFilter, page: PageRequest): Promise<Page<ClientRow>> {
  const where = and(
    filter.agencyId ? eq(clients.agencyId, filter.agencyId) : undefined,
    filter.state ? eq(clients.state, filter.state) : undefined,
  );
  const rows = await tx.db
    .select()
    .from(clients)
    .where(and(where, page.before ? lt(clients.id, page.before) : undefined))
    .orderBy(desc(clients.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(clients, where) } : {};
  return { ...toPage(rows, page.limit), ...total };
}
