// The directory in the database: agencies newest first by id, and the officers of one agency.
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { AgencyKind, AgencyLevel } from '../kernel/actor.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { countUpTo } from '../platform/db/counting.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { agencyProblems } from './domain.ts';
import type { AgencyRow, OfficerRow } from './repository.ts';
import { agencies, officers } from './table.ts';

onConstraint('agencies_code_key', () => agencyProblems['agency.code_taken']());
onConstraint('officers_code_key', () => agencyProblems['officer.code_taken']());

export type AgencyFilter = { kind?: AgencyKind; regionCode?: string; level?: AgencyLevel };
export type OfficerFilter = { role?: string; state?: OfficerRow['state'] };

/** Agencies are public inside the service: no access rows, every caller sees all of them. */
export async function listAgencies(tx: Tx, filter: AgencyFilter, page: PageRequest): Promise<Page<AgencyRow>> {
  const where = and(
    filter.kind ? eq(agencies.kind, filter.kind) : undefined,
    filter.regionCode ? eq(agencies.regionCode, filter.regionCode) : undefined,
    filter.level ? eq(agencies.level, filter.level) : undefined,
  );
  const rows = await tx.db
    .select()
    .from(agencies)
    .where(and(where, page.before ? lt(agencies.id, page.before) : undefined))
    .orderBy(desc(agencies.id))
    .limit(page.limit + 1);
  return {
    ...toPage(rows, page.limit),
    ...(await countUpTo(tx, page.includeTotal, (one) => one.from(agencies).where(where))),
  };
}

export async function listOfficers(
  tx: Tx,
  agencyId: string,
  filter: OfficerFilter,
  page: PageRequest,
): Promise<Page<OfficerRow>> {
  const where = and(
    eq(officers.agencyId, agencyId),
    filter.state ? eq(officers.state, filter.state) : undefined,
    filter.role ? sql`${officers.roles} @> array[${filter.role}]` : undefined,
  );
  const rows = await tx.db
    .select()
    .from(officers)
    .where(and(where, page.before ? lt(officers.id, page.before) : undefined))
    .orderBy(desc(officers.id))
    .limit(page.limit + 1);
  return {
    ...toPage(rows, page.limit),
    ...(await countUpTo(tx, page.includeTotal, (one) => one.from(officers).where(where))),
  };
}

/** Not FOR UPDATE: every new record points at an agency and would wait. */
export async function lockAgencyRow(tx: Tx, id: string): Promise<AgencyRow | undefined> {
  const [row] = await tx.db.select().from(agencies).where(eq(agencies.id, id)).for('no key update');
  return row;
}

/** One change of succession at a time; the lock ends with the transaction. */
export async function lockDirectory(tx: Tx): Promise<void> {
  await tx.db.execute(sql`select pg_advisory_xact_lock(hashtext('agencies.succession'))`);
}

/** An officer of that agency and no other. */
export async function findOfficerOf(
  tx: Tx,
  agencyId: string,
  id: string,
  lock = false,
): Promise<OfficerRow | undefined> {
  const query = tx.db
    .select()
    .from(officers)
    .where(and(eq(officers.id, id), eq(officers.agencyId, agencyId)));
  const [row] = await (lock ? query.for('no key update') : query);
  return row;
}

export async function insertAgency(tx: Tx, row: AgencyRow): Promise<void> {
  tx.ctx.directory = null;
  await tx.db.insert(agencies).values(row);
}

export async function saveAgency(tx: Tx, agency: AgencyRow, change: Partial<AgencyRow>): Promise<AgencyRow> {
  const next = { ...change, version: agency.version + 1, updatedAt: tx.ctx.now };
  tx.ctx.directory = null;
  await tx.db.update(agencies).set(next).where(eq(agencies.id, agency.id));
  return { ...agency, ...next };
}

export async function findTakenCodes(tx: Tx, codes: readonly string[]): Promise<Set<string>> {
  const rows = await tx.db
    .select({ code: officers.code })
    .from(officers)
    .where(inArray(officers.code, [...codes]));
  return new Set(rows.map((row) => row.code));
}

export async function insertOfficers(tx: Tx, rows: OfficerRow[]): Promise<void> {
  await tx.db.insert(officers).values(rows);
}

export async function saveOfficer(tx: Tx, officer: OfficerRow, change: Partial<OfficerRow>): Promise<OfficerRow> {
  const next = { ...change, version: officer.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(officers).set(next).where(eq(officers.id, officer.id));
  return { ...officer, ...next };
}
