// Keys over time: those that have sealed too often are named in the log until they are rotated (P-03), and the key of stored replies
// changes each week, so that a backup of them cannot be opened for long (P-13).
import { ALARM_USES } from '../platform/crypto/uses.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Pool } from '../platform/db/client.ts';
import type { Job } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { USED_KEYS, type UsedKey } from './repository.ts';

const EVERY_MS = 600_000;

export async function reportUsedKeys(pool: Pool, log: Log, from = ALARM_USES): Promise<number> {
  const keys = await pool.query<UsedKey>(USED_KEYS, [from]);
  for (const { key, used } of keys)
    log.error('a key has sealed too often: rotate it', { job: 'key-uses', code: key, count: used });
  return keys.length;
}

const HOUR = 3_600_000;

export function keyJobs({ pool, keyring }: { pool: Pool; keyring: Keyring }, log: Log): Job[] {
  return [
    { name: 'key-uses', everyMs: EVERY_MS, run: async () => void (await reportUsedKeys(pool, log)) },
    { name: 'reply-key', everyMs: HOUR, run: () => keyring.renewReplies(pool) },
  ];
}
