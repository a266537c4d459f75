// What a cipher suite is: one shape for all of them, so that format, tests and callers are the same.
import { type CipherKey, createSecretKey, KeyObject } from 'node:crypto';

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** All suites take nonces of 96 bits: what derives counters from others differs between implementations (Wycheproof: CounterWrap). */
export function checkNonce(nonce: Buffer): void {
  if (nonce.length !== NONCE_BYTES) throw new Error('a nonce has 96 bits');
}

export type Suite = {
  encrypt(key: CipherKey, nonce: Buffer, plain: Buffer, aad: Buffer): { data: Buffer; tag: Buffer };
  /** Throws where the tag does not fit; nothing of the text is handed on then. */
  decrypt(key: CipherKey, nonce: Buffer, data: Buffer, tag: Buffer, aad: Buffer): Buffer;
};

/** A KeyObject is prepared once; bytes are prepared at each use, which costs more than a short encryption. */
export function asKeyObject(key: CipherKey): KeyObject {
  if (key instanceof KeyObject) return key;
  if (key instanceof Uint8Array) return createSecretKey(key);
  throw new Error('a key is not bytes');
}
