// Verbs on a referral: the department receives, answers, delivers and ends; the sender reminds, cancels, forwards.
import { findSuperiors, requireAgencies } from '../agencies/service.ts';
import { caseProblems } from '../cases/domain.ts';
import { findCase, isHandlingTeam } from '../cases/service.ts';
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
  referralActions,
  referralMachine,
  referralProblems,
} from './domain.ts';
import { ensureCaseGranted } from './origins.ts';
import { insertOutput, openPersons, type Referral, type ReferralRow, saveReferral } from './repository.ts';
import { createReferral, defaultRespondBy, factData, lockReferral, requestErrors } from './service.ts';

type Target = { id: string; expected: ExpectedVersion };
type Step = {
  action: ReferralAction;
  fact: string;
  /** Columns beside the state; gets the referral as it was. */
  change?: (referral: Referral) => Partial<ReferralRow>;
  texts?: ReferralTexts;
  data?: Record<string, string | number>;
};

async function begin(tx: Tx, { id, expected }: Target, action: ReferralAction): Promise<Referral> {
  const referral = await lockReferral(tx, id, expected);
  ensureAction(referralMachine, referralActions, action, referral, tx.ctx.actor);
  return referral;
}

/** What every verb shares: lock, ask the action table, move, save, record. */
async function take(tx: Tx, target: Target, step: Step): Promise<Referral> {
  const referral = await begin(tx, target, step.action);
  const [verb] = referralActions[step.action].verbs;
  const change = { ...step.change?.(referral), state: referralMachine.next(referral.state, verb) };
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
  return take(tx, target, { action: 'receipt', fact: 'referral.received', change });
}

/** An answer without a receipt is its own receipt. */
const answered = (tx: Tx) => (r: Referral) => ({ receivedAt: r.receivedAt ?? tx.ctx.now, answeredAt: tx.ctx.now });

export function acceptReferral(tx: Tx, target: Target): Promise<Referral> {
  return take(tx, target, { action: 'acceptance', fact: 'referral.accepted', change: answered(tx) });
}

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
    fact: 'referral.rejected',
    change: (r) => ({ ...answered(tx)(r), reasonCode, endedAt: tx.ctx.now }),
    texts: { rejectionReason: reason },
    data: { reasonCode },
  });
}

export function startReferral(tx: Tx, target: Target): Promise<Referral> {
  const change = () => ({ startedAt: tx.ctx.now });
  return take(tx, target, { action: 'start', fact: 'referral.started', change });
}

export function holdReferral(tx: Tx, target: Target, input: { reason: string }): Promise<Referral> {
  return take(tx, target, { action: 'hold', fact: 'referral.held', texts: { holdReason: input.reason } });
}

export function resumeReferral(tx: Tx, target: Target): Promise<Referral> {
  return take(tx, target, { action: 'resumption', fact: 'referral.resumed' });
}

export type OutputInput = {
  measure: string;
  from: string;
  to?: string | null;
  value?: { amount: string } | null;
  note?: string | null;
};

function outputErrors(input: OutputInput, kind: AgencyKind, valueFen: bigint | null, today: string): FieldError[] {
  const errors = measureErrors([{ code: input.measure, pointer: '/measure' }], kind, today);
  if (input.to && input.to < input.from)
    errors.push({ pointer: '/to', code: 'date.before_start', detail: 'earlier than `from`' });
  if (valueFen !== null && valueFen <= 0n)
    errors.push({ pointer: '/value/amount', code: 'amount.not_positive', detail: 'more than 0.00' });
  return errors;
}

/** A measure that was delivered, one at a time; statistics count it by `from`. */
export async function recordOutput(tx: Tx, target: Target, input: OutputInput): Promise<Referral> {
  const referral = await begin(tx, target, 'output');
  const valueFen = input.value ? (parseYuan(input.value.amount) ?? null) : null;
  const errors = outputErrors(input, tx.ctx.actor.agency.kind, valueFen, tx.ctx.today);
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
    fact: 'referral.completed',
    change: () => ({ outcome, endedAt: tx.ctx.now }),
    ...(note ? { texts: { completionNote: note } } : {}),
    data: { outcome },
  });
}

export function failReferral(tx: Tx, target: Target, input: { reason: string }): Promise<Referral> {
  const change = () => ({ endedAt: tx.ctx.now });
  return take(tx, target, {
    action: 'failure',
    fact: 'referral.failed',
    change,
    texts: { failureReason: input.reason },
  });
}

export function cancelReferral(tx: Tx, target: Target, input: { reason: string }): Promise<Referral> {
  const change = () => ({ endedAt: tx.ctx.now });
  return take(tx, target, {
    action: 'cancellation',
    fact: 'referral.cancelled',
    change,
    texts: { cancellationReason: input.reason },
  });
}

export function remindReferral(tx: Tx, target: Target): Promise<Referral> {
  const change = (r: Referral) => ({ reminderCount: r.reminderCount + 1, remindedAt: tx.ctx.now });
  return take(tx, target, { action: 'reminder', fact: 'referral.reminded', change });
}

export type ForwardingInput = {
  agencyId: string;
  measures: string[];
  reason: string;
  proposal?: string | null;
  respondBy?: string | null;
};

/** Another department is asked about the same persons by a new, linked referral; this one is cancelled. */
export async function forwardReferral(tx: Tx, target: Target, input: ForwardingInput): Promise<Referral> {
  const referral = await begin(tx, target, 'forwarding');
  const c = referral.assistanceCaseId ? await findCase(tx, referral.assistanceCaseId) : undefined;
  if (c) ensureCaseGranted(c);
  // It discloses the people to another department: for the team of the case, as sending is.
  if (c && !isHandlingTeam(c, tx.ctx.actor)) throw caseProblems['case.not_assigned']();
  const { today, actor, now } = tx.ctx;
  const { agencyId, measures, reason } = input;
  const [agency] = await requireAgencies(tx, [agencyId], () => '/agencyId');
  if (agencyId === referral.agencyId) throw referralProblems['referral.same_agency']();
  const respondBy = input.respondBy ?? defaultRespondBy(today);
  const errors = agency ? requestErrors({ measures, respondBy }, agency, today, '') : [];
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const { originKind, clueId, assistanceCaseId, monitoringAccountId, legalBasis } = referral;
  const disclosed = await openPersons(tx, referral.persons);
  const persons = referral.persons.flatMap((person, i) => {
    const { referralId: _, position: __, disclosedSealed: ___, ...plain } = person;
    const opened = disclosed[i];
    return opened ? [{ ...plain, disclosed: opened }] : [];
  });
  const origin = { originKind, clueId, assistanceCaseId, monitoringAccountId, forwardedFromId: referral.id };
  const proposal = input.proposal ?? referral.proposal ?? '';
  const draft = { ...origin, agencyId, measures, legalBasis, proposal, respondBy };
  const next = await createReferral(tx, draft, persons, await findSuperiors(tx, actor.agency.id));
  const state = referralMachine.next(referral.state, 'forward');
  const change = { state, endedAt: now, forwardedToId: next.id };
  const saved = await saveReferral(tx, referral, change, { cancellationReason: reason });
  const changed = ['state', 'forwardedToId'];
  tx.record({ type: 'referral.forwarded', kind: 'referral', id: referral.id, changed, data: factData(saved) });
  return saved;
}
