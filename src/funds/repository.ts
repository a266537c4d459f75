// Funds and reservations in the database; rows are locked in id order, last of all.
import { and, asc, eq, inArray } from 'drizzle-orm';
import { agencies } from '../agencies/table.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { fundReservations, funds } from './table.ts';

export type FundRow = typeof funds.$inferSelect;
export type ReservationRow = typeof fundReservations.$inferSelect;

const seen = (tx: Tx) => visible(tx, 'fund', funds.id);
/** What is reserved for a case is seen with the case: a superior's share by those who draw on it. */
const reservationSeen = (tx: Tx) => visible(tx, 'case', fundReservations.caseId);

export async function findFund(tx: Tx, id: string): Promise<FundRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(funds)
    .where(and(eq(funds.id, id), seen(tx)));
  return row;
}

export async function findDefaultFund(tx: Tx, agencyId: string): Promise<FundRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(funds)
    .where(and(eq(funds.agencyId, agencyId), eq(funds.isDefault, true), seen(tx)));
  return row;
}

/** Funds in id order, locked; two grants on one fund wait here for each other. */
export async function lockFunds(tx: Tx, ids: readonly string[]): Promise<FundRow[]> {
  if (ids.length === 0) return [];
  return tx.db
    .select()
    .from(funds)
    .where(and(inArray(funds.id, [...new Set(ids)]), seen(tx)))
    .orderBy(asc(funds.id))
    .for('update');
}

export async function listFunds(tx: Tx, page: PageRequest): Promise<Page<FundRow>> {
  return listVisible(tx, 'fund', funds, undefined, page);
}

/** Every procuratorate without a default fund, with its superiors, nearest first. */
export async function procuratoratesWithoutFund(tx: Tx): Promise<{ agencyId: string; superiors: string[] }[]> {
  const rows = await tx.db
    .select({ id: agencies.id, parentId: agencies.parentId, fundId: funds.id })
    .from(agencies)
    .leftJoin(funds, and(eq(funds.agencyId, agencies.id), eq(funds.isDefault, true), seen(tx)))
    .where(eq(agencies.kind, 'procuratorate'))
    .orderBy(asc(agencies.id));
  const parents = new Map(rows.map((row) => [row.id, row.parentId]));
  const above = (id: string): string[] => {
    const parent = parents.get(id);
    return parent ? [parent, ...above(parent)] : [];
  };
  return rows.filter((row) => row.fundId === null).map((row) => ({ agencyId: row.id, superiors: above(row.id) }));
}

export type NewFund = Pick<FundRow, 'id' | 'agencyId' | 'code' | 'name' | 'isDefault'>;

/** Empty funds, in bulk. */
export async function insertFunds(tx: Tx, opened: readonly NewFund[]): Promise<void> {
  const { now } = tx.ctx;
  const none = { availableFen: 0n, reservedFen: 0n, inTransitFen: 0n, paidFen: 0n };
  await tx.db.insert(funds).values(opened.map((fund) => ({ ...fund, ...none, createdAt: now, updatedAt: now })));
}

export async function insertReservation(
  tx: Tx,
  row: Pick<ReservationRow, 'fundId' | 'caseId' | 'beneficiaryId' | 'amountFen'>,
): Promise<void> {
  const { now } = tx.ctx;
  const start = { id: tx.newId(), drawnFen: 0n, releasedFen: 0n, createdAt: now, updatedAt: now };
  await tx.db.insert(fundReservations).values({ ...row, ...start });
}

type ReservationPlace = { caseId: string; beneficiaryId?: string; fundId?: string | undefined };

/** The reservations of a case, in fund order, locked. */
export async function lockReservations(tx: Tx, place: ReservationPlace): Promise<ReservationRow[]> {
  const wanted = and(
    eq(fundReservations.caseId, place.caseId),
    place.beneficiaryId ? eq(fundReservations.beneficiaryId, place.beneficiaryId) : undefined,
    place.fundId ? eq(fundReservations.fundId, place.fundId) : undefined,
  );
  return tx.db
    .select()
    .from(fundReservations)
    .where(and(wanted, reservationSeen(tx)))
    .orderBy(asc(fundReservations.fundId), asc(fundReservations.id))
    .for('update');
}

export async function saveReservation(
  tx: Tx,
  id: string,
  change: Partial<Pick<ReservationRow, 'amountFen' | 'drawnFen' | 'releasedFen' | 'ended'>>,
): Promise<void> {
  await tx.db
    .update(fundReservations)
    .set({ ...change, updatedAt: tx.ctx.now })
    .where(eq(fundReservations.id, id));
}
