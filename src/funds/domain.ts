// The fund: its accounts in fen and the movements between them; every balance is the fold of its postings (M-02, M-03, ADR 0026).
import { caseProblems } from '../cases/domain.ts';
import { defineProblems } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

/** What the treasury has given is the other side of all else: its balance is never above zero, the others never below. */
export const FUND_ACCOUNTS = [
  'treasury',
  'available',
  'reserved',
  'in_transit',
  'paid',
  'custody',
  'receivable',
  'written_off',
] as const;
export type FundAccount = (typeof FUND_ACCOUNTS)[number];

type Legs = { from: FundAccount; to: FundAccount };

/** What moves money, and between which accounts. */
export const MOVEMENTS = {
  allocation: { from: 'treasury', to: 'available' },
  year_end_return: { from: 'available', to: 'treasury' },
  reservation: { from: 'available', to: 'reserved' },
  release: { from: 'reserved', to: 'available' },
  submission: { from: 'reserved', to: 'in_transit' },
  settlement: { from: 'in_transit', to: 'paid' },
  failure: { from: 'in_transit', to: 'reserved' },
  custody_deposit: { from: 'paid', to: 'custody' },
  custody_release: { from: 'custody', to: 'paid' },
  recovery_order: { from: 'paid', to: 'receivable' },
  custody_recall: { from: 'custody', to: 'receivable' },
  recovery: { from: 'receivable', to: 'available' },
  treasury_return: { from: 'receivable', to: 'treasury' },
  write_off: { from: 'receivable', to: 'written_off' },
} as const satisfies Record<string, Legs>;
export type MovementKind = keyof typeof MOVEMENTS;
/** A reversal turns round the postings of the journal that it names. */
export type JournalKind = MovementKind | 'reversal';
export const JOURNAL_KINDS: readonly JournalKind[] = [...(Object.keys(MOVEMENTS) as MovementKind[]), 'reversal'];

/** Debit above, credit below zero, in fen; those of one journal add up to zero. */
export type Posting = { account: FundAccount; amountFen: bigint };

export function postingsOf(kind: MovementKind, amountFen: bigint): Posting[] {
  const { from, to } = MOVEMENTS[kind];
  return [
    { account: from, amountFen: -amountFen },
    { account: to, amountFen },
  ];
}

export type Balances = Readonly<Record<FundAccount, bigint>>;

export const NO_BALANCE: Balances = Object.fromEntries(FUND_ACCOUNTS.map((account) => [account, 0n])) as Balances;

/** The balances after the postings. */
export function applyPostings(balances: Balances, postings: readonly Posting[]): Balances {
  const next: Record<FundAccount, bigint> = { ...balances };
  for (const { account, amountFen } of postings) next[account] += amountFen;
  return next;
}

/** What has left the fund and has not come back, whoever holds or owes it. */
export const postedOf = (b: Balances): bigint => b.paid + b.custody + b.receivable + b.written_off;

/** Why a journal that people wrote is turned round. */
export const REVERSAL_REASONS = enumValues('reversal-reasons');
export type ReversalReason = EnumValue<'reversal-reasons'>;

export const CLOSING_OUTCOMES = enumValues('year-end-outcomes');
export type ClosingOutcome = EnumValue<'year-end-outcomes'>;

const ownProblems = defineProblems({
  'fund.not_own': {
    status: 403,
    zh: ['非本单位资金', '资金账户由其所属检察院管理', '由该院人员办理'],
    en: ['Not your own fund', 'a fund is kept by its procuratorate', 'let an officer of that procuratorate do it'],
  },
  'fund.code_taken': {
    status: 409,
    zh: ['资金账户代码已存在', '本单位已有代码为此的资金账户', '使用其他代码'],
    en: ['The code is taken', 'this agency has a fund with this code', 'use another code'],
  },
  'fund.default_exists': {
    status: 409,
    zh: ['已有默认资金账户', '本单位已有默认资金账户', '不设为默认'],
    en: ['There is a default fund', 'this agency has a default fund', 'open it as another one'],
  },
  'allocation.document_taken': {
    status: 409,
    zh: ['拨款文号已入账', '此文号的拨款已登记在本资金账户', '核对是否重复登记'],
    en: [
      'The document is booked',
      'the allocation of this document stands in the fund',
      'check whether it is the same allocation',
    ],
  },
  'entry.not_reversible': {
    status: 409,
    zh: ['分录不可冲正', '只有拨款登记和年终退回可以冲正，且只能冲正一次', '发放分录随发放记录的办理而变动'],
    en: [
      'The entry is not reversible',
      'only an allocation or a return at the end of a year is reversed, and once',
      'entries of a disbursement follow what is done with it',
    ],
  },
  'fund.year_closed': {
    status: 409,
    zh: ['年度已结转', '{year} 年度已办理年终结转', '查看该年度的结转记录'],
    en: ['The year is closed', 'the year {year} was closed', 'look at its closing'],
  },
  'fund.year_not_over': {
    status: 409,
    zh: ['年度未到结转期', '{year} 年度须在当年 12 月起办理结转', '到期后再办理'],
    en: ['The year is not over', 'the year {year} is closed from its December on', 'wait until then'],
  },
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
});

/** Lines against their award and awards against the wage standard are refused in the same words. */
export const fundProblems = { ...ownProblems, 'award.cap_exceeded': caseProblems['award.cap_exceeded'] };
