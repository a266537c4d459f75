// Verbs on disbursements after payment: receipt confirmed or disputed, money recovered or written off.
import { ensureAction } from '../kernel/action.ts';
import { formatYuan } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { disbursementActions, disbursementMachine, disbursementProblems, type ReceiptOutcome } from './domain.ts';
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

type RecoveryInput = { reason: string; amount?: { amount: string } };

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
  return line.recoveryFen === null
    ? orderRecovery(tx, line, amountFen, input.reason)
    : recordRecovery(tx, line, amountFen, amountFen === outstanding);
}

const noLongerDue = (line: Disbursement) => (line.recoveryDue ? { recoveryDue: false } : {});

function orderRecovery(tx: Tx, line: Disbursement, amountFen: bigint, reason: string): Promise<Disbursement> {
  const officer = officerOf(tx.ctx.actor);
  return advance(tx, line, next(line.state, 'order-recovery'), {
    fact: 'recovery_started',
    change: { recoveryFen: amountFen, recoveryOrderedByPersonKey: officer.personKey, ...noLongerDue(line) },
    notes: { recoveryReason: reason },
    data: { recoveryFen: Number(amountFen) },
  });
}

function recordRecovery(tx: Tx, line: Disbursement, amountFen: bigint, whole: boolean): Promise<Disbursement> {
  return advance(tx, line, next(line.state, whole ? 'recover' : 'recover-part'), {
    fact: whole ? 'recovered' : 'part_recovered',
    change: { recoveredFen: line.recoveredFen + amountFen },
    data: { recoveredFen: Number(amountFen) },
  });
}

/** What could not be recovered stays paid. */
export async function writeOffDisbursement(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'write-off', line, tx.ctx.actor);
  return advance(tx, line, next(line.state, 'write-off'), {
    fact: 'written_off',
    notes: { writeOffReason: input.reason },
  });
}
