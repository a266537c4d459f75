// Secrets of an endpoint and what they sign: HMAC-SHA256 (`v1`) and Ed25519 (`v1a`) over id, time and body (Standard Webhooks 1.0; W-01..W-03).
import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { newKeyBytes } from '../platform/crypto/secret.ts';
import type { Tx } from '../platform/db/tx.ts';

/** Base64: the key of the HMAC, and the seed of the key pair. */
type Pair = { hmac: string; seed: string };
export type Secrets = Pair & { former?: Pair };

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKey = ({ seed }: Pair): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, Buffer.from(seed, 'base64')]), format: 'der', type: 'pkcs8' });

const newPair = (): Pair => ({ hmac: newKeyBytes().toString('base64'), seed: newKeyBytes().toString('base64') });

export const newSecrets = (former?: Secrets): Secrets =>
  former ? { ...newPair(), former: { hmac: former.hmac, seed: former.seed } } : newPair();

/** As its holder is given it, once. */
export const secretOf = ({ hmac }: Secrets): string => `whsec_${hmac}`;

export function publicKeyOf(secrets: Secrets): string {
  const { x = '' } = createPublicKey(privateKey(secrets)).export({ format: 'jwk' });
  return `whpk_${Buffer.from(x, 'base64url').toString('base64')}`;
}

export type Message = { id: string; timestamp: number; body: string };

/** The present pair first; the former one signs along while `overlap` lasts, so that either key of a receiver is good. */
export function signatureOf(secrets: Secrets, { id, timestamp, body }: Message, overlap: boolean): string {
  const content = Buffer.from(`${id}.${timestamp}.${body}`, 'utf8');
  const pairs: Pair[] = [secrets, ...(overlap && secrets.former ? [secrets.former] : [])];
  const hmacs = pairs.map(
    ({ hmac }) => `v1,${createHmac('sha256', Buffer.from(hmac, 'base64')).update(content).digest('base64')}`,
  );
  const signed = pairs.map((pair) => `v1a,${sign(null, content, privateKey(pair)).toString('base64')}`);
  return [...hmacs, ...signed].join(' ');
}

const placeOf = (id: string) => ({ table: 'webhook_endpoints', column: 'secrets', rowId: id });

export async function sealSecrets(tx: Tx, id: string, secrets: Secrets): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('webhook_endpoint', id), placeOf(id), JSON.stringify(secrets));
}

export async function openSecrets(tx: Tx, rows: readonly { id: string; secretsSealed: Buffer | null }[]) {
  const texts = await tx.vault.open(rows.map(({ id, secretsSealed }) => ({ place: placeOf(id), data: secretsSealed })));
  return new Map(rows.map(({ id }, i) => [id, texts[i] ? (JSON.parse(texts[i]) as Secrets) : undefined]));
}

/** What an address must say back; of this endpoint and this address, and nowhere stored. */
export const challengeOf = (keyring: Keyring, { id, url }: { id: string; url: string }): string =>
  createHmac('sha256', keyring.service('token')).update(`webhook-challenge|${id}|${url}`).digest('base64url');

export function isChallenge(keyring: Keyring, endpoint: { id: string; url: string }, offered: string): boolean {
  const [meant, given] = [Buffer.from(challengeOf(keyring, endpoint)), Buffer.from(offered)];
  return meant.length === given.length && timingSafeEqual(meant, given);
}
