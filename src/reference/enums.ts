// Values of the wire enums that no lifecycle owns (contract §3), with both names: the schemas and the code sets read them here.
import type { dayReasons } from '../kernel/working-days.ts';
import { decisionEnums } from './enums-decision.ts';
import { documentEnums } from './enums-documents.ts';
import { emergencyEnums } from './enums-emergency.ts';
import { eventEnums } from './enums-events.ts';
import { identityEnums } from './enums-identity.ts';
import { lastingHelpEnums } from './enums-lasting-help.ts';
import { moneyEnums } from './enums-money.ts';
import { peopleEnums } from './enums-people.ts';
import { privacyEnums } from './enums-privacy.ts';
import { workEnums } from './enums-work.ts';

type Names = readonly [name: string, nameEn: string];
type Enum = { title: Names; values: Readonly<Record<string, Names>> };

/** Keyed by the name of the code set. */
export const enums = {
  ...peopleEnums,
  ...moneyEnums,
  ...decisionEnums,
  ...privacyEnums,
  'agency-levels': {
    title: ['机关层级', 'Levels of agencies'],
    values: {
      province: ['省级', 'Province'],
      city: ['市级', 'City'],
      county: ['县级', 'County'],
      township: ['乡镇级', 'Township'],
    },
  },
  'agency-states': {
    title: ['机关与人员状态', 'States of agencies, officers and clients'],
    values: { active: ['在用', 'Active'], suspended: ['停用', 'Suspended'] },
  },
  'officer-roles': {
    title: ['人员角色', 'Roles of officers'],
    values: {
      intake: ['线索受理', 'Intake'],
      handler: ['承办检察官', 'Designated handler'],
      head: ['部门负责人', 'Head of department'],
      chief: ['检察长', 'Chief procurator or deputy'],
      finance: ['财务装备', 'Finance'],
      supervisor: ['上级监督', 'Supervisor'],
      auditor: ['审计', 'Auditor'],
      admin: ['系统管理', 'Administrator'],
      security_admin: ['安全管理', 'Security administrator'],
      agency_admin: ['本机关人员管理', 'Administrator of an agency'],
      wf_officer: ['妇联工作人员', "Women's Federation officer"],
      dept_officer: ['协作部门工作人员', 'Officer of a partner department'],
      treasury_officer: ['财政部门工作人员', 'Officer of the finance department'],
    },
  },
  'clue-sources': {
    title: ['线索来源', 'Sources of clues'],
    values: {
      wf_patrol: ['妇联矛盾纠纷排查', 'Federation: investigation of disputes'],
      wf_complaint: ['妇联信访接待（含12338）', 'Federation: letters, visits and 12338'],
      wf_visit: ['妇联走访关爱', 'Federation: caring visits'],
      department: ['协作部门移送', 'Partner department'],
      hotline: ['12309检察服务', '12309 hotline'],
      self: ['本人提出', 'The person concerned'],
      internal: ['检察机关内部移送', 'Internal transfer in the procuratorate'],
      other: ['其他', 'Other'],
    },
  },
  'clue-urgencies': {
    title: ['紧急程度', 'Urgency'],
    values: { normal: ['一般', 'Normal'], emergency_medical: ['急需救治', 'Urgent medical treatment'] },
  },
  'linked-case-types': {
    title: ['原案类型', 'Types of the original case'],
    values: {
      criminal: ['刑事', 'Criminal'],
      civil: ['民事', 'Civil'],
      administrative: ['行政', 'Administrative'],
      petition: ['信访', 'Petition'],
    },
  },
  sexes: {
    title: ['性别', 'Sex'],
    values: { female: ['女', 'Female'], male: ['男', 'Male'], unknown: ['未知', 'Unknown'] },
  },
  'id-types': {
    title: ['证件类型', 'Types of identity documents'],
    values: {
      citizen_id: ['居民身份证', 'Citizen identity card'],
      passport: ['护照', 'Passport'],
      residence_permit: ['居住证或永久居留证', 'Residence permit'],
      birth_certificate: ['出生医学证明', 'Birth certificate'],
      none: ['无证件', 'None'],
    },
  },
  'case-relations': {
    title: ['与原案被害人关系', 'Relation to the victim of the original case'],
    values: {
      self: ['本人', 'The victim'],
      spouse: ['配偶', 'Spouse'],
      child: ['子女', 'Child'],
      parent: ['父母', 'Parent'],
      sibling: ['兄弟姐妹', 'Sibling'],
      dependant: ['被扶养人', 'Dependant'],
      other: ['其他', 'Other'],
    },
  },
  'case-initiations': {
    title: ['启动方式', 'Initiation'],
    values: { application: ['依申请', 'On application'], ex_officio: ['依职权', 'Ex officio'] },
  },
  'approval-outcomes': {
    title: ['审批结果', 'Outcomes of approval'],
    values: {
      granted: ['予以救助', 'Granted'],
      refused: ['不予救助', 'Refused'],
      returned: ['退回补充', 'Returned'],
    },
  },
  'refusal-bases': {
    title: ['不予救助依据', 'Bases of a refusal'],
    values: {
      exclusion: ['存在一般不予救助的情形（细则第八条）', 'An exclusion applies (rules art. 8)'],
      eligibility_not_met: ['不符合救助情形（细则第七条）', 'No situation of eligibility (rules art. 7)'],
      aided_already: ['同一案件已获救助（一次性救助）', 'Aided already for the same case (once only)'],
      other: ['其他', 'Other'],
    },
  },
  'document-item-statuses': {
    title: ['补充材料状态', 'States of documents asked for'],
    values: {
      requested: ['待补充', 'Requested'],
      received: ['已收到', 'Received'],
      to_be_obtained_by_organ: ['由检察机关调取', 'To be obtained by the procuratorate'],
      waived: ['免予提交', 'Waived'],
    },
  },
  'joint-share-statuses': {
    title: ['联合救助分担状态', 'States of joint shares'],
    values: {
      requested: ['待上级检察院批准', 'Requested'],
      given: ['已批准', 'Given'],
      lapsed: ['决定前未答复', 'Not answered before the decision'],
      released: ['未予救助或已撤销，资金退回', 'Released: the case ended without its aid'],
    },
  },
  'disbursement-kinds': {
    title: ['发放方式', 'Kinds of disbursement'],
    values: {
      lump: ['一次性发放', 'Lump sum'],
      instalment: ['分期发放', 'Instalment'],
      advance: ['先行救助', 'Emergency advance'],
      top_up: ['补足', 'Top-up'],
      custody: ['托管监管', 'Custody'],
    },
  },
  'payee-types': {
    title: ['领款人类型', 'Types of payees'],
    values: {
      self: ['本人', 'The beneficiary'],
      guardian: ['监护人', 'Guardian'],
      trustee: ['托管人', 'Trustee'],
      agent: ['代理人', 'Agent'],
    },
  },
  'receipt-outcomes': {
    title: ['收款确认', 'Outcomes of receipt confirmation'],
    values: {
      received: ['已收到', 'Received'],
      not_received: ['未收到', 'Not received'],
      received_with_issues: ['收到但有异议', 'Received with issues'],
    },
  },
  'legal-bases': {
    title: ['个人信息处理依据', 'Legal bases of disclosure'],
    values: {
      statutory_duty: ['履行法定职责', 'Statutory duty'],
      consent: ['个人同意', 'Consent'],
      vital_interest: ['保护生命健康所必需', 'Vital interest'],
    },
  },
  'person-states': {
    title: ['人员状态', 'States of persons'],
    values: { active: ['有效', 'Active'], merged: ['已合并', 'Merged'], erased: ['已删除', 'Erased'] },
  },
  'disclosure-purposes': {
    title: ['明文查看目的', 'Purposes of disclosure'],
    values: {
      identity_verification: ['核实身份', 'Verifying an identity'],
      case_review: ['审查案件', 'Reviewing a case'],
      payment: ['发放救助金', 'Paying aid'],
      social_assistance: ['衔接社会救助', 'Arranging social assistance'],
      follow_up_visit: ['回访', 'Follow-up visit'],
      emergency: ['紧急救治或保护', 'Urgent treatment or protection'],
      subject_request: ['本人申请', 'Request of the person concerned'],
      other: ['其他', 'Other'],
    },
  },
  'deadline-statuses': {
    title: ['期限状态', 'States of deadlines'],
    values: {
      on_track: ['正常', 'On track'],
      due_soon: ['即将到期', 'Due soon'],
      overdue: ['已逾期', 'Overdue'],
      met: ['按期完成', 'Met'],
      met_late: ['逾期完成', 'Met late'],
      paused: ['中止', 'Paused'],
      waived: ['免除', 'Waived'],
    },
  },
  'deadline-units': {
    title: ['期限单位', 'Units of deadlines'],
    values: { working_day: ['工作日', 'Working day'], month: ['月', 'Month'] },
  },
  'deadline-parties': {
    title: ['期限责任方', 'Parties of deadlines'],
    values: {
      finder: ['发现人所在单位', 'Whoever found the person'],
      procuratorate: ['检察院', 'Procuratorate'],
      committee: ['党委政法委', 'Political-Legal Committee'],
      treasury: ['财政部门', 'Treasury'],
      recipient_agency: ['接收移送的部门', 'Recipient agency'],
    },
  },
  'rule-marks': {
    title: ['规则依据的可靠程度', 'How sure the basis of a rule is'],
    values: {
      verified: ['已核实原文', 'Verified in the text'],
      secondary: ['二手来源', 'Secondary source'],
      assumption: ['本服务的假定', 'Assumption of this service'],
    },
  },
  'day-reasons': {
    title: ['计日说明', 'Why a day counts or not'],
    values: {
      workday: ['工作日', 'Working day'],
      make_up_workday: ['调休上班日', 'Make-up working day'],
      weekend: ['双休日', 'Weekend'],
      holiday: ['节假日', 'Holiday'],
      assumed_workday: ['放假安排未公布，暂按工作日', 'Holiday plan unpublished, taken as a working day'],
      assumed_weekend: ['放假安排未公布，暂按双休日', 'Holiday plan unpublished, taken as a weekend'],
      paused: ['中止期间', 'The clock was paused'],
    } satisfies Record<(typeof dayReasons)[number] | 'paused', Names>,
  },
  ...lastingHelpEnums,
  ...workEnums,
  ...identityEnums,
  ...emergencyEnums,
  ...documentEnums,
  ...eventEnums,
} as const satisfies Record<string, Enum>;

export type EnumName = keyof typeof enums;
export type EnumValue<N extends EnumName> = Extract<keyof (typeof enums)[N]['values'], string>;

/** The values in declared order, typed: what a schema builds its union from. */
export function enumValues<N extends EnumName>(name: N): EnumValue<N>[] {
  // Object.keys of a literal object without symbols or numbers gives exactly its declared keys.
  return Object.keys(enums[name].values) as EnumValue<N>[];
}
