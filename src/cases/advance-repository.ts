// Emergency advances in the database; the reason is sealed with the key of the case.
import { and, asc, eq } from 'drizzle-orm';
import { officers } from '../agencies/table.ts';
import { visible } from '../platform/db/access.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { advanceProblems } from './advance-domain.ts';
import { caseAdvances } from './advance-table.ts';

onConstraint('case_advances_beneficiary_id_key', () => advanceProblems['advance.given_already']());

export type AdvanceRow = typeof caseAdvances.$inferSelect;

const reasonPlace = (rowId: string) => ({ table: 'case_advances', column: 'reason', rowId });

/** The advances of a case, oldest first. */
export function findAdvances(tx: Tx, caseId: string): Promise<AdvanceRow[]> {
  return tx.db
    .select()
    .from(caseAdvances)
    .where(and(eq(caseAdvances.caseId, caseId), visible(tx, 'case', caseAdvances.caseId)))
    .orderBy(asc(caseAdvances.id));
}

export async function insertAdvance(
  tx: Tx,
  row: Omit<AdvanceRow, 'reasonSealed'>,
  reason: string | null,
): Promise<void> {
  const key = await tx.vault.keyFor('case', row.caseId);
  await tx.db
    .insert(caseAdvances)
    .values({ ...row, reasonSealed: tx.vault.sealOptional(key, reasonPlace(row.id), reason) });
}

export function openReasons(tx: Tx, rows: readonly AdvanceRow[]): Promise<(string | null)[]> {
  return tx.vault.open(rows.map((row) => ({ place: reasonPlace(row.id), data: row.reasonSealed })));
}

/** Which human being handles the case, also where that officer is no longer active. */
export async function personKeyOf(tx: Tx, officerId: string): Promise<string | null> {
  const [row] = await tx.db.select({ key: officers.personKey }).from(officers).where(eq(officers.id, officerId));
  return row?.key ?? null;
}
