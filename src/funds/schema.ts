// Wire shapes of funds, their balance and their entries.
import { type Static, Type } from 'typebox';
import { toMoney } from '../kernel/money.ts';
import {
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
import { type Balances, FUND_ACCOUNTS, MOVEMENT_KINDS } from './domain.ts';
import type { FundEntryRow, FundRow } from './repository.ts';

export const FundView = named(
  'Fund',
  Closed({
    id: Id,
    code: Code,
    name: Type.String({ maxLength: 200 }),
    agencyId: Id,
    isDefault: Type.Boolean({ description: 'awards that name no fund are reserved here' }),
    version: Type.Integer({ minimum: 1, description: 'number of movements so far' }),
    createdAt: Instant,
    updatedAt: Instant,
  }),
);
export const FundPage = pageOf('FundPage', FundView);
export const FundQuery = Type.Object(pageQuery);

export const FundBalance = named(
  'FundBalance',
  Closed(
    { available: Money, reserved: Money, inTransit: Money, posted: Money, asOf: Instant },
    { description: 'available + reserved + in transit + posted = everything ever allocated' },
  ),
);
/** `asOf` is a business instant; the present one otherwise. */
export const BalanceQuery = Type.Object({ asOf: Type.Optional(Instant) });

export const FundEntryView = named(
  'FundEntry',
  Closed({
    id: Id,
    position: Type.Integer({ minimum: 1, description: 'running number within the fund, without a gap' }),
    kind: Literals(MOVEMENT_KINDS),
    from: Literals(FUND_ACCOUNTS),
    to: Literals(FUND_ACCOUNTS),
    amount: Money,
    assistanceCaseId: Nullable(Id),
    disbursementId: Nullable(Id),
    occurredAt: Instant,
    recordedAt: Instant,
  }),
);
export const FundEntryPage = pageOf('FundEntryPage', FundEntryView);

export function toFundView(fund: FundRow): Static<typeof FundView> {
  const { id, code, name, agencyId, isDefault, version } = fund;
  const times = { createdAt: fund.createdAt.toISOString(), updatedAt: fund.updatedAt.toISOString() };
  return { id, code, name, agencyId, isDefault, version, ...times };
}

export function toBalanceView(balances: Balances, asOf: Date): Static<typeof FundBalance> {
  return {
    available: toMoney(balances.available),
    reserved: toMoney(balances.reserved),
    inTransit: toMoney(balances.inTransit),
    posted: toMoney(balances.paid),
    asOf: asOf.toISOString(),
  };
}

export function toFundEntryView(entry: FundEntryRow): Static<typeof FundEntryView> {
  return {
    id: entry.id,
    position: entry.position,
    kind: entry.kind,
    from: entry.fromAccount,
    to: entry.toAccount,
    amount: toMoney(entry.amountFen),
    assistanceCaseId: entry.caseId,
    disbursementId: entry.disbursementId,
    occurredAt: entry.occurredAt.toISOString(),
    recordedAt: entry.recordedAt.toISOString(),
  };
}
