// Keys of the tests: made from a word, so that the same word gives the same key in every run.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { type PublicJwk, thumbprintOf } from '../../src/agencies/jws.ts';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export type TestKey = { privateKey: KeyObject; publicKey: PublicJwk; kid: string };

/** An Ed25519 key. */
export function keyOf(word: string): TestKey {
  const seed = createHash('sha256').update(word).digest();
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }) as PublicJwk;
  return { privateKey, publicKey, kid: thumbprintOf(publicKey) };
}

let counter = 0;
export const ISSUER = 'http://service.test';

/** An assertion that is good unless `claims` say otherwise; a claim that is undefined is left out. */
export function assertionOf(key: TestKey, claims: JWTPayload & { iss: string }, seconds = 60): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const jti = `jti-${process.pid}-${++counter}`;
  const good = { sub: claims.iss, aud: ISSUER, iat: now, exp: now + seconds, jti };
  return new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg: 'EdDSA', kid: key.kid }).sign(key.privateKey);
}

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
