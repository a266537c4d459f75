// /v1/clues: submission, return and supplement, rejection, rerouting, withdrawal, answer, upsert by external id.
import { Type } from 'typebox';
import { agencyRefs } from '../agencies/service.ts';
import { deadlinesOf, deadlinesOfMade, foundDeadlines } from '../deadlines/service.ts';
import { contactRules, coverHidden, foundContactRules, toSafeContact } from '../persons/safe-contact.ts';
import { madePerson } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { Closed, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { listClues } from './list-repository.ts';
import { listQueue } from './queue-repository.ts';
import { type Clue, madeClue } from './repository.ts';
import {
  AnswerBody,
  ClueInput,
  CluePage,
  CluePatch,
  ClueQuery,
  ClueSupplement,
  ClueUpsert,
  ClueView,
  ExternalId,
  RejectionBody,
  ReroutingBody,
  ReturnBody,
  toClueItem,
  toClueView,
  WithdrawalBody,
} from './schema.ts';
import { answerClue, rejectClue, rerouteClue, returnClue, withdrawClue } from './service.ts';
import { findClueToShow } from './show-repository.ts';
import { editClue, submitClue, supplementClue, upsertClue } from './submission.ts';

const tags = ['Clues'];
const params = IdParams;
const response = { 200: ClueView };
const decision = (permission: `clue:${string}`) =>
  ({ permission, resource: 'clue', ifMatch: true, dryRun: true }) as const;

/** What hangs on a clue and is not its own: its clocks, and how its people may be reached. */
function besides(tx: Tx, id: string, people: readonly { personId: string }[] = []) {
  const made = madeClue(tx, id);
  const clocks = made ? deadlinesOfMade : deadlinesOf;
  const unknown = made && people.length > 0 && people.every(({ personId }) => madePerson(tx, personId));
  return Promise.all([clocks(tx, 'clue', id), unknown ? [] : contactRules(tx, 'clue', id)]);
}

/** Agencies of the view in one look, what hangs on it in others, all at once. */
export async function viewClue(tx: Tx, clue: Clue, hanging = besides(tx, clue.id, clue.subjectRows)) {
  const ids = [clue.sourceAgencyId, clue.receivingAgencyId, ...clue.routings.map((r) => r.agencyId)];
  const [agencyOf, [deadlines, rules]] = await Promise.all([agencyRefs(tx, ids), hanging]);
  const view = toClueView(tx, clue, agencyOf);
  const subjects = coverHidden(tx, rules, view.subjects, ({ id }) => id);
  return { ...view, safeContact: toSafeContact(tx, 'clue', rules), subjects, deadlines };
}

/** The clue and what hangs on it in one statement. */
async function showClue(tx: Tx, id: string) {
  const found = await findClueToShow(tx, id);
  if (!found) return undefined;
  const { deadlineRows, contactRows } = found.hanging;
  return viewClue(tx, found.clue, Promise.all([foundDeadlines(tx, deadlineRows), foundContactRules(tx, contactRows)]));
}

export function clueRoutes(app: App): void {
  app.post(
    '/v1/clues',
    {
      config: { permission: 'clue:submit', idempotent: true, dryRun: true },
      schema: {
        operationId: 'submitClue',
        tags,
        summary: 'Submit a clue 移送线索',
        description:
          "Routed to the procuratorate of the submitter's level for `regionCode`. `missing` lists what acceptance still needs. 按提交单位层级与 regionCode 送达检察院。",
        body: ClueInput,
        response: { 201: ClueView },
      },
    },
    (req) => {
      const { externalId, ...input } = req.body;
      return req.command({
        verb: (tx) => submitClue(tx, input, externalId ?? null),
        view: viewClue,
        status: 201,
        location: (view) => `/v1/clues/${view.id}`,
      });
    },
  );
  app.get(
    '/v1/clues',
    {
      config: { permission: 'clue:read', ahead: true },
      schema: {
        operationId: 'listClues',
        tags,
        summary: 'List clues 线索列表',
        description:
          'Newest first, or `order=queue`: what awaits a decision, urgent treatment first. Masked, only what the caller sees. 按时间倒序；order=queue 为待办，急需救治优先。全部脱敏。',
        querystring: ClueQuery,
        response: { 200: CluePage },
      },
    },
    (req) => {
      const { updatedSince, order = 'newest', ...rest } = req.query;
      const filter = { ...rest, ...(updatedSince ? { updatedSince: new Date(updatedSince) } : {}) };
      const list = order === 'queue' ? listQueue : listClues;
      return req.list(
        (tx, page) => list(tx, filter, page),
        (_tx, clue) => toClueItem(clue),
      );
    },
  );
  app.get(
    '/v1/clues/:id',
    {
      config: { permission: 'clue:read', resource: 'clue', ahead: true },
      schema: {
        operationId: 'getClue',
        tags,
        summary: 'Read a clue 查看线索',
        description: 'With the actions this caller may take. 含当前身份可办理的操作。',
        params,
        response,
      },
    },
    (req) => req.read((tx) => showClue(tx, req.params.id)),
  );
  app.patch(
    '/v1/clues/:id',
    {
      config: { permission: 'clue:edit', resource: 'clue', ifMatch: true },
      schema: {
        operationId: 'editClue',
        tags,
        summary: 'Edit descriptive fields 修改线索',
        description: 'RFC 7396 merge patch by the source agency while submitted or returned. 来源单位在受理前修改。',
        params,
        body: CluePatch,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => editClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
  app.put(
    '/v1/clues/by-external-id/:externalId',
    {
      config: { permission: 'clue:submit' },
      schema: {
        operationId: 'upsertClue',
        tags,
        summary: "Create or update by the source system's key 按外部编号新建或更新",
        description:
          'Same content: 200 and no new version. `If-None-Match: *` or `?createOnly=true` = create only. 内容相同则不产生新版本。',
        params: Closed({ externalId: ExternalId }),
        querystring: Type.Object({ createOnly: Type.Optional(Type.Boolean({ default: false })) }),
        body: ClueUpsert,
        response: { 200: ClueView, 201: ClueView },
      },
    },
    (req) => {
      const createOnly = req.query.createOnly === true || req.headers['if-none-match'] === '*';
      return req.command({
        verb: (tx) => upsertClue(tx, req.params.externalId, req.body, createOnly),
        view: (tx, { clue }) => viewClue(tx, clue),
        status: ({ created }) => (created ? 201 : 200),
        location: (view) => `/v1/clues/${view.id}`,
      });
    },
  );
  app.post(
    '/v1/clues/:id/supplement',
    {
      config: decision('clue:edit'),
      schema: {
        operationId: 'supplementClue',
        tags,
        summary: 'Supplement 补充线索',
        description: "Any of the clue's fields; a returned clue is submitted again. 补充后重新提交。",
        params,
        body: ClueSupplement,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => supplementClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
  app.post(
    '/v1/clues/:id/return',
    {
      config: decision('clue:return'),
      schema: {
        operationId: 'returnClue',
        tags,
        summary: 'Return for supplement 退回补充',
        description: 'The source agency is told what is missing. 告知来源单位所缺内容。',
        params,
        body: ReturnBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => returnClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
  app.post(
    '/v1/clues/:id/rejection',
    {
      config: decision('clue:reject'),
      schema: {
        operationId: 'rejectClue',
        tags,
        summary: 'Reject 不予受理',
        description: 'With a coded reason; the clue is then answered. 须附原因代码，之后反馈结果。',
        params,
        body: RejectionBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => rejectClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
  app.post(
    '/v1/clues/:id/rerouting',
    {
      config: decision('clue:reroute'),
      schema: {
        operationId: 'rerouteClue',
        tags,
        summary: 'Reroute to another procuratorate 改送',
        description: 'Id, state and clock stay. 编号、状态与时限不变。',
        params,
        body: ReroutingBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => rerouteClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
  app.post(
    '/v1/clues/:id/withdrawal',
    {
      config: decision('clue:withdraw'),
      schema: {
        operationId: 'withdrawClue',
        tags,
        summary: 'Withdraw 撤回',
        description: 'By the source agency before acceptance. 来源单位在受理前撤回。',
        params,
        body: WithdrawalBody,
        response,
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => withdrawClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
  app.post(
    '/v1/clues/:id/answer',
    {
      config: decision('clue:answer'),
      schema: {
        operationId: 'answerClue',
        tags,
        summary: 'Answer the source 反馈结果',
        description: 'Ends a clue whatever its fate. 向来源单位反馈办理结果。',
        params,
        body: AnswerBody,
        response,
      },
    },
    (req) => req.command({ verb: (tx, expected) => answerClue(tx, req.params.id, req.body, expected), view: viewClue }),
  );
}
