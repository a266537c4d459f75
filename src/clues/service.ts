// Verbs on clues: load and lock, decide, save, record. Acceptance is a verb of cases, which knows its clue.

import { findSuperiors, requireAgencies } from '../agencies/service.ts';
import { ensureAction } from '../kernel/action.ts';
import type { AccessGrant } from '../kernel/fact.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { clueActions, clueMachine, clueProblems, missingForAcceptance } from './domain.ts';
import {
  type Clue,
  findClue,
  isEmptyOfClues,
  madeClue,
  maskedSubject,
  routeClue,
  saveClue,
  setCaseEnded,
} from './repository.ts';

/** Superiors of the receiver oversee; the former receiver and the source keep sight of what they handed on. */
export async function receiverGrants(tx: Tx, receiver: string): Promise<AccessGrant[]> {
  const superiors = await findSuperiors(tx, receiver);
  return [
    ...superiors.map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
    { agencyId: receiver, relation: 'receiver' as const },
  ];
}

/** Locks a visible clue at the version the caller has seen; 404, 412. */
export async function lockClue(tx: Tx, id: string, expected?: ExpectedVersion): Promise<Clue> {
  const clue = await findClue(tx, id, true);
  if (!clue) throw httpProblems['resource.not_found']();
  ensureVersion(clue, expected);
  return clue;
}

export async function returnClue(
  tx: Tx,
  id: string,
  input: { reason: string; missing?: string[] },
  expected: ExpectedVersion,
): Promise<Clue> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'return', clue, tx.ctx.actor);
  // Pointers stand in clear; words of the caller's own may be about a person and are sealed (P-02).
  const missing = missingForAcceptance(clue.content);
  const asked = [...new Set(input.missing ?? [])].filter((text) => !missing.includes(text));
  const change = { state: clueMachine.next(clue.state, 'return'), missing };
  const saved = await saveClue(tx, clue, change, { returnReason: input.reason, asked });
  tx.record({ type: 'clue.returned', kind: 'clue', id, changed: ['state', 'missing'] });
  return saved;
}

export async function rejectClue(
  tx: Tx,
  id: string,
  input: { reasonCode: string; reason: string },
  expected: ExpectedVersion,
): Promise<Clue> {
  if (!isCode('clue-rejection-reasons', input.reasonCode, tx.ctx.today)) {
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/reasonCode', code: 'code.unknown', detail: input.reasonCode },
    ]);
  }
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'rejection', clue, tx.ctx.actor);
  const change = { state: clueMachine.next(clue.state, 'reject'), reasonCode: input.reasonCode };
  const saved = await saveClue(tx, clue, change, { rejectionReason: input.reason });
  const data = { reasonCode: input.reasonCode, receivingAgencyId: clue.receivingAgencyId };
  tx.record({ type: 'clue.rejected', kind: 'clue', id, changed: ['state'], data });
  return saved;
}

export async function withdrawClue(
  tx: Tx,
  id: string,
  input: { reason?: string },
  expected: ExpectedVersion,
): Promise<Clue> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'withdrawal', clue, tx.ctx.actor);
  const saved = await saveClue(
    tx,
    clue,
    { state: clueMachine.next(clue.state, 'withdraw') },
    input.reason ? { withdrawalReason: input.reason } : undefined,
  );
  tx.record({ type: 'clue.withdrawn', kind: 'clue', id, changed: ['state'] });
  return saved;
}

/** A new receiver: the routing grows by one, its superiors oversee, those of the former one no longer; that one keeps a masked view. */
export async function handOver(tx: Tx, clue: Clue, targetId: string, reason: string) {
  const former = clue.receivingAgencyId;
  const routings = await routeClue(tx, clue, targetId, reason);
  const keep = clue.sourceAgencyId === former ? ('source' as const) : ('partner' as const);
  const access = [...(await receiverGrants(tx, targetId)), { agencyId: former, relation: keep }];
  const kept = new Set([
    clue.sourceAgencyId,
    ...access.map((grant) => grant.agencyId),
    ...routings.map((r) => r.agencyId),
  ]);
  const revoke = (await findSuperiors(tx, former)).filter((agencyId) => !kept.has(agencyId));
  return { routings, access, revoke };
}

/** Moves the clue to another procuratorate; id, state and clock stay. The former one keeps a masked view of where it went. */
export async function rerouteClue(
  tx: Tx,
  id: string,
  input: { agencyId: string; reason: string },
  expected: ExpectedVersion,
): Promise<Clue> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'rerouting', clue, tx.ctx.actor);
  const [target] = await requireAgencies(tx, [input.agencyId], () => '/agencyId');
  if (target?.kind !== 'procuratorate') {
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/agencyId',
        code: 'agency.not_procuratorate',
        detail: ['线索只能移送检察院', 'a clue goes to a procuratorate'],
      },
    ]);
  }
  if (target.id === clue.receivingAgencyId) throw clueProblems['clue.same_agency']();
  const former = clue.receivingAgencyId;
  const { routings, ...sight } = await handOver(tx, clue, target.id, input.reason);
  const saved = await saveClue(tx, clue, {
    state: clueMachine.next(clue.state, 'reroute'),
    receivingAgencyId: target.id,
  });
  tx.record({
    type: 'clue.rerouted',
    kind: 'clue',
    id,
    changed: ['receivingAgencyId'],
    data: { fromAgencyId: former, toAgencyId: target.id },
    ...sight,
  });
  return { ...saved, routings };
}

/** Art. 5: hardship without a case of the procuratorate ends as social assistance; `referrals` hangs its referrals on it. */
export async function routeClueToSocialAssistance(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<Clue> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'social-assistance-routing', clue, tx.ctx.actor);
  const change = { state: clueMachine.next(clue.state, 'route-to-social') };
  const saved = await saveClue(tx, clue, change, { socialAssistanceReason: input.reason });
  const data = { receivingAgencyId: clue.receivingAgencyId };
  tx.record({ type: 'clue.routed_to_social_assistance', kind: 'clue', id, changed: ['state'], data });
  return saved;
}

export async function answerClue(
  tx: Tx,
  id: string,
  input: { result: string; aidGiven?: string | null; advice?: string | null },
  expected: ExpectedVersion,
): Promise<Clue> {
  const clue = await lockClue(tx, id, expected);
  ensureAction(clueMachine, clueActions, 'answer', clue, tx.ctx.actor);
  const answer = { result: input.result, aidGiven: input.aidGiven ?? null, advice: input.advice ?? null };
  const saved = await saveClue(tx, clue, { state: clueMachine.next(clue.state, 'answer') }, { answer });
  tx.record({ type: 'clue.answered', kind: 'clue', id, changed: ['state', 'answer'] });
  return saved;
}

/** Called by `cases` in the accepting transaction, after its own rules: the clue becomes the case's. */
export async function markClueAccepted(tx: Tx, clue: Clue, caseId: string): Promise<Clue> {
  const saved = await saveClue(tx, clue, { state: clueMachine.next(clue.state, 'accept'), caseId });
  tx.record({
    type: 'clue.accepted',
    kind: 'clue',
    id: clue.id,
    changed: ['state', 'assistanceCaseId'],
    data: { assistanceCaseId: caseId },
  });
  return saved;
}

/** Upward reactions of `cases` call this: the clue can be answered once its case has ended. */
export async function noteCaseEnded(tx: Tx, clueId: string, ended: boolean): Promise<void> {
  const clue = await setCaseEnded(tx, clueId, ended);
  if (clue)
    tx.record({
      type: ended ? 'clue.case_ended' : 'clue.case_reopened',
      kind: 'clue',
      id: clueId,
      changed: ['caseEnded'],
      data: { receivingAgencyId: clue.receivingAgencyId, assistanceCaseId: clue.caseId },
    });
}

export type { Clue };
export { findClue, isEmptyOfClues, madeClue, maskedSubject };
