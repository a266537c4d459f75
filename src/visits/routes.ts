// /v1/visits and the visits of a case: planning, record, missed, rescheduling, cancellation.
import { requireAgencyMap } from '../agencies/service.ts';
import { onCaseView } from '../cases/parts.ts';
import type { Tx } from '../platform/db/tx.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findLatestOfCase, findVisit, listVisits, type Visit } from './repository.ts';
import {
  CaseVisitQuery,
  toVisitItem,
  toVisitView,
  VisitCancellationBody,
  VisitInputSchema,
  VisitMissedBody,
  VisitPage,
  VisitQuery,
  VisitRecordBody,
  VisitReschedulingBody,
  VisitView,
} from './schema.ts';
import { cancelVisit, missVisit, planCaseVisit, recordVisit, rescheduleVisit } from './service.ts';

onCaseView({ name: 'visits', load: findLatestOfCase });

const tags = ['Follow-up visits'];
const params = IdParams;
const response = { 200: VisitView };
const decision = (permission: `visit:${string}`) =>
  ({ permission, resource: 'visit', ifMatch: true, dryRun: true }) as const;

/** Agencies of the view in one look. */
export async function viewVisit(tx: Tx, visit: Visit) {
  const partner = visit.partnerAgencyId ? [visit.partnerAgencyId] : [];
  const agencyOf = await requireAgencyMap(tx, [visit.handlingAgencyId, ...partner, ...visit.jointAgencyIds]);
  return toVisitView(tx, visit, agencyOf);
}

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
      return req.list(
        (tx, page) => listVisits(tx, wanted, page),
        (_tx, visit) => toVisitItem(visit),
      );
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
      return req.list(
        (tx, page) => listVisits(tx, { ...filter, ...sinceOf(updatedSince) }, page),
        (_tx, visit) => toVisitItem(visit),
      );
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

function decisionRoutes(app: App): void {
  app.post(
    '/v1/visits/:id/record',
    {
      config: decision('visit:record'),
      schema: {
        operationId: 'recordVisit',
        tags,
        summary: 'Record a visit 登记回访',
        description:
          'Living conditions, use of the money, risk and what became of each measure; `nextVisitOn` plans the next visit. 登记生活状况、资金使用、风险与措施落实情况。',
        params,
        body: VisitRecordBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => recordVisit(tx, req.params.id, req.body, expected), view: viewVisit }),
  );
  app.post(
    '/v1/visits/:id/missed',
    {
      config: decision('visit:record'),
      schema: {
        operationId: 'missVisit',
        tags,
        summary: 'Record as missed 登记未能回访',
        description: 'With a coded reason; it can be rescheduled. 须附原因代码，之后可改期。',
        params,
        body: VisitMissedBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => missVisit(tx, req.params.id, req.body, expected), view: viewVisit }),
  );
  app.post(
    '/v1/visits/:id/rescheduling',
    {
      config: decision('visit:plan'),
      schema: {
        operationId: 'rescheduleVisit',
        tags,
        summary: 'Reschedule 改期',
        description: 'A planned or missed visit gets a new day. 计划中或未能进行的回访另定日期。',
        params,
        body: VisitReschedulingBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => rescheduleVisit(tx, req.params.id, req.body, expected), view: viewVisit }),
  );
  app.post(
    '/v1/visits/:id/cancellation',
    {
      config: decision('visit:plan'),
      schema: {
        operationId: 'cancelVisit',
        tags,
        summary: 'Cancel 取消',
        description: 'Before the visit, with a reason. 回访前取消，须说明理由。',
        params,
        body: VisitCancellationBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => cancelVisit(tx, req.params.id, req.body, expected), view: viewVisit }),
  );
}

export function visitRoutes(app: App): void {
  planningRoutes(app);
  readRoutes(app);
  decisionRoutes(app);
}
