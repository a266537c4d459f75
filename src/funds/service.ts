// Verbs on funds: the reservation that a grant makes, its lines draw on, and an ended case gives back.
import type { Fact } from '../kernel/fact.ts';
import { formatYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { fundProblems } from './domain.ts';
import { moveFunds } from './moving.ts';
import { DEFAULT_FUND, openDefaultFund, openDefaultFunds } from './opening.ts';
import { findDefaultFund, findFund, lockFunds, lockReservations, saveReservation } from './repository.ts';
import { requireCase, reserveAdvance, reserveAwards, reserveShare, restOf, sharedFundsOf } from './reserving.ts';

onConstraint('funds_available_fen_check', () => fundProblems['fund.insufficient']());
onConstraint('fund_reservations_cap', () => fundProblems['award.cap_exceeded']());

export type Draw = { caseId: string; beneficiaryId: string; fundId?: string | undefined; amountFen: bigint };
/** The fund that a line draws on, and whose it is where a superior carries that part. */
export type Drawn = { fundId: string; shareAgencyId: string | null };

/**
 * Lets a line draw on the award's reservation and answers its fund. The reservation is locked, so that two lines never
 * share the rest; 422 for a fund on which nothing is reserved, 409 beyond the grant. The handling agency's own money comes
 * before that of superiors, and an advance (`ownOnly`) is never paid from theirs.
 */
export async function drawReservation(tx: Tx, draw: Draw, { ownOnly }: { ownOnly: boolean }): Promise<Drawn> {
  const [shared, all] = await Promise.all([sharedFundsOf(tx, draw.caseId), lockReservations(tx, draw)]);
  const own = all.filter((r) => !shared.has(r.fundId));
  const reservations = ownOnly ? own : [...own, ...all.filter((r) => shared.has(r.fundId))];
  const chosen = reservations.find((r) => restOf(r) >= draw.amountFen) ?? reservations[0];
  if (!chosen) {
    const errors: FieldError[] = [
      {
        pointer: '/fundId',
        code: 'fund.unknown',
        detail: ['该资金未为此项救助预留款项', 'nothing is reserved there for this award'],
      },
    ];
    throw httpProblems['request.reference_unknown']({}, errors);
  }
  const over = draw.amountFen - restOf(chosen);
  if (over > 0n) {
    const amounts = { limit: formatYuan(chosen.amountFen), missing: formatYuan(over) };
    throw fundProblems['award.cap_exceeded'](amounts);
  }
  await saveReservation(tx, chosen.id, { drawnFen: chosen.drawnFen + draw.amountFen });
  return { fundId: chosen.fundId, shareAgencyId: shared.get(chosen.fundId) ?? null };
}

/** A void line gives its draw back: to the award while the case runs, to the fund once it has ended. */
export async function returnDraw(tx: Tx, draw: Draw & { fundId: string; disbursementId: string }): Promise<void> {
  const { caseId, fundId, disbursementId, amountFen } = draw;
  const [reservation] = await lockReservations(tx, draw);
  if (!reservation) throw new Error('a line has no reservation');
  const drawnFen = reservation.drawnFen - amountFen;
  if (!reservation.ended) return saveReservation(tx, reservation.id, { drawnFen });
  await saveReservation(tx, reservation.id, { drawnFen, releasedFen: reservation.releasedFen + amountFen });
  await moveFunds(tx, fundId, { kind: 'release', amountFen, caseId, disbursementId });
}

/** What was paid of an ended reservation has come back: it is drawn no more, and nothing is left to be planned. */
export async function undoDraw(tx: Tx, draw: Draw): Promise<void> {
  const [reservation] = await lockReservations(tx, draw);
  if (!reservation) throw new Error('a line has no reservation');
  const { drawnFen, releasedFen } = reservation;
  const change = { drawnFen: drawnFen - draw.amountFen, releasedFen: releasedFen + draw.amountFen };
  await saveReservation(tx, reservation.id, change);
}

/** A fund named in a proposal must be the handling agency's own; the answer is the same for absent and foreign ones. */
async function checkProposedFunds(tx: Tx, fact: Fact): Promise<void> {
  const found = await requireCase(tx, fact);
  for (const { fundId } of found.beneficiaries) {
    if (fundId === null) continue;
    const fund = await findFund(tx, fundId);
    if (fund?.agencyId === found.handlingAgencyId) continue;
    throw httpProblems['request.reference_unknown']({}, [{ pointer: '/awards', code: 'fund.unknown', detail: fundId }]);
  }
}

/** An ended case gives back what no line has drawn; one that got no aid, what was reserved in advance. */
async function releaseRest(tx: Tx, fact: Fact): Promise<void> {
  const reservations = await lockReservations(tx, { caseId: fact.id });
  // All of them now, in id order: lines that are voided next give back to the same funds.
  await lockFunds(
    tx,
    reservations.map((r) => r.fundId),
  );
  for (const reservation of reservations) {
    if (reservation.ended) continue;
    const amountFen = restOf(reservation);
    await saveReservation(tx, reservation.id, { releasedFen: reservation.releasedFen + amountFen, ended: true });
    if (amountFen === 0n) continue;
    await moveFunds(tx, reservation.fundId, { kind: 'release', amountFen, caseId: fact.id, disbursementId: null });
  }
}

export const fundHandlers: readonly FactHandler[] = [
  { on: ['case.proposed'], handle: checkProposedFunds },
  { on: ['case.granted'], handle: reserveAwards },
  { on: ['case.advance_approved'], handle: reserveAdvance },
  { on: ['case.share_given'], handle: reserveShare },
  { on: ['case.closed', 'case.revoked', 'case.refused', 'case.withdrawn'], handle: releaseRest },
];

export { DEFAULT_FUND, findDefaultFund, findFund, lockFunds, moveFunds, openDefaultFund, openDefaultFunds };
