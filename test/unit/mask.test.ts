// Masks of contract §1, and that no mask of a short value is the value.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskAccount, maskAddress, maskIdNumber, maskName, maskPhone } from '../../src/kernel/mask.ts';

test('the contract’s examples', () => {
  expect(maskIdNumber('210102198503154321')).toBe('210***********4321');
  expect(maskPhone('13812345678')).toBe('138****5678');
  expect(maskName('张秀英')).toBe('张*');
});

test('other documents, landlines, Latin names, accounts and addresses', () => {
  expect(maskIdNumber('E12345678')).toBe('E******78');
  expect(maskIdNumber('12345')).toBe('***');
  expect(maskPhone('024-22851234')).toBe('024****1234');
  expect(maskPhone('2285123')).toBe('****23');
  expect(maskPhone('12309')).toBe('****');
  expect(maskName('Maria Silva')).toBe('M*');
  expect(maskName('𠮷田')).toBe('𠮷*');
  expect(maskName('张')).toBe('*');
  expect(maskAccount('6222 0212 3456 7890')).toBe('****7890');
  expect(maskAccount('1234')).toBe('****');
  expect(maskAddress('沈阳市和平区')).toBe('沈阳市和平区***');
  expect(maskAddress(undefined)).toBe('***');
});

describe('for any text', () => {
  test('at least a third of the characters stay hidden', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z]{1,24}$/), (text) => {
        for (const mask of [maskIdNumber, maskPhone, maskAccount]) {
          const shown = mask(text).replaceAll('*', '');
          expect(mask(text)).toContain('*');
          expect(shown.length * 3).toBeLessThanOrEqual(text.length * 2);
        }
      }),
    );
  });
});
