// What the records of a case ask of its lines: what was paid to whom, and the lines themselves, oldest first.
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { disbursements } from './table.ts';

/** Paid and not come back, per beneficiary, in fen; a line that never settled has no day of payment. */
export async function findPaid(tx: Tx, caseId: string): Promise<{ beneficiaryId: string; paidFen: bigint }[]> {
  const { beneficiaryId, amountFen, recoveredFen, paidOn } = disbursements;
  const rows = await tx.db
    .select({ beneficiaryId, paidFen: sql<string>`sum(${amountFen} - ${recoveredFen})` })
    .from(disbursements)
    .where(and(eq(disbursements.caseId, caseId), isNotNull(paidOn), visible(tx, 'disbursement', disbursements.id)))
    .groupBy(beneficiaryId);
  return rows.map((row) => ({ beneficiaryId: row.beneficiaryId, paidFen: BigInt(row.paidFen) }));
}

export async function findLineIds(tx: Tx, caseId: string, limit: number): Promise<string[]> {
  const rows = await tx.db
    .select({ id: disbursements.id })
    .from(disbursements)
    .where(and(eq(disbursements.caseId, caseId), visible(tx, 'disbursement', disbursements.id)))
    .orderBy(asc(disbursements.id))
    .limit(limit);
  return rows.map((row) => row.id);
}
