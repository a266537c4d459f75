// /v1/monitoring-accounts: reading, timeline, and the steps of the owners.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { entryRoutes } from './entry-routes.ts';
import { originRoutes } from './origin-routes.ts';
import { findAccount, listAccounts, listTimeline } from './repository.ts';
import {
  AccountPage,
  AccountQuery,
  AccountReasonBody,
  AccountStepBody,
  AccountView,
  ChildQuery,
  ClosureBody,
  TimelinePage,
  toAccountItem,
  toTimelineItem,
} from './schema.ts';
import { closeAccount, deEscalateAccount, escalateAccount, reopenAccount, stabiliseAccount } from './service.ts';
import { transferRoutes } from './transfer-routes.ts';
import { viewAccount } from './view.ts';

const tags = ['Monitoring accounts'];
const params = IdParams;
const response = { 200: AccountView };
const read = { permission: 'account:read', resource: 'account' } as const;
const decision = { permission: 'account:manage', resource: 'account', ifMatch: true, dryRun: true } as const;

function readRoutes(app: App): void {
  app.get(
    '/v1/monitoring-accounts',
    {
      config: { permission: 'account:read' },
      schema: {
        operationId: 'listMonitoringAccounts',
        tags,
        summary: 'List monitoring accounts 监测台账列表',
        description: 'Newest first, ids and dates only. 按时间倒序，仅含标识与日期。',
        querystring: AccountQuery,
        response: { 200: AccountPage },
      },
    },
    (req) => {
      const { updatedSince, ...filter } = req.query;
      const since = updatedSince ? { updatedSince: new Date(updatedSince) } : {};
      return req.list(
        (tx, page) => listAccounts(tx, { ...filter, ...since }, page),
        (_tx, account) => toAccountItem(account),
      );
    },
  );
  app.get(
    '/v1/monitoring-accounts/:id',
    {
      config: read,
      schema: {
        operationId: 'getMonitoringAccount',
        tags,
        summary: 'Read a monitoring account 查看监测台账',
        description:
          'What both owners may know: money, referrals, visits, risk and the next action; the person is masked. 两个主管单位共同掌握的情况，人员信息脱敏。',
        params,
        response,
      },
    },
    (req) =>
      req.read(async (tx) => findAccount(tx, req.params.id).then((account) => account && viewAccount(tx, account))),
  );
  app.get(
    '/v1/monitoring-accounts/:id/timeline',
    {
      config: read,
      schema: {
        operationId: 'getMonitoringAccountTimeline',
        tags,
        summary: 'Timeline of an account 台账时间线',
        description: 'Oldest first: what happened, when, by which agency; no texts. 按时间顺序，不含内容。',
        params,
        querystring: ChildQuery,
        response: { 200: TimelinePage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listTimeline(tx, req.params.id, page),
        (_tx, line) => toTimelineItem(line),
      ),
  );
}

function stepRoutes(app: App): void {
  app.post(
    '/v1/monitoring-accounts/:id/escalation',
    {
      config: decision,
      schema: {
        operationId: 'escalateMonitoringAccount',
        tags,
        summary: 'Escalate 升级关注',
        description: 'By either owner, with a reason. 由任一主管单位升级，须说明理由。',
        params,
        body: AccountReasonBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => escalateAccount(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
  app.post(
    '/v1/monitoring-accounts/:id/de-escalation',
    {
      config: decision,
      schema: {
        operationId: 'deEscalateMonitoringAccount',
        tags,
        summary: 'De-escalate 解除升级',
        description: 'Back to ordinary monitoring. 恢复为一般监测。',
        params,
        body: AccountStepBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => deEscalateAccount(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
  app.post(
    '/v1/monitoring-accounts/:id/stabilisation',
    {
      config: decision,
      schema: {
        operationId: 'stabiliseMonitoringAccount',
        tags,
        summary: 'Mark as stable 转为稳定',
        description: 'The way to closing leads through stable. 销号前须转为稳定。',
        params,
        body: AccountReasonBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => stabiliseAccount(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
  app.post(
    '/v1/monitoring-accounts/:id/closure',
    {
      config: decision,
      schema: {
        operationId: 'closeMonitoringAccount',
        tags,
        summary: 'Close, or consent to closing 销号',
        description:
          'Takes both owners: the first one consents (`closureConsents`, still stable), the second closes. 须两个主管单位同意，先同意者登记，后同意者销号。',
        params,
        body: ClosureBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => closeAccount(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
  app.post(
    '/v1/monitoring-accounts/:id/reopening',
    {
      config: decision,
      schema: {
        operationId: 'reopenMonitoringAccount',
        tags,
        summary: 'Reopen 重新启用',
        description: 'By either owner, unless it was merged into another one. 由任一主管单位重新启用，已合并的除外。',
        params,
        body: AccountReasonBody,
        response,
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => reopenAccount(tx, req.params.id, req.body, expected),
        view: viewAccount,
      }),
  );
}

export function accountRoutes(app: App): void {
  readRoutes(app);
  entryRoutes(app);
  stepRoutes(app);
  transferRoutes(app);
  originRoutes(app);
}
