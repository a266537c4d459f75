// The emergency advance (先行救助): how much may be paid before the decision, measured in monthly wages (domain §7).
import { formatYuan } from '../kernel/money.ts';
import { defineProblems } from '../kernel/problem.ts';
import type { EnumValue } from '../reference/enums.ts';
import { type CaseState, isUndecided } from './domain.ts';
import { fenOfMonths, withinMonths } from './standard-domain.ts';

export const advanceProblems = defineProblems({
  'advance.cap_exceeded': {
    status: 409,
    zh: ['超出先行救助限额', '先行救助不得超过 {months} 个月平均工资，即 {limit} 元', '减少金额；三至六个月须说明理由'],
    en: [
      'Beyond the limit of an advance',
      'an advance may not exceed {months} average monthly wages, {limit} yuan',
      'lower the amount; between three and six months a reason is required',
    ],
  },
  'advance.no_standard': {
    status: 409,
    zh: [
      '没有工资标准',
      '本地区尚无已公布的平均工资，无法核定先行救助限额',
      '由管理员以 POST /v1/assistance-standards 录入后再办理',
    ],
    en: [
      'No wage standard',
      'there is no published wage for this region, so the limit of an advance is not known',
      'let the administrator enter it with POST /v1/assistance-standards, and try again',
    ],
  },
  'advance.given_already': {
    status: 409,
    zh: ['已批准先行救助', '该救助对象在本案中已获先行救助', '其余金额在救助决定中一并处理'],
    en: [
      'An advance was given',
      'this beneficiary has an advance in this case',
      'the rest is for the decision on the case',
    ],
  },
});

export type AdvanceStandard = { annualFen: bigint; advanceMonths: number; advanceMaxMonths: number };

/** The number of monthly wages that covers the amount, or the 409 that names the limit. */
export function decideAdvance(
  amountFen: bigint,
  reason: string | null,
  standard: AdvanceStandard | undefined,
): { months: number } {
  if (!standard) throw advanceProblems['advance.no_standard']();
  const { annualFen, advanceMonths, advanceMaxMonths } = standard;
  if (withinMonths(amountFen, annualFen, advanceMonths)) return { months: advanceMonths };
  const months = reason === null ? advanceMonths : advanceMaxMonths;
  if (withinMonths(amountFen, annualFen, months)) return { months };
  throw advanceProblems['advance.cap_exceeded']({ months, limit: formatYuan(fenOfMonths(annualFen, months)) });
}

type Outcome = {
  state: CaseState;
  beneficiaries: readonly { id: string; grantedFen: bigint | null }[];
};

/** What the decision made of an advance: an award takes it in, and whoever got none gives it back. */
export function advanceStatus(
  c: Outcome,
  { beneficiaryId, amountFen }: { beneficiaryId: string; amountFen: bigint },
): EnumValue<'advance-statuses'> {
  if (isUndecided(c.state)) return 'provisional';
  const award = c.beneficiaries.find((b) => b.id === beneficiaryId)?.grantedFen ?? null;
  if (award === null || c.state === 'refused' || c.state === 'withdrawn' || c.state === 'revoked') return 'to_recover';
  return award > amountFen ? 'topped_up' : 'ratified';
}
