// Verbs that move a visit without a record: missed, rescheduling, cancellation; and what other features may ask about visits.
import { ensureAction } from '../kernel/action.ts';
import { safeVisit } from '../persons/safe-contact.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { insertFormerDate } from './confirmation-repository.ts';
import { MAX_FORMER_DATES, visitActions, visitMachine, visitProblems } from './domain.ts';
import { lockVisit, visitFact } from './planning.ts';
import { findVisit, findVisitsOfPerson, saveVisit, type Visit } from './repository.ts';

export type { VisitInput, VisitPlan } from './planning.ts';
export {
  aidedPersons,
  findVisitPartner,
  lockVisit,
  planCaseVisit,
  planVisit,
  requireJointAgencies,
  requireVisited,
} from './planning.ts';
export { recordVisit, type VisitRecordInput } from './record.ts';
export type { Visit };
export { findVisit, findVisitsOfPerson };

export async function missVisit(
  tx: Tx,
  id: string,
  input: { reasonCode: string; note?: string | undefined },
  expected: ExpectedVersion,
): Promise<Visit> {
  const { reasonCode, note } = input;
  if (!isCode('visit-missed-reasons', reasonCode, tx.ctx.today))
    throw httpProblems['request.rule_violated']({}, [
      { pointer: '/reasonCode', code: 'code.unknown', detail: reasonCode },
    ]);
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'missed', visit, tx.ctx.actor);
  const change = { state: visitMachine.next(visit.state, 'miss'), missedReasonCode: reasonCode };
  const saved = await saveVisit(tx, visit, change, note ? { notes: { missed: note } } : {});
  tx.record(visitFact(visit, 'visit.missed', ['state'], { reasonCode }));
  return saved;
}

/** The former day stays with the reason why nothing came of it; the other side confirms the new one. */
export async function rescheduleVisit(
  tx: Tx,
  id: string,
  input: { plannedOn: string; reason?: string | undefined },
  expected: ExpectedVersion,
): Promise<Visit> {
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'rescheduling', visit, tx.ctx.actor);
  const position = visit.formerDates.length + 1;
  if (position > MAX_FORMER_DATES) throw visitProblems['visit.too_often']({ limit: MAX_FORMER_DATES });
  const { plannedOn, reason } = input;
  await safeVisit(tx, { ...visit, plannedOn, chosen: true });
  const { agency, officer } = tx.ctx.actor;
  const former = await insertFormerDate(tx, visit.id, {
    ...{ position, plannedOn: visit.plannedOn, missedReasonCode: visit.missedReasonCode },
    ...{ notes: { missed: visit.notes.missed ?? null, reason: reason ?? null }, rescheduledBy: officer?.id ?? null },
  });
  const change = {
    ...{ state: visitMachine.next(visit.state, 'reschedule'), plannedOn, missedReasonCode: null },
    ...{ plannedByAgencyId: agency.id, confirmationRound: visit.confirmationRound + 1 },
  };
  const notes = { missed: undefined, ...(reason ? { rescheduling: reason } : {}) };
  const saved = await saveVisit(tx, visit, change, { notes });
  const data = { plannedOn, formerlyOn: visit.plannedOn };
  tx.record(visitFact(visit, 'visit.rescheduled', ['state', 'plannedOn'], data));
  return { ...saved, formerDates: [...visit.formerDates, former] };
}

export async function cancelVisit(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<Visit> {
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'cancellation', visit, tx.ctx.actor);
  const change = { state: visitMachine.next(visit.state, 'cancel') };
  const saved = await saveVisit(tx, visit, change, { notes: { cancellation: input.reason } });
  tx.record(visitFact(visit, 'visit.cancelled', ['state']));
  return saved;
}
