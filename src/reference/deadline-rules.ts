// The deadline rules a database begins with (domain §8), each with its source and mark; `deadline_rules` carries them on (ADR 0025).
import type { EnumValue } from './enums.ts';

export type DeadlineUnit = EnumValue<'deadline-units'>;
/** Whose clock it is, seen from the flow; the agency follows from the subject. */
export type DeadlineParty = EnumValue<'deadline-parties'>;

export type DeadlineRule = {
  code: string;
  name: string;
  nameEn: string;
  party: DeadlineParty;
  /** 0 = the same day. */
  n: number;
  unit: DeadlineUnit;
  basis: string;
  /** How sure the basis is; what stands in no source is an assumption and says so. */
  mark: EnumValue<'rule-marks'>;
};

const LOCAL = 'Default of this service';

export const deadlineRules: readonly DeadlineRule[] = [
  {
    code: 'D-CLUE',
    name: '发现当事人至移送线索',
    nameEn: 'Person found → clue transferred',
    party: 'finder',
    n: 5,
    unit: 'working_day',
    mark: 'assumption',
    basis:
      '高检发〔2019〕3号 gives the poverty department 5 days [S S17]; for the Federation "随时/及时" without a number [S S14]',
  },
  {
    code: 'D-EMERG',
    name: '急需救治者至告知检察院',
    nameEn: 'Urgent treatment → procuratorate told',
    party: 'finder',
    n: 0,
    unit: 'working_day',
    mark: 'secondary',
    basis: '高检发〔2019〕3号: immediately [S S17]',
  },
  {
    code: 'D-SUPP',
    name: '材料不全至一次性告知',
    nameEn: 'Incomplete material → one-time notice',
    party: 'procuratorate',
    n: 5,
    unit: 'working_day',
    mark: 'assumption',
    basis: '2016 rules: on the spot or within 5 days',
  },
  {
    code: 'D-ACCEPT',
    name: '收到线索至决定是否受理',
    nameEn: 'Clue received → accepted or not',
    party: 'procuratorate',
    n: 5,
    unit: 'working_day',
    mark: 'assumption',
    basis: LOCAL,
  },
  {
    code: 'D-ACCEPT-GREEN',
    name: '收到线索至决定是否受理（绿色通道）',
    nameEn: 'Clue received → accepted or not (green channel)',
    party: 'procuratorate',
    n: 3,
    unit: 'working_day',
    mark: 'assumption',
    basis: LOCAL,
  },
  {
    code: 'D-DECIDE',
    name: '申请齐备至作出决定',
    nameEn: 'Complete application → decision',
    party: 'procuratorate',
    n: 10,
    unit: 'working_day',
    mark: 'secondary',
    basis: '中政委〔2014〕3号 [S S8, several guides]; 2021 rules [A-recall]',
  },
  {
    code: 'D-PLC',
    name: '政法委审核',
    nameEn: 'Political-Legal Committee audit where used',
    party: 'committee',
    n: 10,
    unit: 'working_day',
    mark: 'secondary',
    basis:
      'Provincial practice [S S25]; asked for only: the committee is no agency of this service, no fact tells when it has a case',
  },
  {
    code: 'D-ADV',
    name: '先行救助至批准',
    nameEn: 'Emergency advance → approved',
    party: 'procuratorate',
    n: 1,
    unit: 'working_day',
    mark: 'assumption',
    basis:
      '2016 rules: immediately [V S3]; number [A]; asked for only: the chief approves without a request, so no fact starts it',
  },
  {
    code: 'D-ADV-PAPERS',
    name: '先行救助后补办手续',
    nameEn: 'Emergency advance → papers completed',
    party: 'procuratorate',
    n: 10,
    unit: 'working_day',
    mark: 'assumption',
    basis: '2016 rules: "及时" [V S3]; number [A]',
  },
  {
    code: 'D-FIN',
    name: '决定至向财政申请拨款',
    nameEn: 'Decision → application to the finance department',
    party: 'procuratorate',
    n: 5,
    unit: 'working_day',
    mark: 'assumption',
    basis: 'Rules of the procuratorates',
  },
  {
    code: 'D-NOTIFY',
    name: '款项拨付至通知领取',
    nameEn: 'Money appropriated → recipient told',
    party: 'procuratorate',
    n: 2,
    unit: 'working_day',
    mark: 'secondary',
    basis: '中政委〔2014〕3号 [S S8, guides]',
  },
  {
    code: 'D-PAY',
    name: '通知至发放',
    nameEn: 'Recipient told → paid',
    party: 'procuratorate',
    n: 5,
    unit: 'working_day',
    mark: 'assumption',
    basis: LOCAL,
  },
  {
    code: 'D-REFER',
    name: '结案至移送材料给部门',
    nameEn: 'Case closed → documents to the department',
    party: 'procuratorate',
    n: 5,
    unit: 'working_day',
    mark: 'secondary',
    basis: '高检发〔2019〕3号 [S S17]; a county counts 5 days from the inquiry [S S50]',
  },
  {
    code: 'D-FEEDBACK',
    name: '结案至向线索来源反馈',
    nameEn: 'Case closed → result told to the source',
    party: 'procuratorate',
    n: 5,
    unit: 'working_day',
    mark: 'assumption',
    basis: 'After closing, without a number [S S14]',
  },
  {
    code: 'D-DEPT',
    name: '收到移送至答复',
    nameEn: 'Referral sent → answer of the department',
    party: 'recipient_agency',
    n: 10,
    unit: 'working_day',
    mark: 'assumption',
    basis: LOCAL,
  },
  {
    code: 'D-DELIVER',
    name: '接受移送至落实措施',
    nameEn: 'Referral accepted → measure delivered',
    party: 'recipient_agency',
    n: 30,
    unit: 'working_day',
    mark: 'assumption',
    basis: LOCAL,
  },
  {
    code: 'D-MEET',
    name: '与妇联会商',
    nameEn: 'Consultation with the Federation',
    party: 'procuratorate',
    n: 1,
    unit: 'month',
    mark: 'secondary',
    basis:
      '每月会商 [S S11]; asked for only: no fact tells of a consultation; the next action of an escalated account counts by it',
  },
  {
    code: 'D-VISIT',
    name: '发放至首次回访',
    nameEn: 'Payment → first return visit',
    party: 'procuratorate',
    n: 3,
    unit: 'month',
    mark: 'assumption',
    basis: 'Rule text says "定期" only [V seed]',
  },
  {
    code: 'D-VISIT-NEXT',
    name: '回访至下次回访',
    nameEn: 'Visit → next visit',
    party: 'procuratorate',
    n: 6,
    unit: 'month',
    mark: 'assumption',
    basis: 'Rule text says "定期" only [V seed]; ends after two visits without findings [A]',
  },
  {
    code: 'D-NOTICE',
    name: '办结通报至妇联签收',
    nameEn: 'Case notice sent → receipt of the Federation',
    party: 'recipient_agency',
    n: 5,
    unit: 'working_day',
    mark: 'assumption',
    basis: LOCAL,
  },
];

/** The edition they are seeded as. */
export const SEEDED_EDITION = '2026-11';

export function deadlineRule(code: string): DeadlineRule {
  const rule = deadlineRules.find((candidate) => candidate.code === code);
  if (!rule) throw new RangeError(`no such deadline rule: ${code}`);
  return rule;
}
