// /v1/disbursements: plan under a case, authorise, submit, settle or fail, confirm receipt, recover.
import type { Static, TSchema } from 'typebox';
import { requireAgencyMap } from '../agencies/service.ts';
import { onCaseView } from '../cases/parts.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import {
  failDisbursement,
  recordAppropriation,
  recordNotification,
  settleDisbursement,
  submitDisbursement,
} from './payment-service.ts';
import { confirmReceipt, recoverDisbursement, writeOffDisbursement } from './recovery-service.ts';
import { findLatestOfCase, listDisbursements } from './repository.ts';
import {
  AppropriationBody,
  AuthorisationBody,
  CaseDisbursementQuery,
  DisbursementInput,
  DisbursementPage,
  DisbursementQuery,
  DisbursementView,
  FailureBody,
  NotificationBody,
  ReceiptBody,
  RecoveryBody,
  SettlementBody,
  SubmissionBody,
  toDisbursementItem,
  toDisbursementView,
  VoidBody,
  WriteOffBody,
} from './schema.ts';
import {
  authoriseDisbursement,
  type Disbursement,
  findDisbursement,
  planDisbursement,
  showPayee,
  voidDisbursement,
} from './service.ts';

onCaseView({ name: 'disbursements', load: findLatestOfCase });

const tags = ['Disbursements'];
const params = IdParams;
const response = { 200: DisbursementView };

/** Parties and, for the one who pays, the payee. */
export async function viewDisbursement(tx: Tx, line: Disbursement) {
  const ids = [line.agencyId, line.treasuryAgencyId, line.shareAgencyId].filter((id) => id !== null);
  const [agencyOf, payee] = await Promise.all([requireAgencyMap(tx, ids), showPayee(tx, line)]);
  return toDisbursementView(tx, line, { agencyOf, payee });
}

const since = <T extends { updatedSince?: string }>({ updatedSince, ...filter }: T) => ({
  ...filter,
  ...(updatedSince ? { updatedSince: new Date(updatedSince) } : {}),
});

type Decision<B extends TSchema> = {
  operationId: string;
  summary: string;
  description: string;
  permission: `disbursement:${string}`;
  /** It moves money between the accounts of the fund: Idempotency-Key is required. */
  idempotent?: true;
  /** The officer's own factor is asked for, as in the table of actions. */
  decisive?: true;
  body: B;
  verb: (tx: Tx, id: string, body: Static<B>, expected: ExpectedVersion) => Promise<Disbursement>;
};

/** A decision sub-resource; the body has passed the schema of the route when it reaches the verb. */
function decision<B extends TSchema>(app: App, path: string, spec: Decision<B>): void {
  const { permission, idempotent = false, decisive = false, operationId, summary, description, body } = spec;
  app.post(
    `/v1/disbursements/:id/${path}`,
    {
      config: { permission, resource: 'disbursement', ifMatch: true, dryRun: true, idempotent, decisive },
      schema: { operationId, tags, summary, description, params, body, response },
    },
    (req) => {
      const { id } = req.params;
      const given = req.body as Static<B>;
      return req.command({ verb: (tx, expected) => spec.verb(tx, id, given, expected), view: viewDisbursement });
    },
  );
}

function readRoutes(app: App): void {
  app.get(
    '/v1/assistance-cases/:id/disbursements',
    {
      config: { permission: 'disbursement:read', resource: 'case' },
      schema: {
        operationId: 'listCaseDisbursements',
        tags,
        summary: 'List the disbursements of a case 案件的发放记录',
        description: 'Newest first, without payees. 按时间倒序，不含领款人信息。',
        params,
        querystring: CaseDisbursementQuery,
        response: { 200: DisbursementPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listDisbursements(tx, { ...since(req.query), assistanceCaseId: req.params.id }, page),
        (_tx, line) => toDisbursementItem(line),
      ),
  );
  app.get(
    '/v1/disbursements',
    {
      config: { permission: 'disbursement:read' },
      schema: {
        operationId: 'listDisbursements',
        tags,
        summary: 'List disbursements 发放记录列表',
        description: 'Newest first, only what the caller sees. 按时间倒序，仅列出可见记录。',
        querystring: DisbursementQuery,
        response: { 200: DisbursementPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listDisbursements(tx, since(req.query), page),
        (_tx, line) => toDisbursementItem(line),
      ),
  );
  app.get(
    '/v1/disbursements/:id',
    {
      config: { permission: 'disbursement:read', resource: 'disbursement' },
      schema: {
        operationId: 'getDisbursement',
        tags,
        summary: 'Read a disbursement 查看发放记录',
        description:
          'Finance of the paying agency sees payee and account while it is authorised or submitted; each look is audited. 财务人员在待支付期间可见领款人与账号，查看留痕。',
        params,
        response,
      },
    },
    (req) =>
      req.read(async (tx) => findDisbursement(tx, req.params.id).then((line) => line && viewDisbursement(tx, line))),
  );
}

function planRoute(app: App): void {
  app.post(
    '/v1/assistance-cases/:id/disbursements',
    {
      config: { permission: 'disbursement:plan', resource: 'case', idempotent: true, dryRun: true },
      schema: {
        operationId: 'planDisbursement',
        tags,
        summary: 'Plan a disbursement 制定发放计划',
        description:
          'Draws on what the grant has reserved, the own part first, or on a joint share by its `fundId` (paid by that agency); all lines together never exceed it. `requestNumber` is never used again. 从批准时预留的金额中支取，各笔合计不得超过决定金额。',
        params,
        body: DisbursementInput,
        response: { 201: DisbursementView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => planDisbursement(tx, req.params.id, req.body, expected),
        view: viewDisbursement,
        status: 201,
        location: (view) => `/v1/disbursements/${view.id}`,
      }),
  );
}

function paymentRoutes(app: App): void {
  decision(app, 'authorisation', {
    operationId: 'authoriseDisbursement',
    summary: 'Authorise 审批支付',
    description: 'By a head or chief who did not plan it. 由非计划人的负责人或检察长审批。',
    permission: 'disbursement:authorise',
    decisive: true,
    body: AuthorisationBody,
    verb: authoriseDisbursement,
  });
  decision(app, 'submission', {
    operationId: 'submitDisbursement',
    summary: 'Submit for payment 提交支付',
    description:
      'The application to the finance department or paying bank, by finance; a failed line is sent again. 由财务向财政部门或代发银行提交；失败的可再次提交。',
    permission: 'disbursement:settle',
    decisive: true,
    idempotent: true,
    body: SubmissionBody,
    verb: (tx, id, _body, expected) => submitDisbursement(tx, id, expected),
  });
  decision(app, 'appropriation', {
    operationId: 'recordAppropriation',
    summary: 'Record the appropriation 登记财政拨款',
    description: 'A recorded fact for the clocks; never blocks payment. 仅作登记与计时，不影响支付。',
    permission: 'disbursement:appropriate',
    body: AppropriationBody,
    verb: recordAppropriation,
  });
  decision(app, 'notification', {
    operationId: 'recordNotification',
    summary: 'Record the notification 登记告知领款',
    description: 'The claimant was told of the money. 已告知当事人领款。',
    permission: 'disbursement:confirm_receipt',
    body: NotificationBody,
    verb: recordNotification,
  });
  decision(app, 'settlement', {
    operationId: 'settleDisbursement',
    summary: 'Settle 确认支付',
    description: 'The bank has paid. `custody` goes on to `in_custody`. 银行已支付；托管款随即转入监管。',
    permission: 'disbursement:settle',
    decisive: true,
    idempotent: true,
    body: SettlementBody,
    verb: settleDisbursement,
  });
  decision(app, 'failure', {
    operationId: 'failDisbursement',
    summary: 'Record a failed or unknown outcome 登记支付失败或结果不明',
    description:
      '`outcome: unknown` keeps the money in transit until it is settled or failed. 结果不明时资金仍在途，待查明后再登记。',
    permission: 'disbursement:settle',
    decisive: true,
    idempotent: true,
    body: FailureBody,
    verb: failDisbursement,
  });
}

function endingRoutes(app: App): void {
  decision(app, 'void', {
    operationId: 'voidDisbursement',
    summary: 'Void 作废',
    description: 'Before submission or after a failure; the amount may be planned again. 金额退回，可重新计划。',
    permission: 'disbursement:void',
    idempotent: true,
    body: VoidBody,
    verb: voidDisbursement,
  });
  decision(app, 'receipt-confirmation', {
    operationId: 'confirmReceipt',
    summary: 'Confirm receipt 确认收款',
    description: '`received` confirms; anything else disputes. 已收到为确认，其余为有争议。',
    permission: 'disbursement:confirm_receipt',
    body: ReceiptBody,
    verb: confirmReceipt,
  });
  decision(app, 'recovery', {
    operationId: 'recoverDisbursement',
    summary: 'Recover 追回',
    description:
      'The chief orders it and where the money goes; each later call by finance records what came back, until the order is met. 检察长决定追回及款项去向，财务逐笔登记追回金额。',
    permission: 'disbursement:recover',
    decisive: true,
    idempotent: true,
    body: RecoveryBody,
    verb: recoverDisbursement,
  });
  decision(app, 'write-off', {
    operationId: 'writeOffDisbursement',
    summary: 'Write off 核销',
    description:
      'Of what cannot be recovered: the first call proposes it, by finance or a chief; the second approves it, by a chief who is another person. 无法追回的先申请核销，再由另一人（检察长）批准。',
    permission: 'disbursement:recover',
    decisive: true,
    idempotent: true,
    body: WriteOffBody,
    verb: writeOffDisbursement,
  });
}

export function disbursementRoutes(app: App): void {
  planRoute(app);
  readRoutes(app);
  paymentRoutes(app);
  endingRoutes(app);
}
