// P-03: encryptions are counted for each key, told in steps, refused far before nonces repeat.
import { describe, expect, test } from '@jest/globals';
import { ALARM_USES, createKeyUses, LAST_USES, USES_STEP } from '../../src/platform/crypto/uses.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function counting({ fails = 0 } = {}) {
  const kept = new Map<string, number>();
  let left = fails;
  const uses = createKeyUses(async (key, more) => {
    if (left-- > 0) throw new Error('the database is away');
    kept.set(key, (kept.get(key) ?? 0) + more);
    return kept.get(key) ?? 0;
  });
  const seal = (key: string, n: number) => {
    for (let i = 0; i < n; i++) uses.count(key);
  };
  return { kept, uses, seal };
}

describe('encryptions of a key', () => {
  test('are told in steps, each key on its own', async () => {
    const { kept, seal } = counting();
    seal('a', USES_STEP * 2 + 5);
    seal('b', USES_STEP - 1);
    await settled();
    expect([...kept]).toEqual([['a', USES_STEP * 2]]);
  });

  test('that could not be told are told with the next step', async () => {
    const { kept, seal } = counting({ fails: 1 });
    seal('a', USES_STEP);
    await settled();
    expect([...kept]).toEqual([]);
    seal('a', USES_STEP);
    await settled();
    expect([...kept]).toEqual([['a', USES_STEP * 2]]);
  });

  test('end at 2^30, whoever made them; the alarm comes at 2^28', async () => {
    const { uses, seal } = counting();
    expect([ALARM_USES, LAST_USES]).toEqual([2 ** 28, 2 ** 30]);
    uses.learn([['a', LAST_USES - 2]]);
    seal('a', 2);
    expect(() => uses.count('a')).toThrow(expect.objectContaining({ code: 'key.exhausted', status: 503 }));
    uses.count('b');
  });

  test('of keys that seal little are forgotten before they fill the memory', async () => {
    const { kept, seal } = counting();
    seal('busy', 100);
    for (let n = 0; n < 100_001; n++) seal(`key ${n}`, 1);
    seal('busy', USES_STEP - 100);
    await settled();
    expect([...kept]).toEqual([['busy', USES_STEP]]);
  });
});
