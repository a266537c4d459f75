// GET /v1/me, and /v1/agencies: the directory is public inside the service and kept by administrators.
import { actorOf } from '../platform/http/command.ts';
import { Closed, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { createAgency, editAgency, setAgencyState } from './directory.ts';
import { listAgencies } from './directory-repository.ts';
import { type Forget, thenForget } from './forget.ts';
import { findAgency } from './repository.ts';
import {
  AgencyInputSchema,
  AgencyPage,
  AgencyPatch,
  AgencyQuery,
  AgencyView,
  MeView,
  toAgencyView,
  toMeView,
} from './schema.ts';

const tags = ['Agencies'];

export function meRoutes(app: App): void {
  app.get(
    '/v1/me',
    {
      config: { permission: 'authenticated' },
      schema: {
        operationId: 'getMe',
        tags,
        summary: 'Who am I 当前身份',
        description: 'Officer or client, agency and permissions of the token. 当前令牌对应的人员、机关与权限。',
        response: { 200: MeView },
      },
    },
    (req) => req.read(async () => toMeView(actorOf(req))),
  );
}

function standingRoutes(app: App, forget: Forget): void {
  const acts = [
    ['suspension', 'suspended', 'suspendAgency', 'Suspend an agency 停用机关', 'Its officers and clients end at once'],
    ['reinstatement', 'active', 'reinstateAgency', 'Reinstate an agency 恢复机关', 'New tokens can be had at once'],
  ] as const;
  for (const [path, state, operationId, summary, effect] of acts) {
    app.post(
      `/v1/agencies/:id/${path}` as const,
      {
        config: { permission: 'agency:manage', ifMatch: true, dryRun: true, decisive: state === 'active' },
        schema: {
          operationId,
          tags,
          summary,
          description: `${effect}; nobody does it to their own agency. 该机关人员与客户端随之失效或恢复，不得办理本机关。`,
          params: IdParams,
          body: Closed({}),
          response: { 200: AgencyView },
        },
      },
      (req) =>
        thenForget(
          req.command({
            verb: (tx, expected) => setAgencyState(tx, req.params.id, state, expected),
            view: (_tx, agency) => toAgencyView(agency),
          }),
          forget,
        ),
    );
  }
}

function directoryRoutes(app: App): void {
  app.get(
    '/v1/agencies',
    {
      config: { permission: 'agency:read' },
      schema: {
        operationId: 'listAgencies',
        tags,
        summary: 'List agencies 机关列表',
        description: 'Newest first; every caller sees all agencies. 按时间倒序，所有机关均可查看。',
        querystring: AgencyQuery,
        response: { 200: AgencyPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listAgencies(tx, req.query, page),
        (_tx, agency) => toAgencyView(agency),
      ),
  );
  app.get(
    '/v1/agencies/:id',
    {
      config: { permission: 'agency:read' },
      schema: {
        operationId: 'getAgency',
        tags,
        summary: 'Read an agency 查看机关',
        description: 'Kind, level, region and place in the hierarchy. 类别、层级、区划与上下级关系。',
        params: IdParams,
        response: { 200: AgencyView },
      },
    },
    (req) => req.read(async (tx) => findAgency(tx, req.params.id).then((agency) => agency && toAgencyView(agency))),
  );
}

export function agencyRoutes(app: App, forget: Forget): void {
  directoryRoutes(app);
  standingRoutes(app, forget);
  app.post(
    '/v1/agencies',
    {
      config: { permission: 'agency:manage', dryRun: true, decisive: true },
      schema: {
        operationId: 'createAgency',
        tags,
        summary: 'Add an agency 新增机关',
        description:
          'A unit beside the tree, a township office, or the successor of a merged agency. 新增派出、乡镇或合并后的机关。',
        body: AgencyInputSchema,
        response: { 201: AgencyView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => createAgency(tx, req.body),
        view: (_tx, agency) => toAgencyView(agency),
        status: 201,
        location: (view) => `/v1/agencies/${view.id}`,
      }),
  );
  app.patch(
    '/v1/agencies/:id',
    {
      config: { permission: 'agency:manage', ifMatch: true, decisive: true },
      schema: {
        operationId: 'editAgency',
        tags,
        summary: 'Edit an agency 修改机关',
        description: 'RFC 7396 merge patch of name, hierarchy and validity. 修改名称、隶属关系与有效期。',
        params: IdParams,
        body: AgencyPatch,
        response: { 200: AgencyView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => editAgency(tx, req.params.id, req.body, expected),
        view: (_tx, agency) => toAgencyView(agency),
      }),
  );
}
