// What the sender does when a department is the wrong one, or the measure did not come: another department, or a recorded decision.
import { findSuperiors } from '../agencies/service.ts';
import { caseProblems } from '../cases/domain.ts';
import { findCase, isHandlingTeam } from '../cases/service.ts';
import type { Detail } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { beginReferral, type Target } from './decisions.ts';
import { type FollowUpDecision, referralMachine, referralProblems } from './domain.ts';
import { ensureCaseGranted } from './origins.ts';
import { openPersons, type Referral, saveReferral } from './repository.ts';
import { createReferral, defaultRespondBy, factData, requestErrors } from './service.ts';
import { requireStanding } from './successors.ts';

export type OnwardInput = {
  agencyId: string;
  measures: string[];
  proposal?: string | null | undefined;
  respondBy?: string | null | undefined;
};
export type ForwardingInput = OnwardInput & { reason: string };
export type FollowUpInput = { decision: FollowUpDecision; reason: string; referral?: OnwardInput | undefined };

/** It discloses the people to another department: for the team of the case, while the grant stands, as sending is. */
async function ensureMayDisclose(tx: Tx, referral: Referral): Promise<void> {
  const c = referral.assistanceCaseId ? await findCase(tx, referral.assistanceCaseId) : undefined;
  if (!c) return;
  ensureCaseGranted(c);
  if (!isHandlingTeam(c, tx.ctx.actor)) throw caseProblems['case.not_assigned']();
}

/** The persons as they were disclosed the first time. */
async function disclosedAgain(tx: Tx, referral: Referral) {
  const disclosed = await openPersons(tx, referral.persons);
  return referral.persons.flatMap((person, i) => {
    const { referralId: _, position: __, disclosedSealed: ___, ...plain } = person;
    const opened = disclosed[i];
    return opened ? [{ ...plain, disclosed: opened }] : [];
  });
}

/** A new referral about the same persons, linked to the one it takes up; `at` is where its members stand in the body. */
async function sendOnward(tx: Tx, referral: Referral, input: OnwardInput, at: string): Promise<Referral> {
  const { actor } = tx.ctx;
  const { agencyId, measures, respondBy: agreedOn = null } = input;
  const [agency] = await requireStanding(tx, [agencyId], () => `${at}/agencyId`);
  const respondBy = agreedOn ?? (await defaultRespondBy(tx, agency ?? actor.agency));
  const errors = agency ? await requestErrors(tx, { measures, respondBy }, agency, at) : [];
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const { originKind, clueId, assistanceCaseId, monitoringAccountId, legalBasis } = referral;
  const origin = { originKind, clueId, assistanceCaseId, monitoringAccountId, forwardedFromId: referral.id };
  const proposal = input.proposal ?? referral.proposal ?? '';
  const draft = { ...origin, agencyId, measures, legalBasis, proposal, respondBy, agreedOn };
  const superiors = await findSuperiors(tx, actor.agency.id);
  return createReferral(tx, draft, await disclosedAgain(tx, referral), superiors);
}

/** Another department is asked about the same persons by a new, linked referral; this one is cancelled. */
export async function forwardReferral(tx: Tx, target: Target, input: ForwardingInput): Promise<Referral> {
  const referral = await beginReferral(tx, target, 'forwarding');
  await ensureMayDisclose(tx, referral);
  if (input.agencyId === referral.agencyId) throw referralProblems['referral.same_agency']();
  const next = await sendOnward(tx, referral, input, '');
  const state = referralMachine.next(referral.state, 'forward');
  const change = { state, resumeOn: null, endedAt: tx.ctx.now, forwardedToId: next.id };
  const saved = await saveReferral(tx, referral, change, { cancellationReason: input.reason });
  const changed = ['state', 'forwardedToId'];
  tx.record({ type: 'referral.forwarded', kind: 'referral', id: referral.id, changed, data: factData(saved) });
  return saved;
}

/** A new referral belongs to exactly one of the decisions. */
function ensureWhole({ decision, referral }: FollowUpInput): void {
  const needed = decision === 'referred_again';
  if (needed === (referral !== undefined)) return;
  const detail: Detail = needed
    ? ['须写明改为移送的部门', 'name the department that is asked instead']
    : [`${decision} 的需求不再移送`, `a ${decision} need is not referred`];
  const code = needed ? 'referral.missing' : 'referral.not_expected';
  throw httpProblems['request.rule_violated']({}, [{ pointer: '/referral', code, detail }]);
}

/** The measure did not come: the sender refers the need again or records why it does not; nothing is left without an answer. */
export async function followUpReferral(tx: Tx, target: Target, input: FollowUpInput): Promise<Referral> {
  ensureWhole(input);
  const referral = await beginReferral(tx, target, 'follow-up');
  if (input.referral) await ensureMayDisclose(tx, referral);
  const next = input.referral ? await sendOnward(tx, referral, input.referral, '/referral') : undefined;
  const { decision, reason } = input;
  const who = { followedUpAt: tx.ctx.now, followedUpBy: tx.ctx.actor.officer?.id ?? null };
  const change = {
    followUp: 'resolved' as const,
    followUpDecision: decision,
    followUpReferralId: next?.id ?? null,
    ...who,
  };
  const saved = await saveReferral(tx, referral, change, { followUpReason: reason });
  tx.record({
    type: 'referral.followed_up',
    kind: 'referral',
    id: referral.id,
    changed: ['followUp', 'followUpDecision'],
    // The recipient hears of it too: where the need went is the sender's.
    data: { ...factData(saved), decision },
  });
  return saved;
}
