// /v1/break-glass-grants: sight in an emergency, its list for those who watch over it, and the review.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findGrant, listGrants } from './repository.ts';
import { GrantBody, GrantPage, GrantQuery, GrantReviewBody, GrantView, toGrantItem, viewGrant } from './schema.ts';
import { askForSight, reviewGrant } from './service.ts';

const tags = ['Audit'];
const params = IdParams;

export function grantRoutes(app: App): void {
  app.post(
    '/v1/break-glass-grants',
    {
      config: { permission: 'break_glass:request', idempotent: true, decisive: true },
      schema: {
        operationId: 'askForEmergencySight',
        tags,
        summary: 'Open one resource in an emergency 紧急查阅',
        description:
          'Opens one resource that the own agency does not see to the officer alone, masked and for reading only, for four hours. The home agency and the auditors are told at once, every read is on record under the grant, and somebody else reviews it. There is no dry run: it would tell of what is not seen, and nobody of the asking. What a review has found unjustified is not opened to the same person again. 对本机关无权查看的一项资源，仅向本人开放只读、脱敏查阅四小时；即时告知承办机关与审计人员，每次查阅留痕，并由他人复核。不提供试运行；复核认定不正当的，不得由同一人再次申请。',
        body: GrantBody,
        response: { 201: GrantView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => askForSight(tx, req.body),
        view: viewGrant,
        status: 201,
        location: (view) => `/v1/break-glass-grants/${view.id}`,
      }),
  );
  app.get(
    '/v1/break-glass-grants',
    {
      config: { permission: 'break_glass:read' },
      schema: {
        operationId: 'listEmergencySights',
        tags,
        summary: 'List emergency sights 紧急查阅列表',
        description:
          'Those of the own agency, those that opened its resources, and for the agency on top all; `reviewOverdue=true` shows what nobody has reviewed in time. 本机关提出的、查阅本机关资源的，省级机关可见全部；reviewOverdue=true 列出逾期未复核的。',
        querystring: GrantQuery,
        response: { 200: GrantPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listGrants(tx, req.query, page),
        (tx, row) => toGrantItem(tx, row),
      ),
  );
  app.get(
    '/v1/break-glass-grants/:id',
    {
      config: { permission: 'break_glass:read', resource: 'break_glass_grant' },
      schema: {
        operationId: 'getEmergencySight',
        tags,
        summary: 'Read an emergency sight 查看一次紧急查阅',
        description:
          'The words of the request and of the review are for the officer and the reviewers. 申请与复核的文字仅申请人和复核人可见。',
        params,
        response: { 200: GrantView },
      },
    },
    (req) => req.read(async (tx) => findGrant(tx, req.params.id).then((found) => found && viewGrant(tx, found))),
  );
  app.post(
    '/v1/break-glass-grants/:id/review',
    {
      config: {
        permission: 'break_glass:review',
        resource: 'break_glass_grant',
        ifMatch: true,
        dryRun: true,
        decisive: true,
      },
      schema: {
        operationId: 'reviewEmergencySight',
        tags,
        summary: 'Review an emergency sight 复核紧急查阅',
        description:
          'By another person of the home agency or an auditor, once; what is not justified ends at once. 由承办机关的他人或审计人员复核一次；认定不正当的立即终止。',
        params,
        body: GrantReviewBody,
        response: { 200: GrantView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => reviewGrant(tx, req.params.id, req.body, expected), view: viewGrant }),
  );
}
