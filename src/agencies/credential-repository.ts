// Credentials of officers: keys of their own, and who they are to an outside issuer.
import { and, desc, eq, gt, lt, ne, sql } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { keyProblems } from './identity-domain.ts';
import { officerCredentials } from './identity-table.ts';
import type { OfficerWithAgency } from './repository.ts';
import { agencies, officers } from './table.ts';

onConstraint('officer_credentials_thumbprint', () => keyProblems['key.taken']());
onConstraint('officer_credentials_subject', () => keyProblems['credential.subject_taken']());

export type CredentialRow = typeof officerCredentials.$inferSelect;

const good = and(eq(officerCredentials.state, 'active'), gt(officerCredentials.expiresAt, sql`clock_timestamp()`));

/** The officer's keys that sign today, oldest first. */
export function findOfficerKeys(tx: Tx, officerId: string): Promise<CredentialRow[]> {
  return tx.db
    .select()
    .from(officerCredentials)
    .where(and(eq(officerCredentials.officerId, officerId), eq(officerCredentials.kind, 'key'), good))
    .orderBy(officerCredentials.id);
}

/** Whether a token's credential is still good. */
export async function isCredentialGood(tx: Tx, id: string, officerId: string): Promise<boolean> {
  const own = and(eq(officerCredentials.id, id), eq(officerCredentials.officerId, officerId));
  const [row] = await tx.db.select({ id: officerCredentials.id }).from(officerCredentials).where(and(own, good));
  return row !== undefined;
}

/** Who that is to the issuer, among active officers of active agencies. */
export async function findOfficerBySubject(
  tx: Tx,
  issuer: string,
  subject: string,
): Promise<OfficerWithAgency | undefined> {
  const named = and(eq(officerCredentials.issuer, issuer), eq(officerCredentials.subject, subject));
  const active = and(eq(officers.state, 'active'), eq(agencies.state, 'active'));
  const [row] = await tx.db
    .select({ officer: officers, agency: agencies })
    .from(officerCredentials)
    .innerJoin(officers, eq(officers.id, officerCredentials.officerId))
    .innerJoin(agencies, eq(agencies.id, officers.agencyId))
    .where(and(named, good, active));
  return row;
}

export async function listCredentials(tx: Tx, officerId: string, page: PageRequest): Promise<Page<CredentialRow>> {
  const where = eq(officerCredentials.officerId, officerId);
  const rows = await tx.db
    .select()
    .from(officerCredentials)
    .where(and(where, page.before ? lt(officerCredentials.id, page.before) : undefined))
    .orderBy(desc(officerCredentials.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(officerCredentials, where) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

export async function findCredential(
  tx: Tx,
  officerId: string,
  id: string,
  lock = false,
): Promise<CredentialRow | undefined> {
  const query = tx.db
    .select()
    .from(officerCredentials)
    .where(and(eq(officerCredentials.id, id), eq(officerCredentials.officerId, officerId)));
  const [row] = await (lock ? query.for('no key update') : query);
  return row;
}

/** Whether somebody active has the role and a credential that is good: they can act, and need no help from outside. */
export async function hasActingHolder(tx: Tx, role: string): Promise<boolean> {
  const holds = and(eq(officers.state, 'active'), sql`${role} = any(${officers.roles})`);
  const [row] = await tx.db
    .select({ id: officers.id })
    .from(officers)
    .innerJoin(officerCredentials, eq(officerCredentials.officerId, officers.id))
    .where(and(holds, good))
    .limit(1);
  return row !== undefined;
}

export function countCredentials(tx: Tx, officerId: string): Promise<number> {
  const standing = and(eq(officerCredentials.officerId, officerId), ne(officerCredentials.state, 'removed'));
  return tx.db.$count(officerCredentials, standing);
}

export async function insertCredential(tx: Tx, row: CredentialRow): Promise<void> {
  await tx.db.insert(officerCredentials).values(row);
}

export async function saveCredential(
  tx: Tx,
  credential: CredentialRow,
  change: Partial<CredentialRow>,
): Promise<CredentialRow> {
  const next = { ...change, version: credential.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(officerCredentials).set(next).where(eq(officerCredentials.id, credential.id));
  return { ...credential, ...next };
}
