// Wire shapes of funds: opening, allocation, closing of a year, balance and entries.
import { type Static, Type } from 'typebox';
import { toMoney } from '../kernel/money.ts';
import {
  CivilDate,
  Closed,
  Code,
  Id,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  pageOf,
  pageQuery,
} from '../platform/http/schema.ts';
import type { ClosingRow } from './closing-repository.ts';
import { type Balances, CLOSING_OUTCOMES, FUND_ACCOUNTS, JOURNAL_KINDS, postedOf, REVERSAL_REASONS } from './domain.ts';
import type { FundEntry } from './ledger-repository.ts';
import type { FundRow } from './repository.ts';
import type { Told } from './verification-repository.ts';

const listed = {
  id: Id,
  code: Code,
  name: Type.String({ maxLength: 200 }),
  agencyId: Id,
  isDefault: Type.Boolean({ description: 'awards that name no fund are reserved here 未指定资金账户的救助在此预留' }),
  version: Type.Integer({ minimum: 1, description: 'changes with every movement 每次变动递增' }),
  createdAt: Instant,
  updatedAt: Instant,
};
const Closing = named(
  'FundClosing',
  Closed({
    year: Type.Integer({ minimum: 2000, maximum: 2200 }),
    outcome: Literals(CLOSING_OUTCOMES),
    returned: Money,
    available: Money,
    reserved: Money,
    inTransit: Money,
    closedBy: Id,
    closedAt: Instant,
  }),
);
export const FundItem = named('FundItem', Closed(listed));
export const FundView = named('Fund', Closed({ ...listed, closings: Type.Array(Closing, { maxItems: 200 }) }));
export const FundPage = pageOf('FundPage', FundItem);
export const FundQuery = Type.Object(pageQuery);

export const FundBalance = named(
  'FundBalance',
  Closed(
    {
      available: Money,
      reserved: Money,
      inTransit: Money,
      posted: Money,
      allocated: Money,
      paid: Money,
      custody: Money,
      receivable: Money,
      writtenOff: Money,
      asOf: Instant,
    },
    {
      description:
        'available + reserved + inTransit + posted = allocated; posted = paid + custody + receivable (to be recovered) + writtenOff; allocated: what the treasury has given and not taken back 各项之和等于财政拨入净额',
    },
  ),
);
/** `asOf` is a business instant; the present one otherwise. */
export const BalanceQuery = Type.Object({ asOf: Type.Optional(Instant) });

const SignedMoney = named(
  'SignedMoney',
  Closed({
    amount: Type.String({ pattern: '^-?(0|[1-9][0-9]{0,15})\\.[0-9]{2}$', maxLength: 20 }),
    currency: Type.Literal('CNY'),
  }),
);
export const FundVerification = named(
  'FundVerification',
  Closed({
    agrees: Type.Boolean({ description: 'all three agree in every account 三者逐科目一致' }),
    accounts: Type.Array(
      Closed({ account: Literals(FUND_ACCOUNTS), balance: SignedMoney, postings: SignedMoney, auditLog: SignedMoney }),
      { maxItems: 8 },
    ),
    asOf: Instant,
  }),
);

const OptionalId = Type.Optional(Type.String({ maxLength: 36, format: 'uuid' }));
export const EntryQuery = Type.Object({ ...pageQuery, assistanceCaseId: OptionalId, disbursementId: OptionalId });
export const DocumentNumber = Type.String({
  pattern: '^[\\p{L}\\p{N}〔〕()（）\\[\\]._:/ -]{1,100}$',
  maxLength: 100,
  description: 'e.g. 沈和财行〔2026〕18号',
});

const Posting = named(
  'FundPosting',
  Closed({ account: Literals(FUND_ACCOUNTS), direction: Literals(['debit', 'credit'] as const), amount: Money }),
);
export const FundEntryView = named(
  'FundEntry',
  Closed(
    {
      id: Id,
      position: Type.Integer({ minimum: 1, description: 'running number within the fund, without a gap 账内连续编号' }),
      kind: Literals(JOURNAL_KINDS),
      from: Literals(FUND_ACCOUNTS),
      to: Literals(FUND_ACCOUNTS),
      amount: Money,
      postings: Type.Array(Posting, { minItems: 2, maxItems: 8 }),
      assistanceCaseId: Nullable(Id),
      disbursementId: Nullable(Id),
      reversesId: Nullable(Id),
      releaseId: Nullable(Id),
      documentNumber: Nullable(DocumentNumber),
      occurredAt: Instant,
      recordedAt: Instant,
    },
    { description: 'A journal: its debits and credits are equal; it is never changed 一笔分录，借贷相等，只增不改' },
  ),
);
export const FundEntryPage = pageOf('FundEntryPage', FundEntryView);

export const FundInput = named(
  'FundInput',
  Closed({ code: Code, name: Type.String({ minLength: 1, maxLength: 200 }), isDefault: Type.Optional(Type.Boolean()) }),
);
export const AllocationInput = named(
  'FundAllocation',
  Closed({ amount: Money, documentNumber: DocumentNumber, receivedOn: CivilDate }),
);
export const YearEndBody = named(
  'FundYearEndClosing',
  Closed({
    year: Type.Integer({ minimum: 2000, maximum: 2200 }),
    outcome: Literals(CLOSING_OUTCOMES),
    amount: Type.Optional(Money),
  }),
);
export const ReversalInput = named('FundEntryReversal', Closed({ reason: Literals(REVERSAL_REASONS) }));

export function toFundItem(fund: FundRow): Static<typeof FundItem> {
  const { id, code, name, agencyId, isDefault, version } = fund;
  const times = { createdAt: fund.createdAt.toISOString(), updatedAt: fund.updatedAt.toISOString() };
  return { id, code, name, agencyId, isDefault, version, ...times };
}

const toClosing = (row: ClosingRow): Static<typeof Closing> => ({
  year: row.year,
  outcome: row.outcome,
  returned: toMoney(row.returnedFen),
  available: toMoney(row.availableFen),
  reserved: toMoney(row.reservedFen),
  inTransit: toMoney(row.inTransitFen),
  closedBy: row.closedBy,
  closedAt: row.createdAt.toISOString(),
});

export function toFundView(fund: FundRow, closings: readonly ClosingRow[]): Static<typeof FundView> {
  return { ...toFundItem(fund), closings: closings.map(toClosing) };
}

export function toBalanceView(balances: Balances, asOf: Date): Static<typeof FundBalance> {
  return {
    available: toMoney(balances.available),
    reserved: toMoney(balances.reserved),
    inTransit: toMoney(balances.in_transit),
    posted: toMoney(postedOf(balances)),
    allocated: toMoney(-balances.treasury),
    paid: toMoney(balances.paid),
    custody: toMoney(balances.custody),
    receivable: toMoney(balances.receivable),
    writtenOff: toMoney(balances.written_off),
    asOf: asOf.toISOString(),
  };
}

export function toVerificationView(rows: readonly Told[], now: Date): Static<typeof FundVerification> {
  const accounts = rows.map(({ account, kept, posted, told }) => {
    return { account, balance: toMoney(kept), postings: toMoney(posted), auditLog: toMoney(told) };
  });
  const agrees = rows.every(({ kept, posted, told }) => kept === posted && kept === told);
  return { agrees, accounts, asOf: now.toISOString() };
}

/** Credits first: where the money came from. */
export function toFundEntryView(entry: FundEntry): Static<typeof FundEntryView> {
  const postings = entry.postings.toSorted((a, b) => (a.amountFen < b.amountFen ? -1 : 1));
  const [from, to] = [postings[0], postings.at(-1)];
  if (!from || !to) throw new Error('a journal without postings');
  const amountFen = postings.reduce((sum, p) => (p.amountFen > 0n ? sum + p.amountFen : sum), 0n);
  return {
    id: entry.id,
    position: entry.position,
    kind: entry.kind,
    from: from.account,
    to: to.account,
    amount: toMoney(amountFen),
    postings: postings.map((p) => ({
      account: p.account,
      direction: p.amountFen > 0n ? ('debit' as const) : ('credit' as const),
      amount: toMoney(p.amountFen > 0n ? p.amountFen : -p.amountFen),
    })),
    assistanceCaseId: entry.caseId,
    disbursementId: entry.disbursementId,
    reversesId: entry.reversesId,
    releaseId: entry.releaseId,
    documentNumber: entry.documentNumber,
    occurredAt: entry.occurredAt.toISOString(),
    recordedAt: entry.recordedAt.toISOString(),
  };
}
