// /v1/agencies/{id}/officers: who works where and as what; read by the own agency, kept by its administrator.
import type { Tx } from '../platform/db/tx.ts';
import { Closed, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { recordAbsence } from './absence.ts';
import { type Forget, thenForget } from './forget.ts';
import {
  AbsenceBody,
  AddedOfficers,
  OfficerPage,
  OfficerParams,
  OfficerPatch,
  OfficerQuery,
  OfficersBody,
  OfficerView,
  toOfficerItem,
  toOfficerView,
} from './officer-schema.ts';
import type { OfficerRow } from './repository.ts';
import { addOfficers, editOfficer, readOfficer, rosterOf, setOfficerState } from './roster.ts';

const tags = ['Agencies'];
const collection = '/v1/agencies/:id/officers';
const single = `${collection}/:officerId` as const;
const view = (tx: Tx, officer: OfficerRow) => toOfficerView(officer, tx.ctx.actor);

function standingRoutes(app: App, forget: Forget): void {
  const acts = [
    ['suspension', 'suspended', 'suspendOfficer', 'Suspend an officer 停用人员', 'Tokens end at once'],
    ['reinstatement', 'active', 'reinstateOfficer', 'Reinstate an officer 恢复人员', 'New tokens can be had at once'],
  ] as const;
  for (const [path, state, operationId, summary, effect] of acts) {
    app.post(
      `${single}/${path}` as const,
      {
        config: { permission: 'officer:suspend', ifMatch: true, dryRun: true, decisive: state === 'active' },
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
        thenForget(
          req.command({
            verb: (tx, expected) => setOfficerState(tx, req.params.id, req.params.officerId, state, expected),
            view,
          }),
          forget,
        ),
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

function addingRoute(app: App, confirmed: boolean): void {
  app.post(
    collection,
    {
      config: { permission: 'officer:manage_own', dryRun: true, decisive: true },
      schema: {
        operationId: 'addOfficer',
        tags,
        summary: 'Add officers 新增人员',
        description:
          'One, or `{officers: [...]}` up to 200, all or none; to the own agency and its township offices, by administrators of the service to any. Roles must fit the kind of agency; nobody adds themselves. With ROLE_CONFIRMATION (always on a live database) the roles are proposed here and given when another person confirms them. 可批量新增，全部成功或全部不成功；角色须与机关类别相符，不得为本人新增；启用双人授权时，角色经另一人确认后生效。',
        params: IdParams,
        body: OfficersBody,
        response: { 201: AddedOfficers },
      },
    },
    (req) => {
      const { body } = req;
      const batch = 'officers' in body;
      const inputs = batch ? body.officers : [body];
      const place = (i: number) => (batch ? `/officers/${i}` : '');
      return req.command({
        verb: (tx) => addOfficers(tx, req.params.id, inputs, place, confirmed),
        view: (tx, officers) => {
          const [first] = officers;
          return batch || !first ? { items: officers.map((officer) => view(tx, officer)) } : view(tx, first);
        },
        status: 201,
        location: (added) => `/v1/agencies/${req.params.id}/officers${'id' in added ? `/${added.id}` : ''}`,
      });
    },
  );
}

function absenceRoute(app: App): void {
  app.post(
    `${single}/absence` as const,
    {
      config: { permission: 'agency:read', ifMatch: true, dryRun: true },
      schema: {
        operationId: 'recordOfficerAbsence',
        tags,
        summary: 'Record an absence 登记离岗',
        description:
          'By the officer, a head or the administrator of the agency; the substitute then finds the work items among their own, with permissions of their own. 由本人、负责人或本机关管理员登记，期间由代理人查看待办，权限不变。',
        params: OfficerParams,
        body: AbsenceBody,
        response: { 200: OfficerView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => recordAbsence(tx, req.params.id, req.params.officerId, req.body, expected),
        view,
      }),
  );
}

export type OfficerDeps = { forget: Forget; roleConfirmation: boolean };

export function officerRoutes(app: App, { forget, roleConfirmation: confirmed }: OfficerDeps): void {
  rosterRoutes(app);
  addingRoute(app, confirmed);
  app.patch(
    single,
    {
      config: { permission: 'officer:manage_own', ifMatch: true, decisive: true },
      schema: {
        operationId: 'editOfficer',
        tags,
        summary: 'Edit an officer 修改人员',
        description:
          'Name and roles; nobody changes their own. Roles that are taken end at once; those that are given wait for another person where ROLE_CONFIRMATION asks for one. 修改姓名与角色，不得修改本人；收回立即生效，新授角色按设置经另一人确认。',
        params: OfficerParams,
        body: OfficerPatch,
        response: { 200: OfficerView },
      },
    },
    (req) =>
      thenForget(
        req.command({
          verb: (tx, expected) =>
            editOfficer(tx, req.params.id, req.params.officerId, req.body, { expected, confirmed }),
          view,
        }),
        forget,
      ),
  );
  standingRoutes(app, forget);
  absenceRoute(app);
}
