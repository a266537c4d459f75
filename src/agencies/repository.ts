// Reads of agencies and officers; agencies are public inside the service, officers are seen by their own agency and admins.
import { and, asc, eq, gte, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { AgencyKind, AgencyLevel } from '../kernel/actor.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { standsOn } from './domain.ts';
import { agencies, officers } from './table.ts';

export type AgencyRow = typeof agencies.$inferSelect;
export type OfficerRow = typeof officers.$inferSelect;

export const agencyRefColumns = { id: agencies.id, code: agencies.code, name: agencies.name };

export async function findAgency(tx: Tx, id: string): Promise<AgencyRow | undefined> {
  const [row] = await tx.db.select().from(agencies).where(eq(agencies.id, id));
  return row;
}

export async function findAgencies(tx: Tx, ids: readonly string[]): Promise<AgencyRow[]> {
  if (ids.length === 0) return [];
  return prepared(tx.db, 'agencies', (db, name) =>
    db
      .select()
      .from(agencies)
      .where(sql`${agencies.id} = any(${sql.placeholder('ids')}::uuid[])`)
      .prepare(name),
  ).execute({ ids: [...new Set(ids)] });
}

const LEVELS: readonly AgencyLevel[] = ['township', 'county', 'city', 'province'];

/** The region and those that contain it: 210102 → 210102, 210100, 210000. */
function containing(regionCode: string): string[] {
  return [...new Set([regionCode, `${regionCode.slice(0, 4)}00`, `${regionCode.slice(0, 2)}0000`])];
}

/** `first` and those who succeed it in turn, in that order; a circle ends where it began. */
export async function findSuccession(tx: Tx, first: string): Promise<AgencyRow[]> {
  const { rows } = await tx.db.execute<{ id: string }>(sql`
    with recursive line as (
      select id, successor_id, 0 as depth from agencies where id = ${first}
      union all select a.id, a.successor_id, line.depth + 1 from agencies a join line on a.id = line.successor_id
        where line.depth < 9)
    select id from line order by depth`);
  const ids = rows.map((row) => row.id);
  const found = new Map((await findAgencies(tx, ids)).map((row) => [row.id, row]));
  return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
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
  const levels = LEVELS.slice(Math.max(0, LEVELS.indexOf(level)));
  const rows = await prepared(tx.db, 'agency_for', (db, name) => {
    const day = sql`${sql.placeholder('today')}::date`;
    const begun = or(isNull(agencies.validFrom), lte(agencies.validFrom, day));
    const stands = or(isNull(agencies.validTo), gte(agencies.validTo, day), isNotNull(agencies.successorId));
    const place = and(
      eq(agencies.kind, sql.placeholder('kind')),
      sql`${agencies.regionCode} = any(${sql.placeholder('regions')}::text[])`,
      sql`${agencies.level} = any(${sql.placeholder('levels')}::text[])`,
    );
    const rank = sql`array_position(array['township','county','city','province'], ${agencies.level})`;
    return db
      .select()
      .from(agencies)
      .where(and(place, eq(agencies.state, 'active'), begun, stands))
      .orderBy(asc(rank), asc(agencies.id))
      .prepare(name);
  }).execute({ kind, today, regions: containing(regionCode), levels });
  for (const row of rows) {
    const standing = standsOn(row, tx.ctx.today) ? row : await findStanding(tx, row);
    if (standing) return standing;
  }
  return undefined;
}

/** The superior agencies of the same kind, nearest first: they oversee what happens below. */
export async function findSuperiors(tx: Tx, agencyId: string): Promise<string[]> {
  const { rows } = await tx.db.execute<{ id: string }>(sql`
    with recursive up as (
      select id, parent_id, 0 as depth from agencies where id = ${agencyId}
      union all select a.id, a.parent_id, up.depth + 1 from agencies a join up on a.id = up.parent_id where up.depth < 5)
    select id from up where depth > 0 order by depth`);
  return rows.map((row) => row.id);
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
