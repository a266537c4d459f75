// How much may be granted: wages of so many months, and never what a court would not award (domain §7); nothing is rounded on the way.
import { formatYuan } from '../kernel/money.ts';
import { defineProblems } from '../kernel/problem.ts';
import { type Assessment, caseProblems } from './domain.ts';

export const standardProblems = defineProblems({
  'award.standard_missing': {
    status: 409,
    zh: [
      '没有工资标准',
      '本地区尚无决定之日已公布的平均工资，无法核定救助限额',
      '由管理员以 POST /v1/assistance-standards 录入本地区或上级地区的工资标准后再办理',
    ],
    en: [
      'No wage standard',
      'no wage published by this day is known for the region, so the limit of an award is not known',
      'let the administrator enter the standard of the region, or of one above it, with POST /v1/assistance-standards, and try again',
    ],
  },
  'award.assessment_missing': {
    status: 409,
    zh: ['缺少损失评估', '突破工资总额限额的，须评估损失、已获赔偿与自身过错', '在审查意见中填写 assessment'],
    en: [
      'The assessment is missing',
      'beyond the cap the loss, what was received and the own fault are assessed',
      'add `assessment` to the proposal',
    ],
  },
  'award.court_ceiling_exceeded': {
    status: 409,
    zh: [
      '超出法院可判赔偿额',
      '救助金额不得超过法院可判的 {limit} 元，超出 {missing} 元，任何一级均不得批准',
      '减少金额',
    ],
    en: [
      'More than a court would award',
      'the award may not exceed the {limit} yuan that a court would award; this is {missing} yuan over it, and no level approves that',
      'lower the amount',
    ],
  },
});

/** Twelve times the amount against the annual wage: a month is never rounded (domain §7). */
export const withinMonths = (amountFen: bigint, annualFen: bigint, months: number): boolean =>
  amountFen * 12n <= annualFen * BigInt(months);

/** What is shown of a limit, in whole fen: divided last, rounded down. */
export const fenOfMonths = (annualFen: bigint, months: number): bigint => (annualFen * BigInt(months)) / 12n;

/** Loss less the own fault, less what was received; the formula is an assumption [A], its figures are the handler's. */
export function courtCeiling({ lossFen, receivedFen, faultPercent }: Assessment): bigint {
  const due = (BigInt(lossFen) * BigInt(100 - faultPercent)) / 100n - BigInt(receivedFen);
  return due > 0n ? due : 0n;
}

export type CapStandard = { annualFen: bigint; capMonths: number };
type Asked = { amountFen: bigint; courtCeilingFen: bigint | null; breakout: boolean };

/**
 * Whether the sum of all awards breaks out of the cap. Refused at any level beyond what a court would award, and beyond the cap
 * without a reason for the level above (`breakout`) or without an assessment.
 */
export function decideCap(standard: CapStandard | undefined, { amountFen, courtCeilingFen, breakout }: Asked): boolean {
  if (courtCeilingFen !== null && amountFen > courtCeilingFen)
    throw standardProblems['award.court_ceiling_exceeded']({
      limit: formatYuan(courtCeilingFen),
      missing: formatYuan(amountFen - courtCeilingFen),
    });
  if (!standard) throw standardProblems['award.standard_missing']();
  const { annualFen, capMonths } = standard;
  if (withinMonths(amountFen, annualFen, capMonths)) return false;
  const limit = fenOfMonths(annualFen, capMonths);
  if (!breakout)
    throw caseProblems['award.cap_exceeded']({ limit: formatYuan(limit), missing: formatYuan(amountFen - limit) });
  if (courtCeilingFen === null) throw standardProblems['award.assessment_missing']();
  return true;
}
