// /v1/assistance-cases: opening, reading and editing; and the acceptance of a clue, which opens one.

import { viewClue } from '../clues/routes.ts';
import { ClueView } from '../clues/schema.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { AcceptanceBody, CaseInput, CasePatch } from './body-schema.ts';
import { acceptClue, createCase } from './opening.ts';
import { findCase, listCases } from './repository.ts';
import { editCase } from './review.ts';
import { CasePage, CaseQuery, CaseView, DecisionPage, PageQuery, TimelinePage } from './schema.ts';
import { caseTimeline, listDecisions, toCaseItem, viewCase } from './view.ts';

const tags = ['Assistance cases'];
const params = IdParams;
const response = { 200: CaseView };

export function caseRoutes(app: App): void {
  app.post(
    '/v1/clues/:id/acceptance',
    {
      config: { permission: 'clue:accept', resource: 'clue', ifMatch: true, dryRun: true },
      schema: {
        operationId: 'acceptClue',
        tags: ['Clues'],
        summary: 'Accept a clue 受理线索',
        description:
          'Opens the assistance case in the same transaction; with `handlerOfficerId` it is at once under review. 受理并立案；指定承办人的即进入审查。',
        params,
        body: AcceptanceBody,
        response: { 200: ClueView },
      },
    },
    (req) => req.command({ verb: (tx, expected) => acceptClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
  app.post(
    '/v1/assistance-cases',
    {
      config: { permission: 'case:create', idempotent: true, dryRun: true },
      schema: {
        operationId: 'createAssistanceCase',
        tags,
        summary: 'Open a case without a clue 立案',
        description:
          "On application or ex officio, in the caller's own region; its procuratorate handles it. 依申请或依职权，由本院在本辖区办理。",
        body: CaseInput,
        response: { 201: CaseView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => createCase(tx, req.body),
        view: viewCase,
        status: 201,
        location: (view) => `/v1/assistance-cases/${view.id}`,
      }),
  );
  app.get(
    '/v1/assistance-cases',
    {
      config: { permission: 'case:read' },
      schema: {
        operationId: 'listAssistanceCases',
        tags,
        summary: 'List cases 案件列表',
        description: 'Newest first, without personal data, only what the caller sees. 按时间倒序，不含个人信息。',
        querystring: CaseQuery,
        response: { 200: CasePage },
      },
    },
    (req) => {
      const { updatedSince, ...filter } = req.query;
      return req.list(
        (tx, page) =>
          listCases(tx, { ...filter, ...(updatedSince ? { updatedSince: new Date(updatedSince) } : {}) }, page),
        (_tx, item) => toCaseItem(item),
      );
    },
  );
  app.get(
    '/v1/assistance-cases/:id',
    {
      config: { permission: 'case:read', resource: 'case' },
      schema: {
        operationId: 'getAssistanceCase',
        tags,
        summary: 'Read a case 查看案件',
        description: 'With the actions this caller may take. 含当前身份可办理的操作。',
        params,
        response,
      },
    },
    (req) => req.read(async (tx) => findCase(tx, req.params.id).then((found) => found && viewCase(tx, found))),
  );
  app.patch(
    '/v1/assistance-cases/:id',
    {
      config: { permission: 'case:edit', resource: 'case', ifMatch: true },
      schema: {
        operationId: 'editAssistanceCase',
        tags,
        summary: 'Edit descriptive fields 修改案件',
        description: 'RFC 7396 merge patch before the decision. 决定作出前修改。',
        params,
        body: CasePatch,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => editCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.get(
    '/v1/assistance-cases/:id/timeline',
    {
      config: { permission: 'case:read', resource: 'case' },
      schema: {
        operationId: 'listCaseTimeline',
        tags,
        summary: 'What happened to a case 案件时间线',
        description: 'Recorded facts, newest first: ids, codes and numbers only. 记录的事实，按时间倒序。',
        params,
        querystring: PageQuery,
        response: { 200: TimelinePage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => caseTimeline(tx, req.params.id, page),
        (_tx, entry) => entry,
      ),
  );
  app.get(
    '/v1/assistance-cases/:id/decisions',
    {
      config: { permission: 'case:read', resource: 'case' },
      schema: {
        operationId: 'listCaseDecisions',
        tags,
        summary: 'Decisions with their numbers 案件决定',
        description: 'Newest first; a refusal stays after its reconsideration. 按时间倒序，原不予救助决定保留。',
        params,
        querystring: PageQuery,
        response: { 200: DecisionPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listDecisions(tx, req.params.id, page),
        (_tx, item) => item,
      ),
  );
}
