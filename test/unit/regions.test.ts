// The region table: counts, code ranges of GB/T 2260, parents and repeated names.
import { describe, expect, test } from '@jest/globals';
import { findRegion, fullRegionName, regionChain, regionOf, regions } from '../../src/reference/regions.ts';

test('one province, 14 cities, 100 counties, each code once', () => {
  const count = (level: string): number => regions.filter((region) => region.level === level).length;
  expect([count('province'), count('city'), count('county')]).toEqual([1, 14, 100]);
  expect(new Set(regions.map((region) => region.code)).size).toBe(115);
});

test('counties of each city as listed', () => {
  const counties = (city: string): number => regions.filter((region) => region.parentCode === city).length;
  const cities = regions.filter((region) => region.level === 'city').map((region) => region.code);
  expect(cities.map(counties)).toEqual([13, 10, 7, 7, 6, 6, 7, 6, 7, 7, 4, 7, 7, 6]);
});

test('the last two digits decide district, county or city', () => {
  for (const { code, name, nameEn, level } of regions) {
    if (level !== 'county') continue;
    const number = Number(code.slice(4));
    const [ending, endingEn] = number < 21 ? ['区', ' District'] : number < 81 ? ['县', ' County'] : ['市', ' City'];
    expect(name.endsWith(ending)).toBe(true);
    expect(nameEn.endsWith(endingEn)).toBe(true);
  }
});

test.each([
  ['210102', '和平区', '210100'],
  ['210113', '沈北新区', '210100'],
  ['210115', '辽中区', '210100'],
  ['210123', '康平县', '210100'],
  ['210323', '岫岩满族自治县', '210300'],
  ['210921', '阜新蒙古族自治县', '210900'],
  ['211324', '喀喇沁左翼蒙古族自治县', '211300'],
  ['211481', '兴城市', '211400'],
])('%s is %s', (code, name, parentCode) => expect(regionOf(code)).toMatchObject({ name, parentCode }));

describe('looking up', () => {
  test('by code, because names repeat', () => {
    expect(regions.filter((region) => region.name === '铁西区').map((region) => region.code)).toEqual([
      '210106',
      '210303',
    ]);
    expect(findRegion('110101')).toBeUndefined();
    expect(() => regionOf('110101')).toThrow(RangeError);
  });

  test('upwards', () => {
    expect(regionChain('210102').map((region) => region.code)).toEqual(['210102', '210100', '210000']);
    expect(regionChain('110101')).toEqual([]);
    expect(fullRegionName('210102')).toBe('辽宁省沈阳市和平区');
  });
});
