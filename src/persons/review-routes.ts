// PATCH /v1/persons/{id} and /v1/person-reviews: identity data that differs waits here for a second person.
import { type Static, Type } from 'typebox';
import { availableActions } from '../kernel/action.ts';
import { maskIdNumber, maskName } from '../kernel/mask.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AvailableAction,
  CivilDate,
  Closed,
  Id,
  IdParams,
  Instant,
  Literals,
  Nullable,
  named,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { enumValues } from '../reference/enums.ts';
import { correctPerson } from './correction.ts';
import { REVIEW_STATES, reviewActions, reviewMachine } from './lifecycle.ts';
import { PersonView } from './person-schema.ts';
import type { Identity } from './repository.ts';
import { CORRECTION, findReview, listReviews, type ReviewRow } from './review-repository.ts';
import { knowReview, resolveReview } from './reviews.ts';
import { viewPerson } from './routes.ts';

const DOCUMENTS = ['citizen_id', 'passport', 'residence_permit', 'birth_certificate'] as const;
const outcomes = enumValues('person-review-outcomes');

const CorrectionBody = named(
  'PersonCorrection',
  Closed(
    {
      name: Type.Optional(Text(100)),
      sex: Type.Optional(Literals(['female', 'male'] as const)),
      birthDate: Type.Optional(CivilDate),
      idType: Type.Optional(Literals(DOCUMENTS)),
      idNumber: Type.Optional(Text(32, 'checked by GB 11643 where idType is citizen_id')),
    },
    { description: 'Identity only: contact data belongs to the submissions' },
  ),
);

const listed = {
  id: Id,
  personId: Id,
  state: Literals(REVIEW_STATES),
  version: Type.Integer({ minimum: 1 }),
  origin: Literals(enumValues('person-review-origins')),
  pointers: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 10 }),
  outcome: Nullable(Literals(outcomes)),
  createdAt: Instant,
  updatedAt: Instant,
};
const ReviewItem = named('PersonReviewItem', Closed(listed));
const ReviewPage = pageOf('PersonReviewPage', ReviewItem);
const ReviewView = named(
  'PersonReview',
  Closed({
    ...listed,
    proposed: Nullable(
      Closed(
        {
          name: Nullable(Type.String({ maxLength: 100 })),
          sex: Nullable(Literals(enumValues('sexes'))),
          birthYear: Nullable(Type.Integer({ minimum: 1800, maximum: 2999 })),
          idType: Nullable(Literals(enumValues('id-types'))),
          idNumber: Nullable(Type.String({ maxLength: 64 })),
        },
        { description: 'what an officer proposed, masked; null where a submission merely differed' },
      ),
    ),
    reason: Nullable(Type.String({ maxLength: 4000, description: 'for the agency that resolved it' })),
    availableActions: Type.Array(AvailableAction, { maxItems: 5 }),
  }),
);
const ReviewQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(REVIEW_STATES)),
  personId: Type.Optional(Type.String({ maxLength: 36, format: 'uuid' })),
});
const ResolutionBody = named('PersonReviewResolution', Closed({ outcome: Literals(outcomes), reason: Text() }));

function toReviewItem(review: ReviewRow): Static<typeof ReviewItem> {
  const { id, personId, state, version, pointers, outcome, createdAt, resolvedAt } = review;
  const times = { createdAt: createdAt.toISOString(), updatedAt: (resolvedAt ?? createdAt).toISOString() };
  const found = review.sourceKind === 'merge' ? 'merge' : 'submission';
  const origin = review.sourceKind === CORRECTION ? 'correction' : found;
  return { id, personId, state, version, origin, pointers, outcome, ...times };
}

function toProposed(proposed: Partial<Identity> | null): Static<typeof ReviewView>['proposed'] {
  if (!proposed) return null;
  const { name, sex, birthDate, idType, idNumber } = proposed;
  return {
    name: name ? maskName(name) : null,
    sex: sex ?? null,
    birthYear: birthDate ? Number(birthDate.slice(0, 4)) : null,
    idType: idType ?? null,
    idNumber: idNumber ? maskIdNumber(idNumber) : null,
  };
}

async function viewReview(tx: Tx, review: ReviewRow): Promise<Static<typeof ReviewView>> {
  const { facts, proposed, reason } = await knowReview(tx, review);
  const { actor, language } = tx.ctx;
  const href = `/v1/person-reviews/${review.id}`;
  const actions = availableActions(reviewMachine, reviewActions, facts, actor, href, language);
  return { ...toReviewItem(review), proposed: toProposed(proposed), reason, availableActions: actions };
}

export function personReviewRoutes(app: App): void {
  app.patch(
    '/v1/persons/:id',
    {
      config: { permission: 'person:correct', resource: 'person', ifMatch: true },
      schema: {
        operationId: 'correctPerson',
        tags: ['Persons'],
        summary: 'Correct the identity 更正身份信息',
        description:
          'By the handling team of an own open case. What was empty is filled in; what differs, and every document number, becomes a review for a second person (`pendingCorrections`); old values are kept. 空缺即补，不同内容与证件号码须经他人核查。',
        params: IdParams,
        body: CorrectionBody,
        response: { 200: PersonView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => correctPerson(tx, req.params.id, req.body, expected), view: viewPerson }),
  );
  reviewRoutes(app);
}

const tags = ['Persons'];

function reviewRoutes(app: App): void {
  app.get(
    '/v1/person-reviews',
    {
      config: { permission: 'person:review' },
      schema: {
        operationId: 'listPersonReviews',
        tags,
        summary: 'List identity reviews 身份核查列表',
        description:
          'Of persons the agency sees, newest first; never to the agency whose submission differs. 本机关可见人员的身份分歧，报送不同内容的机关除外。',
        querystring: ReviewQuery,
        response: { 200: ReviewPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listReviews(tx, req.query, page),
        (_tx, review) => toReviewItem(review),
      ),
  );
  app.get(
    '/v1/person-reviews/:id',
    {
      config: { permission: 'person:review' },
      schema: {
        operationId: 'getPersonReview',
        tags,
        summary: 'Read an identity review 查看身份核查',
        description: 'What is disputed and what was proposed, masked. 分歧字段与建议内容，均脱敏。',
        params: IdParams,
        response: { 200: ReviewView },
      },
    },
    (req) => req.read((tx) => findReview(tx, req.params.id).then((review) => review && viewReview(tx, review))),
  );
  app.post(
    '/v1/person-reviews/:id/resolution',
    {
      config: { permission: 'person:review', find: findReview, ifMatch: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'resolvePersonReview',
        tags,
        summary: 'Resolve an identity review 核查结论',
        description:
          'By somebody of the handling team other than the proposer; where several agencies handle the person, of another agency. 由提出者以外的承办人员核查；多机关承办的由另一机关核查。',
        params: IdParams,
        body: ResolutionBody,
        response: { 200: ReviewView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => resolveReview(tx, req.params.id, req.body, expected), view: viewReview }),
  );
}
