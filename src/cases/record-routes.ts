// /v1/assistance-cases/{id}/history, /correction and /corrections: what a field was, and setting right what was recorded wrongly.
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { confirmCorrection, correctCase, refuseCorrection } from './correction-service.ts';
import {
  CorrectionBody,
  CorrectionConfirmationBody,
  CorrectionPage,
  CorrectionParams,
  CorrectionRefusalBody,
  CorrectionView,
  RevisionPage,
} from './record-schema.ts';
import { caseCorrectionsOf, caseHistory, viewCorrection } from './record-view.ts';
import { type AssistanceCase, findCase } from './repository.ts';
import { CaseView, PageQuery } from './schema.ts';
import { viewCase } from './view.ts';

const tags = ['Assistance cases'];
const params = IdParams;
const response = { 200: CaseView };
const decision = { resource: 'case', ifMatch: true, idempotent: true, dryRun: true } as const;

type Listed<T> = (tx: Tx, c: AssistanceCase, page: PageRequest) => Promise<Page<T>>;

/** A list that hangs on the case: what is shown of it follows from who handles the case. */
const ofCase =
  <T>(id: string, list: Listed<T>) =>
  async (tx: Tx, page: PageRequest): Promise<Page<T>> => {
    const found = await findCase(tx, id);
    if (!found) throw httpProblems['resource.not_found']();
    return list(tx, found, page);
  };

function readRoutes(app: App): void {
  app.get(
    '/v1/assistance-cases/:id/history',
    {
      config: { permission: 'case:read', resource: 'case' },
      schema: {
        operationId: 'listCaseHistory',
        tags,
        summary: 'What each field was before 案件字段变更记录',
        description:
          'Edits, corrections and later proposals, newest first; former values for who handles or decides the case, for others only which field changed. 修改、更正与重新提出的意见，按时间倒序；原值仅承办团队与审批人可见。',
        params,
        querystring: PageQuery,
        response: { 200: RevisionPage },
      },
    },
    (req) => req.list(ofCase(req.params.id, caseHistory), (_tx, item) => item),
  );
  app.get(
    '/v1/assistance-cases/:id/corrections',
    {
      config: { permission: 'case:read', resource: 'case' },
      schema: {
        operationId: 'listCaseCorrections',
        tags,
        summary: 'Corrections of a case 案件更正列表',
        description: 'Proposed, applied and refused, newest first. 待确认、已生效与被退回的更正，按时间倒序。',
        params,
        querystring: PageQuery,
        response: { 200: CorrectionPage },
      },
    },
    (req) => req.list(ofCase(req.params.id, caseCorrectionsOf), (_tx, item) => item),
  );
  app.get(
    '/v1/assistance-cases/:id/corrections/:correctionId',
    {
      config: { permission: 'case:read', resource: 'case' },
      schema: {
        operationId: 'getCaseCorrection',
        tags,
        summary: 'Read a correction 查看更正',
        description:
          'Under the version of its case, with the actions this caller may take. 版本号即案件版本号，含可办理的操作。',
        params: CorrectionParams,
        response: { 200: CorrectionView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const found = await findCase(tx, req.params.id);
        return found && viewCorrection(tx, found, req.params.correctionId);
      }),
  );
}

function correctionRoutes(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/correction',
    {
      config: { permission: 'case:correct', ...decision },
      schema: {
        operationId: 'correctAssistanceCase',
        tags,
        summary: 'Correct what was recorded 更正记录',
        description:
          'By the handling team, also after the decision; the old value stays in the history. Money, and what a decision rests on, takes effect when the chief confirms it. An award is only ever corrected downwards: more money is a new decision. 由承办团队更正，决定后亦可；原值保留。金额及决定所依据的事项经检察长确认后生效，金额只能改低。',
        params,
        body: CorrectionBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => correctCase(tx, req.params.id, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/corrections/:correctionId/confirmation',
    {
      config: { permission: 'case:confirm_correction', ...decision, decisive: true },
      schema: {
        operationId: 'confirmCaseCorrection',
        tags,
        summary: 'Confirm a correction 确认更正',
        description:
          'By the chief, never by who proposed it; it is in force from here on. 由检察长确认，不得与提出人为同一人。',
        params: CorrectionParams,
        body: CorrectionConfirmationBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => confirmCorrection(tx, req.params, req.body, expected), view: viewCase }),
  );
  app.post(
    '/v1/assistance-cases/:id/corrections/:correctionId/refusal',
    {
      config: { permission: 'case:confirm_correction', ...decision, idempotent: false, decisive: true },
      schema: {
        operationId: 'refuseCaseCorrection',
        tags,
        summary: 'Refuse a correction 退回更正',
        description: 'What was recorded stays. 原记录不变。',
        params: CorrectionParams,
        body: CorrectionRefusalBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => refuseCorrection(tx, req.params, req.body, expected), view: viewCase }),
  );
}

export function recordRoutes(app: App): void {
  readRoutes(app);
  correctionRoutes(app);
}
