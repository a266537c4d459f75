// What the dossier of a case asks of the accounts: whose they are, and under which number.
import { and, asc, eq } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { accountCases, monitoringAccounts } from './table.ts';

export async function findAccountsOfCase(tx: Tx, caseId: string, limit: number) {
  const { id, number, state, personId } = monitoringAccounts;
  return tx.db
    .select({ id, number, state, personId })
    .from(accountCases)
    .innerJoin(monitoringAccounts, eq(id, accountCases.accountId))
    .where(and(eq(accountCases.caseId, caseId), visible(tx, 'account', id)))
    .orderBy(asc(id))
    .limit(limit);
}
