// Seeded randomness: the same stream on every machine.
import { expect, test } from '@jest/globals';
import { seededRandom } from '../../src/kernel/random.ts';

test('the published mulberry32 stream', () => {
  const random = seededRandom(1);
  expect([random.next(), random.next(), random.next()]).toEqual([
    0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
  ]);
});

test('integers and picks stay in range', () => {
  const random = seededRandom(7);
  const drawn = new Set(Array.from({ length: 500 }, () => random.int(3, 6)));
  expect([...drawn].toSorted()).toEqual([3, 4, 5, 6]);
  expect(random.pick(['only'])).toBe('only');
  expect(() => random.pick([])).toThrow(RangeError);
  expect(random.seed).toBe(7);
});
