// A need found at a visit becomes a referral or a clue in the same act, so that it is nobody's note (issue 3, point 4).
import type { Static } from 'typebox';
import { findCase } from '../cases/service.ts';
import type { ClueUpsert } from '../clues/schema.ts';
import { submitClue } from '../clues/submission.ts';
import { may } from '../kernel/actor.ts';
import { Problem } from '../kernel/problem.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import type { LegalBasis } from '../referrals/domain.ts';
import { caseOrigin, monitoredOrigin } from '../referrals/origins.ts';
import { type ReferralOrigin, sendReferrals } from '../referrals/service.ts';
import { type VisitNeed, visitProblems } from './domain.ts';
import type { Visit } from './repository.ts';

export type NeedReferral = {
  agencyId: string;
  measures: string[];
  legalBasis: LegalBasis;
  personIds?: string[] | undefined;
  proposal?: string | undefined;
  respondBy?: string | undefined;
};
export type NeedInput =
  | string
  | {
      text: string;
      measure?: string | null | undefined;
      referral?: NeedReferral | undefined;
      clue?: Static<typeof ClueUpsert> | undefined;
    };

/** What the lower feature refuses is refused at its place in this body. */
async function under<T>(pointer: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Problem) || error.errors.length === 0) throw error;
    const errors = error.errors.map((e) => ({ ...e, pointer: `${pointer}${e.pointer}` }));
    throw new Problem(error.code, error.params, errors);
  }
}

/** Sent from the case of the visit, or from the routed clue behind the account; the lower feature asks who may. */
async function originOf(tx: Tx, visit: Visit): Promise<ReferralOrigin> {
  if (!may(tx.ctx.actor, 'referral:send')) throw visitProblems['visit.may_not_refer']();
  const { assistanceCaseId, monitoringAccountId, personIds } = visit;
  const found = assistanceCaseId ? await findCase(tx, assistanceCaseId) : undefined;
  if (found) return caseOrigin(tx, found);
  const origin = monitoringAccountId ? await monitoredOrigin(tx, monitoringAccountId, personIds) : undefined;
  if (!origin) throw visitProblems['visit.no_origin']();
  return origin;
}

async function refer(tx: Tx, visit: Visit, need: { text: string; referral: NeedReferral }, at: string) {
  const { referral, text } = need;
  const origin = await originOf(tx, visit);
  const known = origin.persons.filter((p) => visit.personIds.includes(p.personId)).map((p) => p.personId);
  const request = { ...referral, personIds: referral.personIds ?? known, proposal: referral.proposal ?? text };
  const [sent] = await sendReferrals(tx, origin, [request], () => `${at}/referral`);
  return sent?.id ?? null;
}

/** A plain text stays one; anything more comes back with the ids of what it became. */
async function settleNeed(tx: Tx, visit: Visit, need: NeedInput, at: string): Promise<VisitNeed> {
  if (typeof need === 'string') return need;
  const { text, measure = null, referral, clue } = need;
  if (measure !== null && !isCode('measures', measure, tx.ctx.today))
    throw httpProblems['request.rule_violated']({}, [
      { pointer: `${at}/measure`, code: 'code.unknown', detail: measure },
    ]);
  const referralId = referral ? await refer(tx, visit, { text, referral }, at) : null;
  const submitted = clue ? await under(`${at}/clue`, () => submitClue(tx, clue, null)) : undefined;
  return { text, measure, referralId, clueId: submitted?.id ?? null };
}

export async function settleNeeds(tx: Tx, visit: Visit, needs: readonly NeedInput[]): Promise<VisitNeed[]> {
  const settled: VisitNeed[] = [];
  for (const [i, need] of needs.entries()) settled.push(await settleNeed(tx, visit, need, `/needs/${i}`));
  return settled;
}
