// What a decision reserves: an emergency advance at once, an award less what its beneficiary already holds on a fund.
import { type AssistanceCase, findCase } from '../cases/service.ts';
import type { Fact } from '../kernel/fact.ts';
import { formatYuan } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { fundProblems } from './domain.ts';
import {
  type FundRow,
  findDefaultFund,
  findFund,
  insertReservation,
  lockFunds,
  lockReservations,
  postMovement,
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
type Share = Award & { held: ReservationRow | undefined; deltaFen: bigint };

async function usableFund(tx: Tx, found: AssistanceCase, fundId: string | null): Promise<string> {
  const usable = fundId ?? (await findDefaultFund(tx, found.handlingAgencyId))?.id;
  if (!usable) throw fundProblems['fund.unavailable']();
  return usable;
}

async function awardsOf(tx: Tx, found: AssistanceCase): Promise<Award[]> {
  const awards: Award[] = [];
  for (const { id: beneficiaryId, grantedFen, fundId } of found.beneficiaries)
    if (grantedFen !== null)
      awards.push({ beneficiaryId, fundId: await usableFund(tx, found, fundId), amountFen: grantedFen });
  return awards;
}

/** All that stands for one beneficiary comes to the award: what an advance has drawn or holds is not reserved a second time. */
function shareOf(award: Award, reservations: readonly ReservationRow[]): Share {
  const mine = reservations.filter((r) => r.beneficiaryId === award.beneficiaryId);
  const held = mine.find((r) => r.fundId === award.fundId);
  const elsewhere = mine.filter((r) => r !== held).reduce((sum, r) => sum + r.amountFen - r.releasedFen, 0n);
  const amountFen = award.amountFen - elsewhere;
  const drawnFen = held?.drawnFen ?? 0n;
  if (amountFen < drawnFen) throw fundProblems['award.below_advance']({ limit: formatYuan(elsewhere + drawnFen) });
  return { ...award, amountFen, held, deltaFen: amountFen - drawnFen - (held ? restOf(held) : 0n) };
}

function ensureCovered(found: AssistanceCase, fund: FundRow | undefined, wanted: bigint): void {
  if (fund?.agencyId !== found.handlingAgencyId) throw fundProblems['fund.unavailable']();
  if (wanted > fund.availableFen)
    throw fundProblems['fund.insufficient']({ missing: formatYuan(wanted - fund.availableFen) });
}

async function writeShare(tx: Tx, caseId: string, share: Share): Promise<void> {
  const { beneficiaryId, fundId, amountFen, held, deltaFen } = share;
  if (held && amountFen > 0n) await saveReservation(tx, held.id, { amountFen, releasedFen: 0n, ended: false });
  else if (amountFen > 0n) await insertReservation(tx, { beneficiaryId, fundId, amountFen, caseId });
  if (deltaFen === 0n) return;
  const kind = deltaFen > 0n ? 'reservation' : 'release';
  const moved = deltaFen > 0n ? deltaFen : -deltaFen;
  await postMovement(tx, fundId, { kind, amountFen: moved, caseId, disbursementId: null });
}

/** A grant reserves every award on its fund, or fails with what is missing: a decision without money is none. */
export async function reserveAwards(tx: Tx, fact: Fact): Promise<void> {
  const found = await requireCase(tx, fact);
  const awards = await awardsOf(tx, found);
  const reservations = await lockReservations(tx, { caseId: found.id });
  const shares = awards.map((award) => shareOf(award, reservations));
  const ids = [...new Set(shares.map((share) => share.fundId))].sort();
  const locked = new Map((await lockFunds(tx, ids)).map((fund) => [fund.id, fund]));
  for (const id of ids) {
    const mine = shares.filter((share) => share.fundId === id);
    const wanted = mine.reduce((sum, share) => sum + share.deltaFen, 0n);
    ensureCovered(found, locked.get(id), wanted);
    // What is given back comes first, so that it covers what is taken.
    for (const share of mine.toSorted((a, b) => (a.deltaFen < b.deltaFen ? -1 : 1)))
      await writeShare(tx, found.id, share);
  }
}

/** An advance is reserved for its beneficiary before there is an award. */
export async function reserveAdvance(tx: Tx, fact: Fact): Promise<void> {
  const found = await requireCase(tx, fact);
  const { beneficiaryId, amountFen, fundId: named } = fact.data ?? {};
  if (typeof beneficiaryId !== 'string' || typeof amountFen !== 'number') throw new Error('an advance of nothing');
  if (typeof named === 'string') {
    const fund = await findFund(tx, named);
    if (fund?.agencyId !== found.handlingAgencyId)
      throw httpProblems['request.reference_unknown']({}, [
        { pointer: '/fundId', code: 'fund.unknown', detail: named },
      ]);
  }
  const fundId = await usableFund(tx, found, typeof named === 'string' ? named : null);
  const [fund] = await lockFunds(tx, [fundId]);
  const deltaFen = BigInt(amountFen);
  ensureCovered(found, fund, deltaFen);
  await writeShare(tx, found.id, { beneficiaryId, fundId, amountFen: deltaFen, held: undefined, deltaFen });
}
