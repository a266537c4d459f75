// Funds in the database: movements change one balance row and add one entry; rows are locked in id order, last of all.
import { and, asc, desc, eq, inArray, lt, lte, type SQL, sql } from 'drizzle-orm';
import { agencies } from '../agencies/table.ts';
import { EXACT_TOTAL_LIMIT, type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type Balances, MOVEMENTS, type MovementKind } from './domain.ts';
import { fundEntries, fundReservations, funds } from './table.ts';

export type FundRow = typeof funds.$inferSelect;
export type FundEntryRow = typeof fundEntries.$inferSelect;
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

export async function listEntries(tx: Tx, fundId: string, page: PageRequest): Promise<Page<FundEntryRow>> {
  const mine = and(eq(fundEntries.fundId, fundId), visible(tx, 'fund', fundEntries.fundId));
  const rows = await tx.db
    .select()
    .from(fundEntries)
    .where(and(mine, page.before ? lt(fundEntries.id, page.before) : undefined))
    .orderBy(desc(fundEntries.id))
    .limit(page.limit + 1);
  return { ...toPage(rows, page.limit), ...(page.includeTotal ? await countEntries(tx, mine) : {}) };
}

async function countEntries(tx: Tx, where: SQL | undefined): Promise<{ total?: number; totalAtLeast?: number }> {
  const inner = tx.db
    .select({ one: sql`1`.as('one') })
    .from(fundEntries)
    .where(where)
    .limit(EXACT_TOTAL_LIMIT + 1)
    .as('counted');
  const [row] = await tx.db.select({ n: sql<number>`count(*)::int` }).from(inner);
  const n = row?.n ?? 0;
  return n > EXACT_TOTAL_LIMIT ? { totalAtLeast: EXACT_TOTAL_LIMIT } : { total: n };
}

/** The balances of a visible fund: its own columns now, the fold of its entries for an earlier instant. */
export async function balanceOf(tx: Tx, id: string, asOf: Date | undefined): Promise<Balances | undefined> {
  const fund = await findFund(tx, id);
  if (!fund || asOf) return fund && asOf ? balancesAt(tx, id, asOf) : undefined;
  const { availableFen, reservedFen, inTransitFen, paidFen } = fund;
  return { available: availableFen, reserved: reservedFen, inTransit: inTransitFen, paid: paidFen };
}

/**
 * Balances as they stood after the last movement up to that business instant. A prefix of the entries, not a choice of
 * them, so that it is a state the fund was in even where the sandbox clock was moved back.
 */
async function balancesAt(tx: Tx, fundId: string, instant: Date): Promise<Balances> {
  const mine = and(eq(fundEntries.fundId, fundId), visible(tx, 'fund', fundEntries.fundId));
  const last = tx.db
    .select({ position: sql`max(${fundEntries.position})` })
    .from(fundEntries)
    .where(and(mine, lte(fundEntries.occurredAt, instant)));
  const sum = (account: string) =>
    sql<string>`coalesce(sum(case ${account} when ${fundEntries.toAccount} then ${fundEntries.amountFen} when ${fundEntries.fromAccount} then -${fundEntries.amountFen} else 0 end), 0)::text`;
  const [row] = await tx.db
    .select({ available: sum('available'), reserved: sum('reserved'), inTransit: sum('in_transit'), paid: sum('paid') })
    .from(fundEntries)
    .where(and(mine, sql`${fundEntries.position} <= (${last})`));
  const fen = (text: string | undefined) => BigInt(text ?? '0');
  return {
    available: fen(row?.available),
    reserved: fen(row?.reserved),
    inTransit: fen(row?.inTransit),
    paid: fen(row?.paid),
  };
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

export type NewFund = Pick<FundRow, 'id' | 'agencyId' | 'code' | 'name' | 'isDefault'> & { amountFen: bigint };

/** Funds with their first allocation, in bulk. */
export async function insertFunds(tx: Tx, opened: readonly NewFund[]): Promise<void> {
  const { now } = tx.ctx;
  const none = { reservedFen: 0n, inTransitFen: 0n, paidFen: 0n };
  const rows = opened.map(({ amountFen, ...fund }) => ({
    ...fund,
    ...none,
    availableFen: amountFen,
    createdAt: now,
    updatedAt: now,
  }));
  await tx.db.insert(funds).values(rows);
  const { from, to } = MOVEMENTS.allocation;
  const entries = opened
    .filter((fund) => fund.amountFen > 0n)
    .map(({ id: fundId, amountFen }) => ({ id: tx.newId(), fundId, position: 1, amountFen, occurredAt: now }))
    .map((entry) => ({ ...entry, kind: 'allocation' as const, fromAccount: from, toAccount: to }));
  if (entries.length > 0) await tx.db.insert(fundEntries).values(entries);
}

export type FundMovement = {
  kind: MovementKind;
  amountFen: bigint;
  caseId: string | null;
  disbursementId: string | null;
};

/** Moves money between two accounts of a fund; the CHECKs refuse what is not there. */
export async function postMovement(tx: Tx, fundId: string, movement: FundMovement): Promise<void> {
  const { from, to } = MOVEMENTS[movement.kind];
  const { amountFen } = movement;
  const after = (column: FundColumn, account: string) => {
    if (account === from) return sql`${funds[column]} - ${amountFen}`;
    return account === to ? sql`${funds[column]} + ${amountFen}` : sql`${funds[column]}`;
  };
  const [row] = await tx.db
    .update(funds)
    .set({
      availableFen: after('availableFen', 'available'),
      reservedFen: after('reservedFen', 'reserved'),
      inTransitFen: after('inTransitFen', 'in_transit'),
      paidFen: after('paidFen', 'paid'),
      version: sql`${funds.version} + 1`,
      updatedAt: tx.ctx.now,
    })
    .where(and(eq(funds.id, fundId), seen(tx)))
    .returning({ position: funds.version });
  if (!row) throw new Error('a movement found no fund');
  const place = { id: tx.newId(), fundId, position: row.position, occurredAt: tx.ctx.now };
  await tx.db.insert(fundEntries).values({ ...place, ...movement, fromAccount: from, toAccount: to });
}

type FundColumn = 'availableFen' | 'reservedFen' | 'inTransitFen' | 'paidFen';

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
