// What follows for a case under the system scope: from a decision whose officer may not see the clue, and from a payment.
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { addPaid } from './repository.ts';
import { findCase, noteClue } from './service.ts';
import { fixShares, releaseShares } from './share-repository.ts';

/** A refusal lets the clue be answered; the superior that refuses a reconsidered case does not see the clue. */
async function onRefused(tx: Tx, fact: Fact): Promise<void> {
  const found = await findCase(tx, fact.id);
  if (found) await noteClue(tx, found, true);
}

/** What the bank has paid of the grant; a line that comes back from custody is paid already. */
async function onSettled(tx: Tx, fact: Fact): Promise<void> {
  const { assistanceCaseId, amountFen, paidOn } = fact.data ?? {};
  if (typeof assistanceCaseId === 'string' && typeof amountFen === 'number' && typeof paidOn === 'string')
    await addPaid(tx, assistanceCaseId, BigInt(amountFen));
}

export const caseHandlers: readonly FactHandler[] = [
  { on: ['case.refused'], handle: onRefused },
  { on: ['disbursement.settled'], handle: onSettled },
  { on: ['case.granted'], handle: (tx, fact) => fixShares(tx, fact.id) },
  { on: ['case.refused', 'case.withdrawn', 'case.revoked'], handle: (tx, fact) => releaseShares(tx, fact.id) },
];
