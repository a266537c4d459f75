// /v1/legal-holds: what must not be erased; placed by one, ended by two people.
import { type Static, Type } from 'typebox';
import { agencyRefs } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
import type { ListedRow } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AgencyRef,
  AvailableAction,
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
import { HOLD_STATES, holdActions, holdMachine } from './domain.ts';
import { placeHold, releaseHold } from './holds.ts';
import { findHold, type Hold, type HoldRow, listHolds } from './repository.ts';

const tags = ['Persons'];
const Subject = Closed({ kind: Literals(enumValues('legal-hold-subjects')), id: Id });
const HoldBody = named(
  'LegalHoldInput',
  Closed({ subject: Subject, reasonCode: Literals(enumValues('legal-hold-reasons')), reason: Text() }),
);
const ReleaseBody = named('LegalHoldRelease', Closed({ reason: Text() }));
const listed = {
  id: Id,
  number: Type.String({ maxLength: 64 }),
  state: Literals(HOLD_STATES),
  version: Type.Integer({ minimum: 1 }),
  subject: Subject,
  reasonCode: Literals(enumValues('legal-hold-reasons')),
  releasedAt: Nullable(Instant),
  createdAt: Instant,
  updatedAt: Instant,
};
const HoldItem = named('LegalHoldItem', Closed({ ...listed, agencyId: Id }));
const HoldPage = pageOf('LegalHoldPage', HoldItem);
const HoldView = named(
  'LegalHold',
  Closed({
    ...listed,
    agency: AgencyRef,
    reason: Nullable(Type.String({ maxLength: 4000, description: 'for the agency that placed it' })),
    releaseReason: Nullable(Type.String({ maxLength: 4000 })),
    availableActions: Type.Array(AvailableAction, { maxItems: 5 }),
  }),
);
const HoldQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Literals(HOLD_STATES)),
  subjectId: Type.Optional(Type.String({ maxLength: 36, format: 'uuid' })),
});

function listedOf(hold: ListedRow<HoldRow>) {
  const { id, number, state, version, subjectKind, subjectId, reasonCode, releasedAt, createdAt, updatedAt } = hold;
  return {
    ...{ id, number, state, version, subject: { kind: subjectKind, id: subjectId }, reasonCode },
    releasedAt: releasedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

const toItem = (hold: ListedRow<HoldRow>): Static<typeof HoldItem> => ({ ...listedOf(hold), agencyId: hold.agencyId });

async function viewHold(tx: Tx, hold: Hold): Promise<Static<typeof HoldView>> {
  const { actor, language } = tx.ctx;
  const own = actor.agency.id === hold.agencyId;
  const agencyOf = await agencyRefs(tx, [hold.agencyId]);
  const href = `/v1/legal-holds/${hold.id}`;
  return {
    ...listedOf(hold),
    agency: agencyOf(hold.agencyId),
    reason: own ? hold.reason : null,
    releaseReason: own ? hold.releaseReason : null,
    availableActions: availableActions(holdMachine, holdActions, hold, actor, href, language),
  };
}

export function holdRoutes(app: App): void {
  app.get(
    '/v1/legal-holds',
    {
      config: { permission: 'hold:read' },
      schema: {
        operationId: 'listLegalHolds',
        tags,
        summary: 'List legal holds 保全列表',
        description: 'Newest first, those of the own agency. 按时间倒序，本机关的保全。',
        querystring: HoldQuery,
        response: { 200: HoldPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listHolds(tx, req.query, page),
        (_tx, hold) => toItem(hold),
      ),
  );
  app.post(
    '/v1/legal-holds',
    {
      config: { permission: 'hold:manage', idempotent: true, dryRun: true },
      schema: {
        operationId: 'placeLegalHold',
        tags,
        summary: 'Place a legal hold 保全',
        description:
          'On a person, a clue or a case: nothing of it is erased until two people have released it. 保全期间不得删除，由两人解除。',
        body: HoldBody,
        response: { 201: HoldView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => placeHold(tx, req.body),
        view: viewHold,
        status: 201,
        location: (view) => `/v1/legal-holds/${view.id}`,
      }),
  );
  app.get(
    '/v1/legal-holds/:id',
    {
      config: { permission: 'hold:read', resource: 'legal_hold' },
      schema: {
        operationId: 'getLegalHold',
        tags,
        summary: 'Read a legal hold 查看保全',
        description: 'Reasons are shown to the agency that placed it. 事由仅设定机关可见。',
        params: IdParams,
        response: { 200: HoldView },
      },
    },
    (req) => req.read((tx) => findHold(tx, req.params.id).then((hold) => hold && viewHold(tx, hold))),
  );
  app.post(
    '/v1/legal-holds/:id/release',
    {
      config: { permission: 'hold:manage', resource: 'legal_hold', ifMatch: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'releaseLegalHold',
        tags,
        summary: 'Release a legal hold 解除保全',
        description: 'The first call proposes, the same call by another person releases. 一人提议、另一人确认。',
        params: IdParams,
        body: ReleaseBody,
        response: { 200: HoldView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => releaseHold(tx, req.params.id, req.body, expected), view: viewHold }),
  );
}
