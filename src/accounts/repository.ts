// Monitoring accounts in the database: the account with its consents and projections, entries and timeline.
import { and, asc, eq, gt, gte, lte, type SQL } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { RiskLevel } from '../visits/domain.ts';
import type { AccountReasons, AccountState, EntryKind } from './domain.ts';
import {
  accountCases,
  accountConsents,
  accountEntries,
  accountReferrals,
  accountTimeline,
  accountVisits,
  monitoringAccounts,
} from './table.ts';

export type AccountRow = typeof monitoringAccounts.$inferSelect;
export type ConsentRow = typeof accountConsents.$inferSelect;
export type TimelineRow = typeof accountTimeline.$inferSelect;
export type EntryRow = typeof accountEntries.$inferSelect;

/** An account with what hangs on it, its reasons opened for the transaction that holds it. */
export type Account = AccountRow & {
  reasons: AccountReasons;
  consents: (ConsentRow & { reason: string | null })[];
  cases: (typeof accountCases.$inferSelect)[];
  referrals: (typeof accountReferrals.$inferSelect)[];
  visits: (typeof accountVisits.$inferSelect)[];
};

const reasonsPlace = (rowId: string) => ({ table: 'monitoring_accounts', column: 'reasons', rowId });
const consentPlace = (c: { accountId: string; agencyId: string }) => ({
  table: 'account_consents',
  column: 'reason',
  rowId: `${c.accountId}/${c.agencyId}`,
});
const entryPlace = (rowId: string) => ({ table: 'account_entries', column: 'text', rowId });

export async function findAccount(tx: Tx, id: string, lock = false): Promise<Account | undefined> {
  const query = tx.db
    .select()
    .from(monitoringAccounts)
    .where(and(eq(monitoringAccounts.id, id), visible(tx, 'account', monitoringAccounts.id)));
  const [row] = await (lock ? query.for('update') : query);
  return row ? openAccount(tx, row) : undefined;
}

/** Row security repeats visibility on every child of an account that was found visible. */
async function openAccount(tx: Tx, row: AccountRow): Promise<Account> {
  const { db } = tx;
  const [consents, cases, referrals, visits] = await Promise.all([
    db
      .select()
      .from(accountConsents)
      .where(eq(accountConsents.accountId, row.id))
      .orderBy(asc(accountConsents.createdAt), asc(accountConsents.agencyId)),
    db.select().from(accountCases).where(eq(accountCases.accountId, row.id)).orderBy(asc(accountCases.caseId)),
    db
      .select()
      .from(accountReferrals)
      .where(eq(accountReferrals.accountId, row.id))
      .orderBy(asc(accountReferrals.referralId)),
    db.select().from(accountVisits).where(eq(accountVisits.accountId, row.id)).orderBy(asc(accountVisits.visitId)),
  ]);
  const [reasons, ...consented] = await tx.vault.open([
    { place: reasonsPlace(row.id), data: row.reasonsSealed },
    ...consents.map((c) => ({ place: consentPlace(c), data: c.reasonSealed })),
  ]);
  return {
    ...row,
    reasons: JSON.parse(reasons ?? '{}') as AccountReasons,
    consents: consents.map((c, i) => ({ ...c, reason: consented[i] ?? null })),
    cases,
    referrals,
    visits,
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
  return { ...row, reason };
}

export async function deleteConsents(tx: Tx, accountId: string): Promise<void> {
  await tx.db.delete(accountConsents).where(eq(accountConsents.accountId, accountId));
}

export type Entry = EntryRow & { text: string | null };

export async function insertEntry(
  tx: Tx,
  entry: { accountId: string; kind: EntryKind; agencyId: string; officerId: string },
  text: string,
): Promise<Entry> {
  const id = tx.newId();
  const key = await tx.vault.keyFor('account', entry.accountId);
  const textSealed = tx.vault.seal(key, entryPlace(id), text);
  const row = { id, ...entry, textSealed, version: 1, createdAt: tx.ctx.now };
  await tx.db.insert(accountEntries).values(row);
  return { ...row, text };
}

const entrySeen = (tx: Tx) => visible(tx, 'account', accountEntries.accountId);

export async function findEntry(tx: Tx, accountId: string, id: string): Promise<Entry | undefined> {
  const [row] = await tx.db
    .select()
    .from(accountEntries)
    .where(and(eq(accountEntries.accountId, accountId), eq(accountEntries.id, id), entrySeen(tx)));
  if (!row) return undefined;
  const [text] = await tx.vault.open([{ place: entryPlace(row.id), data: row.textSealed }]);
  return { ...row, text: text ?? null };
}

/** Oldest first, as an account is read: the cursor's id is the last one seen. */
export async function listEntries(tx: Tx, accountId: string, page: PageRequest): Promise<Page<EntryRow>> {
  const after = page.before ? gt(accountEntries.id, page.before) : undefined;
  const rows = await tx.db
    .select()
    .from(accountEntries)
    .where(and(eq(accountEntries.accountId, accountId), after, entrySeen(tx)))
    .orderBy(asc(accountEntries.id))
    .limit(page.limit + 1);
  return toPage(rows, page.limit);
}

export async function listTimeline(tx: Tx, accountId: string, page: PageRequest): Promise<Page<TimelineRow>> {
  const after = page.before ? gt(accountTimeline.id, page.before) : undefined;
  const rows = await tx.db
    .select()
    .from(accountTimeline)
    .where(and(eq(accountTimeline.accountId, accountId), after, visible(tx, 'account', accountTimeline.accountId)))
    .orderBy(asc(accountTimeline.id))
    .limit(page.limit + 1);
  return toPage(rows, page.limit);
}

export type AccountFilter = {
  state?: AccountState;
  riskLevel?: RiskLevel;
  personId?: string;
  nextActionBefore?: string;
  updatedSince?: Date;
};

function filterOf(filter: AccountFilter): SQL | undefined {
  return and(
    filter.state ? eq(monitoringAccounts.state, filter.state) : undefined,
    filter.riskLevel ? eq(monitoringAccounts.riskLevel, filter.riskLevel) : undefined,
    filter.personId ? eq(monitoringAccounts.personId, filter.personId) : undefined,
    filter.nextActionBefore ? lte(monitoringAccounts.nextDueOn, filter.nextActionBefore) : undefined,
    filter.updatedSince ? gte(monitoringAccounts.updatedAt, filter.updatedSince) : undefined,
  );
}

export async function listAccounts(tx: Tx, filter: AccountFilter, page: PageRequest): Promise<Page<AccountRow>> {
  const where = filterOf(filter);
  return listVisible(tx, 'account', monitoringAccounts, where, page);
}
