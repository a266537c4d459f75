// Settling an identity review: the record is kept, or what an officer proposed is adopted, by somebody else and never by who filed it.
import { ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import type { EnumValue } from '../reference/enums.ts';
import { applyIdentity, identityOf } from './correction.ts';
import { personMachine, type ReviewFacts, reviewActions, reviewMachine } from './lifecycle.ts';
import { actingOfficer } from './merge.ts';
import { isHandled, isHandledElsewhere, lockPersons } from './merge-repository.ts';
import type { Identity } from './repository.ts';
import { findReview, type ReviewRow, saveReview } from './review-repository.ts';

export type KnownReview = {
  review: ReviewRow;
  facts: ReviewFacts;
  proposed: Partial<Identity> | null;
  reason: string | null;
};

const placeOf = (id: string, column: string) => ({ table: 'person_reviews', column, rowId: id });

/** The review with what was proposed; the reason is for the agency that gave it. */
export async function knowReview(tx: Tx, review: ReviewRow): Promise<KnownReview> {
  const [proposed, resolution] = await tx.vault.open([
    { place: placeOf(review.id, 'proposed'), data: review.proposedSealed },
    { place: placeOf(review.id, 'resolution'), data: review.resolutionSealed },
  ]);
  const own = review.proposingAgencyId === tx.ctx.actor.agency.id;
  const settled = resolution ? (JSON.parse(resolution) as { reason: string; agencyId: string }) : undefined;
  return {
    review,
    facts: {
      state: review.state,
      handled: await isHandled(tx, review.personId),
      proposedByPersonKey: review.proposedByPersonKey,
      forOthers: own && (await isHandledElsewhere(tx, review.personId)),
    },
    proposed: proposed ? (JSON.parse(proposed) as Partial<Identity>) : null,
    reason: settled?.agencyId === tx.ctx.actor.agency.id ? settled.reason : null,
  };
}

/** Replaces the identity by what was proposed; the former values stay on record. */
async function adopt(tx: Tx, { review, proposed }: KnownReview): Promise<string[]> {
  if (!proposed)
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/outcome',
        code: 'review.nothing_proposed',
        detail: [
          '须先更正人员信息，方可采用所提内容',
          'correct the person first; then what is proposed can be adopted',
        ],
      },
    ]);
  const person = (await lockPersons(tx, [review.personId])).get(review.personId);
  if (!person) throw httpProblems['resource.not_found']();
  personMachine.next(person.state, 'correct');
  await applyIdentity(tx, person, await identityOf(tx, person), proposed, review);
  return Object.keys(proposed);
}

export async function resolveReview(
  tx: Tx,
  id: string,
  input: { outcome: EnumValue<'person-review-outcomes'>; reason: string },
  expected: ExpectedVersion,
): Promise<ReviewRow> {
  const review = await findReview(tx, id, true);
  if (!review) throw httpProblems['resource.not_found']();
  ensureVersion(review, expected);
  const known = await knowReview(tx, review);
  ensureAction(reviewMachine, reviewActions, 'resolution', known.facts, tx.ctx.actor);
  const officer = actingOfficer(tx);
  const { personId } = review;
  const changed = input.outcome === 'adopted' ? await adopt(tx, known) : [];
  const key = await tx.vault.keyFor('person', personId);
  const told = JSON.stringify({ reason: input.reason, agencyId: tx.ctx.actor.agency.id });
  const saved = await saveReview(tx, review, {
    state: reviewMachine.next(review.state, 'resolve'),
    outcome: input.outcome,
    resolvedBy: officer.id,
    resolvedByPersonKey: officer.personKey,
    resolvedAt: tx.ctx.now,
    resolutionSealed: tx.vault.seal(key, placeOf(id, 'resolution'), told),
  });
  if (changed.length > 0) tx.record({ type: 'person.corrected', kind: 'person', id: personId, changed });
  const data = { reviewId: id, outcome: input.outcome };
  tx.record({ type: 'person.review_resolved', kind: 'person', id: personId, data });
  return saved;
}
