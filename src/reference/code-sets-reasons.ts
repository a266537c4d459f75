// Reasons that a refusing or failing party must give as a code, and the special campaigns that cases are counted under.
import { always, type CodeItem, type CodeSet, codeItems } from './code-item.ts';

const LOCAL = { ...always, basis: 'Working list of this service [A]' };

const clueRejectionReasons: CodeItem[] = [
  ...codeItems([['not_eligible', '不符合救助情形', 'None of the situations of eligibility applies']], {
    ...always,
    basis: '2021 rules art. 7 [V S41 S42]',
  }),
  ...codeItems([['excluded', '属于一般不予救助的情形', 'An exclusion applies']], {
    ...always,
    basis: '2021 rules art. 8 [V S42]',
  }),
  ...codeItems([['already_aided', '同一案件已获救助', 'Already aided in the same case']], {
    ...always,
    basis: 'Once only, across organs [S S8][V S6 for courts]',
  }),
  ...codeItems(
    [
      ['no_hardship', '不存在急迫生活困难', 'No urgent hardship'],
      ['facts_unverified', '线索情况无法核实', 'The facts cannot be verified'],
      ['duplicate', '重复线索', 'Duplicate of another clue'],
      ['declined_by_person', '本人不愿申请', 'The person does not want aid'],
      ['other', '其他', 'Other'],
    ],
    LOCAL,
  ),
];

/** Why a case is sealed: the texts of the two laws were not at hand, so both stand as believed. */
const sealingBases: CodeItem[] = [
  ...codeItems([['minor_criminal_record', '未成年人犯罪记录封存', 'Sealing of a criminal record of a minor']], {
    ...always,
    basis: 'Criminal Procedure Law (2018) art. 286 [A-recall]',
  }),
  ...codeItems([['minor_not_prosecuted', '未成年人不起诉记录封存', 'Sealing of a non-prosecution of a minor']], {
    ...always,
    basis: "Rules of criminal procedure of the people's procuratorates (2019), on sealing [A-recall]",
  }),
  ...codeItems([['minor_identity', '未成年人身份信息保护', 'Protection of the identity of a minor']], {
    ...always,
    basis: 'Law on the protection of minors art. 103 [V S30]',
  }),
  ...codeItems(
    [
      ['victim_privacy', '被害人隐私保护', 'Privacy of a victim'],
      ['state_secret_case', '原案不公开', 'The original case is not public'],
      ['other', '其他', 'Other'],
    ],
    LOCAL,
  ),
];

const referralRejectionReasons = codeItems(
  [
    ['not_responsible', '不属于本部门职责', 'Outside the duties of this department'],
    ['outside_region', '不属于本地区管辖', 'Outside the region of this department'],
    ['not_eligible', '不符合政策条件', 'The conditions of the measure are not met'],
    ['already_receiving', '已享受同类政策', 'The measure is already being received'],
    ['insufficient_information', '材料不足', 'Insufficient information'],
    ['no_capacity', '暂无名额或资金', 'No place or funds at present'],
    ['person_declined', '本人不接受', 'The person declined'],
    ['person_not_found', '无法联系本人', 'The person cannot be found'],
    ['other', '其他', 'Other'],
  ],
  LOCAL,
);

const visitMissedReasons = codeItems(
  [
    ['absent', '本人不在', 'Absent'],
    ['unreachable', '无法联系', 'Cannot be reached'],
    ['refused', '拒绝回访', 'Refused the visit'],
    ['moved_away', '迁居外地', 'Moved away'],
    ['in_hospital', '住院治疗', 'In hospital'],
    ['deceased', '死亡', 'Deceased'],
    ['unsafe', '回访可能危及本人安全', 'A visit might endanger the person'],
    ['weather_or_traffic', '天气或交通原因', 'Weather or traffic'],
    ['visitor_unavailable', '回访人员不能到场', 'The visitors could not come'],
    ['other', '其他', 'Other'],
  ],
  LOCAL,
);

const campaigns: CodeItem[] = [
  {
    code: 'women_in_hardship',
    name: '关注困难妇女群体，加强专项司法救助',
    nameEn: 'Special judicial assistance for women in hardship',
    validFrom: '2022-03-01',
    validTo: null,
    basis: 'SPP and 全国妇联, 2022-03 and again from 2023-02 [S S11 S12 S29]; day of the month [A]',
  },
  {
    code: 'rural_revitalization',
    name: '司法救助助力全面推进乡村振兴',
    nameEn: 'Judicial assistance for rural revitalization',
    validFrom: '2023-02-01',
    validTo: '2025-12-31',
    basis: 'SPP and 国家乡村振兴局, 2023-02 to the end of 2025 [S S19]; day of the month [A]',
  },
  {
    code: 'care_old_young',
    name: '关爱一老一幼 促进和谐稳定',
    nameEn: 'Care for the old and the young',
    validFrom: '2023-01-01',
    validTo: null,
    basis: 'Liaoning, early 2023 [S S21]; day and month [A]',
  },
];

export const reasonCodeSets: readonly CodeSet[] = [
  {
    name: 'clue-rejection-reasons',
    title: '线索不予受理理由',
    titleEn: 'Reasons for rejecting a clue',
    items: clueRejectionReasons,
  },
  {
    name: 'referral-rejection-reasons',
    title: '移送退回理由',
    titleEn: 'Reasons for rejecting a referral',
    items: referralRejectionReasons,
  },
  {
    name: 'visit-missed-reasons',
    title: '未能回访理由',
    titleEn: 'Reasons for a missed visit',
    items: visitMissedReasons,
  },
  { name: 'sealing-bases', title: '封存事由', titleEn: 'Grounds for sealing a case', items: sealingBases },
  { name: 'campaigns', title: '专项活动', titleEn: 'Campaigns', items: campaigns },
];
