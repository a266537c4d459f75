// How long what is kept, and on what that rests: data, so that a figure that turns out otherwise is a change of one line (P-13, P-14).
import { addMonths } from '../kernel/civil-date.ts';
import type { EnumValue } from '../reference/enums.ts';

export type RetentionClass = EnumValue<'retention-classes'>;
type Mark = EnumValue<'rule-marks'>;

export type RetentionRule = {
  code: RetentionClass;
  /** Nothing is deleted before; in months after the last change of the record. */
  floorMonths: number;
  /** When it is due to be erased; null = it is not (it holds no personal data, or goes to the archive). */
  keepMonths: number | null;
  basis: readonly [zh: string, en: string];
  mark: Mark;
};

const YEAR = 12;

export const RETENTION_RULES: readonly RetentionRule[] = [
  {
    code: 'clue',
    floorMonths: 3 * YEAR,
    keepMonths: 5 * YEAR,
    basis: ['个人信息保护法第十九条；记录第五十六条', 'PIPL art. 19; records art. 56'],
    mark: 'assumption',
  },
  {
    code: 'case_file',
    floorMonths: 3 * YEAR,
    keepMonths: 10 * YEAR,
    basis: ['检察诉讼档案保管期限（救助案卷类别待省院明确）', 'archive rules; the class of aid files is open'],
    mark: 'assumption',
  },
  {
    code: 'payment',
    floorMonths: 30 * YEAR,
    keepMonths: null,
    basis: ['会计档案管理办法（2015）：会计凭证保管三十年', 'Accounting Archives 2015: vouchers 30 years'],
    mark: 'secondary',
  },
  {
    code: 'referral',
    floorMonths: 3 * YEAR,
    keepMonths: 5 * YEAR,
    basis: ['个人信息保护法第五十五、五十六条：提供记录至少三年', 'PIPL arts 55, 56: provision records 3 years'],
    mark: 'verified',
  },
  {
    code: 'visit',
    floorMonths: 3 * YEAR,
    keepMonths: 5 * YEAR,
    basis: ['同案卷的处理记录', 'as records of processing'],
    mark: 'assumption',
  },
  {
    code: 'account',
    floorMonths: 3 * YEAR,
    keepMonths: 5 * YEAR,
    basis: ['同案卷的处理记录', 'as records of processing'],
    mark: 'assumption',
  },
  {
    code: 'processing_record',
    floorMonths: 3 * YEAR,
    keepMonths: 10 * YEAR,
    basis: ['个人信息保护法第五十六条：至少三年', 'PIPL art. 56: at least three years'],
    mark: 'verified',
  },
  {
    code: 'impact_assessment',
    floorMonths: 3 * YEAR,
    keepMonths: null,
    basis: ['个人信息保护法第五十六条：至少三年', 'PIPL art. 56: at least three years'],
    mark: 'verified',
  },
  {
    code: 'audit_record',
    floorMonths: 10 * YEAR,
    keepMonths: null,
    basis: ['本服务默认十年，只增不删', 'default of the service: ten years, append-only'],
    mark: 'assumption',
  },
  {
    code: 'security_log',
    floorMonths: 6,
    keepMonths: YEAR,
    basis: [
      '网络安全法第二十一条：不少于六个月；脱敏查看记录默认一年（READ_RECORD_DAYS）',
      'Cybersecurity Law art. 21: at least six months; records of masked reads one year (READ_RECORD_DAYS)',
    ],
    mark: 'secondary',
  },
  {
    code: 'stored_reply',
    floorMonths: 0,
    keepMonths: 0,
    basis: ['契约：至少七日，第八日清除', 'contract: at least seven days, gone on the eighth'],
    mark: 'verified',
  },
];

export function retentionRule(code: RetentionClass): RetentionRule {
  const rule = RETENTION_RULES.find((one) => one.code === code);
  if (!rule) throw new Error(`no retention rule ${code}`);
  return rule;
}

/** Classes of what stands about a person; payments and audit records survive an erasure, because they name nobody then. */
const OF_A_PERSON: readonly RetentionClass[] = [
  'clue',
  'case_file',
  'referral',
  'visit',
  'account',
  'processing_record',
];

/** The first day on which a person may be erased, for records that last changed on `lastOn`. */
export function floorOf(lastOn: string): string {
  return addMonths(lastOn, Math.max(...OF_A_PERSON.map((code) => retentionRule(code).floorMonths)));
}

/** The day from which a record of that class is due, or null. */
export function dueFrom(code: RetentionClass, lastOn: string): string | null {
  const { keepMonths, floorMonths } = retentionRule(code);
  return keepMonths === null ? null : addMonths(lastOn, Math.max(keepMonths, floorMonths));
}

/** After how many months without a change the records of a person are due: the longest of their classes. */
export const personKeepMonths = (): number =>
  Math.max(...OF_A_PERSON.map((code) => retentionRule(code).keepMonths ?? 0));
