// /v1/visits and the visits of a case: planning, lists and the view; the decisions stand beside.
import { onCaseView } from '../cases/parts.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { visitDecisionRoutes } from './decision-routes.ts';
import { findLatestOfCase, findVisit, listVisits } from './repository.ts';
import { CaseVisitQuery, toVisitItem, VisitInputSchema, VisitPage, VisitQuery, VisitView } from './schema.ts';
import { planCaseVisit } from './service.ts';
import { viewVisit } from './view.ts';

export { viewVisit };

onCaseView({ name: 'visits', load: findLatestOfCase });

const tags = ['Follow-up visits'];
const params = IdParams;
const response = { 200: VisitView };

const sinceOf = (updatedSince: string | undefined) =>
  updatedSince === undefined ? {} : { updatedSince: new Date(updatedSince) };

function planningRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/visits',
    {
      config: { permission: 'visit:plan', resource: 'case', idempotent: true, dryRun: true },
      schema: {
        operationId: 'planCaseVisit',
        tags,
        summary: 'Plan a visit for a case 为案件安排回访',
        description:
          'By the handling procuratorate; all aided persons by default. 由承办检察院安排，默认回访全部受助人。',
        params,
        body: VisitInputSchema,
        response: { 201: VisitView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => planCaseVisit(tx, req.params.id, req.body, expected),
        view: viewVisit,
        status: 201,
        location: (view) => `/v1/visits/${view.id}`,
      }),
  );
}

function readRoutes(app: App): void {
  app.get(
    '/v1/assistance-cases/:id/visits',
    {
      config: { permission: 'visit:read', resource: 'case' },
      schema: {
        operationId: 'listCaseVisits',
        tags,
        summary: 'Visits of a case 案件的回访',
        description: 'Newest first, without texts. 按时间倒序，不含内容。',
        params,
        querystring: CaseVisitQuery,
        response: { 200: VisitPage },
      },
    },
    (req) => {
      const { updatedSince, ...filter } = req.query;
      const wanted = { ...filter, assistanceCaseId: req.params.id, ...sinceOf(updatedSince) };
      return req.list((tx, page) => listVisits(tx, wanted, page), toVisitItem);
    },
  );
  app.get(
    '/v1/visits',
    {
      config: { permission: 'visit:read' },
      schema: {
        operationId: 'listVisits',
        tags,
        summary: 'List visits 回访列表',
        description: 'Newest first, only what the caller sees, without texts. 按时间倒序，不含内容。',
        querystring: VisitQuery,
        response: { 200: VisitPage },
      },
    },
    (req) => {
      const { updatedSince, ...filter } = req.query;
      return req.list((tx, page) => listVisits(tx, { ...filter, ...sinceOf(updatedSince) }, page), toVisitItem);
    },
  );
  app.get(
    '/v1/visits/:id',
    {
      config: { permission: 'visit:read', resource: 'visit' },
      schema: {
        operationId: 'getVisit',
        tags,
        summary: 'Read a visit 查看回访',
        description: 'With the actions this caller may take. 含当前身份可办理的操作。',
        params,
        response,
      },
    },
    (req) => req.read(async (tx) => findVisit(tx, req.params.id).then((visit) => visit && viewVisit(tx, visit))),
  );
}

export function visitRoutes(app: App): void {
  planningRoutes(app);
  readRoutes(app);
  visitDecisionRoutes(app);
}
