// Legal holds in the database.
import { and, eq } from 'drizzle-orm';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { legalHolds } from './table.ts';

export type HoldRow = typeof legalHolds.$inferSelect;
export type Hold = HoldRow & { reason: string | null; releaseReason: string | null };

const placeOf = (column: 'reason' | 'release', rowId: string) => ({ table: 'legal_holds', column, rowId });

async function openHold(tx: Tx, row: HoldRow): Promise<Hold> {
  const [reason, release] = await tx.vault.open([
    { place: placeOf('reason', row.id), data: row.reasonSealed },
    { place: placeOf('release', row.id), data: row.releaseSealed },
  ]);
  return { ...row, reason: reason ?? null, releaseReason: release ?? null };
}

export async function findHold(tx: Tx, id: string, lock = false): Promise<Hold | undefined> {
  const query = tx.db
    .select()
    .from(legalHolds)
    .where(and(eq(legalHolds.id, id), visible(tx, 'legal_hold', legalHolds.id)));
  const [row] = await (lock ? query.for('update') : query);
  return row && openHold(tx, row);
}

export async function insertHold(tx: Tx, row: Omit<HoldRow, 'reasonSealed'>, reason: string): Promise<Hold> {
  const key = await tx.vault.newKey('legal_hold', row.id);
  const sealed = { ...row, reasonSealed: tx.vault.seal(key, placeOf('reason', row.id), reason) };
  await tx.db.insert(legalHolds).values(sealed);
  return { ...sealed, reason, releaseReason: null };
}

export async function saveHold(tx: Tx, hold: Hold, change: Partial<HoldRow>, releaseReason?: string): Promise<Hold> {
  const next: Partial<HoldRow> = { ...change, version: hold.version + 1, updatedAt: tx.ctx.now };
  if (releaseReason !== undefined) {
    const key = await tx.vault.keyFor('legal_hold', hold.id);
    next.releaseSealed = tx.vault.seal(key, placeOf('release', hold.id), releaseReason);
  }
  await tx.db.update(legalHolds).set(next).where(eq(legalHolds.id, hold.id));
  return { ...hold, ...next, releaseReason: releaseReason ?? hold.releaseReason };
}

export type HoldFilter = { state?: HoldRow['state']; subjectId?: string };

export async function listHolds(tx: Tx, filter: HoldFilter, page: PageRequest): Promise<Page<ListedRow<HoldRow>>> {
  const where = and(
    filter.state ? eq(legalHolds.state, filter.state) : undefined,
    filter.subjectId ? eq(legalHolds.subjectId, filter.subjectId) : undefined,
  );
  return listVisible(tx, 'legal_hold', legalHolds, where, page);
}
