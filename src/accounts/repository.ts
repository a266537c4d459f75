// Monitoring accounts in the database: the account with its consents, projections and pending duties, and the timeline.
import { and, asc, desc, eq, gte, inArray, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { civilDateOf } from '../kernel/civil-date.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { RiskLevel } from '../visits/domain.ts';
import type { AccountReasons, AccountState, DueEntry } from './domain.ts';
import type { NextActionKind } from './next-action.ts';
import {
  accountCases,
  accountConsents,
  accountEntries,
  accountNotices,
  accountReferrals,
  accountTimeline,
  accountTransfers,
  accountVisits,
  monitoringAccounts,
} from './table.ts';

export type AccountRow = typeof monitoringAccounts.$inferSelect;
export type ConsentRow = typeof accountConsents.$inferSelect;
export type TimelineRow = typeof accountTimeline.$inferSelect;

/** An account with what hangs on it and on those merged into it, its reasons opened for the transaction that holds it. */
export type Account = AccountRow & {
  reasons: AccountReasons;
  consents: (ConsentRow & { reason: string | null; on: string })[];
  cases: (typeof accountCases.$inferSelect)[];
  referrals: (typeof accountReferrals.$inferSelect)[];
  visits: (typeof accountVisits.$inferSelect)[];
  notices: (typeof accountNotices.$inferSelect)[];
  dueEntries: (DueEntry & { id: string; since: string })[];
  transfer: PendingTransfer | null;
  /** Accounts of the same person that went into this one. */
  mergedIds: string[];
};

export type PendingTransfer = {
  id: string;
  fromAgencyId: string;
  toAgencyId: string;
  personKey: string;
  requestedOn: string;
  sightGiven: boolean;
  reason: string | null;
};

const reasonsPlace = (rowId: string) => ({ table: 'monitoring_accounts', column: 'reasons', rowId });
const consentPlace = (c: { accountId: string; agencyId: string }) => ({
  table: 'account_consents',
  column: 'reason',
  rowId: `${c.accountId}/${c.agencyId}`,
});
export const transferPlace = (column: 'reason' | 'answer' | 'person', rowId: string) => ({
  table: 'account_transfers',
  column,
  rowId,
});

export async function findAccount(tx: Tx, id: string, lock = false): Promise<Account | undefined> {
  const query = tx.db
    .select({ row: monitoringAccounts, family: sql<string[]>`array(select account_family(${monitoringAccounts.id}))` })
    .from(monitoringAccounts)
    .where(and(eq(monitoringAccounts.id, id), visible(tx, 'account', monitoringAccounts.id)));
  const [found] = await (lock ? query.for('update') : query);
  return found ? openAccount(tx, found.row, found.family) : undefined;
}

/** Row security repeats visibility on every child of an account that was found visible; of merged ones as far as they are seen. */
async function childrenOf(tx: Tx, id: string, family: readonly string[]) {
  const { db } = tx;
  const inFamily = (column: PgColumn) => inArray(column, [...family]);
  const due = or(
    eq(accountEntries.state, 'open'),
    and(eq(accountEntries.state, 'objected'), eq(accountEntries.answered, false)),
  );
  const { id: entryId, state, agencyId, personKey, createdAt, reviewedAt } = accountEntries;
  const [consents, cases, referrals, visits, notices, entries, transfers] = await Promise.all([
    db
      .select()
      .from(accountConsents)
      .where(eq(accountConsents.accountId, id))
      .orderBy(asc(accountConsents.createdAt), asc(accountConsents.agencyId)),
    db.select().from(accountCases).where(inFamily(accountCases.accountId)).orderBy(asc(accountCases.caseId)),
    db
      .select()
      .from(accountReferrals)
      .where(inFamily(accountReferrals.accountId))
      .orderBy(asc(accountReferrals.referralId)),
    db.select().from(accountVisits).where(inFamily(accountVisits.accountId)).orderBy(asc(accountVisits.visitId)),
    db.select().from(accountNotices).where(inFamily(accountNotices.accountId)),
    db
      .select({ id: entryId, state, agencyId, personKey, createdAt, reviewedAt })
      .from(accountEntries)
      .where(and(eq(accountEntries.accountId, id), due)),
    db
      .select()
      .from(accountTransfers)
      .where(and(eq(accountTransfers.accountId, id), eq(accountTransfers.state, 'requested'))),
  ]);
  return { consents, cases, referrals, visits, notices, entries, transfers };
}

async function openAccount(tx: Tx, row: AccountRow, family: readonly string[]): Promise<Account> {
  const { consents, cases, referrals, visits, notices, entries, transfers } = await childrenOf(tx, row.id, family);
  const [pending] = transfers;
  const [reasons, transferReason, ...consented] = await tx.vault.open([
    { place: reasonsPlace(row.id), data: row.reasonsSealed },
    { place: transferPlace('reason', pending?.id ?? ''), data: pending?.reasonSealed ?? null },
    ...consents.map((c) => ({ place: consentPlace(c), data: c.reasonSealed })),
  ]);
  return {
    ...row,
    reasons: JSON.parse(reasons ?? '{}') as AccountReasons,
    consents: consents.map((c, i) => ({ ...c, reason: consented[i] ?? null, on: civilDateOf(c.createdAt) })),
    ...{ cases, referrals, visits, notices },
    dueEntries: entries.map(({ createdAt, reviewedAt, ...e }) => ({
      ...e,
      since: civilDateOf(reviewedAt ?? createdAt),
    })),
    transfer: pending ? { ...pending, reason: transferReason ?? null } : null,
    mergedIds: family.filter((id) => id !== row.id).sort(),
  };
}

/** Saves the given columns with the next version; a reason is sealed with the account's key. */
export async function saveAccount(
  tx: Tx,
  account: Account,
  change: Partial<AccountRow>,
  reasons?: AccountReasons,
): Promise<Account> {
  const next: Partial<AccountRow> = { ...change, version: account.version + 1, updatedAt: tx.ctx.now };
  const merged = { ...account.reasons, ...reasons };
  if (reasons) {
    const key = await tx.vault.keyFor('account', account.id);
    next.reasonsSealed = tx.vault.seal(key, reasonsPlace(account.id), JSON.stringify(merged));
  }
  await tx.db.update(monitoringAccounts).set(next).where(eq(monitoringAccounts.id, account.id));
  return { ...account, ...next, reasons: merged };
}

/** Sets what was projected on an account opened in this transaction, which stays at its first version. */
export async function settleAccount(tx: Tx, account: Account, change: Partial<AccountRow>): Promise<Account> {
  await tx.db.update(monitoringAccounts).set(change).where(eq(monitoringAccounts.id, account.id));
  return { ...account, ...change };
}

export async function insertConsent(
  tx: Tx,
  consent: Pick<ConsentRow, 'accountId' | 'agencyId' | 'officerId' | 'personKey'>,
  reason: string,
): Promise<Account['consents'][number]> {
  const key = await tx.vault.keyFor('account', consent.accountId);
  const reasonSealed = tx.vault.seal(key, consentPlace(consent), reason);
  const row = { ...consent, reasonSealed, createdAt: tx.ctx.now };
  await tx.db.insert(accountConsents).values(row);
  return { ...row, reason, on: tx.ctx.today };
}

export async function deleteConsents(tx: Tx, accountId: string): Promise<void> {
  await tx.db.delete(accountConsents).where(eq(accountConsents.accountId, accountId));
}

export async function listTimeline(tx: Tx, accountId: string, page: PageRequest): Promise<Page<TimelineRow>> {
  const before = page.before ? lt(accountTimeline.id, page.before) : undefined;
  const rows = await tx.db
    .select()
    .from(accountTimeline)
    .where(and(eq(accountTimeline.accountId, accountId), before, visible(tx, 'account', accountTimeline.accountId)))
    .orderBy(desc(accountTimeline.id))
    .limit(page.limit + 1);
  return toPage(rows, page.limit);
}

export type AccountFilter = {
  state?: AccountState;
  riskLevel?: RiskLevel;
  personId?: string;
  nextActionBefore?: string;
  nextActionKind?: NextActionKind;
  withoutNextAction?: boolean;
  updatedSince?: Date;
};

function filterOf(filter: AccountFilter): SQL | undefined {
  return and(
    filter.state ? eq(monitoringAccounts.state, filter.state) : undefined,
    filter.riskLevel ? eq(monitoringAccounts.riskLevel, filter.riskLevel) : undefined,
    filter.personId ? eq(monitoringAccounts.personId, filter.personId) : undefined,
    filter.nextActionBefore ? lte(monitoringAccounts.nextDueOn, filter.nextActionBefore) : undefined,
    filter.nextActionKind ? eq(monitoringAccounts.nextActionKind, filter.nextActionKind) : undefined,
    // The invariant as a question: what is not closed and has nothing ahead of it. The answer is an empty list.
    filter.withoutNextAction
      ? and(ne(monitoringAccounts.state, 'closed'), isNull(monitoringAccounts.nextActionKind))
      : undefined,
    filter.updatedSince ? gte(monitoringAccounts.updatedAt, filter.updatedSince) : undefined,
  );
}

export async function listAccounts(
  tx: Tx,
  filter: AccountFilter,
  page: PageRequest,
): Promise<Page<ListedRow<AccountRow>>> {
  const where = filterOf(filter);
  return listVisible(tx, 'account', monitoringAccounts, where, page);
}
