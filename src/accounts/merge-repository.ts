// What merges of persons did to accounts, in the database: read again when a merge is reversed.
import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Tx } from '../platform/db/tx.ts';
import type { AccountRow } from './repository.ts';
import {
  accountCases,
  accountMerges,
  accountPayments,
  accountReferrals,
  accountVisits,
  monitoringAccounts,
} from './table.ts';

export type MergeRow = typeof accountMerges.$inferSelect;

export async function insertMerge(tx: Tx, merge: Omit<MergeRow, 'id' | 'mergedAt' | 'reversedAt'>): Promise<void> {
  const row = { ...merge, id: tx.newId(), mergedAt: tx.ctx.now, reversedAt: null };
  await tx.db.insert(accountMerges).values(row);
}

/** The merge of this person that stands; marked as reversed. */
export async function reverseMerge(tx: Tx, personId: string): Promise<MergeRow | undefined> {
  const [row] = await tx.db
    .update(accountMerges)
    .set({ reversedAt: tx.ctx.now })
    .where(and(eq(accountMerges.personId, personId), isNull(accountMerges.reversedAt)))
    .returning();
  return row;
}

/** Everybody who is known as this person since they were merged, the person first. */
export async function aliasesOf(tx: Tx, personId: string): Promise<string[]> {
  const rows = await tx.db
    .select({ id: accountMerges.personId })
    .from(accountMerges)
    .where(and(eq(accountMerges.intoPersonId, personId), isNull(accountMerges.reversedAt)));
  return [personId, ...rows.map((row) => row.id)];
}

/** Columns of an account without a new version: the caller restates it. */
export async function setColumns(tx: Tx, id: string, change: Partial<AccountRow>): Promise<void> {
  await tx.db.update(monitoringAccounts).set(change).where(eq(monitoringAccounts.id, id));
}

type Part = { table: PgTable; accountId: PgColumn; resourceId: PgColumn };
const parts = {
  case: { table: accountCases, accountId: accountCases.accountId, resourceId: accountCases.caseId },
  referral: { table: accountReferrals, accountId: accountReferrals.accountId, resourceId: accountReferrals.referralId },
  visit: { table: accountVisits, accountId: accountVisits.accountId, resourceId: accountVisits.visitId },
  payment: { table: accountPayments, accountId: accountPayments.accountId, resourceId: accountPayments.disbursementId },
} as const satisfies Record<string, Part>;
export type PartName = keyof typeof parts;

/** Ids of the lines that were counted on the account. */
export async function paymentsOf(tx: Tx, accountId: string): Promise<string[]> {
  const rows = await tx.db
    .select({ id: accountPayments.disbursementId })
    .from(accountPayments)
    .where(eq(accountPayments.accountId, accountId));
  return rows.map((row) => row.id);
}

/** Moves rows from one account to another that has none of them. */
export async function moveRows(
  tx: Tx,
  part: PartName,
  ids: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  if (ids.length === 0) return;
  const { table, accountId, resourceId }: Part = parts[part];
  await tx.db
    .update(table)
    .set({ accountId: to } as never)
    .where(and(eq(accountId, from), inArray(resourceId, [...ids])));
}
