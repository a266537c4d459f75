// /v1/agencies/{id}/officers: who works where and as what; read by the own agency, kept by administrators.
import type { Tx } from '../platform/db/tx.ts';
import { Closed, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import {
  OfficerInputSchema,
  OfficerPage,
  OfficerParams,
  OfficerPatch,
  OfficerQuery,
  OfficerView,
  toOfficerItem,
  toOfficerView,
} from './officer-schema.ts';
import type { OfficerRow } from './repository.ts';
import { addOfficer, editOfficer, readOfficer, rosterOf, setOfficerState } from './roster.ts';

const tags = ['Agencies'];
const collection = '/v1/agencies/:id/officers';
const single = `${collection}/:officerId` as const;
const view = (tx: Tx, officer: OfficerRow) => toOfficerView(officer, tx.ctx.actor);

function standingRoutes(app: App): void {
  const acts = [
    ['suspension', 'suspended', 'suspendOfficer', 'Suspend an officer 停用人员', 'Tokens end within five seconds'],
    ['reinstatement', 'active', 'reinstateOfficer', 'Reinstate an officer 恢复人员', 'New tokens can be had at once'],
  ] as const;
  for (const [path, state, operationId, summary, effect] of acts) {
    app.post(
      `${single}/${path}` as const,
      {
        config: { permission: 'officer:manage', ifMatch: true, dryRun: true },
        schema: {
          operationId,
          tags,
          summary,
          description: `${effect}; nobody does it to themselves. 令牌随之失效或恢复，不得办理本人。`,
          params: OfficerParams,
          body: Closed({}),
          response: { 200: OfficerView },
        },
      },
      (req) =>
        req.command({
          verb: (tx, expected) => setOfficerState(tx, req.params.id, req.params.officerId, state, expected),
          view,
        }),
    );
  }
}

function rosterRoutes(app: App): void {
  app.get(
    collection,
    {
      config: { permission: 'agency:read' },
      schema: {
        operationId: 'listOfficers',
        tags,
        summary: 'List the officers of an agency 人员列表',
        description: 'Of the own agency; administrators of any. 本机关人员；管理员可查看任一机关。',
        params: IdParams,
        querystring: OfficerQuery,
        response: { 200: OfficerPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => rosterOf(tx, req.params.id, req.query, page),
        (_tx, officer) => toOfficerItem(officer),
      ),
  );
  app.get(
    single,
    {
      config: { permission: 'agency:read' },
      schema: {
        operationId: 'getOfficer',
        tags,
        summary: 'Read an officer 查看人员',
        description: '`personKey` is shown to administrators only. personKey 仅管理员可见。',
        params: OfficerParams,
        response: { 200: OfficerView },
      },
    },
    (req) => req.read(async (tx) => view(tx, await readOfficer(tx, req.params.id, req.params.officerId))),
  );
}

export function officerRoutes(app: App): void {
  rosterRoutes(app);
  app.post(
    collection,
    {
      config: { permission: 'officer:manage', dryRun: true },
      schema: {
        operationId: 'addOfficer',
        tags,
        summary: 'Add an officer 新增人员',
        description:
          'Roles must fit the kind of agency; nobody adds themselves. 角色须与机关类别相符，不得为本人新增。',
        params: IdParams,
        body: OfficerInputSchema,
        response: { 201: OfficerView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => addOfficer(tx, req.params.id, req.body),
        view,
        status: 201,
        location: (officer) => `/v1/agencies/${officer.agencyId}/officers/${officer.id}`,
      }),
  );
  app.patch(
    single,
    {
      config: { permission: 'officer:manage', ifMatch: true },
      schema: {
        operationId: 'editOfficer',
        tags,
        summary: 'Edit an officer 修改人员',
        description: 'Name and roles; nobody changes their own. 修改姓名与角色，不得修改本人。',
        params: OfficerParams,
        body: OfficerPatch,
        response: { 200: OfficerView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => editOfficer(tx, req.params.id, req.params.officerId, req.body, expected),
        view,
      }),
  );
  standingRoutes(app);
}
