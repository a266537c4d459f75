// Merges in the database: the alias on the person, its record beside it, and who somebody is after all merges.
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { access, visible } from '../platform/db/access.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { personProblems } from './lifecycle.ts';
import type { PersonRow } from './repository.ts';
import { personMerges, persons } from './table.ts';

export type MergeRow = typeof personMerges.$inferSelect;

onConstraint('person_merges_open', () => personProblems['person.merge_pending']());

/** Visible persons, locked in id order. */
export async function lockPersons(tx: Tx, ids: readonly string[]): Promise<Map<string, PersonRow>> {
  const rows = await tx.db
    .select()
    .from(persons)
    .where(and(inArray(persons.id, [...ids]), visible(tx, 'person', persons.id)))
    .orderBy(asc(persons.id))
    .for('update');
  return new Map(rows.map((row) => [row.id, row]));
}

/** The proposal or the merge that stands; ended ones are history. */
export async function findOpenMerge(tx: Tx, personId: string): Promise<MergeRow | undefined> {
  const open = inArray(personMerges.state, ['proposed', 'merged']);
  const seen = visible(tx, 'person', personMerges.personId);
  const [row] = await tx.db
    .select()
    .from(personMerges)
    .where(and(eq(personMerges.personId, personId), open, seen));
  return row;
}

export async function insertMerge(tx: Tx, row: typeof personMerges.$inferInsert): Promise<void> {
  await tx.db.insert(personMerges).values(row);
}

export async function saveMerge(tx: Tx, id: string, change: Partial<MergeRow>): Promise<void> {
  await tx.db.update(personMerges).set(change).where(eq(personMerges.id, id));
}

/** Saves the given columns with the next version. */
export async function savePerson(tx: Tx, person: PersonRow, change: Partial<PersonRow>): Promise<PersonRow> {
  const next = { ...change, version: person.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(persons).set(next).where(eq(persons.id, person.id));
  return { ...person, ...next };
}

/** Counts who was merged into the person; not a change of the person itself. */
export async function countAbsorbed(tx: Tx, personId: string, delta: 1 | -1): Promise<void> {
  const rows = await tx.db
    .update(persons)
    .set({ absorbedCount: sql`${persons.absorbedCount} + ${delta}` })
    .where(eq(persons.id, personId))
    .returning({ id: persons.id });
  if (rows.length !== 1) throw new Error('the survivor of the merge is not visible');
}

/** Who it is after all merges; the id itself where nothing was merged, or nobody is known by it. */
export async function findSurvivor(tx: Tx, personId: string): Promise<string> {
  const { rows } = await tx.db.execute<{ id: string | null }>(sql`select person_survivor(${personId}) as id`);
  return rows[0]?.id ?? personId;
}

/** Whether the officer belongs to the handling team of an open case of their agency for the person. */
export async function isHandled(tx: Tx, personId: string): Promise<boolean> {
  const { officer } = tx.ctx.actor;
  if (!officer) return false;
  const leads = officer.roles.includes('head');
  const { rows } = await tx.db.execute<{ handled: boolean }>(
    sql`select handles_person(${personId}, ${officer.id}, ${leads}) as handled`,
  );
  return rows[0]?.handled === true;
}

export async function isHandledElsewhere(tx: Tx, personId: string): Promise<boolean> {
  const { rows } = await tx.db.execute<{ shared: boolean }>(sql`select handled_elsewhere(${personId}) as shared`);
  return rows[0]?.shared === true;
}

/** Another procuratorate has a case or an account for the person, whatever became of the case. */
export async function isKeptElsewhere(tx: Tx, personId: string): Promise<boolean> {
  const { rows } = await tx.db.execute<{ kept: boolean }>(sql`select exists (
    select from ${access} a join agencies g on g.id = a.agency_id
    where a.kind = 'person' and a.resource_id = ${personId} and a.relation in ('handler', 'owner')
      and a.agency_id <> ${tx.ctx.scope} and g.kind = 'procuratorate') as kept`);
  return rows[0]?.kept === true;
}
