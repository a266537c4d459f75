// /v1/funds: opening a fund, what the treasury gives, the closing of a year, the reversal of what was booked wrongly.
import { Type } from 'typebox';
import type { Tx } from '../platform/db/tx.ts';
import { Id, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findClosings } from './closing-repository.ts';
import { findEntry } from './ledger-repository.ts';
import { allocateToFund, closeYear, openFund, reverseEntry } from './management.ts';
import type { FundRow } from './repository.ts';
import {
  AllocationInput,
  FundEntryView,
  FundInput,
  FundView,
  ReversalInput,
  toFundEntryView,
  toFundView,
  YearEndBody,
} from './schema.ts';

const tags = ['Funds'];
const params = IdParams;
const EntryParams = Type.Object({ id: Id, entryId: Id });
const created = { 201: FundEntryView };

export const viewFund = async (tx: Tx, fund: FundRow) => toFundView(fund, await findClosings(tx, fund.id));

function openingRoute(app: App): void {
  app.post(
    '/v1/funds',
    {
      config: { permission: 'fund:open', idempotent: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'openFund',
        tags,
        summary: 'Open a fund 开立资金账户',
        description:
          'Empty, of the own procuratorate; money comes by an allocation. 为本院开立空账户，款项由财政拨入。',
        body: FundInput,
        response: { 201: FundView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => openFund(tx, req.body),
        view: viewFund,
        status: 201,
        location: ({ id }) => `/v1/funds/${id}`,
      }),
  );
}

function bookingRoutes(app: App): void {
  app.post(
    '/v1/funds/:id/allocations',
    {
      config: { permission: 'fund:allocate', resource: 'fund', idempotent: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'allocateToFund',
        tags,
        summary: 'Book an allocation of the treasury 登记财政拨款入账',
        description:
          'The same document is booked once in a fund. Answers the entry. 同一拨款文号在一个账户中只登记一次。',
        params,
        body: AllocationInput,
        response: created,
      },
    },
    (req) => {
      const { id } = req.params;
      return req.command({
        verb: (tx, expected) => allocateToFund(tx, id, req.body, expected),
        view: (_tx, entry) => toFundEntryView(entry),
        status: 201,
        location: (entry) => `/v1/funds/${id}/entries/${entry.id}`,
      });
    },
  );
  app.post(
    '/v1/funds/:id/entries/:entryId/reversal',
    {
      config: { permission: 'fund:reverse', resource: 'fund', idempotent: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'reverseFundEntry',
        tags,
        summary: 'Reverse an entry 冲正分录',
        description:
          'An allocation or a return at the end of a year is turned round by another entry, by another person than who booked it. 拨款登记或年终退回有误的，由另一人以相反分录冲正。',
        params: EntryParams,
        body: ReversalInput,
        response: created,
      },
    },
    (req) => {
      const { id } = req.params;
      return req.command({
        verb: (tx) => reverseEntry(tx, req.params, req.body),
        view: (_tx, entry) => toFundEntryView(entry),
        status: 201,
        location: (entry) => `/v1/funds/${id}/entries/${entry.id}`,
      });
    },
  );
}

export function fundManagementRoutes(app: App): void {
  openingRoute(app);
  bookingRoutes(app);
  app.post(
    '/v1/funds/:id/year-end-closing',
    {
      config: {
        ...{ permission: 'fund:close_year', resource: 'fund' },
        ...{ ifMatch: true, idempotent: true, dryRun: true, decisive: true },
      },
      schema: {
        operationId: 'closeFundYear',
        tags,
        summary: 'Close a year 年终结转',
        description:
          'From December on, once a year: what nobody holds is carried over or goes back to the treasury; what is reserved or in transit stays. 每年度一次，12月起办理：可用余额结转下年或退回财政，已预留和在途款项不动。',
        params,
        body: YearEndBody,
        response: { 200: FundView },
      },
    },
    (req) =>
      req.command({
        verb: (tx, expected) => closeYear(tx, req.params.id, req.body, expected),
        view: viewFund,
      }),
  );
  app.get(
    '/v1/funds/:id/entries/:entryId',
    {
      config: { permission: 'fund:read', resource: 'fund' },
      schema: {
        operationId: 'getFundEntry',
        tags,
        summary: 'Read an entry 查看资金分录',
        description: 'One journal with its postings. 一笔分录及其借贷。',
        params: EntryParams,
        response: { 200: FundEntryView },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const entry = await findEntry(tx, req.params.id, req.params.entryId.toLowerCase(), true);
        return entry && toFundEntryView(entry);
      }),
  );
}
