// Purpose limitation: a department is shown the fields of its kind and not one more (P-11).
import { describe, expect, test } from '@jest/globals';
import type { AgencyKind } from '../../src/kernel/actor.ts';
import { FIELDS_BY_KIND, onlyFields, PACKAGE_FIELDS } from '../../src/referrals/package-fields.ts';

const PERSON = {
  personId: 'p',
  sex: 'female',
  name: '李秀兰',
  birthDate: '1985-03-15',
  idNumber: '210***********4321',
  phone: '13812345678',
  address: '样例路1号',
  householdRegionCode: '210102',
  grantedAmount: { amount: '1.00', currency: 'CNY' },
};

describe.each(Object.keys(FIELDS_BY_KIND) as AgencyKind[])('a department of %s', (kind) => {
  test('gets its fields and no other', () => {
    const shown = onlyFields(PERSON, kind);
    const given = PACKAGE_FIELDS.filter((field) => shown[field] !== null);
    expect(given).toEqual(PACKAGE_FIELDS.filter((field) => FIELDS_BY_KIND[kind].includes(field)));
    expect(Object.keys(shown).sort()).toEqual(Object.keys(PERSON).sort());
  });
});

test('money and a home are for those whose measures ask for them', () => {
  const kinds = (field: (typeof PACKAGE_FIELDS)[number]) =>
    Object.entries(FIELDS_BY_KIND).flatMap(([kind, fields]) => (fields.includes(field) ? [kind] : []));
  expect(kinds('grantedAmount')).toEqual([
    'civil_affairs',
    'rural_revitalization',
    'womens_federation',
    'procuratorate',
  ]);
  for (const kind of ['human_resources', 'medical_security', 'trade_union', 'finance', 'other'])
    expect(kinds('address')).not.toContain(kind);
});
