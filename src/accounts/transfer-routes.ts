// POST /v1/monitoring-accounts/{id}/transfer and what becomes of it: to another procuratorate and its Federation.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { AccountReasonBody, AccountView, TransferAcceptanceBody, TransferBody } from './schema.ts';
import { acceptTransfer, rejectTransfer, requestTransfer, withdrawTransfer } from './transfer.ts';
import { viewAccount } from './view.ts';

const tags = ['Monitoring accounts'];
const params = IdParams;
const response = { 200: AccountView };
const decision = { permission: 'account:manage', resource: 'account', ifMatch: true, dryRun: true } as const;

function askRoutes(app: App): void {
  app.post(
    '/v1/monitoring-accounts/:id/transfer',
    {
      config: decision,
      schema: {
        operationId: 'transferMonitoringAccount',
        tags,
        summary: 'Transfer to another region 移交台账',
        description:
          'By either owner. Nothing changes hands before the receiving procuratorate has accepted. 由任一主管单位提出；接收检察院确认之前，原主管单位继续负责。',
        params,
        body: TransferBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => requestTransfer(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
  app.post(
    '/v1/monitoring-accounts/:id/transfer-withdrawal',
    {
      config: decision,
      schema: {
        operationId: 'withdrawAccountTransfer',
        tags,
        summary: 'Withdraw a transfer 撤回移交',
        description: 'By either owner, before it is answered. 答复之前由任一主管单位撤回。',
        params,
        body: AccountReasonBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => withdrawTransfer(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
}

function answerRoutes(app: App): void {
  app.post(
    '/v1/monitoring-accounts/:id/transfer-acceptance',
    {
      config: decision,
      schema: {
        operationId: 'acceptAccountTransfer',
        tags,
        summary: 'Accept a transfer 接收移交',
        description:
          'The receiving procuratorate and the Federation of its region and level become the owners; the former keep a masked view. 接收检察院与其同级妇联成为主管单位，原主管单位保留脱敏查看。',
        params,
        body: TransferAcceptanceBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => acceptTransfer(tx, req.params.id, expected),
        view: viewAccount,
      }),
  );
  app.post(
    '/v1/monitoring-accounts/:id/transfer-rejection',
    {
      config: decision,
      schema: {
        operationId: 'rejectAccountTransfer',
        tags,
        summary: 'Reject a transfer 不予接收移交',
        description: 'With a reason; the owners stay the same. 须说明理由；主管单位不变。',
        params,
        body: AccountReasonBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => rejectTransfer(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
}

export function transferRoutes(app: App): void {
  askRoutes(app);
  answerRoutes(app);
}
