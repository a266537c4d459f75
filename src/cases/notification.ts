// That the applicant was told of the decision, and when: a refusal is told and explained (domain §8, four-eyes paragraph).
import { ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { caseMachine, decisionToTell } from './domain.ts';
import { type AssistanceCase, saveCase, saveTold } from './repository.ts';
import { sealTold } from './sealed.ts';
import { actingOfficer, lockCase } from './service.ts';

/** Nobody is told before the decision, nor tomorrow. */
function ensureDay(tx: Tx, toldOn: string, decidedOn: string): void {
  const pointer = '/toldOn';
  if (toldOn > tx.ctx.today)
    throw httpProblems['request.rule_violated']({}, [
      { pointer, code: 'date.future', detail: ['晚于今天', 'a day after today'] },
    ]);
  if (toldOn < decidedOn)
    throw httpProblems['request.rule_violated']({}, [
      { pointer, code: 'date.too_early', detail: [`早于 ${decidedOn} 的决定`, `before the decision of ${decidedOn}`] },
    ]);
}

export async function notifyApplicant(
  tx: Tx,
  id: string,
  input: { toldOn: string; channel: string; note?: string | null },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'notification', c, tx.ctx.actor);
  const decision = decisionToTell(c);
  if (!decision) throw new Error(`case ${id} is decided without a decision`);
  ensureDay(tx, input.toldOn, decision.decidedOn);
  const told = {
    toldOn: input.toldOn,
    toldChannel: input.channel,
    toldBy: actingOfficer(tx).id,
    toldSealed: input.note ? await sealTold(tx, id, decision.id, input.note) : null,
  };
  await saveTold(tx, decision.id, told);
  // The row speaks of the decision in force; a refusal that is being reconsidered is none any more.
  const inForce = decision.number === c.decisionNumber ? { toldOn: input.toldOn } : {};
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'tell'), ...inForce });
  const { outcome } = decision;
  const data = { decisionId: decision.id, outcome, toldOn: input.toldOn, channel: input.channel };
  tx.record({ type: 'case.notified', kind: 'case', id, changed: ['decision'], data });
  return { ...saved, decisions: c.decisions.map((d) => (d.id === decision.id ? { ...d, ...told } : d)) };
}
