// Public vectors through the suites as the service uses them (P-04): Wycheproof, no deviation.
import { type CipherKey, createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Suite } from '../../src/platform/crypto/cipher.ts';
import { sm4Gcm } from '../../src/platform/crypto/sm.ts';
import { suiteOf } from '../../src/platform/crypto/suite.ts';
import { ROOT } from '../support/settings.ts';

type Case = {
  tcId: number;
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
  result: string;
};
type Group = { keySize: number; ivSize: number; tagSize: number; tests: Case[] };
type Vectors = { numberOfTests: number; testGroups: Group[] };

const load = (name: string): Vectors =>
  JSON.parse(readFileSync(join(ROOT, 'test/vectors/wycheproof', `${name}.json`), 'utf8'));
const hex = (text: string) => Buffer.from(text, 'hex');

/** What the suite says of a case: 'valid' only if it opens to the message and seals to the same ciphertext. */
function verdict(suite: Suite, key: CipherKey, t: Case): string {
  try {
    const opened = suite.decrypt(key, hex(t.iv), hex(t.ct), hex(t.tag), hex(t.aad));
    const sealed = suite.encrypt(key, hex(t.iv), hex(t.msg), hex(t.aad));
    const same = opened.equals(hex(t.msg)) && sealed.data.equals(hex(t.ct)) && sealed.tag.equals(hex(t.tag));
    return same ? 'valid' : 'differs';
  } catch {
    return 'invalid';
  }
}

test.each([
  ['aes_gcm', suiteOf('A1'), 256, 66, 316],
  ['sm4_gcm', sm4Gcm, 128, 65, 104],
] as const)('%s', (name, suite, keySize, run, count) => {
  const vectors = load(name);
  expect(vectors.numberOfTests).toBe(count);
  const seen = { deviations: [] as number[], run: 0, refused: 0 };
  for (const group of vectors.testGroups)
    for (const t of group.tests) {
      const own = group.keySize === keySize && group.ivSize === 96;
      // Keys and nonces of another length are none of this format.
      const wanted = own ? t.result : 'invalid';
      if (own) seen.run += 1;
      else seen.refused += 1;
      if (verdict(suite, createSecretKey(hex(t.key)), t) !== wanted) seen.deviations.push(t.tcId);
    }
  expect(seen.deviations).toEqual([]);
  expect([seen.run, seen.run + seen.refused]).toEqual([run, count]);
});

test.each([
  ['hmac_sha256', 'sha256'],
  ['hmac_sm3', 'sm3'],
] as const)('%s', (name, hash) => {
  const deviations: number[] = [];
  let run = 0;
  for (const group of load(name).testGroups)
    for (const t of group.tests) {
      const mac = createHmac(hash, createSecretKey(hex(t.key)))
        .update(hex(t.msg))
        .digest();
      const found = mac.subarray(0, group.tagSize / 8).equals(hex(t.tag)) ? 'valid' : 'invalid';
      if (found !== t.result) deviations.push(t.tcId);
      run += 1;
    }
  expect(deviations).toEqual([]);
  expect(run).toBe(174);
});
