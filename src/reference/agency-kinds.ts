// The kinds of agency of the "1+N" work (domain §9), with code prefix and official name pattern per level [A-recall].

/** [kind, code prefix, name at the province, name below it, English at the province, English below it]. */
const rows = [
  ['procuratorate', 'proc', '人民检察院', '人民检察院', "People's Procuratorate", "People's Procuratorate"],
  ['womens_federation', 'wf', '妇女联合会', '妇女联合会', "Women's Federation", "Women's Federation"],
  ['education', 'edu', '教育厅', '教育局', 'Education Department', 'Education Bureau'],
  ['civil_affairs', 'civ', '民政厅', '民政局', 'Civil Affairs Department', 'Civil Affairs Bureau'],
  [
    'human_resources',
    'hr',
    '人力资源和社会保障厅',
    '人力资源和社会保障局',
    'Human Resources and Social Security Department',
    'Human Resources and Social Security Bureau',
  ],
  [
    'rural_revitalization',
    'rur',
    '农业农村厅',
    '农业农村局',
    'Agriculture and Rural Affairs Department',
    'Agriculture and Rural Affairs Bureau',
  ],
  ['medical_security', 'med', '医疗保障局', '医疗保障局', 'Healthcare Security Bureau', 'Healthcare Security Bureau'],
  ['trade_union', 'tu', '总工会', '总工会', 'Federation of Trade Unions', 'Federation of Trade Unions'],
  ['youth_league', 'cyl', '委员会', '委员会', 'Communist Youth League Committee', 'Communist Youth League Committee'],
  [
    'disabled_federation',
    'dpf',
    '残疾人联合会',
    '残疾人联合会',
    "Disabled Persons' Federation",
    "Disabled Persons' Federation",
  ],
  [
    'veterans_affairs',
    'vet',
    '退役军人事务厅',
    '退役军人事务局',
    'Veterans Affairs Department',
    'Veterans Affairs Bureau',
  ],
  ['finance', 'fin', '财政厅', '财政局', 'Finance Department', 'Finance Bureau'],
] as const;

export type AgencyKind = (typeof rows)[number][0];

export type AgencyPattern = {
  kind: AgencyKind;
  prefix: string;
  name: { before: string; province: string; local: string };
  nameEn: { province: string; local: string };
};

export const agencyPatterns: readonly AgencyPattern[] = rows.map(([kind, prefix, province, local, topEn, localEn]) => ({
  kind,
  prefix,
  name: { before: kind === 'youth_league' ? '中国共产主义青年团' : '', province, local },
  nameEn: { province: topEn, local: localEn },
}));

export const agencyKinds: readonly AgencyKind[] = rows.map(([kind]) => kind);

/**
 * The department of the kind `rural_revitalization` has changed twice: older papers carry the earlier names. Dates are
 * those of the national offices [S S19]; the local ones followed at different times [A], so the tree holds the present name.
 */
export const ruralDepartmentSuccession = [
  { name: '扶贫开发办公室', nameEn: 'Poverty Alleviation Office', validFrom: null, validTo: '2021-02-24' },
  { name: '乡村振兴局', nameEn: 'Rural Revitalization Bureau', validFrom: '2021-02-25', validTo: '2023-03-15' },
  { name: '农业农村局', nameEn: 'Agriculture and Rural Affairs Bureau', validFrom: '2023-03-16', validTo: null },
] as const;
