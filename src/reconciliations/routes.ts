// /v1/reconciliations: bank statements against the ledger, and what two people do about each difference.
import { Type } from 'typebox';
import { Id, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findReconciliation, listExceptions, listReconciliations } from './repository.ts';
import {
  ExceptionPage,
  ExceptionQuery,
  ExceptionView,
  ReconciliationPage,
  ReconciliationQuery,
  ReconciliationView,
  ResolutionBody,
  StatementInput,
  toExceptionItem,
  toExceptionView,
  toReconciliationView,
} from './schema.ts';
import { importStatement, readException, resolveException } from './service.ts';

const tags = ['Funds'];
const params = IdParams;
const ExceptionParams = Type.Object({ id: Id, exceptionId: Id });
const one = { permission: 'fund:read', find: findReconciliation } as const;

function statementRoutes(app: App): void {
  app.post(
    '/v1/reconciliations',
    {
      config: { permission: 'fund:reconcile', idempotent: true, dryRun: true },
      schema: {
        operationId: 'importBankStatement',
        tags,
        summary: 'Import a bank statement and reconcile it 导入银行对账单并对账',
        description:
          'Each line finds its payment or allocation by request number, bank reference, amount and day, or becomes an exception; lines of an earlier statement are `repeated`. The same statement again answers the first (200). 逐行匹配付款或拨款，未匹配的列为差异；重复导入同一对账单返回原结果。',
        body: StatementInput,
        response: { 200: ReconciliationView, 201: ReconciliationView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => importStatement(tx, req.body),
        view: (_tx, { row }) => toReconciliationView(row),
        status: ({ created }) => (created ? 201 : 200),
        location: ({ id }) => `/v1/reconciliations/${id}`,
      }),
  );
  app.get(
    '/v1/reconciliations',
    {
      config: { permission: 'fund:read' },
      schema: {
        operationId: 'listReconciliations',
        tags,
        summary: 'List reconciliations 对账列表',
        description: 'Newest first, of the funds that the caller sees. 按时间倒序，仅列出可见资金账户的对账。',
        querystring: ReconciliationQuery,
        response: { 200: ReconciliationPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listReconciliations(tx, req.query, page),
        (_tx, row) => toReconciliationView(row),
      ),
  );
  app.get(
    '/v1/reconciliations/:id',
    {
      config: one,
      schema: {
        operationId: 'getReconciliation',
        tags,
        summary: 'Read a reconciliation 查看对账结果',
        description: 'How many lines matched and how many exceptions are open. 匹配笔数与待处理差异数。',
        params,
        response: { 200: ReconciliationView },
      },
    },
    (req) => req.read((tx) => findReconciliation(tx, req.params.id).then((row) => row && toReconciliationView(row))),
  );
}

export function reconciliationRoutes(app: App): void {
  statementRoutes(app);
  app.get(
    '/v1/reconciliations/:id/exceptions',
    {
      config: one,
      schema: {
        operationId: 'listReconciliationExceptions',
        tags,
        summary: 'List the exceptions of a reconciliation 对账差异列表',
        description: 'What the bank says and the ledger does not, or the other way round. 银行与账上不一致之处。',
        params,
        querystring: ExceptionQuery,
        response: { 200: ExceptionPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listExceptions(tx, req.params.id, req.query, page),
        (_tx, row) => toExceptionItem(row),
      ),
  );
  app.get(
    '/v1/reconciliations/:id/exceptions/:exceptionId',
    {
      config: one,
      schema: {
        operationId: 'getReconciliationException',
        tags,
        summary: 'Read an exception 查看对账差异',
        description: 'With what was proposed and what was done. 含处理意见与处理结果。',
        params: ExceptionParams,
        response: { 200: ExceptionView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const found = await readException(tx, req.params.id, req.params.exceptionId);
        return found && toExceptionView(tx, found);
      }),
  );
  app.post(
    '/v1/reconciliations/:id/exceptions/:exceptionId/resolution',
    {
      config: {
        ...{ permission: 'fund:reconcile', find: findReconciliation },
        ...{ ifMatch: true, idempotent: true, dryRun: true, decisive: true },
      },
      schema: {
        operationId: 'resolveReconciliationException',
        tags,
        summary: 'Resolve an exception 处理对账差异',
        description:
          'The first call proposes; the second, by a head or chief who is another person, with the same outcome, does it: `settle` settles the line as the bank says, `return` books what the bank sent back, `explain` moves nothing. 先提出处理意见，再由另一名负责人以相同方式批准：确认支付、退回入账或说明原因。',
        params: ExceptionParams,
        body: ResolutionBody,
        response: { 200: ExceptionView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => resolveException(tx, req.params, req.body, expected),
        view: toExceptionView,
      }),
  );
}
