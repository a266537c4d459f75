// The generated agency tree: names by level, parents, and unique short names for decision numbers.
import { describe, expect, test } from '@jest/globals';
import { agencyCode, DECISION_NUMBER_TEMPLATE, liaoningAgencies } from '../../src/reference/agencies.ts';
import { agencyKinds, ruralDepartmentSuccession } from '../../src/reference/agency-kinds.ts';

const agencies = liaoningAgencies();
const byCode = new Map(agencies.map((agency) => [agency.code, agency]));

test('one agency of each kind in each region, parents first', () => {
  expect(agencies).toHaveLength(115 * 12);
  expect(byCode.size).toBe(115 * 12);
  const seen = new Set<string>();
  for (const { code, kind, parentCode, level } of agencies) {
    expect(parentCode === null ? level : byCode.get(parentCode)?.kind).toBe(parentCode === null ? 'province' : kind);
    expect(parentCode === null || seen.has(parentCode)).toBe(true);
    seen.add(code);
  }
});

test.each([
  ['proc-210000', '辽宁省人民检察院', "Liaoning Provincial People's Procuratorate"],
  ['proc-210100', '沈阳市人民检察院', "Shenyang Municipal People's Procuratorate"],
  ['proc-210102', '沈阳市和平区人民检察院', "Shenyang Heping District People's Procuratorate"],
  ['proc-211403', '葫芦岛市龙港区人民检察院', "Huludao Longgang District People's Procuratorate"],
  ['proc-210381', '海城市人民检察院', "Haicheng City People's Procuratorate"],
  ['proc-210123', '康平县人民检察院', "Kangping County People's Procuratorate"],
  ['wf-210102', '沈阳市和平区妇女联合会', "Shenyang Heping District Women's Federation"],
  ['edu-210000', '辽宁省教育厅', 'Liaoning Provincial Education Department'],
  ['edu-210102', '沈阳市和平区教育局', 'Shenyang Heping District Education Bureau'],
  ['med-210000', '辽宁省医疗保障局', 'Liaoning Provincial Healthcare Security Bureau'],
  ['rur-210102', '沈阳市和平区农业农村局', 'Shenyang Heping District Agriculture and Rural Affairs Bureau'],
  ['cyl-210000', '中国共产主义青年团辽宁省委员会', 'Liaoning Provincial Communist Youth League Committee'],
  ['fin-210106', '沈阳市铁西区财政局', 'Shenyang Tiexi District Finance Bureau'],
])('%s is %s', (code, name, nameEn) => expect(byCode.get(code)).toMatchObject({ name, nameEn }));

describe('short names', () => {
  test('the contract’s decision number comes out for Heping', () => {
    const orgShort = byCode.get(agencyCode('procuratorate', '210102'))?.orgShort ?? '';
    const number = DECISION_NUMBER_TEMPLATE.replace('{orgShort}', orgShort)
      .replace('{year}', '2026')
      .replace('{seq}', '12');
    expect(number).toBe('辽沈和检司救〔2026〕12号');
  });

  test('procuratorates have one each, nobody else has', () => {
    const shorts = agencies.flatMap((agency) => agency.orgShort ?? []);
    expect(shorts).toHaveLength(115);
    expect(new Set(shorts).size).toBe(115);
    expect(agencies.every((agency) => (agency.orgShort !== null) === (agency.kind === 'procuratorate'))).toBe(true);
  });

  test.each([
    ['210000', '辽'],
    ['210100', '辽沈'],
    ['210103', '辽沈沈河'],
    ['210113', '辽沈沈北'],
    ['211000', '辽辽阳'],
    ['210411', '辽抚顺城'],
  ])('%s is %s', (region, short) => expect(byCode.get(`proc-${region}`)?.orgShort).toBe(short));
});

test('the rural department has one present name', () => {
  expect(ruralDepartmentSuccession.filter((row) => row.validTo === null).map((row) => row.name)).toEqual([
    '农业农村局',
  ]);
  expect(agencyKinds).toHaveLength(12);
});
