// Joint visits are confirmed by both sides (domain §8): the plan and the record, once each, by people of another agency.
import { actionProblems, ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { insertConfirmation } from './confirmation-repository.ts';
import { type ConfirmationOutcome, phaseOf, unansweredBy, visitActions, visitMachine } from './domain.ts';
import { lockVisit, visitFact } from './planning.ts';
import { saveVisit, type Visit } from './repository.ts';

type Target = { id: string; expected: ExpectedVersion };

async function answerVisit(
  tx: Tx,
  { id, expected }: Target,
  outcome: ConfirmationOutcome,
  reason: string | null,
): Promise<Visit> {
  const visit = await lockVisit(tx, id, expected);
  const { actor } = tx.ctx;
  ensureAction(visitMachine, visitActions, outcome === 'confirmed' ? 'confirmation' : 'objection', visit, actor);
  const phase = phaseOf(visit.state);
  if (!actor.officer || !phase) throw actionProblems['actor.officer_required']();
  const answer = await insertConfirmation(tx, visit.id, {
    ...{ agencyId: actor.agency.id, round: visit.confirmationRound, phase, outcome, reason },
    ...{ officerId: actor.officer.id, personKey: actor.officer.personKey },
  });
  const saved = { ...(await saveVisit(tx, visit, {})), confirmations: [answer, ...visit.confirmations] };
  const data = { phase, agencyId: actor.agency.id, unanswered: unansweredBy(saved).length };
  tx.record(visitFact(visit, `visit.${outcome === 'confirmed' ? 'confirmed' : 'objected'}`, ['confirmations'], data));
  return saved;
}

/** The plan before the visit, the record after it. */
export function confirmVisit(tx: Tx, target: Target): Promise<Visit> {
  return answerVisit(tx, target, 'confirmed', null);
}

/** To the plan: it is rescheduled. To the record: its recorder amends it, and all sides answer again. */
export function objectToVisit(tx: Tx, target: Target, input: { reason: string }): Promise<Visit> {
  return answerVisit(tx, target, 'objected', input.reason);
}
