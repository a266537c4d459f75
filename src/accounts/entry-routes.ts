// /v1/monitoring-accounts/{id}/entries: writing and reading, and the other owner's answer.
import { requireAgencyMap } from '../agencies/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { Closed, Id, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { addEntry, countersignEntry, type EntryOfAccount, objectToEntry } from './entries.ts';
import { findEntry, listEntries } from './entry-repository.ts';
import {
  CountersignatureBody,
  EntryBody,
  EntryPage,
  EntryQuery,
  EntryView,
  ObjectionBody,
  toEntryItem,
  toEntryView,
} from './entry-schema.ts';
import { findAccount } from './repository.ts';

const tags = ['Monitoring accounts'];
const read = { permission: 'account:read', resource: 'account' } as const;
const answer = { permission: 'account:entry', resource: 'account', ifMatch: true, dryRun: true } as const;
const entryParams = Closed({ id: Id, entryId: Id });

async function viewEntry(tx: Tx, found: EntryOfAccount) {
  const { agencyId } = found.entry;
  return toEntryView(tx, found, (await requireAgencyMap(tx, [agencyId]))(agencyId));
}

const targetOf = (params: { id: string; entryId: string }) => ({ accountId: params.id, entryId: params.entryId });

function writeRoute(app: App): void {
  app.post(
    '/v1/monitoring-accounts/:id/entries',
    {
      config: { permission: 'account:entry', resource: 'account', idempotent: true, dryRun: true },
      schema: {
        operationId: 'addAccountEntry',
        tags,
        summary: 'Add an entry 记入台账',
        description:
          'By either owner; it stays as written and waits for the other one. `answersEntryId` answers an objection. 由任一主管单位记入，不可改动，待另一主管单位会签；带 answersEntryId 时答复异议。',
        params: IdParams,
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
}

function listRoute(app: App): void {
  app.get(
    '/v1/monitoring-accounts/:id/entries',
    {
      config: read,
      schema: {
        operationId: 'listAccountEntries',
        tags,
        summary: 'Entries of an account 台账记录',
        description: 'Newest first, without texts. 最新的在前，不含内容。',
        params: IdParams,
        querystring: EntryQuery,
        response: { 200: EntryPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listEntries(tx, req.params.id, req.query.state, page),
        (_tx, entry) => toEntryItem(entry),
      ),
  );
}

function singleRoute(app: App): void {
  app.get(
    '/v1/monitoring-accounts/:id/entries/:entryId',
    {
      config: read,
      schema: {
        operationId: 'getAccountEntry',
        tags,
        summary: 'Read an entry 查看台账记录',
        description: 'The texts are for the owners, each view audited. 内容仅主管单位可见，查看留痕。',
        params: entryParams,
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

function countersignatureRoute(app: App): void {
  app.post(
    '/v1/monitoring-accounts/:id/entries/:entryId/countersignature',
    {
      config: answer,
      schema: {
        operationId: 'countersignAccountEntry',
        tags,
        summary: 'Countersign an entry 会签台账记录',
        description: 'By the other owner, another person, once. 由另一主管单位的另一人会签，一次为限。',
        params: entryParams,
        body: CountersignatureBody,
        response: { 200: EntryView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => countersignEntry(tx, { ...targetOf(req.params), expected }, req.body),
        view: viewEntry,
      }),
  );
}

function objectionRoute(app: App): void {
  app.post(
    '/v1/monitoring-accounts/:id/entries/:entryId/objection',
    {
      config: answer,
      schema: {
        operationId: 'objectToAccountEntry',
        tags,
        summary: 'Object to an entry 对台账记录提出异议',
        description:
          'By the other owner, with a reason; the entry stays, and a new one answers. 由另一主管单位说明理由；原记录保留，以新记录答复。',
        params: entryParams,
        body: ObjectionBody,
        response: { 200: EntryView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => objectToEntry(tx, { ...targetOf(req.params), expected }, req.body),
        view: viewEntry,
      }),
  );
}

export function entryRoutes(app: App): void {
  writeRoute(app);
  listRoute(app);
  singleRoute(app);
  countersignatureRoute(app);
  objectionRoute(app);
}
