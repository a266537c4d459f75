// The key that signs checkpoints: Ed25519, made by the first sealing, sealed under the service's own key.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decrypt, encrypt } from '../platform/crypto/suite.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Tx } from '../platform/db/tx.ts';
import { addLogKey, type LogKeyRow, readLogKeys } from './log-repository.ts';
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

/** The newest key; under the lock of sealing only one process makes the first. */
export async function signingKey(tx: Tx, keyring: Keyring): Promise<KeyObject> {
  const [newest] = await readLogKeys(tx);
  if (newest) return open(keyring, newest);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyId = tx.newId();
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const privateSealed = encrypt(NO_KEY, keyring.service('token'), placeOf(keyId), der, keyring.suite);
  await addLogKey(tx, { keyId, publicKey: rawPublicKey(publicKey).toString('base64'), privateSealed });
  return privateKey;
}

/** What a verifier needs for this log: every key that ever signed it, the newest first. */
export async function verifierKeys(tx: Tx, origin: string): Promise<string[]> {
  return (await readLogKeys(tx)).map(({ publicKey }) => verifierKey(origin, Buffer.from(publicKey, 'base64')));
}
