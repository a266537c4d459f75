// The SM profile (GB/T 32907, GB/T 32905; P-04): S1 = SM4-GCM, S2 = SM4-CTR with HMAC-SM3, encrypt-then-MAC. Same layout as A1.
import {
  type CipherKey,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  getCiphers,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { createRequire } from 'node:module';
import { asKeyObject, checkNonce, type Suite, TAG_BYTES } from './cipher.ts';

/** SM4 has 128-bit keys. */
const SM4_BYTES = 16;

type Derived = { gcm: Buffer; cipher: KeyObject; mac: KeyObject };
const derivedKeys = new WeakMap<KeyObject, Derived>();

/** Each use of a data key of 256 bits has a key of its own: HMAC-SM3 over the name of the use. */
function derive(given: CipherKey): Derived {
  const key = asKeyObject(given);
  const known = derivedKeys.get(key);
  if (known) return known;
  const of = (use: string) => createHmac('sm3', key).update(use).digest();
  const made = {
    gcm: of('S1|sm4-gcm').subarray(0, SM4_BYTES),
    cipher: createSecretKey(of('S2|sm4-ctr').subarray(0, SM4_BYTES)),
    mac: createSecretKey(of('S2|hmac-sm3')),
  };
  derivedKeys.set(key, made);
  return made;
}

type SmCrypto = typeof import('sm-crypto-v2');
let loaded: SmCrypto | undefined;
/** Loaded at its first use: whoever has no S1 does not wait for it at the start. */
function sm4(): SmCrypto['sm4'] {
  loaded ??= createRequire(import.meta.url)('sm-crypto-v2') as SmCrypto;
  return loaded.sm4;
}

const NATIVE = getCiphers().includes('sm4-gcm');
// Node's types know the names of its GCM ciphers; this one comes with Node 26.
const NATIVE_NAME = 'sm4-gcm' as 'aes-128-gcm';

export const sm4Gcm: Suite = {
  encrypt(key, nonce, plain, aad) {
    checkNonce(nonce);
    if (NATIVE) {
      const cipher = createCipheriv(NATIVE_NAME, key, nonce).setAAD(aad);
      const data = Buffer.concat([cipher.update(plain), cipher.final()]);
      return { data, tag: cipher.getAuthTag() };
    }
    const raw = asKeyObject(key).export();
    const sealed = sm4().encrypt(plain, raw, {
      mode: 'gcm',
      iv: nonce,
      associatedData: aad,
      padding: 'none',
      output: 'array',
      outputTag: true,
    });
    if (!sealed.tag) throw new Error('SM4-GCM made no tag');
    return { data: Buffer.from(sealed.output), tag: Buffer.from(sealed.tag) };
  },
  decrypt(key, nonce, data, tag, aad) {
    checkNonce(nonce);
    if (NATIVE) {
      const decipher = createDecipheriv(NATIVE_NAME, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(aad).setAuthTag(tag);
      return Buffer.concat([decipher.update(data), decipher.final()]);
    }
    const raw = asKeyObject(key).export();
    const plain = sm4().decrypt(data, raw, {
      mode: 'gcm',
      iv: nonce,
      associatedData: aad,
      tag,
      padding: 'none',
      output: 'array',
    });
    return Buffer.from(plain);
  },
};

export const S1: Suite = {
  encrypt: (key, nonce, plain, aad) => sm4Gcm.encrypt(derive(key).gcm, nonce, plain, aad),
  decrypt: (key, nonce, data, tag, aad) => sm4Gcm.decrypt(derive(key).gcm, nonce, data, tag, aad),
};

/** The nonce, then a counter of 32 bits from zero: up to 64 GiB under one nonce. */
const counterOf = (nonce: Buffer) => Buffer.concat([nonce, Buffer.alloc(4)]);

/** Over the lengths too, so that nothing can slide from the one into the other; 128 bits as in the other suites. */
function tagOf(mac: KeyObject, nonce: Buffer, data: Buffer, aad: Buffer): Buffer {
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(aad.length, 0);
  lengths.writeUInt32BE(data.length, 4);
  const hmac = createHmac('sm3', mac).update(lengths).update(aad).update(nonce).update(data);
  return hmac.digest().subarray(0, TAG_BYTES);
}

export const S2: Suite = {
  encrypt(key, nonce, plain, aad) {
    checkNonce(nonce);
    const { cipher, mac } = derive(key);
    const data = createCipheriv('sm4-ctr', cipher, counterOf(nonce)).update(plain);
    return { data, tag: tagOf(mac, nonce, data, aad) };
  },
  decrypt(key, nonce, data, tag, aad) {
    checkNonce(nonce);
    const { cipher, mac } = derive(key);
    if (!timingSafeEqual(tagOf(mac, nonce, data, aad), tag)) throw new Error('a ciphertext is not what was sealed');
    return createDecipheriv('sm4-ctr', cipher, counterOf(nonce)).update(data);
  },
};
