// Telephone numbers as people write them, in one stored form.
import { describe, expect, test } from '@jest/globals';
import { isPhone, normalisePhone, parsePhone } from '../../src/kernel/phone.ts';

describe('mobile numbers', () => {
  test.each([
    '13812345678',
    '138 1234 5678',
    '138-1234-5678',
    '+86 138 1234 5678',
    '+8613812345678',
    '008613812345678',
    '8613812345678',
    '(+86)138-1234-5678',
    '＋８６ １３８１２３４５６７８',
  ])('%s', (text) => expect(parsePhone(text)).toEqual({ kind: 'mobile', number: '13812345678' }));
});

describe('landline numbers', () => {
  test.each([
    ['024-22851234', '024-22851234'],
    ['(024) 2285 1234', '024-22851234'],
    ['+86 24 2285 1234', '024-22851234'],
    ['+86 (0)24 2285 1234', '024-22851234'],
    ['024-2285-1234', '024-22851234'],
    ['+86 10 65209114', '010-65209114'],
    ['0411-83651234', '0411-83651234'],
    ['04112365123', '0411-2365123'],
    ['024-22851234-801', '024-22851234-801'],
    ['024－22851234转801', '024-22851234-801'],
  ])('%s', (text, number) => expect(parsePhone(text)).toEqual({ kind: 'landline', number }));
});

test.each([
  '',
  '12812345678',
  '1381234567',
  '138123456789',
  '22851234',
  '024-12345678',
  '+1 212 555 0100',
  'abc',
  '110105194912310021',
])('refuses "%s"', (text) => {
  expect(normalisePhone(text)).toBeUndefined();
  expect(isPhone(text)).toBe(false);
});

test('the stored form is stable', () => {
  for (const text of ['13812345678', '024-22851234', '024-22851234-801']) expect(normalisePhone(text)).toBe(text);
});
