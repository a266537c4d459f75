// Runs public vectors (test/vectors/wycheproof) through the suites as the service uses them.
import { type CipherKey, createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite } from '../../src/platform/crypto/cipher.ts';
import { ROOT } from './settings.ts';

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

export type Verdict = {
  total: number;
  /** Of our lengths; all others have to be refused. */
  run: number;
  deviations: number[];
};

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

export function runAead(name: string, suite: Suite, keySize: number): Verdict {
  const vectors = load(name);
  const seen: Verdict = { total: vectors.numberOfTests, run: 0, deviations: [] };
  for (const group of vectors.testGroups)
    for (const t of group.tests) {
      // Keys and nonces of another length are none of this format.
      const own = group.keySize === keySize && group.ivSize === 96;
      if (own) seen.run += 1;
      if (verdict(suite, createSecretKey(hex(t.key)), t) !== (own ? t.result : 'invalid')) seen.deviations.push(t.tcId);
    }
  return seen;
}

export function runHmac(name: string, hash: 'sha256' | 'sm3'): Verdict {
  const vectors = load(name);
  const seen: Verdict = { total: vectors.numberOfTests, run: 0, deviations: [] };
  for (const group of vectors.testGroups)
    for (const t of group.tests) {
      const mac = createHmac(hash, createSecretKey(hex(t.key)))
        .update(hex(t.msg))
        .digest();
      const found = mac.subarray(0, group.tagSize / 8).equals(hex(t.tag)) ? 'valid' : 'invalid';
      if (found !== t.result) seen.deviations.push(t.tcId);
      seen.run += 1;
    }
  return seen;
}
