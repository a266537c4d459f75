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

const fenOf = (fact: Fact, name: string) => BigInt(Number(fact.data?.[name] ?? 0));

type Part = readonly [kind: 'custody_deposit' | 'custody_recall' | 'recovery_order' | 'write_off', amountFen: bigint];

const inParts = (partsOf: (fact: Fact) => readonly Part[]) => async (tx: Tx, fact: Fact) => {
  const { draw } = await requireLine(tx, fact);
  const { caseId, disbursementId, fundId } = draw;
  for (const [kind, amountFen] of partsOf(fact))
    if (amountFen > 0n) await moveFunds(tx, fundId, { kind, amountFen, caseId, disbursementId });
};

/** Owed from now on: what the custodian still holds, and what was paid of the rest. */
const ordered = (fact: Fact): Part[] => {
  const recalled = fenOf(fact, 'recalledFen');
  return [
    ['custody_recall', recalled],
    ['recovery_order', fenOf(fact, 'recoveryFen') - recalled],
  ];
};

/** Spent for whom it is for: no longer with the custodian. */
async function releaseCustody(tx: Tx, fact: Fact): Promise<void> {
  const { draw } = await requireLine(tx, fact);
  const { caseId, disbursementId, fundId } = draw;
  const about = { caseId, disbursementId, releaseId: String(fact.data?.releaseId) };
  await moveFunds(tx, fundId, { kind: 'custody_release', amountFen: fenOf(fact, 'releasedFen'), ...about });
}

/** What came back is available again, or the treasury's. */
async function recover(tx: Tx, fact: Fact): Promise<void> {
  const { line, draw } = await requireLine(tx, fact);
  const { caseId, beneficiaryId, fundId, disbursementId } = draw;
  const amountFen = fenOf(fact, 'recoveredFen');
  const kind = line.recoveryTo === 'treasury' ? 'treasury_return' : 'recovery';
  // An advance that came back from a case without aid is no part of what a later decision may grant.
  if (line.kind === 'advance' && line.caseEnded) await undoDraw(tx, { caseId, beneficiaryId, fundId, amountFen });
  await moveFunds(tx, fundId, { kind, amountFen, caseId, disbursementId });
}

export const movementHandlers: readonly FactHandler[] = [
  { on: ['disbursement.submitted'], handle: moves('submission') },
  { on: ['disbursement.settled'], handle: moves('settlement') },
  { on: ['disbursement.failed'], handle: moves('failure') },
  { on: ['disbursement.voided'], handle: giveBack },
  {
    on: ['disbursement.placed_in_custody'],
    handle: inParts((fact) => [['custody_deposit', fenOf(fact, 'amountFen')]]),
  },
  { on: ['disbursement.released'], handle: releaseCustody },
  { on: ['disbursement.recovery_started'], handle: inParts(ordered) },
  { on: ['disbursement.written_off'], handle: inParts((fact) => [['write_off', fenOf(fact, 'writtenOffFen')]]) },
  { on: ['disbursement.recovered', 'disbursement.part_recovered'], handle: recover },
];
