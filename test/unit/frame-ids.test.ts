// UUIDv7: sorted by creation and monotonic, also within one millisecond, past 4,096 of them, and when the clock steps back.
import { expect, test } from '@jest/globals';
import { createIdGenerator, UUID_PATTERN } from '../../src/kernel/ids.ts';
import { seededRandom } from '../../src/kernel/random.ts';

function generator(seed: number) {
  const random = seededRandom(seed);
  return createIdGenerator((bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.int(0, 255);
  });
}

test('carries version, variant and the millisecond', () => {
  const id = generator(1)(0x0198c2a47f00);
  expect(id).toMatch(new RegExp(UUID_PATTERN));
  expect(id).toMatch(/^0198c2a4-7f00-7[0-9a-f]{3}-[89ab]/);
});

test('ascends strictly whatever the clock does', () => {
  const newId = generator(2);
  const random = seededRandom(3);
  let ms = 1_780_000_000_000;
  const ids = Array.from({ length: 20_000 }, () => {
    const step = random.next();
    if (step < 0.01) ms += 1;
    if (step > 0.999) ms -= 5000;
    return newId(ms);
  });
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id, i) => i === 0 || id > String(ids[i - 1]))).toBe(true);
});

test('more than a counter holds in one millisecond borrows from the next', () => {
  const newId = generator(4);
  const ids = Array.from({ length: 10_000 }, () => newId(1_780_000_000_000));
  expect(ids.every((id, i) => i === 0 || id > String(ids[i - 1]))).toBe(true);
  expect(Number.parseInt(String(ids.at(-1)).replaceAll('-', '').slice(0, 12), 16)).toBeLessThan(1_780_000_000_010);
});
