// The fund: four accounts in fen and the movements between them; every balance is the fold of its entries (trust M-03).
import { defineProblems } from '../kernel/problem.ts';

/** `external` is the treasury that allots; the four others are the columns of a fund. */
export const FUND_ACCOUNTS = ['external', 'available', 'reserved', 'in_transit', 'paid'] as const;
export type FundAccount = (typeof FUND_ACCOUNTS)[number];

/** What moves money, and between which accounts. */
export const MOVEMENTS = {
  allocation: { from: 'external', to: 'available' },
  reservation: { from: 'available', to: 'reserved' },
  release: { from: 'reserved', to: 'available' },
  submission: { from: 'reserved', to: 'in_transit' },
  settlement: { from: 'in_transit', to: 'paid' },
  failure: { from: 'in_transit', to: 'reserved' },
  recovery: { from: 'paid', to: 'available' },
} as const satisfies Record<string, { from: FundAccount; to: FundAccount }>;
export type MovementKind = keyof typeof MOVEMENTS;
export const MOVEMENT_KINDS = Object.keys(MOVEMENTS) as MovementKind[];

/** Balances in fen. */
export type Balances = { available: bigint; reserved: bigint; inTransit: bigint; paid: bigint };

export const NO_BALANCE: Balances = { available: 0n, reserved: 0n, inTransit: 0n, paid: 0n };

type Movement = { from: FundAccount; to: FundAccount; amountFen: bigint };

const MEMBER = { available: 'available', reserved: 'reserved', in_transit: 'inTransit', paid: 'paid' } as const;

/** The balances after one movement. */
export function applyMovement(balances: Balances, movement: Movement): Balances {
  const next = { ...balances };
  if (movement.from !== 'external') next[MEMBER[movement.from]] -= movement.amountFen;
  if (movement.to !== 'external') next[MEMBER[movement.to]] += movement.amountFen;
  return next;
}

export const fundProblems = defineProblems({
  'fund.insufficient': {
    status: 409,
    zh: ['资金余额不足', '资金账户可用余额不足，尚缺 {missing} 元', '调整金额，或由财政追加拨款后再办理'],
    en: [
      'Fund is insufficient',
      'the available balance of the fund is short of {missing} yuan',
      'lower the amount, or wait for a further allocation',
    ],
  },
  'fund.unavailable': {
    status: 409,
    zh: ['资金账户不可用', '承办检察院没有可供此项救助使用的资金账户', '由承办检察院设立默认资金账户后再办理'],
    en: [
      'No usable fund',
      'the handling procuratorate has no fund that this award may draw on',
      'let the procuratorate open a default fund first',
    ],
  },
  'award.below_advance': {
    status: 409,
    zh: [
      '救助金额低于先行救助',
      '先行救助已安排 {limit} 元，救助金额不得低于此数',
      '提高金额；不予救助的，作出不予救助决定后追回',
    ],
    en: [
      'The award is below the advance',
      'an advance has drawn {limit} yuan; the award may not be lower',
      'raise the award; or refuse, and the advance is recovered',
    ],
  },
  'award.below_shares': {
    status: 409,
    zh: [
      '救助金额低于联合救助各部分之和',
      '上级检察院已分担 {limit} 元，救助金额不得低于此数',
      '提高金额，或重新请求较低的分担金额',
    ],
    en: [
      'The award is below the shares',
      'superiors carry {limit} yuan of it; the award may not be lower',
      'raise the award, or ask for a smaller share',
    ],
  },
  'award.cap_exceeded': {
    status: 409,
    zh: [
      '超出救助金额',
      '各笔发放合计不得超过决定金额 {limit} 元，本笔超出 {missing} 元',
      '减少金额，或作废未使用的发放记录',
    ],
    en: [
      'The grant would be exceeded',
      'all lines together may not exceed the granted {limit} yuan; this one is {missing} yuan over it',
      'lower the amount, or void a line that is not used',
    ],
  },
});
