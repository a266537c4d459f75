// What a line's steps move on its fund: once per fact under the system scope, because a share is money of a fund that the handling agency does not see.
import { moveFunds, returnDraw, undoDraw } from '../funds/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findLine } from './repository.ts';

async function requireLine(tx: Tx, fact: Fact) {
  const line = await findLine(tx, fact.id);
  if (!line) throw new Error(`${fact.type} of an absent line`);
  const { caseId, beneficiaryId, fundId, amountFen, id: disbursementId } = line;
  return { line, draw: { caseId, beneficiaryId, fundId, amountFen, disbursementId } };
}

const moves = (kind: 'submission' | 'settlement' | 'failure') => async (tx: Tx, fact: Fact) => {
  const { draw } = await requireLine(tx, fact);
  const { amountFen, caseId, disbursementId } = draw;
  await moveFunds(tx, draw.fundId, { kind, amountFen, caseId, disbursementId });
};

/** To the award while the case runs, to the fund once it has ended. */
async function giveBack(tx: Tx, fact: Fact): Promise<void> {
  const { draw } = await requireLine(tx, fact);
  await returnDraw(tx, draw);
}

/** What came back is available again. */
async function recover(tx: Tx, fact: Fact): Promise<void> {
  const { line, draw } = await requireLine(tx, fact);
  const { caseId, beneficiaryId, fundId, disbursementId } = draw;
  const amountFen = BigInt(Number(fact.data?.recoveredFen));
  // An advance that came back from a case without aid is no part of what a later decision may grant.
  if (line.kind === 'advance' && line.caseEnded) await undoDraw(tx, { caseId, beneficiaryId, fundId, amountFen });
  await moveFunds(tx, fundId, { kind: 'recovery', amountFen, caseId, disbursementId });
}

export const movementHandlers: readonly FactHandler[] = [
  { on: ['disbursement.submitted'], handle: moves('submission') },
  { on: ['disbursement.settled'], handle: moves('settlement') },
  { on: ['disbursement.failed'], handle: moves('failure') },
  { on: ['disbursement.voided'], handle: giveBack },
  { on: ['disbursement.recovered', 'disbursement.part_recovered'], handle: recover },
];
