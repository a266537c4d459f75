// Reads of agencies and officers; agencies are public inside the service, officers are seen by their own agency and admins.
import { and, eq, inArray, or } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { AgencyKind, AgencyLevel } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { standsOn } from './domain.ts';
import { type AgencyRow, readDirectory } from './snapshot-repository.ts';
import { agencies, officers } from './table.ts';

export type { AgencyRow };

export type OfficerRow = typeof officers.$inferSelect;

export const agencyRefColumns = { id: agencies.id, code: agencies.code, name: agencies.name };

export async function findAgency(tx: Tx, id: string): Promise<AgencyRow | undefined> {
  const [row] = await tx.db.select().from(agencies).where(eq(agencies.id, id));
  return row;
}

export async function findAgencies(tx: Tx, ids: readonly string[]): Promise<AgencyRow[]> {
  if (ids.length === 0) return [];
  const { byId } = await readDirectory(tx);
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
}

const LEVELS: readonly AgencyLevel[] = ['township', 'county', 'city', 'province'];

const byIdOf = (a: AgencyRow, b: AgencyRow) => (a.id < b.id ? -1 : 1);

/** The region and those that contain it: 210102 → 210102, 210100, 210000. */
function containing(regionCode: string): string[] {
  return [...new Set([regionCode, `${regionCode.slice(0, 4)}00`, `${regionCode.slice(0, 2)}0000`])];
}

/** An agency and those to which `next` leads in turn, at most `steps` of them; a circle ends where it began. */
async function follow(
  tx: Tx,
  first: string,
  steps: number,
  next: (row: AgencyRow) => string | null,
): Promise<AgencyRow[]> {
  const { byId } = await readDirectory(tx);
  const line = new Set<AgencyRow>();
  for (let row = byId.get(first); row && !line.has(row) && line.size <= steps; row = byId.get(next(row) ?? ''))
    line.add(row);
  return [...line];
}

/** `first` and those who succeed it in turn, in that order. */
export function findSuccession(tx: Tx, first: string): Promise<AgencyRow[]> {
  return follow(tx, first, 9, (row) => row.successorId);
}

/** Who carries on for an agency that has ended: the first of its successors that stands. */
export async function findStanding(tx: Tx, agency: AgencyRow): Promise<AgencyRow | undefined> {
  const line = await findSuccession(tx, agency.id);
  return line.find((one) => one.state === 'active' && standsOn(one, tx.ctx.today));
}

/**
 * The agency of `kind` for a region at `level`: the one whose region contains `regionCode`, else the nearest above
 * (contract §3, routing of a clue). For one that has ended its successor answers.
 */
export async function findAgencyFor(
  tx: Tx,
  kind: AgencyKind,
  regionCode: string,
  level: AgencyLevel,
): Promise<AgencyRow | undefined> {
  const { today } = tx.ctx;
  const directory = await readDirectory(tx);
  const nearest = LEVELS.slice(Math.max(0, LEVELS.indexOf(level)));
  const near = containing(regionCode).flatMap((code) => directory.at(kind, code));
  const open = (row: AgencyRow) =>
    row.state === 'active' &&
    (row.validFrom === null || row.validFrom <= today) &&
    (row.validTo === null || row.validTo >= today || row.successorId !== null);
  const rows = nearest.flatMap((rank) => near.filter((row) => row.level === rank && open(row)).sort(byIdOf));
  for (const row of rows) {
    const standing = standsOn(row, today) ? row : await findStanding(tx, row);
    if (standing) return standing;
  }
  return undefined;
}

/** The superior agencies of the same kind, nearest first: they oversee what happens below. */
export async function findSuperiors(tx: Tx, agencyId: string): Promise<string[]> {
  const line = await follow(tx, agencyId, 5, (row) => row.parentId);
  return line.slice(1).map((row) => row.id);
}

export async function findOfficer(tx: Tx, id: string): Promise<OfficerRow | undefined> {
  const [row] = await tx.db.select().from(officers).where(eq(officers.id, id));
  return row;
}

export async function findOfficers(tx: Tx, ids: readonly string[]): Promise<OfficerRow[]> {
  if (ids.length === 0) return [];
  return tx.db
    .select()
    .from(officers)
    .where(inArray(officers.id, [...new Set(ids)]));
}

/** An active officer of the caller's own agency; others do not exist for it. */
export async function findColleague(tx: Tx, id: string): Promise<OfficerRow | undefined> {
  const officer = await findOfficer(tx, id);
  return officer?.agencyId === tx.ctx.actor.agency.id && officer.state === 'active' ? officer : undefined;
}

export type OfficerWithAgency = { officer: OfficerRow; agency: AgencyRow };

export async function findActiveOfficer(
  tx: Tx,
  by: { id: string } | { code: string },
): Promise<OfficerWithAgency | undefined> {
  const own = alias(agencies, 'own');
  const wanted = 'id' in by ? eq(officers.id, by.id) : eq(officers.code, by.code);
  const active = and(eq(officers.state, 'active'), or(eq(own.state, 'active')));
  const [row] = await tx.db
    .select({ officer: officers, agency: own })
    .from(officers)
    .innerJoin(own, eq(own.id, officers.agencyId))
    .where(and(wanted, active));
  return row;
}
