// What the records of a case ask of its referrals: the measures with their people, and the referrals themselves, oldest first.
import { and, asc, eq, inArray, type SQL } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { referralPersons, referrals } from './table.ts';

const ofCase = (tx: Tx, caseId: string): SQL | undefined =>
  and(eq(referrals.assistanceCaseId, caseId), visible(tx, 'referral', referrals.id));

/** What each department was asked for, for whom, and the state of it now. */
export async function findMeasures(tx: Tx, caseId: string) {
  const { id, measures, agencyId, state } = referrals;
  const rows = await tx.db
    .select({ id, measures, agencyId, state })
    .from(referrals)
    .where(ofCase(tx, caseId))
    .orderBy(asc(id));
  if (rows.length === 0) return [];
  const { referralId, personId } = referralPersons;
  const wanted = rows.map((row) => row.id);
  const persons = await tx.db.select({ referralId, personId }).from(referralPersons).where(inArray(referralId, wanted));
  return rows.map((row) => ({
    ...row,
    personIds: persons.filter((p) => p.referralId === row.id).map((p) => p.personId),
  }));
}

export async function findReferralIds(tx: Tx, caseId: string, limit: number): Promise<string[]> {
  const { id } = referrals;
  const rows = await tx.db.select({ id }).from(referrals).where(ofCase(tx, caseId)).orderBy(asc(id)).limit(limit);
  return rows.map((row) => row.id);
}
