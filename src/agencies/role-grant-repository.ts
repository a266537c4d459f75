// Grants of roles in the database, and what else the same human being holds.
import { and, desc, eq, lt, ne, sql } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { grantProblems } from './identity-domain.ts';
import { roleGrants } from './identity-table.ts';
import { officers } from './table.ts';

onConstraint('role_grants_officer', () => grantProblems['role_grant.open']());
onConstraint('role_grants_client', () => grantProblems['role_grant.open']());

export type RoleGrantRow = typeof roleGrants.$inferSelect;
export type RoleGrantFilter = {
  state?: RoleGrantRow['state'] | undefined;
  agencyId?: string | undefined;
  officerId?: string | undefined;
  clientId?: string | undefined;
};

export async function insertRoleGrants(tx: Tx, rows: RoleGrantRow[]): Promise<void> {
  if (rows.length > 0) await tx.db.insert(roleGrants).values(rows);
}

export async function findRoleGrant(tx: Tx, id: string, lock = false): Promise<RoleGrantRow | undefined> {
  const query = tx.db.select().from(roleGrants).where(eq(roleGrants.id, id));
  const [row] = await (lock ? query.for('no key update') : query);
  return row;
}

export async function saveRoleGrant(tx: Tx, grant: RoleGrantRow, change: Partial<RoleGrantRow>): Promise<RoleGrantRow> {
  const next = { ...change, version: grant.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(roleGrants).set(next).where(eq(roleGrants.id, grant.id));
  return { ...grant, ...next };
}

export async function listRoleGrants(tx: Tx, filter: RoleGrantFilter, page: PageRequest): Promise<Page<RoleGrantRow>> {
  const where = and(
    filter.state ? eq(roleGrants.state, filter.state) : undefined,
    filter.agencyId ? eq(roleGrants.agencyId, filter.agencyId) : undefined,
    filter.officerId ? eq(roleGrants.officerId, filter.officerId) : undefined,
    filter.clientId ? eq(roleGrants.clientId, filter.clientId) : undefined,
  );
  const rows = await tx.db
    .select()
    .from(roleGrants)
    .where(and(where, page.before ? lt(roleGrants.id, page.before) : undefined))
    .orderBy(desc(roleGrants.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(roleGrants, where) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

/** Roles of the human being through other officers; whoever looks at the same person waits, to the end of the transaction. */
export async function rolesElsewhere(tx: Tx, personKey: string, officerId: string): Promise<string[]> {
  await tx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended('officers.person ' || ${personKey}, 0))`);
  const rows = await tx.db
    .select({ roles: officers.roles })
    .from(officers)
    .where(and(eq(officers.personKey, personKey), ne(officers.id, officerId)));
  return rows.flatMap((row) => row.roles);
}
