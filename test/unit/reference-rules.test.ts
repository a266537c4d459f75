// Deadline rules and synthetic wage standards as data.
import { describe, expect, test } from '@jest/globals';
import { deadlineRule, deadlineRules } from '../../src/reference/deadline-rules.ts';
import { syntheticWageStandards, wageStandardOn } from '../../src/reference/wage-standards.ts';

test.each([
  ['D-CLUE', 5, 'working_day'],
  ['D-EMERG', 0, 'working_day'],
  ['D-ACCEPT', 5, 'working_day'],
  ['D-ACCEPT-GREEN', 3, 'working_day'],
  ['D-DECIDE', 10, 'working_day'],
  ['D-NOTIFY', 2, 'working_day'],
  ['D-REFER', 5, 'working_day'],
  ['D-DEPT', 10, 'working_day'],
  ['D-VISIT', 3, 'month'],
])('%s is %i %s', (code, n, unit) => expect(deadlineRule(code)).toMatchObject({ n, unit }));

test('every rule has one code and a basis', () => {
  expect(new Set(deadlineRules.map((rule) => rule.code)).size).toBe(20);
  expect(deadlineRules.every((rule) => rule.basis.length > 0)).toBe(true);
  expect(() => deadlineRule('D-NONE')).toThrow(RangeError);
});

describe('wage standards', () => {
  test('a decision uses the latest published year', () => {
    expect(wageStandardOn('2017-01-01', syntheticWageStandards)?.year).toBe(2015);
    expect(wageStandardOn('2023-06-29', syntheticWageStandards)?.year).toBe(2021);
    expect(wageStandardOn('2023-06-30', syntheticWageStandards)?.year).toBe(2022);
    expect(wageStandardOn('2026-11-23', syntheticWageStandards)?.year).toBe(2025);
    expect(wageStandardOn('2010-01-01', syntheticWageStandards)).toBeUndefined();
  });

  test('the worked example: 36 months of 2022 are 269,823.00 yuan', () => {
    const annual = syntheticWageStandards.find((standard) => standard.year === 2022)?.annualFen ?? 0n;
    expect((annual * 36n) / 12n).toBe(26_982_300n);
  });

  test('none passes for a real figure', () => {
    expect(syntheticWageStandards.every((row) => row.series === 'synthetic' && row.basis.includes('Synthetic'))).toBe(
      true,
    );
  });
});
