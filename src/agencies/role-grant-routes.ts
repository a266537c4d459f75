// /v1/role-grants: roles that one person proposes and another confirms (ADR 0016).
import { Closed, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { type Forget, thenForget } from './forget.ts';
import { RoleGrantInput, RoleGrantPage, RoleGrantQuery, RoleGrantView, toRoleGrantView } from './key-schema.ts';
import { OfficerParams } from './officer-schema.ts';
import { listRoleGrants } from './role-grant-repository.ts';
import { confirmRoles, grantScope, readRoleGrant, refuseRoles } from './role-grants.ts';
import { grantRoles } from './roster.ts';

const tags = ['Agencies'];

function readingRoutes(app: App): void {
  app.get(
    '/v1/role-grants',
    {
      config: { permission: 'role_grant:read' },
      schema: {
        operationId: 'listRoleGrants',
        tags,
        summary: 'List grants of roles 授权申请列表',
        description: 'Newest first; of the own agency, for the administrators of the service of all. 按时间倒序。',
        querystring: RoleGrantQuery,
        response: { 200: RoleGrantPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listRoleGrants(tx, { ...req.query, agencyId: grantScope(tx) ?? req.query.agencyId }, page),
        (_tx, grant) => toRoleGrantView(grant),
      ),
  );
  app.get(
    '/v1/role-grants/:id',
    {
      config: { permission: 'role_grant:read' },
      schema: {
        operationId: 'getRoleGrant',
        tags,
        summary: 'Read a grant of roles 查看授权申请',
        description: 'Who proposed what for whom, and who decided. 提出人、对象、角色与办理结果。',
        params: IdParams,
        response: { 200: RoleGrantView },
      },
    },
    (req) => req.read(async (tx) => toRoleGrantView(await readRoleGrant(tx, req.params.id))),
  );
}

function proposingRoute(app: App): void {
  app.post(
    '/v1/agencies/:id/officers/:officerId/role-grants',
    {
      config: { permission: 'officer:manage_own', dryRun: true, decisive: true },
      schema: {
        operationId: 'proposeRoleGrant',
        tags,
        summary: 'Propose roles 提出授权申请',
        description:
          'Further roles for an officer; in force when another person confirms them, whatever ROLE_CONFIRMATION says. 为人员申请新增角色，经另一人确认后生效。',
        params: OfficerParams,
        body: RoleGrantInput,
        response: { 201: RoleGrantView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => grantRoles(tx, req.params.id, req.params.officerId, req.body.roles),
        view: (_tx, grant) => toRoleGrantView(grant),
        status: 201,
        location: (view) => `/v1/role-grants/${view.id}`,
      }),
  );
}

export function roleGrantRoutes(app: App, forget: Forget): void {
  readingRoutes(app);
  proposingRoute(app);
  const acts = [
    {
      path: 'confirmation',
      verb: confirmRoles,
      operationId: 'confirmRoleGrant',
      summary: 'Confirm a grant 确认授权',
      description:
        'By another person than who proposed it and who gains by it; administrators and auditors, and roles of clients, by the security administrator. 由提出人与被授权人以外的人员确认；管理、审计角色及客户端角色由安全管理员确认。',
    },
    {
      path: 'refusal',
      verb: refuseRoles,
      operationId: 'refuseRoleGrant',
      summary: 'Refuse a grant 驳回授权',
      description: 'By whoever may confirm it; nothing was in force. 由有权确认者驳回，此前未曾生效。',
    },
  ] as const;
  for (const { path, verb, ...said } of acts) {
    app.post(
      `/v1/role-grants/:id/${path}` as const,
      {
        config: { permission: 'role_grant:confirm', ifMatch: true, dryRun: true, decisive: true },
        schema: { ...said, tags, params: IdParams, body: Closed({}), response: { 200: RoleGrantView } },
      },
      (req) =>
        thenForget(
          req.command({
            verb: (tx, expected) => verb(tx, req.params.id, expected),
            view: (_tx, grant) => toRoleGrantView(grant),
          }),
          forget,
        ),
    );
  }
}
