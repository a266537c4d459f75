// The key-encryption key from KEK_FILE, and the service keys it wraps (blind indexes, stored replies, cursors).
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { Pool } from '../db/client.ts';
import { decrypt, encrypt } from './suite.ts';

export const SERVICE_KEYS = ['index.id_number', 'index.phone', 'reply', 'cursor', 'token'] as const;
export type ServiceKey = (typeof SERVICE_KEYS)[number];

export type Keyring = {
  kekId: string;
  wrap(keyId: string, key: Buffer): Buffer;
  unwrap(wrapped: Buffer): Buffer;
  service(name: ServiceKey): Buffer;
};

const NO_KEY_ID = '00000000-0000-0000-0000-000000000000';

export class KekError extends Error {
  override readonly name = 'KekError';
}

/** Reads 32 bytes in base64; makes the file (mode 0600) when `create` and it is absent. Throws KekError in one sentence. */
export function loadKek(file: string, create: boolean): Buffer {
  let text: string | undefined;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !create) {
      throw new KekError(
        `KEK_FILE ${file} cannot be read: give the path of a file with 32 random bytes in base64 (openssl rand -base64 32).`,
      );
    }
  }
  if (text === undefined) {
    store(file, randomBytes(32).toString('base64'));
    // A server and a worker that start together both read what the first of them stored.
    text = readFileSync(file, 'utf8').trim();
  }
  const kek = Buffer.from(text, 'base64');
  if (kek.length !== 32)
    throw new KekError(
      `KEK_FILE ${file} does not hold 32 bytes in base64: restore it, or make one for a new database with openssl rand -base64 32.`,
    );
  return kek;
}

/** Whole or not at all, never over another one, and on the disk before anything is encrypted with it. */
function store(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}

/** Loads the service keys, making those that are absent; two replicas starting at once agree through the primary key. */
export async function openKeyring(pool: Pool, kek: Buffer): Promise<Keyring> {
  const kekId = createHash('sha256').update('kek-id').update(kek).digest('hex').slice(0, 16);
  const wrap = (keyId: string, key: Buffer) => encrypt(keyId, kek, `keyring|wrapped|${kekId}`, key);
  const unwrap = (wrapped: Buffer) => decrypt(kek, `keyring|wrapped|${kekId}`, wrapped);
  // Each under its own name: a wrapped key that was moved to another row does not open.
  const placeOf = (name: string) => `keyring.service_keys|wrapped|${name}`;
  for (const name of SERVICE_KEYS) {
    await pool.query(
      'insert into keyring.service_keys (name, kek_id, wrapped) values ($1, $2, $3) on conflict do nothing',
      [name, kekId, encrypt(NO_KEY_ID, kek, placeOf(name), randomBytes(32))],
    );
  }
  const rows = await pool.query<{ name: string; kek_id: string; wrapped: Buffer }>(
    'select name, kek_id, wrapped from keyring.service_keys',
  );
  const keys = new Map<string, Buffer>();
  for (const row of rows) {
    if (row.kek_id !== kekId)
      throw new KekError(
        'KEK_FILE is not the key this database was encrypted with: give the file it was first started with.',
      );
    keys.set(row.name, decrypt(kek, placeOf(row.name), row.wrapped));
  }
  const service = (name: ServiceKey) => {
    const key = keys.get(name);
    if (!key) throw new Error(`service key ${name} is missing`);
    return key;
  };
  return { kekId, wrap, unwrap, service };
}

/** Keyed blind index (P-06): equality search without the value; the id space is small, so everything rests on the key. */
export function blindIndex(keyring: Keyring, field: 'id_number' | 'phone', normalised: string): Buffer {
  return createHmac('sha256', keyring.service(`index.${field}`))
    .update(normalised)
    .digest();
}
