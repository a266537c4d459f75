// Decisions on an account: ten sub-resources of one shape, each with its body and verb.
import type { Static, TSchema } from 'typebox';
import type { Permission } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { countersignEntries } from './entries.ts';
import { CountersignaturesBody } from './entry-schema.ts';
import type { Account } from './repository.ts';
import {
  AccountReasonBody,
  AccountStepBody,
  AccountView,
  ClosureBody,
  TransferAcceptanceBody,
  TransferBody,
} from './schema.ts';
import { closeAccount, deEscalateAccount, escalateAccount, reopenAccount, stabiliseAccount } from './service.ts';
import { acceptTransfer, rejectTransfer, requestTransfer, withdrawTransfer } from './transfer.ts';
import { viewAccount } from './view.ts';

type Spec<B extends TSchema> = {
  path: string;
  operationId: string;
  summary: string;
  description: string;
  body: B;
  permission?: Permission;
};
type Verb<B extends TSchema> = (tx: Tx, id: string, input: Static<B>, expected: ExpectedVersion) => Promise<Account>;

function decision<B extends TSchema>(app: App, spec: Spec<B>, verb: Verb<B>): void {
  const { path, operationId, summary, description, body, permission = 'account:manage' } = spec;
  app.post(
    `/v1/monitoring-accounts/:id/${path}`,
    {
      config: { permission, resource: 'account', ifMatch: true, dryRun: true },
      schema: {
        operationId,
        tags: ['Monitoring accounts'],
        summary,
        description,
        params: IdParams,
        body,
        response: { 200: AccountView },
      },
    },
    (req) => {
      // The validator has held the body against exactly this schema.
      const input = req.body as Static<B>;
      return req.command({ verb: (tx, expected) => verb(tx, req.params.id, input, expected), view: viewAccount });
    },
  );
}

const ESCALATION = {
  path: 'escalation',
  operationId: 'escalateMonitoringAccount',
  summary: 'Escalate 升级关注',
  description: 'By either owner, with a reason. 由任一主管单位升级，须说明理由。',
  body: AccountReasonBody,
};
const DE_ESCALATION = {
  path: 'de-escalation',
  operationId: 'deEscalateMonitoringAccount',
  summary: 'De-escalate 解除升级',
  description: 'Back to ordinary monitoring. 恢复为一般监测。',
  body: AccountStepBody,
};
const STABILISATION = {
  path: 'stabilisation',
  operationId: 'stabiliseMonitoringAccount',
  summary: 'Mark as stable 转为稳定',
  description: 'The way to closing leads through stable. 销号前须转为稳定。',
  body: AccountReasonBody,
};
const CLOSURE = {
  path: 'closure',
  operationId: 'closeMonitoringAccount',
  summary: 'Close, or consent to closing 销号',
  description:
    'Takes both owners: the first one consents (`closureConsents`, still stable), the second closes. 须两个主管单位同意，先同意者登记，后同意者销号。',
  body: ClosureBody,
};
const REOPENING = {
  path: 'reopening',
  operationId: 'reopenMonitoringAccount',
  summary: 'Reopen 重新启用',
  description: 'By either owner, unless it was merged into another one. 由任一主管单位重新启用，已合并的除外。',
  body: AccountReasonBody,
};
const COUNTERSIGNATURE = {
  path: 'countersignature',
  operationId: 'countersignAccountEntries',
  summary: 'Countersign several entries 会签多条记录',
  description:
    'Entries of the other owner that were read, all or none. 会签另一主管单位的多条记录，要么全部，要么全不。',
  body: CountersignaturesBody,
  permission: 'account:entry',
} as const;
const TRANSFER = {
  path: 'transfer',
  operationId: 'transferMonitoringAccount',
  summary: 'Transfer to another region 移交台账',
  description:
    'By either owner. Nothing changes hands before the receiving procuratorate has accepted. 由任一主管单位提出；接收检察院确认之前，原主管单位继续负责。',
  body: TransferBody,
};
const TRANSFER_ACCEPTANCE = {
  path: 'transfer-acceptance',
  operationId: 'acceptAccountTransfer',
  summary: 'Accept a transfer 接收移交',
  description:
    'The receiving procuratorate and the Federation of its region and level become the owners; the former keep a masked view. 接收检察院与其同级妇联成为主管单位，原主管单位保留脱敏查看。',
  body: TransferAcceptanceBody,
};
const TRANSFER_REJECTION = {
  path: 'transfer-rejection',
  operationId: 'rejectAccountTransfer',
  summary: 'Reject a transfer 不予接收移交',
  description: 'With a reason; the owners stay the same. 须说明理由；主管单位不变。',
  body: AccountReasonBody,
};
const TRANSFER_WITHDRAWAL = {
  path: 'transfer-withdrawal',
  operationId: 'withdrawAccountTransfer',
  summary: 'Withdraw a transfer 撤回移交',
  description: 'By either owner, before it is answered. 答复之前由任一主管单位撤回。',
  body: AccountReasonBody,
};

export function stepRoutes(app: App): void {
  decision(app, ESCALATION, escalateAccount);
  decision(app, DE_ESCALATION, deEscalateAccount);
  decision(app, STABILISATION, stabiliseAccount);
  decision(app, CLOSURE, closeAccount);
  decision(app, REOPENING, reopenAccount);
  decision(app, COUNTERSIGNATURE, countersignEntries);
  decision(app, TRANSFER, requestTransfer);
  decision(app, TRANSFER_ACCEPTANCE, (tx, id, _input, expected) => acceptTransfer(tx, id, expected));
  decision(app, TRANSFER_REJECTION, rejectTransfer);
  decision(app, TRANSFER_WITHDRAWAL, withdrawTransfer);
}
