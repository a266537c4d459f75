// Measures of social assistance by the department that delivers them (domain §9).
import type { AgencyKind } from './agency-kinds.ts';
import { always, type CodeItem, type CodeRow, type CodeSet } from './code-item.ts';

type Group = { agencyKind: AgencyKind | 'other'; basis: string; rows: readonly CodeRow[] };

const groups: readonly Group[] = [
  {
    agencyKind: 'education',
    basis: '社会救助暂行办法 art. 33 [V S30]; practice [S S53]',
    rows: [
      ['EDU1', '减免学费杂费', 'Fee reduction'],
      ['EDU2', '助学金', 'Student grant'],
      ['EDU3', '就学安置、转学', 'School placement or transfer'],
      ['EDU4', '校内心理辅导', 'In-school counselling'],
    ],
  },
  {
    agencyKind: 'civil_affairs',
    basis: '社会救助暂行办法 arts 9, 14, 47 [V S30]; practice [S S53 S54]',
    rows: [
      ['MCA1', '最低生活保障', 'Minimum living allowance'],
      ['MCA2', '特困人员供养', 'Support for people in extreme hardship'],
      ['MCA3', '临时救助', 'Temporary aid'],
      ['MCA4', '孤儿、事实无人抚养儿童基本生活费', 'Allowance for orphans and children without actual care'],
      ['MCA5', '残疾人两项补贴', 'Disability subsidies'],
    ],
  },
  {
    agencyKind: 'human_resources',
    basis: '社会救助暂行办法 art. 42 [V S30]',
    rows: [
      ['HR1', '职业技能培训', 'Vocational training'],
      ['HR2', '职业介绍', 'Job placement'],
      ['HR3', '公益性岗位安置', 'Public-welfare post'],
      ['HR4', '社会保险补贴', 'Social-insurance subsidy'],
    ],
  },
  {
    agencyKind: 'rural_revitalization',
    basis: '高检发〔2019〕3号 [S S17]',
    rows: [
      ['RR1', '纳入防止返贫监测', 'Entry into anti-poverty monitoring'],
      ['RR2', '产业帮扶', 'Aid for a family business'],
      ['RR3', '就业、搬迁帮扶', 'Employment or relocation aid'],
    ],
  },
  {
    agencyKind: 'medical_security',
    basis: '社会救助暂行办法 art. 27 [V S30]',
    rows: [
      ['MI1', '资助参加基本医疗保险', 'Medical-insurance premium paid'],
      ['MI2', '医疗救助', 'Medical assistance'],
      ['MI3', '医疗费用减免', 'Relief of medical costs'],
    ],
  },
  {
    agencyKind: 'trade_union',
    basis: 'Union tiers of hardship aid [S S55]',
    rows: [
      ['TU1', '生活救助', 'Living aid'],
      ['TU2', '医疗救助', 'Medical aid'],
      ['TU3', '子女助学', 'Study aid for children'],
    ],
  },
  {
    agencyKind: 'youth_league',
    basis: 'Typical measures [A]',
    rows: [
      ['CY1', '助学帮扶', 'Study aid'],
      ['CY2', '志愿陪伴', 'Volunteer companionship'],
      ['CY3', '心理疏导', 'Psychological counselling'],
    ],
  },
  {
    agencyKind: 'womens_federation',
    basis: 'Education guidance and employment training named by the 2023-02 conference [V seed]; the others [S S53]',
    rows: [
      ['WF1', '心理疏导', 'Psychological counselling'],
      ['WF2', '家庭教育指导', 'Family-education guidance'],
      ['WF3', '就业技能培训', 'Job training'],
      ['WF4', '维权服务', 'Protection of rights'],
      ['WF5', '公益慈善帮扶', 'Charity funds'],
    ],
  },
  {
    agencyKind: 'disabled_federation',
    basis: 'Typical measures [A]',
    rows: [
      ['DP1', '办理残疾人证', 'Disability certificate'],
      ['DP2', '康复救助', 'Rehabilitation'],
      ['DP3', '辅助器具适配', 'Assistive devices'],
      ['DP4', '就业扶持', 'Employment support'],
    ],
  },
  {
    agencyKind: 'veterans_affairs',
    basis: 'Typical measures [A]',
    rows: [
      ['VE1', '困难帮扶援助', 'Hardship aid'],
      ['VE2', '优待抚恤', 'Preferential treatment'],
      ['VE3', '就业扶持', 'Employment support'],
    ],
  },
  {
    agencyKind: 'other',
    basis: 'Further departments seen in practice [S S34 S56]; split into codes [A]',
    rows: [
      ['OT1', '法律援助', 'Legal aid (justice bureau)'],
      ['OT2', '医疗卫生服务', 'Health care (health commission)'],
      ['OT3', '住房、危房改造', 'Housing or repair of a dangerous house (housing department)'],
      ['OT4', '户籍办理', 'Household registration (police)'],
      ['OT5', '关心下一代帮扶', 'Care for the next generation committee'],
      ['OT6', '慈善帮扶', 'Charity'],
    ],
  },
];

const measureItems: CodeItem[] = groups.flatMap(({ agencyKind, basis, rows }) =>
  rows.map(([code, name, nameEn]) => ({ code, name, nameEn, ...always, basis, agencyKind })),
);

export const measureCodeSet: CodeSet = {
  name: 'measures',
  title: '社会救助措施',
  titleEn: 'Measures of social assistance',
  items: measureItems,
};
