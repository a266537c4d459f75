// What the sample stories look up as their officers do: the accounts, visits and notice of a case, the correction that waits.
import { and, desc, eq } from 'drizzle-orm';
import { accountCases, monitoringAccounts } from '../accounts/table.ts';
import { caseNotices } from '../cases/notice-table.ts';
import { caseCorrections } from '../cases/record-table.ts';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { visits } from '../visits/table.ts';

const first = (rows: readonly { id: string }[], what: string): string => {
  const [row] = rows;
  if (!row) throw new Error(`the story has no ${what}`);
  return row.id;
};

export async function accountOfCase(tx: Tx, caseId: string): Promise<string> {
  const { id } = monitoringAccounts;
  const rows = await tx.db
    .select({ id })
    .from(accountCases)
    .innerJoin(monitoringAccounts, eq(id, accountCases.accountId))
    .where(and(eq(accountCases.caseId, caseId), visible(tx, 'account', id)))
    .orderBy(id)
    .limit(1);
  return first(rows, 'account');
}

export async function visitOfCase(tx: Tx, caseId: string): Promise<string> {
  const { id } = visits;
  const rows = await tx.db
    .select({ id })
    .from(visits)
    .where(and(eq(visits.assistanceCaseId, caseId), visible(tx, 'visit', id)))
    .orderBy(desc(id))
    .limit(1);
  return first(rows, 'visit');
}

export async function noticeOfCase(tx: Tx, caseId: string): Promise<string> {
  const { id } = caseNotices;
  const rows = await tx.db
    .select({ id })
    .from(caseNotices)
    .where(and(eq(caseNotices.caseId, caseId), visible(tx, 'notice', id)))
    .limit(1);
  return first(rows, 'notice');
}

export async function correctionOfCase(tx: Tx, caseId: string): Promise<string> {
  const { id, state } = caseCorrections;
  const rows = await tx.db
    .select({ id })
    .from(caseCorrections)
    .where(and(eq(caseCorrections.caseId, caseId), eq(state, 'proposed')))
    .limit(1);
  return first(rows, 'pending correction');
}
