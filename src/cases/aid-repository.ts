// Standing aid in the database; what other agencies gave is read by definer functions that answer agency and day.
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { EnumValue } from '../reference/enums.ts';
import { aidProblems } from './aid-domain.ts';
import { caseAids } from './aid-table.ts';

// The race of two agencies for one person ends here.
onConstraint('case_aids_once', () => aidProblems['aid.given_already']());

export type AidRow = typeof caseAids.$inferSelect;
export type FormerAid = {
  personId: string;
  sameCase: boolean;
  agencyId: string;
  aidedOn: string;
  kind: EnumValue<'aid-kinds'>;
};

/** Nobody is merged, and nobody is aided elsewhere, until this transaction ends; in id order. Answers who each of them is. */
export async function holdPersons(tx: Tx, personIds: readonly string[]): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  for (const id of [...new Set(personIds)].sort()) {
    const { rows } = await tx.db.execute<{ id: string | null }>(sql`select hold_person(${id}::uuid) as id`);
    held.set(id, rows[0]?.id ?? id);
  }
  return held;
}

/** What these people were given in other cases than `butCase`, and whether under the same original case. */
export async function findFormerAid(
  tx: Tx,
  personIds: readonly string[],
  { linkedKey, butCase }: { linkedKey: string | null; butCase: string | null },
): Promise<FormerAid[]> {
  if (personIds.length === 0) return [];
  const ids = sql.param([...new Set(personIds)]);
  const { rows } = await tx.db.execute<{
    person_id: string;
    same_case: boolean;
    agency_id: string;
    aided_on: string;
    kind: FormerAid['kind'];
  }>(sql`select person_id, same_case, agency_id, aided_on::text, kind
    from aid_before(${ids}::uuid[], ${linkedKey}::text, ${butCase}::uuid)`);
  return rows.map((row) => ({
    personId: row.person_id,
    sameCase: row.same_case,
    agencyId: row.agency_id,
    aidedOn: row.aided_on,
    kind: row.kind,
  }));
}

/** What stands of this case: one row for each beneficiary at most. */
export function standingAid(tx: Tx, caseId: string): Promise<AidRow[]> {
  return tx.db
    .select()
    .from(caseAids)
    .where(and(eq(caseAids.caseId, caseId), isNull(caseAids.freedOn)));
}

export async function insertAid(tx: Tx, row: AidRow): Promise<void> {
  await tx.db.insert(caseAids).values(row);
}

export async function saveAid(tx: Tx, id: string, change: Partial<AidRow>): Promise<void> {
  await tx.db.update(caseAids).set(change).where(eq(caseAids.id, id));
}

/** No aid any more: of all beneficiaries, or of those named. */
export async function freeAid(tx: Tx, caseId: string, beneficiaryIds?: readonly string[]): Promise<void> {
  const some = beneficiaryIds ? inArray(caseAids.beneficiaryId, [...beneficiaryIds]) : undefined;
  await tx.db
    .update(caseAids)
    .set({ freedOn: tx.ctx.today })
    .where(and(eq(caseAids.caseId, caseId), isNull(caseAids.freedOn), some));
}

/** One case for each original case under which the merged person was aided more than once. */
export async function casesAidedTwice(tx: Tx, personId: string): Promise<string[]> {
  const { rows } = await tx.db.execute<{ id: string }>(
    sql`select aided_twice as id from aided_twice(${personId}::uuid)`,
  );
  return rows.map((row) => row.id);
}
