// /v1/funds: the procuratorate's funds, their balance now or at an earlier instant, and the entries behind it.
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { balanceOf, listEntries } from './ledger-repository.ts';
import { fundManagementRoutes, viewFund } from './management-routes.ts';
import { findFund, listFunds } from './repository.ts';
import {
  BalanceQuery,
  EntryQuery,
  FundBalance,
  FundEntryPage,
  FundPage,
  FundQuery,
  FundVerification,
  FundView,
  toBalanceView,
  toFundEntryView,
  toFundItem,
  toVerificationView,
} from './schema.ts';
import { tellBalances } from './verification-repository.ts';

const tags = ['Funds'];
const params = IdParams;
const one = { permission: 'fund:read', resource: 'fund' } as const;

const filterOf = ({ assistanceCaseId, disbursementId }: { assistanceCaseId?: string; disbursementId?: string }) => ({
  ...(assistanceCaseId ? { assistanceCaseId } : {}),
  ...(disbursementId ? { disbursementId } : {}),
});

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
        (_tx, fund) => toFundItem(fund),
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
        description: 'With the closings of its years. 含历年年终结转。',
        params,
        response: { 200: FundView },
      },
    },
    (req) => req.read(async (tx) => findFund(tx, req.params.id).then((fund) => fund && viewFund(tx, fund))),
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
          'Available, reserved by grants, in transit and posted, with what became of it; `asOf` looks back. 可用、已预留、在途与已支付金额，可按时点回溯。',
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
        description:
          'Journals with their debits and credits, newest first; they are never changed, and every balance is their sum. 借贷分录，只增不改，余额为其合计。',
        params,
        querystring: EntryQuery,
        response: { 200: FundEntryPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listEntries(tx, req.params.id, filterOf(req.query), page),
        (_tx, entry) => toFundEntryView(entry),
      ),
  );
  app.get(
    '/v1/funds/:id/verification',
    {
      config: one,
      schema: {
        operationId: 'verifyFund',
        tags,
        summary: 'Verify the balances of a fund 核对资金余额',
        description:
          'Each account three times: the balance as kept, the sum of its postings, and folded anew from the audit log alone. 每个科目的余额、分录合计与仅由审计记录重算的金额，三者对照。',
        params,
        response: { 200: FundVerification },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const rows = await tellBalances(tx, req.params.id);
        return rows.length > 0 ? toVerificationView(rows, tx.ctx.now) : undefined;
      }),
  );
  fundManagementRoutes(app);
}
