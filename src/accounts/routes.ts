// /v1/monitoring-accounts: reading, timeline, entries, and the steps of the owners.
import { requireAgencyMap } from '../agencies/service.ts';
import { findMaskedPerson } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { Closed, Id, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { originRoutes } from './origin-routes.ts';
import {
  type Account,
  type Entry,
  findAccount,
  findEntry,
  listAccounts,
  listEntries,
  listTimeline,
} from './repository.ts';
import {
  AccountPage,
  AccountQuery,
  AccountReasonBody,
  AccountStepBody,
  AccountView,
  ChildQuery,
  EntryBody,
  EntryPage,
  EntryView,
  TimelinePage,
  toAccountItem,
  toAccountView,
  toEntryItem,
  toEntryView,
  toTimelineItem,
} from './schema.ts';
import {
  addEntry,
  closeAccount,
  deEscalateAccount,
  escalateAccount,
  reopenAccount,
  stabiliseAccount,
} from './service.ts';

const tags = ['Monitoring accounts'];
const params = IdParams;
const response = { 200: AccountView };
const read = { permission: 'account:read', resource: 'account' } as const;
const decision = { permission: 'account:manage', resource: 'account', ifMatch: true, dryRun: true } as const;

/** Person and agencies of the view in one look each. */
async function viewAccount(tx: Tx, account: Account) {
  const ids = [...account.referrals.map((r) => r.agencyId), ...account.consents.map((c) => c.agencyId)];
  const federation = account.federationId ? [account.federationId] : [];
  const agencyOf = await requireAgencyMap(tx, [account.procuratorateId, ...federation, ...ids]);
  return toAccountView(tx, account, await findMaskedPerson(tx, account.personId), agencyOf);
}

async function viewEntry(tx: Tx, { account, entry }: { account: Account; entry: Entry }) {
  const agencyOf = await requireAgencyMap(tx, [entry.agencyId]);
  return toEntryView(tx, account, entry, agencyOf(entry.agencyId));
}

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

function entryRoutes(app: App): void {
  app.post(
    '/v1/monitoring-accounts/:id/entries',
    {
      config: { permission: 'account:entry', resource: 'account', idempotent: true, dryRun: true },
      schema: {
        operationId: 'addAccountEntry',
        tags,
        summary: 'Add an entry 记入台账',
        description: 'By either owner; it stays as written. 由任一主管单位记入，不可改动。',
        params,
        body: EntryBody,
        response: { 201: EntryView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => addEntry(tx, req.params.id, req.body, expected),
        view: viewEntry,
        status: 201,
        location: (view) => `/v1/monitoring-accounts/${view.accountId}/entries/${view.id}`,
      }),
  );
  app.get(
    '/v1/monitoring-accounts/:id/entries',
    {
      config: read,
      schema: {
        operationId: 'listAccountEntries',
        tags,
        summary: 'Entries of an account 台账记录',
        description: 'Oldest first, without texts. 按时间顺序，不含内容。',
        params,
        querystring: ChildQuery,
        response: { 200: EntryPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listEntries(tx, req.params.id, page),
        (_tx, entry) => toEntryItem(entry),
      ),
  );
  app.get(
    '/v1/monitoring-accounts/:id/entries/:entryId',
    {
      config: read,
      schema: {
        operationId: 'getAccountEntry',
        tags,
        summary: 'Read an entry 查看台账记录',
        description: 'The text is for the owners, each view audited. 内容仅主管单位可见，查看留痕。',
        params: Closed({ id: Id, entryId: Id }),
        response: { 200: EntryView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const account = await findAccount(tx, req.params.id);
        const entry = account && (await findEntry(tx, account.id, req.params.entryId));
        return entry && viewEntry(tx, { account, entry });
      }),
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
        body: AccountReasonBody,
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
        description: 'Unless another account of the person is open. 该人员另有在管台账的除外。',
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
  originRoutes(app);
}
