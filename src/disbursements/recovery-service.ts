// Verbs on disbursements after payment: receipt confirmed or disputed, money recovered or written off.
import { ensureAction } from '../kernel/action.ts';
import { formatYuan } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { disbursementActions, proposesWriteOff } from './actions.ts';
import { disbursementMachine, disbursementProblems, type ReceiptOutcome, type RecoveryDestination } from './domain.ts';
import { advance, type Disbursement, lockDisbursement, officerOf, requireAmount } from './service.ts';

const { next } = disbursementMachine;

/** What the beneficiary says: `received` confirms, everything else disputes. */
export async function confirmReceipt(
  tx: Tx,
  id: string,
  input: { outcome: ReceiptOutcome; note?: string | null },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'receipt-confirmation', line, tx.ctx.actor);
  const confirmed = input.outcome === 'received';
  return advance(tx, line, next(line.state, confirmed ? 'confirm-receipt' : 'dispute-receipt'), {
    fact: confirmed ? 'receipt_confirmed' : 'receipt_disputed',
    change: { receiptOutcome: input.outcome },
    ...(input.note ? { notes: { receiptNote: input.note } } : {}),
    data: { outcome: input.outcome },
  });
}

type RecoveryInput = { reason: string; amount?: { amount: string }; returnTo?: RecoveryDestination };

/** First the chief orders it; then finance records what came back, at once or in parts, until the order is met. */
export async function recoverDisbursement(
  tx: Tx,
  id: string,
  input: RecoveryInput,
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const given = input.amount && requireAmount(input.amount, '/amount');
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'recovery', line, tx.ctx.actor);
  const outstanding = line.recoveryFen === null ? line.amountFen : line.recoveryFen - line.recoveredFen;
  const amountFen = given ?? outstanding;
  if (amountFen > outstanding)
    throw disbursementProblems['disbursement.recovery_exceeded']({ limit: formatYuan(outstanding) });
  const to = line.recoveryFen === null ? (input.returnTo ?? 'fund') : line.recoveryTo;
  if (input.returnTo && input.returnTo !== to) throw disbursementProblems['disbursement.recovery_destination']({ to });
  return line.recoveryFen === null
    ? orderRecovery(tx, line, { amountFen, reason: input.reason, to })
    : recordRecovery(tx, line, amountFen, amountFen === outstanding);
}

const noLongerDue = (line: Disbursement) => (line.recoveryDue ? { recoveryDue: false } : {});

type Order = { amountFen: bigint; reason: string; to: RecoveryDestination };

/** What is still in custody is recalled first, and all of it: nothing is released while a recovery runs. */
function orderRecovery(tx: Tx, line: Disbursement, { amountFen, reason, to }: Order): Promise<Disbursement> {
  const recalledFen = line.state === 'in_custody' ? line.amountFen - line.custodyReleasedFen : 0n;
  if (amountFen < recalledFen)
    throw disbursementProblems['disbursement.recovery_below_custody']({ limit: formatYuan(recalledFen) });
  const officer = officerOf(tx.ctx.actor);
  return advance(tx, line, next(line.state, 'order-recovery'), {
    fact: 'recovery_started',
    change: {
      ...{ recoveryFen: amountFen, recoveryTo: to, recoveryOrderedByPersonKey: officer.personKey },
      ...noLongerDue(line),
    },
    notes: { recoveryReason: reason },
    data: { recoveryFen: Number(amountFen), recalledFen: Number(recalledFen), returnTo: to },
  });
}

function recordRecovery(tx: Tx, line: Disbursement, amountFen: bigint, whole: boolean): Promise<Disbursement> {
  return advance(tx, line, next(line.state, whole ? 'recover' : 'recover-part'), {
    fact: whole ? 'recovered' : 'part_recovered',
    // What is left to be written off is another sum now.
    change: { recoveredFen: line.recoveredFen + amountFen, writeOffProposedByPersonKey: null },
    data: { recoveredFen: Number(amountFen), returnTo: line.recoveryTo },
  });
}

/** What the bank has sent back: ordered and recorded at once, or recorded toward the order that runs. */
export async function recordReturn(
  tx: Tx,
  line: Disbursement,
  { amountFen, reason }: { amountFen: bigint; reason: string },
): Promise<Disbursement> {
  const outstanding = line.recoveryFen === null ? line.amountFen : line.recoveryFen - line.recoveredFen;
  if (amountFen > outstanding)
    throw disbursementProblems['disbursement.recovery_exceeded']({ limit: formatYuan(outstanding) });
  const owed = line.recoveryFen === null ? await orderRecovery(tx, line, { amountFen, reason, to: 'fund' }) : line;
  return recordRecovery(tx, owed, amountFen, owed.recoveryFen === owed.recoveredFen + amountFen);
}

/** First it is proposed, then the chief approves, another person; what could not be recovered is given up. */
export async function writeOffDisbursement(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'write-off', line, tx.ctx.actor);
  const { personKey } = officerOf(tx.ctx.actor);
  const writtenOffFen = Number((line.recoveryFen ?? 0n) - line.recoveredFen);
  if (proposesWriteOff(line, tx.ctx.actor))
    return advance(tx, line, next(line.state, 'propose-write-off'), {
      fact: 'write_off_proposed',
      change: { writeOffProposedByPersonKey: personKey },
      notes: { writeOffReason: input.reason },
      data: { writtenOffFen },
    });
  return advance(tx, line, next(line.state, 'write-off'), {
    fact: 'written_off',
    change: { writtenOffByPersonKey: personKey },
    notes: { writeOffOpinion: input.reason },
    data: { writtenOffFen },
  });
}
