// What each figure of the summary counts, written down beside the query that counts it (domain §4, features rows 58-60).
import { defineProblems } from '../kernel/problem.ts';

/** `fen` as a decimal string: sums pass through JSON without a float. */
export type Figures = { cases: number; persons: number; fen: string };
export type Group = { persons: number; fen: string; otherMeasuresPersons: number };
export type Row = Figures & { key: string };

/** Clocks of an agency that were due in the period. */
export type Kept = { due: number; met: number; metLate: number; overdue: number; waived: number };
export type AgencyKept = Kept & { id: string; code: string; name: string };

export type Summary = Figures & {
  otherMeasuresPersons: number;
  women: Group;
  minors: Group;
  byCategory: Row[];
  byRegion: Row[];
  byYear: Row[];
  byLevel: Row[];
};

export const summaryDefinitions = [
  {
    code: 'cases',
    zh: '决定日在期间内、决定给予救助且未被撤销的案件数',
    en: 'cases granted with a decision date inside the period and not revoked',
  },
  {
    code: 'persons',
    zh: '上述案件中获得救助的人数，同一人只计一次',
    en: 'people granted aid in those cases, each counted once',
  },
  {
    code: 'amount',
    zh: '支付日在期间内的已支付金额（含监管中），不含已追回的款项',
    en: 'money with a payment date inside the period, in custody included, recovered sums excluded',
  },
  {
    code: 'otherMeasuresPersons',
    zh: '期间内实际落实其他救助措施的人数，同一人只计一次',
    en: 'people for whom another measure was delivered inside the period, each counted once',
  },
  { code: 'women', zh: '作出决定时已满18周岁的女性', en: 'females of 18 and over at the decision' },
  { code: 'minors', zh: '作出决定时未满18周岁的人', en: 'people under 18 at the decision' },
  {
    code: 'byCategory',
    zh: '一人可属多个类别，各行之和不等于总数',
    en: 'a person may carry several categories: the rows do not add up to the totals',
  },
  {
    code: 'byAgency',
    zh: '到期日在期间内的期限，归于到期时的责任单位；逾期指至查询日仍未完成',
    en: 'deadlines due inside the period, under the agency that they bind; overdue: not met by the day of asking',
  },
  {
    code: 'byRegion',
    zh: '按承办检察院所在的下一级行政区划',
    en: 'by the next lower region of the handling procuratorate',
  },
] as const;

export const statisticsProblems = defineProblems({
  'statistics.outside_region': {
    status: 403,
    zh: ['超出统计范围', '只能查询本单位所在区域的统计', '改用本区域的 regionCode'],
    en: [
      'Outside your region',
      'figures are shown for your own region and below',
      'use a regionCode of your own region',
    ],
  },
});

/** `21`, `2101` or `210102`: what the codes of all regions inside a region begin with. */
export function regionPrefix(regionCode: string): string {
  return regionCode.replace(/(00){1,2}$/, '');
}
