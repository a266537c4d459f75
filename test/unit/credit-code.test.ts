// Unified social credit codes against the vectors of domain §10.3.
import { describe, expect, test } from '@jest/globals';
import { completeCreditCode, isCreditCode } from '../../src/kernel/credit-code.ts';

test.each(['91350100M000100Y43', '112100000012345675', ' 91350100m000100y43 ', '９１３５０１００M000100Y43'])(
  'accepts %s',
  (code) => {
    expect(isCreditCode(code)).toBe(true);
  },
);

test.each(['91350100M000100Y44', '91350100I000100Y43', '91350100M000100Y4', ''])('refuses "%s"', (code) => {
  expect(isCreditCode(code)).toBe(false);
});

describe('a sum that 31 divides', () => {
  test('gives the character 0 instead of none', () => {
    expect(completeCreditCode('00000000000000000')).toBe('000000000000000000');
    expect(isCreditCode('000000000000000000')).toBe(true);
  });
});

test('completion wants 17 characters of the alphabet', () => {
  expect(completeCreditCode('91350100M000100Y4')).toBe('91350100M000100Y43');
  expect(() => completeCreditCode('9135')).toThrow(RangeError);
  expect(() => completeCreditCode('IIIIIIIIIIIIIIIII')).toThrow(RangeError);
});
