// /v1/funds: the procuratorate's funds, their balance now or at an earlier instant, and the entries behind it.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { balanceOf, findFund, listEntries, listFunds } from './repository.ts';
import {
  BalanceQuery,
  FundBalance,
  FundEntryPage,
  FundPage,
  FundQuery,
  FundView,
  toBalanceView,
  toFundEntryView,
  toFundView,
} from './schema.ts';

const tags = ['Funds'];
const params = IdParams;
const one = { permission: 'fund:read', resource: 'fund' } as const;

export function fundRoutes(app: App): void {
  app.get(
    '/v1/funds',
    {
      config: { permission: 'fund:read' },
      schema: {
        operationId: 'listFunds',
        tags,
        summary: 'List funds 资金账户列表',
        description: "The agency's own funds; a supervisor also sees those below. 本单位的资金账户。",
        querystring: FundQuery,
        response: { 200: FundPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listFunds(tx, page),
        (_tx, fund) => toFundView(fund),
      ),
  );
  app.get(
    '/v1/funds/:id',
    {
      config: one,
      schema: {
        operationId: 'getFund',
        tags,
        summary: 'Read a fund 查看资金账户',
        description: 'Its version is the number of movements so far. 版本号即变动次数。',
        params,
        response: { 200: FundView },
      },
    },
    (req) => req.read(async (tx) => findFund(tx, req.params.id).then((fund) => fund && toFundView(fund))),
  );
  app.get(
    '/v1/funds/:id/balance',
    {
      config: one,
      schema: {
        operationId: 'getFundBalance',
        tags,
        summary: 'Balance of a fund 资金余额',
        description:
          'Available, reserved by grants, in transit and posted; `asOf` looks back. 可用、已预留、在途与已支付金额。',
        params,
        querystring: BalanceQuery,
        response: { 200: FundBalance },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const asOf = req.query.asOf ? new Date(req.query.asOf) : undefined;
        const balances = await balanceOf(tx, req.params.id, asOf);
        return balances && toBalanceView(balances, asOf ?? tx.ctx.now);
      }),
  );
  app.get(
    '/v1/funds/:id/entries',
    {
      config: one,
      schema: {
        operationId: 'listFundEntries',
        tags,
        summary: 'Entries of a fund 资金流水',
        description: 'Append-only movements, newest first; the balance is their sum. 只增不改的资金流水。',
        params,
        querystring: FundQuery,
        response: { 200: FundEntryPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listEntries(tx, req.params.id, page),
        (_tx, entry) => toFundEntryView(entry),
      ),
  );
}
