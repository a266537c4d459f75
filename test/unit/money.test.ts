// Money strings of the contract: exact, bounded, and the same after a round trip.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatYuan, MAX_FEN, parseYuan, toMoney, YUAN_PATTERN } from '../../src/kernel/money.ts';

test.each([
  ['0.00', 0n],
  ['0.01', 1n],
  ['20000.00', 2_000_000n],
  ['58013400.00', 5_801_340_000n],
  ['9999999999999.99', MAX_FEN],
])('%s', (text, fen) => {
  expect(parseYuan(text)).toBe(fen);
  expect(formatYuan(fen)).toBe(text);
});

test.each([
  '',
  '1',
  '1.0',
  '1.000',
  '-1.00',
  '+1.00',
  '01.00',
  '00.00',
  '.50',
  '1,000.00',
  '1e3',
  ' 1.00',
  '1.00\n',
  '１.００',
  '10000000000000.00',
])('refuses %j', (text) => expect(parseYuan(text)).toBeUndefined());

test('a negative balance carries its sign', () => {
  expect(formatYuan(-5n)).toBe('-0.05');
  expect(formatYuan(-123_456n)).toBe('-1234.56');
});

describe('round trip', () => {
  test('every amount in range', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_FEN }), (fen) => {
        const { amount, currency } = toMoney(fen);
        expect(currency).toBe('CNY');
        expect(amount).toMatch(new RegExp(YUAN_PATTERN));
        expect(parseYuan(amount)).toBe(fen);
      }),
    );
  });

  test('whatever is read is written back letter for letter', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{1,14}\.[0-9]{2}$/), (text) => {
        const fen = parseYuan(text);
        if (fen !== undefined) expect(formatYuan(fen)).toBe(text);
      }),
    );
  });
});
