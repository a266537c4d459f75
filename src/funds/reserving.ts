// What a decision reserves: an emergency advance or a joint share at once, an award less what its beneficiary already holds on a fund.
import { type AssistanceCase, findCase, findShares, noteShareFund } from '../cases/service.ts';
import type { Fact } from '../kernel/fact.ts';
import { formatYuan } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { fundProblems } from './domain.ts';
import { moveFunds } from './moving.ts';
import {
  type FundRow,
  findDefaultFund,
  findFund,
  insertReservation,
  lockFunds,
  lockReservations,
  type ReservationRow,
  saveReservation,
} from './repository.ts';

/** Free to be planned: what is neither drawn by a line nor given back. */
export const restOf = (r: ReservationRow) => r.amountFen - r.drawnFen - r.releasedFen;

export async function requireCase(tx: Tx, fact: Fact): Promise<AssistanceCase> {
  const found = await findCase(tx, fact.id);
  if (!found) throw new Error(`${fact.type} of an absent case`);
  return found;
}

type Award = { beneficiaryId: string; fundId: string; amountFen: bigint };
/** What one award does to its fund; `deltaFen` moves between available and reserved, either way. */
export type Hold = Award & { held: ReservationRow | undefined; deltaFen: bigint };

/** Funds of superiors that carry a part, and whose they are; a row of the case is all that its handling agency sees of them. */
export async function sharedFundsOf(tx: Tx, caseId: string): Promise<ReadonlyMap<string, string>> {
  const shares = await findShares(tx, caseId);
  return new Map(shares.flatMap(({ fundId, agencyId }) => (fundId ? [[fundId, agencyId] as const] : [])));
}

/** The fund that the fact names, if it is the agency's own; its default fund where none is named. */
async function requireFund(tx: Tx, agencyId: string, named: unknown): Promise<string> {
  if (typeof named !== 'string') return usableFund(tx, agencyId, null);
  const fund = await findFund(tx, named);
  if (fund?.agencyId === agencyId) return fund.id;
  throw httpProblems['request.reference_unknown']({}, [{ pointer: '/fundId', code: 'fund.unknown', detail: named }]);
}

async function usableFund(tx: Tx, agencyId: string, fundId: string | null): Promise<string> {
  const usable = fundId ?? (await findDefaultFund(tx, agencyId))?.id;
  if (!usable) throw fundProblems['fund.unavailable']();
  return usable;
}

async function awardsOf(tx: Tx, found: AssistanceCase): Promise<Award[]> {
  const awards: Award[] = [];
  for (const { id: beneficiaryId, grantedFen, fundId } of found.beneficiaries)
    if (grantedFen !== null)
      awards.push({
        beneficiaryId,
        fundId: await usableFund(tx, found.handlingAgencyId, fundId),
        amountFen: grantedFen,
      });
  return awards;
}

/** What of a reservation stands: held or drawn, and not given back. */
const standing = (r: ReservationRow) => r.amountFen - r.releasedFen;
const sumOf = (reservations: readonly ReservationRow[]) => reservations.reduce((sum, r) => sum + standing(r), 0n);

/**
 * All that stands for one beneficiary comes to the award: what an advance has drawn or holds, and what a superior carries, is
 * not reserved a second time.
 */
function holdOf(award: Award, reservations: readonly ReservationRow[]): Hold {
  const mine = reservations.filter((r) => r.beneficiaryId === award.beneficiaryId);
  const held = mine.find((r) => r.fundId === award.fundId);
  const elsewhere = sumOf(mine.filter((r) => r !== held));
  const amountFen = award.amountFen - elsewhere;
  const drawnFen = held?.drawnFen ?? 0n;
  if (amountFen < drawnFen) throw fundProblems['award.below_advance']({ limit: formatYuan(elsewhere + drawnFen) });
  return { ...award, amountFen, held, deltaFen: amountFen - drawnFen - (held ? restOf(held) : 0n) };
}

/** The award is the sum of all parts: what superiors carry is never more than it. */
function ensureSharesFit(awards: readonly Award[], shared: readonly ReservationRow[]): void {
  for (const beneficiaryId of new Set(shared.map((r) => r.beneficiaryId))) {
    const carried = sumOf(shared.filter((r) => r.beneficiaryId === beneficiaryId));
    const award = awards.find((a) => a.beneficiaryId === beneficiaryId);
    if (carried > (award?.amountFen ?? 0n)) throw fundProblems['award.below_shares']({ limit: formatYuan(carried) });
  }
}

export function ensureCovered(agencyId: string, fund: FundRow | undefined, wanted: bigint): void {
  if (fund?.agencyId !== agencyId) throw fundProblems['fund.unavailable']();
  if (wanted > fund.availableFen)
    throw fundProblems['fund.insufficient']({ missing: formatYuan(wanted - fund.availableFen) });
}

/** Nothing is left of what an advance held where others carry the whole award. */
export async function writeHold(tx: Tx, caseId: string, hold: Hold): Promise<void> {
  const { beneficiaryId, fundId, amountFen, held, deltaFen } = hold;
  if (held && amountFen > 0n) await saveReservation(tx, held.id, { amountFen, releasedFen: 0n, ended: false });
  else if (held) await saveReservation(tx, held.id, { releasedFen: held.amountFen });
  else if (amountFen > 0n) await insertReservation(tx, { beneficiaryId, fundId, amountFen, caseId });
  if (deltaFen === 0n) return;
  const kind = deltaFen > 0n ? 'reservation' : 'release';
  const moved = deltaFen > 0n ? deltaFen : -deltaFen;
  await moveFunds(tx, fundId, { kind, amountFen: moved, caseId, disbursementId: null });
}

/** A grant reserves every award on its fund, or fails with what is missing: a decision without money is none. */
export async function reserveAwards(tx: Tx, fact: Fact): Promise<void> {
  const found = await requireCase(tx, fact);
  const awards = await awardsOf(tx, found);
  const reservations = await lockReservations(tx, { caseId: found.id });
  const sharedFunds = await sharedFundsOf(tx, found.id);
  ensureSharesFit(
    awards,
    reservations.filter((r) => sharedFunds.has(r.fundId)),
  );
  const holds = awards.map((award) => holdOf(award, reservations));
  const ids = [...new Set(holds.map((hold) => hold.fundId))].sort();
  const locked = new Map((await lockFunds(tx, ids)).map((fund) => [fund.id, fund]));
  for (const id of ids) {
    const mine = holds.filter((hold) => hold.fundId === id);
    const wanted = mine.reduce((sum, hold) => sum + hold.deltaFen, 0n);
    ensureCovered(found.handlingAgencyId, locked.get(id), wanted);
    // What is given back comes first, so that it covers what is taken.
    for (const hold of mine.toSorted((a, b) => (a.deltaFen < b.deltaFen ? -1 : 1))) await writeHold(tx, found.id, hold);
  }
}

/** An advance is reserved for its beneficiary before there is an award. */
export async function reserveAdvance(tx: Tx, fact: Fact): Promise<void> {
  const found = await requireCase(tx, fact);
  const { beneficiaryId, amountFen, fundId: named } = fact.data ?? {};
  if (typeof beneficiaryId !== 'string' || typeof amountFen !== 'number') throw new Error('an advance of nothing');
  const fundId = await requireFund(tx, found.handlingAgencyId, named);
  const [fund] = await lockFunds(tx, [fundId]);
  const deltaFen = BigInt(amountFen);
  ensureCovered(found.handlingAgencyId, fund, deltaFen);
  await writeHold(tx, found.id, { beneficiaryId, fundId, amountFen: deltaFen, held: undefined, deltaFen });
}

/** A share is reserved on the fund of the superior that gives it; given anew, only the difference moves. */
export async function reserveShare(tx: Tx, fact: Fact): Promise<void> {
  const { shareId, agencyId, beneficiaryId, amountFen: fen, fundId: named } = fact.data ?? {};
  if (typeof shareId !== 'string' || typeof agencyId !== 'string') throw new Error('a share of nobody');
  if (typeof beneficiaryId !== 'string' || typeof fen !== 'number') throw new Error('a share of nothing');
  const fundId = await requireFund(tx, agencyId, named);
  const [held] = await lockReservations(tx, { caseId: fact.id, beneficiaryId, fundId });
  const [fund] = await lockFunds(tx, [fundId]);
  const amountFen = BigInt(fen);
  const deltaFen = amountFen - (held ? held.drawnFen + restOf(held) : 0n);
  ensureCovered(agencyId, fund, deltaFen);
  await writeHold(tx, fact.id, { beneficiaryId, fundId, amountFen, held, deltaFen });
  await noteShareFund(tx, shareId, fundId);
}
