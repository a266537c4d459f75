// Transfers of accounts in the database: one pending at most; reasons sealed with the account's key, the person's data with the person's.
import { and, desc, eq } from 'drizzle-orm';
import { access, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type PendingTransfer, transferPlace } from './repository.ts';
import { accountTransfers } from './table.ts';

type TransferRow = typeof accountTransfers.$inferSelect;

/** Who sees the account, or the person, in its own right; superiors that oversee somebody do not count. */
export async function seersOf(tx: Tx, resourceId: string, kind: 'account' | 'person' = 'account'): Promise<string[]> {
  const rows = await tx.db
    .select({ agencyId: access.agencyId, relation: access.relation })
    .from(access)
    .where(and(eq(access.kind, kind), eq(access.resourceId, resourceId)));
  return rows.filter((row) => row.relation !== 'oversight').map((row) => row.agencyId);
}

export type NewTransfer = Pick<
  TransferRow,
  'accountId' | 'fromAgencyId' | 'toAgencyId' | 'requestedBy' | 'personKey' | 'sightGiven'
>;

export async function insertTransfer(tx: Tx, transfer: NewTransfer, reason: string): Promise<PendingTransfer> {
  const id = tx.newId();
  const key = await tx.vault.keyFor('account', transfer.accountId);
  const row = { id, ...transfer, state: 'requested' as const, requestedOn: tx.ctx.today, createdAt: tx.ctx.now };
  await tx.db
    .insert(accountTransfers)
    .values({ ...row, reasonSealed: tx.vault.seal(key, transferPlace('reason', id), reason) });
  return { ...row, reason };
}

export type TransferAnswer = { state: 'accepted' | 'rejected' | 'withdrawn'; officerId: string; reason: string | null };

export async function answerTransfer(tx: Tx, accountId: string, id: string, answer: TransferAnswer): Promise<void> {
  const { state, officerId, reason } = answer;
  const key = reason === null ? null : await tx.vault.keyFor('account', accountId);
  const answerSealed = key && reason !== null ? tx.vault.seal(key, transferPlace('answer', id), reason) : null;
  const change = { state, answeredBy: officerId, answeredOn: tx.ctx.today, answerSealed };
  await tx.db.update(accountTransfers).set(change).where(eq(accountTransfers.id, id));
}

/** The person's data as the giver knew them, for referrals that the receiver will send. */
export async function savePackage(tx: Tx, transferId: string, personId: string, text: string): Promise<void> {
  const key = await tx.vault.keyFor('person', personId);
  const personSealed = tx.vault.seal(key, transferPlace('person', transferId), text);
  await tx.db.update(accountTransfers).set({ personSealed }).where(eq(accountTransfers.id, transferId));
}

/** What came with the latest transfer to the agency, if any did. */
export async function openPackage(tx: Tx, accountId: string, agencyId: string): Promise<string | null> {
  const { id, personSealed } = accountTransfers;
  const [row] = await tx.db
    .select({ id, personSealed })
    .from(accountTransfers)
    .where(
      and(
        eq(accountTransfers.accountId, accountId),
        eq(accountTransfers.toAgencyId, agencyId),
        eq(accountTransfers.state, 'accepted'),
        visible(tx, 'account', accountTransfers.accountId),
      ),
    )
    .orderBy(desc(id))
    .limit(1);
  if (!row) return null;
  const [text] = await tx.vault.open([{ place: transferPlace('person', row.id), data: row.personSealed }]);
  return text ?? null;
}
