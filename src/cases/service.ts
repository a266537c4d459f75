// What other features may do with cases: find, lock, count open lines. The verbs stand beside it by phase.
import { noteCaseEnded } from '../clues/service.ts';
import { actionProblems } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { findAdvances } from './advance-repository.ts';
import { caseMachine, caseProblems, isHandlingTeam, isUndecided } from './domain.ts';
import {
  type AssistanceCase,
  addOpenLines,
  type Beneficiary,
  type CaseRow,
  findCase as readCase,
  saveCase,
} from './repository.ts';
import { findShares, noteShareFund } from './share-repository.ts';

export type { AssistanceCase, Beneficiary, CaseRow };
export { findAdvances, findShares, isHandlingTeam, isUndecided, noteShareFund };

/** A visible case with its beneficiaries, decisions and document requests; texts stay sealed. */
export function findCase(tx: Tx, id: string): Promise<AssistanceCase | undefined> {
  return readCase(tx, id);
}

/** Locks a visible case at the version the caller has seen; 404, 412. */
export async function lockCase(tx: Tx, id: string, expected?: ExpectedVersion): Promise<AssistanceCase> {
  const found = await readCase(tx, id, true);
  if (!found) throw httpProblems['resource.not_found']();
  ensureVersion(found, expected);
  return found;
}

/** A visible case named in a body, else the 422 that is the same for absent and invisible ones. */
export async function requireCase(tx: Tx, id: string, pointer: string): Promise<AssistanceCase> {
  const found = await readCase(tx, id);
  if (!found) throw httpProblems['request.reference_unknown']({}, [{ pointer, code: 'case.unknown', detail: id }]);
  return found;
}

/** The beneficiary of the case named in a body, else 422. */
export function requireBeneficiary(c: AssistanceCase, beneficiaryId: string, pointer: string): Beneficiary {
  const found = c.beneficiaries.find((b) => b.id === beneficiaryId);
  if (!found)
    throw httpProblems['request.reference_unknown']({}, [
      { pointer, code: 'beneficiary.unknown', detail: beneficiaryId },
    ]);
  return found;
}

/** 403 unless the actor belongs to the handling agency. */
export function ensureHandlingAgency(c: AssistanceCase, actor: Actor): void {
  if (c.handlingAgencyId !== actor.agency.id) throw caseProblems['case.not_competent']();
}

/** The first line of a granted case: granted → disbursing. A case that is disbursing stays; any other state is a 409. */
export async function noteDisbursementPlanned(tx: Tx, c: AssistanceCase): Promise<AssistanceCase> {
  if (c.state === 'disbursing') return c;
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'disburse') });
  tx.record({ type: 'case.disbursing', kind: 'case', id: c.id, changed: ['state'] });
  return saved;
}

/** Keeps the number of lines that are reserved, authorised, submitted or unknown; no new version of the case. */
export function adjustOpenLines(tx: Tx, caseId: string, delta: number): Promise<void> {
  return addOpenLines(tx, caseId, delta);
}

/** The person who acts; the action table has refused a token without one. */
export function actingOfficer(tx: Tx): NonNullable<Actor['officer']> {
  const { officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  return officer;
}

/** Tells the clue whether its case has ended, so that its source can be answered. */
export async function noteClue(tx: Tx, c: CaseRow, ended: boolean): Promise<void> {
  if (c.clueId) await noteCaseEnded(tx, c.clueId, ended);
}
