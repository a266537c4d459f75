// Verbs on a referral: the department receives, answers, delivers and ends; the sender reminds and cancels.
import { ensureAction } from '../kernel/action.ts';
import type { AgencyKind } from '../kernel/actor.ts';
import { parseYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  MAX_OUTPUTS,
  measureErrors,
  type ReferralAction,
  type ReferralOutcome,
  type ReferralTexts,
  type ReferralVerb,
  referralActions,
  referralMachine,
  referralProblems,
} from './domain.ts';
import { insertOutput, type Referral, type ReferralRow, saveReferral } from './repository.ts';
import { defaultRespondBy, factData, lockReferral } from './service.ts';
import { kindsDelivered } from './successors.ts';

export type Target = { id: string; expected: ExpectedVersion };
type Step = {
  action: ReferralAction;
  verb: ReferralVerb;
  fact: string;
  /** Columns beside the state; gets the referral as it was. */
  change?: (referral: Referral) => Partial<ReferralRow>;
  texts?: ReferralTexts;
  data?: Record<string, string | number>;
};

/** Locks the referral at the version seen and asks the action table. */
export async function beginReferral(tx: Tx, { id, expected }: Target, action: ReferralAction): Promise<Referral> {
  const referral = await lockReferral(tx, id, expected);
  ensureAction(referralMachine, referralActions, action, referral, tx.ctx.actor);
  return referral;
}

/** What every verb shares: lock, ask the action table, move, save, record. */
async function take(tx: Tx, target: Target, step: Step): Promise<Referral> {
  const referral = await beginReferral(tx, target, step.action);
  const state = referralMachine.next(referral.state, step.verb);
  // A day of resumption belongs to the hold alone.
  const change = { ...(referral.resumeOn ? { resumeOn: null } : {}), ...step.change?.(referral), state };
  const saved = await saveReferral(tx, referral, change, step.texts);
  const changed = [...Object.keys(change), ...Object.keys(step.texts ?? {})];
  tx.record({
    type: step.fact,
    kind: 'referral',
    id: referral.id,
    changed,
    data: { ...factData(saved), ...step.data },
  });
  return saved;
}

export function receiveReferral(tx: Tx, target: Target): Promise<Referral> {
  const change = () => ({ receivedAt: tx.ctx.now });
  return take(tx, target, { action: 'receipt', verb: 'receive', fact: 'referral.received', change });
}

/** An answer without a receipt is its own receipt. */
const answered = (tx: Tx) => (r: Referral) => ({ receivedAt: r.receivedAt ?? tx.ctx.now, answeredAt: tx.ctx.now });

export function acceptReferral(tx: Tx, target: Target): Promise<Referral> {
  return take(tx, target, { action: 'acceptance', verb: 'accept', fact: 'referral.accepted', change: answered(tx) });
}

/** The measure did not come: the need stays the sender's. */
const unmet = { followUp: 'open' } as const;

export async function rejectReferral(
  tx: Tx,
  target: Target,
  input: { reasonCode: string; reason: string },
): Promise<Referral> {
  const { reasonCode, reason } = input;
  if (!isCode('referral-rejection-reasons', reasonCode, tx.ctx.today))
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/reasonCode', code: 'code.unknown', detail: reasonCode },
    ]);
  return take(tx, target, {
    action: 'rejection',
    verb: 'reject',
    fact: 'referral.rejected',
    change: (r) => ({ ...answered(tx)(r), ...unmet, reasonCode, endedAt: tx.ctx.now }),
    texts: { rejectionReason: reason },
    data: { reasonCode },
  });
}

export function startReferral(tx: Tx, target: Target): Promise<Referral> {
  const change = () => ({ startedAt: tx.ctx.now });
  return take(tx, target, { action: 'start', verb: 'start', fact: 'referral.started', change });
}

/** Until a day that the department names, or as many days as it has for an answer. */
export async function holdReferral(
  tx: Tx,
  target: Target,
  input: { reason: string; resumeOn?: string | undefined },
): Promise<Referral> {
  const { reason, resumeOn = await defaultRespondBy(tx, tx.ctx.actor.agency) } = input;
  if (resumeOn < tx.ctx.today)
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/resumeOn', code: 'date.past', detail: ['早于今天', 'a day before today'] },
    ]);
  const change = () => ({ resumeOn });
  const texts = { holdReason: reason };
  return take(tx, target, { action: 'hold', verb: 'hold', fact: 'referral.held', change, texts, data: { resumeOn } });
}

export function resumeReferral(tx: Tx, target: Target): Promise<Referral> {
  return take(tx, target, { action: 'resumption', verb: 'resume', fact: 'referral.resumed' });
}

export type OutputInput = {
  measure: string;
  from: string;
  to?: string | null;
  value?: { amount: string } | null;
  note?: string | null;
};

function outputErrors(
  input: OutputInput,
  kinds: readonly AgencyKind[],
  valueFen: bigint | null,
  today: string,
): FieldError[] {
  const errors = measureErrors([{ code: input.measure, pointer: '/measure' }], kinds, today);
  if (input.to && input.to < input.from)
    errors.push({ pointer: '/to', code: 'date.before_start', detail: ['早于 `from`', 'earlier than `from`'] });
  if (valueFen !== null && valueFen <= 0n)
    errors.push({ pointer: '/value/amount', code: 'amount.not_positive', detail: ['须大于 0.00', 'more than 0.00'] });
  return errors;
}

/** A measure that was delivered, one at a time; statistics count it by `from`. */
export async function recordOutput(tx: Tx, target: Target, input: OutputInput): Promise<Referral> {
  const referral = await beginReferral(tx, target, 'output');
  const valueFen = input.value ? (parseYuan(input.value.amount) ?? null) : null;
  const { actor, today } = tx.ctx;
  const errors = outputErrors(input, await kindsDelivered(tx, actor.agency), valueFen, today);
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  if (referral.outputs.length >= MAX_OUTPUTS) throw referralProblems['referral.outputs_full']({ limit: MAX_OUTPUTS });
  const output = await insertOutput(tx, {
    referralId: referral.id,
    measure: input.measure,
    fromOn: input.from,
    toOn: input.to ?? null,
    valueFen,
    note: input.note ?? null,
    recordedBy: tx.ctx.actor.officer?.id ?? null,
  });
  const saved = await saveReferral(tx, referral, { state: referralMachine.next(referral.state, 'record-output') });
  tx.record({
    type: 'referral.output_recorded',
    kind: 'referral',
    id: referral.id,
    changed: ['outputs'],
    data: { ...factData(saved), measure: input.measure, from: input.from },
  });
  return { ...saved, outputs: [...saved.outputs, output] };
}

export function completeReferral(
  tx: Tx,
  target: Target,
  input: { outcome: ReferralOutcome; note?: string | null },
): Promise<Referral> {
  const { outcome, note } = input;
  return take(tx, target, {
    action: 'completion',
    verb: 'complete',
    fact: 'referral.completed',
    change: () => ({ ...(outcome === 'delivered' ? {} : unmet), outcome, endedAt: tx.ctx.now }),
    ...(note ? { texts: { completionNote: note } } : {}),
    data: { outcome },
  });
}

export function failReferral(tx: Tx, target: Target, input: { reason: string }): Promise<Referral> {
  const change = () => ({ ...unmet, endedAt: tx.ctx.now });
  return take(tx, target, {
    action: 'failure',
    verb: 'fail',
    fact: 'referral.failed',
    change,
    texts: { failureReason: input.reason },
  });
}

export function cancelReferral(tx: Tx, target: Target, input: { reason: string }): Promise<Referral> {
  const change = () => ({ endedAt: tx.ctx.now });
  return take(tx, target, {
    action: 'cancellation',
    verb: 'cancel',
    fact: 'referral.cancelled',
    change,
    texts: { cancellationReason: input.reason },
  });
}

export function remindReferral(tx: Tx, target: Target): Promise<Referral> {
  const change = (r: Referral) => ({ reminderCount: r.reminderCount + 1, remindedAt: tx.ctx.now });
  return take(tx, target, { action: 'reminder', verb: 'remind', fact: 'referral.reminded', change });
}
