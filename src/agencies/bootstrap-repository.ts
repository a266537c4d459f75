// Loads an agency tree and officers; idempotent: what exists by its code is left alone.
import { inArray, sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import type { AgencyRow as TreeRow } from '../reference/agencies.ts';
import { agencies, officers } from './table.ts';

export type OfficerSeed = {
  code: string;
  name: string;
  agencyCode: string;
  roles: readonly string[];
  personKey: string;
};

/** Adds the agencies that are missing, parents before children; answers how many were added. */
export async function loadAgencies(tx: Tx, tree: readonly TreeRow[], decisionTemplate: string): Promise<number> {
  const existing = await tx.db.select({ id: agencies.id, code: agencies.code }).from(agencies);
  const ids = new Map(existing.map((row) => [row.code, row.id]));
  const missing = tree.filter((row) => !ids.has(row.code));
  for (const row of missing) ids.set(row.code, tx.newId());
  const rows = missing.map(({ parentCode, ...row }) => ({
    ...row,
    id: ids.get(row.code) ?? '',
    parentId: parentCode ? (ids.get(parentCode) ?? null) : null,
    decisionNumberTemplate: row.orgShort ? decisionTemplate : null,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  }));
  if (rows.length > 0) tx.ctx.directory = null;
  for (let i = 0; i < rows.length; i += 500) await tx.db.insert(agencies).values(rows.slice(i, i + 500));
  const root = rows[0];
  if (root) tx.record({ type: 'agency.tree_loaded', kind: 'agency', id: root.id, data: { count: rows.length } });
  return rows.length;
}

/** Adds the officers that are missing, each to the agency of its code. */
export async function loadOfficers(tx: Tx, seeds: readonly OfficerSeed[]): Promise<number> {
  const codes = seeds.map((seed) => seed.code);
  const existing = new Set(
    (await tx.db.select({ code: officers.code }).from(officers).where(inArray(officers.code, codes))).map(
      (row) => row.code,
    ),
  );
  const places = await tx.db
    .select({ id: agencies.id, code: agencies.code })
    .from(agencies)
    .where(inArray(agencies.code, [...new Set(seeds.map((s) => s.agencyCode))]));
  const ids = new Map(places.map((row) => [row.code, row.id]));
  const rows = seeds
    .filter((seed) => !existing.has(seed.code))
    .map((seed) => {
      const agencyId = ids.get(seed.agencyCode);
      if (!agencyId) throw new Error(`no agency ${seed.agencyCode}`);
      return {
        id: tx.newId(),
        agencyId,
        code: seed.code,
        name: seed.name,
        personKey: seed.personKey,
        roles: [...seed.roles],
        createdAt: tx.ctx.now,
        updatedAt: tx.ctx.now,
      };
    });
  if (rows.length > 0) await tx.db.insert(officers).values(rows);
  const first = rows[0];
  if (first)
    tx.record({ type: 'agency.officers_loaded', kind: 'agency', id: first.agencyId, data: { count: rows.length } });
  return rows.length;
}

/** Whether any wage standard is published by today: without one nothing can be proposed (domain §7). */
export async function hasStandard(tx: Tx): Promise<boolean> {
  const { today } = tx.ctx;
  const found = await tx.db.execute(
    sql`select 1 from assistance_standards where published_on <= ${today}::date limit 1`,
  );
  return found.rows.length > 0;
}
