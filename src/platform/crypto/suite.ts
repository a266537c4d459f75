// Cipher suites (P-03, P-04): the suite id stands in every ciphertext, so another suite is a new entry, not a new format.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Ciphertext: suite (2 ASCII bytes) | key id (16 bytes) | nonce (12 bytes) | data | tag (16 bytes). */
export const HEADER_BYTES = 18;

type Suite = {
  encrypt(key: Buffer, plain: Buffer, aad: Buffer): Buffer;
  decrypt(key: Buffer, body: Buffer, aad: Buffer): Buffer;
};

const A1: Suite = {
  encrypt(key, plain, aad) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  },
  decrypt(key, body, aad) {
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(aad).setAuthTag(body.subarray(-16));
    return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]);
  },
};

const suites: Readonly<Record<string, Suite>> = { A1 };

/** AES-256-GCM is the default; the SM profile adds its suites here. */
export const DEFAULT_SUITE = 'A1';

function suiteOf(id: string): Suite {
  const suite = suites[id];
  if (!suite) throw new Error(`unknown cipher suite ${id}`);
  return suite;
}

const uuidToBytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function bytesToUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** `place` is `table|column|row id`; it is authenticated together with the key id, so a moved ciphertext does not open. */
export function encrypt(keyId: string, key: Buffer, place: string, plain: Buffer, suite = DEFAULT_SUITE): Buffer {
  const body = suiteOf(suite).encrypt(key, plain, Buffer.from(`${place}|${keyId}`));
  return Buffer.concat([Buffer.from(suite, 'ascii'), uuidToBytes(keyId), body]);
}

export function keyIdOf(ciphertext: Buffer): string {
  return bytesToUuid(ciphertext.subarray(2, HEADER_BYTES));
}

export function decrypt(key: Buffer, place: string, ciphertext: Buffer): Buffer {
  const suite = suiteOf(ciphertext.subarray(0, 2).toString('ascii'));
  return suite.decrypt(key, ciphertext.subarray(HEADER_BYTES), Buffer.from(`${place}|${keyIdOf(ciphertext)}`));
}
