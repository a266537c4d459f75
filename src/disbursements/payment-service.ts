// Verbs on disbursements from the bank's door on: submission, settlement, failure; appropriation and notification as recorded facts.
import { ensureAction } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { disbursementActions } from './actions.ts';
import { disbursementMachine, type FAILURE_OUTCOMES } from './domain.ts';
import { recordReturn } from './recovery-service.ts';
import { advance, type Disbursement, lockDisbursement, officerOf } from './service.ts';

const { next } = disbursementMachine;

/** Earlier days than this are slips of the pen. */
const EARLIEST = '2000-01-01';

/** The day of a recorded fact lies not in the future and not before there was aid, else 422. */
function ensurePast(tx: Tx, day: string, pointer: string): void {
  const late = day > tx.ctx.today;
  if (!late && day >= EARLIEST) return;
  const error: FieldError = late
    ? { pointer, code: 'date.future', detail: ['晚于今天', 'a day after today'] }
    : { pointer, code: 'date.too_early', detail: [`早于 ${EARLIEST}`, `a day before ${EARLIEST}`] };
  throw httpProblems['request.rule_violated']({}, [error]);
}

/** The application to the finance department or paying bank; a failed line is sent again under its own id. */
export async function submitDisbursement(tx: Tx, id: string, expected: ExpectedVersion): Promise<Disbursement> {
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'submission', line, tx.ctx.actor);
  const officer = officerOf(tx.ctx.actor);
  const submissions = line.submissions + 1;
  const change = {
    submittedBy: officer.id,
    submittedByPersonKey: officer.personKey,
    submittedAt: tx.ctx.now,
    submissions,
  };
  return advance(tx, line, next(line.state, 'submit'), { fact: 'submitted', change, data: { submissions } });
}

/** The bank has paid. Money in custody is paid to the custodian and waits there for its releases. */
export async function settleDisbursement(
  tx: Tx,
  id: string,
  input: { paidOn: string; bankReference: string },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  ensurePast(tx, input.paidOn, '/paidOn');
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'settlement', line, tx.ctx.actor);
  return settle(tx, line, input, officerOf(tx.ctx.actor));
}

type Settlement = { paidOn: string; bankReference: string };
type By = { id: string; personKey: string };

async function settle(tx: Tx, line: Disbursement, input: Settlement, officer: By): Promise<Disbursement> {
  const change = { ...input, settledBy: officer.id, settledByPersonKey: officer.personKey };
  const settled = await advance(tx, line, next(line.state, 'settle'), {
    fact: 'settled',
    change,
    data: { paidOn: input.paidOn },
  });
  if (line.kind !== 'custody') return settled;
  return advance(tx, settled, next(settled.state, 'place-in-custody'), { fact: 'placed_in_custody' });
}

/** The line that a statement of the bank speaks of, locked as every verb locks it. */
export const lockForBank = (tx: Tx, id: string): Promise<Disbursement> => lockDisbursement(tx, id, undefined);

/** Who proposes to settle a line by the bank's statement is one who may settle it. */
export function requireSettleable(line: Disbursement | undefined, actor: Actor): void {
  if (!line) throw new Error('nothing to settle');
  ensureAction(disbursementMachine, disbursementActions, 'settlement', line, actor);
}

/** Settled as the bank says, in the name of the finance officer who proposed it; another person has approved. */
export async function bookSettlement(tx: Tx, id: string, input: Settlement, by: By): Promise<Disbursement> {
  return settle(tx, await lockForBank(tx, id), input, by);
}

/** The bank has sent it back: the chief's approval orders the recovery that the proposal has booked. */
export async function bookReturn(
  tx: Tx,
  id: string,
  input: { amountFen: bigint; reason: string },
): Promise<Disbursement> {
  const line = await lockForBank(tx, id);
  return recordReturn(tx, line, input);
}

/** Failed: the money is reserved again. Unknown: nobody can say yet, so it stays in transit and the line stays open. */
export async function failDisbursement(
  tx: Tx,
  id: string,
  input: { reason: string; outcome?: (typeof FAILURE_OUTCOMES)[number] },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'failure', line, tx.ctx.actor);
  const notes = { failureReason: input.reason };
  if (input.outcome === 'unknown')
    return advance(tx, line, next(line.state, 'mark-unknown'), { fact: 'outcome_unknown', notes });
  return advance(tx, line, next(line.state, 'fail'), { fact: 'failed', notes });
}

/** The treasury has paid in: a recorded fact for the clocks; it never blocks payment. A later record corrects the earlier. */
export async function recordAppropriation(
  tx: Tx,
  id: string,
  input: { receivedOn: string; documentNumber: string },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  ensurePast(tx, input.receivedOn, '/receivedOn');
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'appropriation', line, tx.ctx.actor);
  const change = { appropriatedOn: input.receivedOn, appropriationDocument: input.documentNumber };
  const data = { receivedOn: input.receivedOn, notifiedOn: line.notifiedOn, paidOn: line.paidOn };
  return advance(tx, line, next(line.state, 'appropriate'), { fact: 'appropriated', change, data });
}

/** The claimant was told of the money; a recorded fact as well. */
export async function recordNotification(
  tx: Tx,
  id: string,
  input: { toldOn: string; channel: string },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  ensurePast(tx, input.toldOn, '/toldOn');
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'notification', line, tx.ctx.actor);
  const change = { notifiedOn: input.toldOn, notificationChannel: input.channel };
  const data = { toldOn: input.toldOn, channel: input.channel, paidOn: line.paidOn };
  return advance(tx, line, next(line.state, 'notify'), { fact: 'notified', change, data });
}
