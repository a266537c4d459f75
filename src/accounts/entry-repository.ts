// Entries of accounts in the database: texts and answers sealed with the account's key; a list names neither.
import { and, desc, eq, lt } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { EntryState } from './domain.ts';
import type { EntryKind } from './entry-domain.ts';
import { accountEntries } from './table.ts';

export type EntryRow = typeof accountEntries.$inferSelect;
export type Entry = EntryRow & { text: string | null; review: string | null };

const placeOf = (column: 'text' | 'review', rowId: string) => ({ table: 'account_entries', column, rowId });
const entrySeen = (tx: Tx) => visible(tx, 'account', accountEntries.accountId);

export type NewEntry = {
  accountId: string;
  kind: EntryKind;
  agencyId: string;
  officerId: string;
  personKey: string;
  answersEntryId: string | null;
};

export async function insertEntry(tx: Tx, entry: NewEntry, text: string): Promise<Entry> {
  const id = tx.newId();
  const key = await tx.vault.keyFor('account', entry.accountId);
  const textSealed = tx.vault.seal(key, placeOf('text', id), text);
  const unreviewed = { reviewedBy: null, reviewedAgencyId: null, reviewedAt: null, reviewSealed: null };
  const fresh = { ...unreviewed, state: 'open' as const, answered: false, version: 1, createdAt: tx.ctx.now };
  const row = { id, ...entry, textSealed, ...fresh };
  await tx.db.insert(accountEntries).values(row);
  return { ...row, text, review: null };
}

export async function findEntry(tx: Tx, accountId: string, id: string, lock = false): Promise<Entry | undefined> {
  const query = tx.db
    .select()
    .from(accountEntries)
    .where(and(eq(accountEntries.accountId, accountId), eq(accountEntries.id, id), entrySeen(tx)));
  const [row] = await (lock ? query.for('update') : query);
  if (!row) return undefined;
  const [text, review] = await tx.vault.open([
    { place: placeOf('text', row.id), data: row.textSealed },
    { place: placeOf('review', row.id), data: row.reviewSealed },
  ]);
  return { ...row, text: text ?? null, review: review ?? null };
}

export type EntryReview = { state: EntryState; officerId: string; agencyId: string; text: string | null };

/** The other owner's answer, once. */
export async function saveReview(tx: Tx, entry: Entry, { text, ...review }: EntryReview): Promise<Entry> {
  const key = text === null ? null : await tx.vault.keyFor('account', entry.accountId);
  const change = {
    state: review.state,
    reviewedBy: review.officerId,
    reviewedAgencyId: review.agencyId,
    reviewedAt: tx.ctx.now,
    reviewSealed: key && text !== null ? tx.vault.seal(key, placeOf('review', entry.id), text) : null,
    version: entry.version + 1,
  };
  await tx.db.update(accountEntries).set(change).where(eq(accountEntries.id, entry.id));
  return { ...entry, ...change, review: text };
}

/** An objection that a later entry takes up waits for nothing more. */
export async function markAnswered(tx: Tx, entry: EntryRow): Promise<void> {
  const change = { answered: true, version: entry.version + 1 };
  await tx.db.update(accountEntries).set(change).where(eq(accountEntries.id, entry.id));
}

/** Newest first, like every list (contract §1 Lists). */
export async function listEntries(
  tx: Tx,
  accountId: string,
  state: EntryState | undefined,
  page: PageRequest,
): Promise<Page<EntryRow>> {
  const before = page.before ? lt(accountEntries.id, page.before) : undefined;
  const wanted = state ? eq(accountEntries.state, state) : undefined;
  const rows = await tx.db
    .select()
    .from(accountEntries)
    .where(and(eq(accountEntries.accountId, accountId), before, wanted, entrySeen(tx)))
    .orderBy(desc(accountEntries.id))
    .limit(page.limit + 1);
  return toPage(rows, page.limit);
}
