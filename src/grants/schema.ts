// Wire shapes of break-glass grants; the words of the request and of the review only for the officer and the reviewers.
import { type Static, Type } from 'typebox';
import { requireAgencyMap, requireOfficerMap } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
import { may } from '../kernel/actor.ts';
import type { ListedRow } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  AvailableAction,
  CivilDate,
  Closed,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  OfficerRef,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { GRANT_STATES, grantActions, grantMachine, SUBJECT_KINDS } from './domain.ts';
import { type GrantRow, openGrantTexts } from './repository.ts';

const Subject = Closed({ kind: Literals(SUBJECT_KINDS), id: Id });
const ReasonCode = Literals(enumValues('break-glass-reasons'));

export const GrantBody = named(
  'BreakGlassRequest',
  Closed({ subject: Subject, reasonCode: ReasonCode, reason: Text(2000, 'why it cannot wait; kept sealed') }),
);
export const GrantReviewBody = named(
  'BreakGlassReview',
  Closed({ outcome: Literals(enumValues('break-glass-outcomes')), opinion: Text(2000) }),
);
export const GrantQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(GRANT_STATES)),
  reviewOverdue: Type.Optional(Type.Boolean({ description: 'not reviewed, and the day for it has passed' })),
});

const listed = {
  id: Id,
  number: Type.String({ maxLength: 64 }),
  state: Literals(GRANT_STATES),
  version: Type.Integer({ minimum: 1 }),
  subject: Subject,
  agencyId: Id,
  officerId: Id,
  homeAgencyId: Id,
  reasonCode: ReasonCode,
  expiresAt: Instant,
  active: Type.Boolean({ description: 'it opens the resource now' }),
  reviewDueOn: CivilDate,
  reviewOverdue: Type.Boolean(),
  createdAt: Instant,
  updatedAt: Instant,
};
export const GrantItem = named('BreakGlassGrantItem', Closed(listed));
export const GrantPage = pageOf('BreakGlassGrantPage', GrantItem);
export const GrantView = named(
  'BreakGlassGrant',
  Closed({
    ...listed,
    agency: AgencyRef,
    officer: OfficerRef,
    homeAgency: AgencyRef,
    reason: Nullable(Type.String({ maxLength: 2000 })),
    review: Nullable(
      Closed({
        agency: AgencyRef,
        officer: OfficerRef,
        reviewedAt: Instant,
        opinion: Nullable(Type.String({ maxLength: 2000 })),
      }),
    ),
    availableActions: Type.Array(AvailableAction, { maxItems: 10 }),
  }),
);

export function toGrantItem(tx: Tx, row: ListedRow<GrantRow>): Static<typeof GrantItem> {
  const { id, number, state, version, agencyId, officerId, homeAgencyId, reasonCode, reviewDueOn } = row;
  return {
    id,
    number,
    state,
    version,
    subject: { kind: row.subjectKind, id: row.subjectId },
    agencyId,
    officerId,
    homeAgencyId,
    reasonCode,
    expiresAt: row.expiresAt.toISOString(),
    active: state !== 'unjustified' && row.expiresAt > tx.ctx.systemNow,
    reviewDueOn,
    reviewOverdue: state === 'granted' && reviewDueOn < tx.ctx.today,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** Words about people: for the officer who wrote them, and for those who review. */
function readsWords(tx: Tx, grant: GrantRow): boolean {
  const { actor } = tx.ctx;
  const reviews =
    may(actor, 'break_glass:review') && (actor.agency.id === grant.homeAgencyId || may(actor, 'audit:read'));
  return reviews || actor.officer?.id === grant.officerId;
}

export async function viewGrant(tx: Tx, grant: GrantRow): Promise<Static<typeof GrantView>> {
  const { actor, language } = tx.ctx;
  const words = readsWords(tx, grant) ? await openGrantTexts(tx, grant) : { reason: null, opinion: null };
  const { reviewAgencyId, reviewedAt, reviewedBy } = grant;
  const [agency, officer] = await Promise.all([
    requireAgencyMap(tx, [grant.agencyId, grant.homeAgencyId, ...(reviewAgencyId ? [reviewAgencyId] : [])]),
    requireOfficerMap(tx, [grant.officerId, reviewedBy]),
  ]);
  const refOf = ({ id, code, name }: { id: string; code: string; name: string }) => ({ id, code, name });
  return {
    ...toGrantItem(tx, grant),
    agency: refOf(agency(grant.agencyId)),
    officer: officer(grant.officerId),
    homeAgency: refOf(agency(grant.homeAgencyId)),
    reason: words.reason,
    review:
      reviewAgencyId && reviewedAt && reviewedBy
        ? {
            agency: refOf(agency(reviewAgencyId)),
            officer: officer(reviewedBy),
            reviewedAt: reviewedAt.toISOString(),
            opinion: words.opinion,
          }
        : null,
    availableActions: availableActions(
      grantMachine,
      grantActions,
      grant,
      actor,
      `/v1/break-glass-grants/${grant.id}`,
      language,
    ),
  };
}
