// Joint shares in the database: one row for each beneficiary and giving agency, under the walls of the case.
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { caseShares } from './share-table.ts';
import { assistanceCases } from './table.ts';

export type ShareRow = typeof caseShares.$inferSelect;

/** The shares of a case, oldest first. */
export function findShares(tx: Tx, caseId: string): Promise<ShareRow[]> {
  return tx.db
    .select()
    .from(caseShares)
    .where(and(eq(caseShares.caseId, caseId), visible(tx, 'case', caseShares.caseId)))
    .orderBy(asc(caseShares.id));
}

export async function insertShare(tx: Tx, row: ShareRow): Promise<void> {
  await tx.db.insert(caseShares).values(row);
}

export async function saveShare(tx: Tx, share: ShareRow, change: Partial<ShareRow>): Promise<ShareRow> {
  const next = { ...change, updatedAt: tx.ctx.now };
  await tx.db.update(caseShares).set(next).where(eq(caseShares.id, share.id));
  return { ...share, ...next };
}

/** The fund that the reservation was made on. */
export async function noteShareFund(tx: Tx, shareId: string, fundId: string): Promise<void> {
  await tx.db.update(caseShares).set({ fundId }).where(eq(caseShares.id, shareId));
}

/** Decided for aid: what was given counts; what nobody answered lapses. */
export async function fixShares(tx: Tx, caseId: string): Promise<void> {
  const open = and(eq(caseShares.caseId, caseId), eq(caseShares.status, 'requested'));
  const status = sql`case when ${caseShares.givenFen} is null then 'lapsed' else 'given' end`;
  const fixed = await tx.db.update(caseShares).set({ status }).where(open).returning({ id: caseShares.id });
  if (fixed.length > 0)
    await tx.db.update(assistanceCases).set({ sharesAwaited: [] }).where(eq(assistanceCases.id, caseId));
}

/** No aid: nothing more is drawn, and a reconsidered case asks anew. */
export async function releaseShares(tx: Tx, caseId: string): Promise<void> {
  const open = and(eq(caseShares.caseId, caseId), inArray(caseShares.status, ['requested', 'given']));
  const status = 'released' as const;
  const released = await tx.db.update(caseShares).set({ status }).where(open).returning({ id: caseShares.id });
  const none = { sharesAwaited: [], sharesGivenBy: [] };
  if (released.length > 0) await tx.db.update(assistanceCases).set(none).where(eq(assistanceCases.id, caseId));
}
