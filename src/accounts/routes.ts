// /v1/monitoring-accounts: the list, one account and its timeline; entries, decisions and origins stand beside it.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { entryRoutes } from './entry-routes.ts';
import { originRoutes } from './origin-routes.ts';
import { findAccount, listAccounts, listTimeline } from './repository.ts';
import {
  AccountPage,
  AccountQuery,
  AccountView,
  ChildQuery,
  TimelinePage,
  toAccountItem,
  toTimelineItem,
} from './schema.ts';
import { stepRoutes } from './step-routes.ts';
import { viewAccount } from './view.ts';

const tags = ['Monitoring accounts'];
const params = IdParams;
const response = { 200: AccountView };
const read = { permission: 'account:read', resource: 'account' } as const;

function listRoute(app: App): void {
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
}

function singleRoutes(app: App): void {
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
        description: 'Newest first: what happened, when, by which agency; no texts. 最新的在前，不含内容。',
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

export function accountRoutes(app: App): void {
  listRoute(app);
  singleRoutes(app);
  entryRoutes(app);
  stepRoutes(app);
  originRoutes(app);
}
