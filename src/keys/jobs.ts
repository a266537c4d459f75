// The alarm about keys that have sealed too often (P-03): named in the log every ten minutes, until they are rotated.
import { ALARM_USES } from '../platform/crypto/uses.ts';
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

export function keyJobs({ pool }: { pool: Pool }, log: Log): Job[] {
  return [{ name: 'key-uses', everyMs: EVERY_MS, run: async () => void (await reportUsedKeys(pool, log)) }];
}
