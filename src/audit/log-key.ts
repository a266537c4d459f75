// The key that signs checkpoints: Ed25519, made by the first sealing, sealed under the service's own key.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decrypt, encrypt } from '../platform/crypto/suite.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Tx } from '../platform/db/tx.ts';
import { addLogKey, type LogKeyRow, readLogKeys, waitForSealing } from './log-repository.ts';
import { rawPublicKey, verifierKey } from './note.ts';

const NO_KEY = '00000000-0000-0000-0000-000000000003';
const placeOf = (keyId: string) => `audit_keys|private|${keyId}`;

function open(keyring: Keyring, { keyId, privateSealed }: LogKeyRow): KeyObject {
  for (const { key } of keyring.generations('token')) {
    try {
      const der = decrypt(key, placeOf(keyId), privateSealed);
      return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    } catch {
      // Sealed by another generation.
    }
  }
  throw new Error('the key of the audit log does not open');
}

async function makeKey(
  tx: Tx,
  keyring: Keyring,
): Promise<{ row: Omit<LogKeyRow, 'createdAt'>; privateKey: KeyObject }> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyId = tx.newId();
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const privateSealed = encrypt(NO_KEY, keyring.service('token'), placeOf(keyId), der, keyring.suite);
  const row = { keyId, publicKey: rawPublicKey(publicKey).toString('base64'), privateSealed };
  await addLogKey(tx, row);
  return { row, privateKey };
}

/**
 * What signs a checkpoint behind the one of `lastSealedAt`: the newest key, and for the first one after a rotation the former key
 * too. Under the lock of sealing only one process makes the first key.
 */
export async function signingKeys(tx: Tx, keyring: Keyring, lastSealedAt: Date | undefined): Promise<KeyObject[]> {
  const [newest, former] = await readLogKeys(tx);
  if (!newest) return [(await makeKey(tx, keyring)).privateKey];
  const handsOver = former && lastSealedAt && lastSealedAt < newest.createdAt;
  return [newest, ...(handsOver ? [former] : [])].map((row) => open(keyring, row));
}

/** From now on a new key signs; the former one goes on verifying what it has signed. Answers the two as verifier keys. */
export async function replaceSigningKey(tx: Tx, keyring: Keyring, origin: string) {
  await waitForSealing(tx);
  const [former] = await readLogKeys(tx);
  const { row } = await makeKey(tx, keyring);
  const named = ({ publicKey }: Pick<LogKeyRow, 'publicKey'>) => verifierKey(origin, Buffer.from(publicKey, 'base64'));
  return { former: former && named(former), next: named(row) };
}

/** What a verifier needs for this log: every key that ever signed it, the newest first. */
export async function verifierKeys(tx: Tx, origin: string): Promise<string[]> {
  return (await readLogKeys(tx)).map(({ publicKey }) => verifierKey(origin, Buffer.from(publicKey, 'base64')));
}

/** As they are exported: each with the time since when it signs, which ends the one before. */
export async function verifierLines(tx: Tx, origin: string): Promise<string[]> {
  const rows = await readLogKeys(tx);
  return rows
    .toReversed()
    .map(
      ({ publicKey, createdAt }) =>
        `${verifierKey(origin, Buffer.from(publicKey, 'base64'))} ${createdAt.toISOString()}`,
    );
}
