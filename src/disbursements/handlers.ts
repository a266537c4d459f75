// What the decision on a case and its end mean for its lines: stopped, counted toward the award, or to be recovered (domain §7).
import { findCase } from '../cases/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { disbursementMachine } from './domain.ts';
import { movementHandlers } from './movements.ts';
import { type Disbursement, lockCaseLines, markAdvancesCounted, markCaseEnded, markRecoveryDue } from './repository.ts';
import { voidLine } from './service.ts';

/** A case that ends without its aid pays nothing more: what was not sent to the bank is voided. */
async function voidStoppable(tx: Tx, fact: Fact, beneficiaryIds?: readonly string[]): Promise<void> {
  const lines = await lockCaseLines(tx, fact.id);
  const ofThem = (line: Disbursement) => beneficiaryIds?.includes(line.beneficiaryId) ?? true;
  const stoppable = lines.filter((line) => disbursementMachine.can(line.state, 'void') && ofThem(line));
  // The fund of the first line is locked until the end: in fund order, as everywhere.
  for (const line of stoppable.toSorted((a, b) => (a.fundId < b.fundId ? -1 : 1)))
    await voidLine(tx, line, undefined, { cause: fact.type });
}

/** Refused or withdrawn: what was paid in advance is recovered. */
async function onNoAid(tx: Tx, fact: Fact): Promise<void> {
  await voidStoppable(tx, fact);
  await markCaseEnded(tx, fact.id);
  await markRecoveryDue(tx, fact.id);
}

/** Advances count toward the award; whoever is left out of it gives theirs back. */
async function onGrant(tx: Tx, fact: Fact): Promise<void> {
  await markAdvancesCounted(tx, fact.id);
  const found = await findCase(tx, fact.id);
  const leftOut = found?.beneficiaries.filter((b) => b.grantedFen === null).map((b) => b.id) ?? [];
  if (leftOut.length === 0) return;
  await voidStoppable(tx, fact, leftOut);
  await markRecoveryDue(tx, fact.id, leftOut);
}

export const disbursementHandlers: readonly FactHandler[] = [
  ...movementHandlers,
  { on: ['case.revoked'], handle: (tx, fact) => voidStoppable(tx, fact) },
  { on: ['case.refused', 'case.withdrawn'], handle: onNoAid },
  { on: ['case.granted'], handle: onGrant },
  { on: ['case.closed', 'case.revoked'], handle: (tx, fact) => markCaseEnded(tx, fact.id) },
];
