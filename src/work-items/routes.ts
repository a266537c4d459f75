// /v1/work-items: what awaits me or my agency, and who of us does it.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findItem } from './repository.ts';
import { AssignmentBody, toWorkEntry, viewWorkItem, WorkItemPage, WorkItemQuery, WorkItemView } from './schema.ts';
import { assignWorkItem, findWork, readWorkItem } from './service.ts';

const tags = ['Work items'];

function readingRoutes(app: App): void {
  app.get(
    '/v1/work-items',
    {
      config: { permission: 'work:read' },
      schema: {
        operationId: 'listWorkItems',
        tags,
        summary: 'What awaits me or my agency 待办事项',
        description:
          'From the same rule as availableActions: urgent first, then by due date. 与可办操作同一规则，紧急优先，其次按期限。',
        querystring: WorkItemQuery,
        response: { 200: WorkItemPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => findWork(tx, req.query, page),
        (_tx, item) => toWorkEntry(item),
      ),
  );
  app.get(
    '/v1/work-items/:id',
    {
      config: { permission: 'work:read' },
      schema: {
        operationId: 'getWorkItem',
        tags,
        summary: 'Read a work item 查看待办事项',
        description: 'Of the own agency, with who gave it to whom; gone once done. 本机关待办及分配情况，办结即消失。',
        params: IdParams,
        response: { 200: WorkItemView },
      },
    },
    (req) => req.read(async (tx) => readWorkItem(tx, req.params.id).then((item) => item && viewWorkItem(tx, item))),
  );
}

export function workItemRoutes(app: App): void {
  readingRoutes(app);
  app.post(
    '/v1/work-items/:id/assignment',
    {
      config: { permission: 'work:assign', find: findItem, ifMatch: true, dryRun: true },
      schema: {
        operationId: 'assignWorkItem',
        tags,
        summary: 'Assign a work item 分配待办事项',
        description:
          'A head gives it to an officer who can do it; officers take or hand back their own. 负责人分配，或由本人领取、退回。',
        params: IdParams,
        body: AssignmentBody,
        response: { 200: WorkItemView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => assignWorkItem(tx, req.params.id, req.body, expected),
        view: viewWorkItem,
      }),
  );
}
