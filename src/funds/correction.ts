// An award that is corrected downwards gives back what it reserved too much: never below what lines have drawn.
import type { Fact } from '../kernel/fact.ts';
import { formatYuan } from '../kernel/money.ts';
import { defineProblems } from '../kernel/problem.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { moveFunds } from './moving.ts';
import { lockFunds, lockReservations, type ReservationRow, saveReservation } from './repository.ts';
import { restOf, sharedFundsOf } from './reserving.ts';

export const correctionProblems = defineProblems({
  'award.drawn': {
    status: 409,
    zh: [
      '发放记录超过更正后的金额',
      '各笔发放已占用 {drawn} 元，救助金额不能更正到其下',
      '先作废未支付的发放记录；已支付的先追缴',
    ],
    en: [
      'Lines hold more than that',
      'disbursement lines hold {drawn} yuan: the award is not corrected below it',
      'void the lines that are not paid; recover what was',
    ],
  },
});

/** The handling agency saves before its superiors do. */
async function ownFirst(tx: Tx, caseId: string, reservations: readonly ReservationRow[]): Promise<ReservationRow[]> {
  const shared = await sharedFundsOf(tx, caseId);
  return [...reservations.filter((r) => !shared.has(r.fundId)), ...reservations.filter((r) => shared.has(r.fundId))];
}

/** The rest of an ended case has gone back already: nothing moves, the lines are still the limit. */
async function lowerAward(tx: Tx, fact: Fact): Promise<void> {
  const { beneficiaryId, amountFen, formerAmountFen } = fact.data ?? {};
  if (typeof beneficiaryId !== 'string' || typeof amountFen !== 'number' || typeof formerAmountFen !== 'number') return;
  const reservations = await lockReservations(tx, { caseId: fact.id, beneficiaryId });
  const drawn = reservations.reduce((sum, r) => sum + r.drawnFen, 0n);
  if (drawn > BigInt(amountFen)) throw correctionProblems['award.drawn']({ drawn: formatYuan(drawn) });
  await lockFunds(
    tx,
    reservations.map((r) => r.fundId),
  );
  let surplus = BigInt(formerAmountFen) - BigInt(amountFen);
  for (const reservation of await ownFirst(tx, fact.id, reservations)) {
    const rest = restOf(reservation);
    const back = rest > surplus ? surplus : rest;
    if (reservation.ended || back === 0n) continue;
    surplus -= back;
    await saveReservation(tx, reservation.id, { releasedFen: reservation.releasedFen + back });
    await moveFunds(tx, reservation.fundId, {
      kind: 'release',
      amountFen: back,
      caseId: fact.id,
      disbursementId: null,
    });
  }
}

export const fundCorrectionHandlers: readonly FactHandler[] = [{ on: ['case.corrected'], handle: lowerAward }];
