// Cipher suites (P-03, P-04, ADR 0018): the suite id stands in every ciphertext, so all of them can be read at any time.
import { type CipherKey, createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { checkNonce, NONCE_BYTES, type Suite, TAG_BYTES } from './cipher.ts';
import { S1, S2 } from './sm.ts';

/** Ciphertext: suite (2 ASCII bytes) | key id (16 bytes) | nonce (12 bytes) | data | tag (16 bytes). */
export const HEADER_BYTES = 18;

const A1: Suite = {
  encrypt(key, nonce, plain, aad) {
    checkNonce(nonce);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    const data = cipher.update(plain);
    cipher.final();
    return { data, tag: cipher.getAuthTag() };
  },
  decrypt(key, nonce, data, tag, aad) {
    checkNonce(nonce);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    const plain = decipher.setAAD(aad).setAuthTag(tag).update(data);
    decipher.final();
    return plain;
  },
};

const suites = { A1, S1, S2 } as const;
export type SuiteId = keyof typeof suites;
export const SUITES = Object.keys(suites) as SuiteId[];

/** AES-256-GCM; S1 = SM4-GCM and S2 = SM4-CTR with HMAC-SM3 are the SM profile (CRYPTO_SUITE). */
export const DEFAULT_SUITE: SuiteId = 'A1';

/** The hash of keyed digests and blind indexes that goes with a suite. */
export const hashOf = (suite: SuiteId): 'sha256' | 'sm3' => (suite === 'A1' ? 'sha256' : 'sm3');

export function suiteOf(id: string): Suite {
  if (!Object.hasOwn(suites, id)) throw new Error(`unknown cipher suite ${id}`);
  return suites[id as SuiteId];
}

/** Random bytes are drawn for many nonces at once: each draw costs as much as half an encryption. */
const drawn = Buffer.alloc(256 * NONCE_BYTES);
let next = drawn.length;
function newNonce(): Buffer {
  if (next === drawn.length) {
    randomFillSync(drawn);
    next = 0;
  }
  const nonce = Buffer.from(drawn.subarray(next, next + NONCE_BYTES));
  next += NONCE_BYTES;
  return nonce;
}

const uuidToBytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function bytesToUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * `place` is `table|column|row id`; it is authenticated together with the key id, so a moved ciphertext does not open. A KeyObject
 * is four times as fast as its bytes (docs/evidence/trust.md).
 */
export function encrypt(
  keyId: string,
  key: CipherKey,
  place: string,
  plain: Buffer,
  suite: SuiteId = DEFAULT_SUITE,
): Buffer {
  const nonce = newNonce();
  const { data, tag } = suites[suite].encrypt(key, nonce, plain, Buffer.from(`${place}|${keyId}`));
  return Buffer.concat([Buffer.from(suite, 'latin1'), uuidToBytes(keyId), nonce, data, tag]);
}

export function keyIdOf(ciphertext: Buffer): string {
  return bytesToUuid(ciphertext.subarray(2, HEADER_BYTES));
}

export function decrypt(key: CipherKey, place: string, ciphertext: Buffer): Buffer {
  if (ciphertext.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES) throw new Error('a ciphertext is cut off');
  const suite = suiteOf(ciphertext.toString('latin1', 0, 2));
  const from = HEADER_BYTES + NONCE_BYTES;
  const aad = Buffer.from(`${place}|${keyIdOf(ciphertext)}`);
  const nonce = ciphertext.subarray(HEADER_BYTES, from);
  return suite.decrypt(key, nonce, ciphertext.subarray(from, -TAG_BYTES), ciphertext.subarray(-TAG_BYTES), aad);
}
