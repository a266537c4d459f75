// The owner's connection for commands that change keys, as bin/admin opens it.
import { createIdGenerator } from '../../src/kernel/ids.ts';
import { allowLongStatements, type Client } from '../../src/keys/repository.ts';
import { localKek } from '../../src/platform/crypto/kek.ts';
import { type Keyring, openKeyring } from '../../src/platform/crypto/keyring.ts';
import type { SuiteId } from '../../src/platform/crypto/suite.ts';
import { createPool } from '../../src/platform/db/client.ts';
import type { TestDatabase } from './database.ts';

const newId = createIdGenerator((bytes) => crypto.getRandomValues(bytes));

export type KeyDesk = { client: Client; keyring: Keyring; newId: () => string; say: (line: string) => void };

/** `keks`: the first wraps, the others open. */
export async function withKeys<T>(
  database: TestDatabase,
  { keks, suite }: { keks: readonly Buffer[]; suite?: SuiteId },
  work: (desk: KeyDesk) => Promise<T>,
): Promise<T> {
  const pool = createPool({ url: database.ownerUrl, max: 2, onError: () => undefined });
  try {
    const keyring = await openKeyring(pool, keks, suite);
    const { client, release } = await pool.connect();
    await allowLongStatements(client);
    try {
      return await work({ client, keyring, newId: () => newId(Date.now()), say: () => undefined });
    } finally {
      release(true);
    }
  } finally {
    await pool.end();
  }
}

export const providers = (keks: readonly Buffer[]) => keks.map(localKek);
