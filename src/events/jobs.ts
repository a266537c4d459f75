// The feed ends where `FEED_DAYS` say: older events are dropped, and a cursor from before answers 410 (contract §1 Feed).
import { asService } from '../agencies/system-actor.ts';
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import { purgeEvents } from './repository.ts';

const HOUR = 3_600_000;
/** Each in a transaction of its own, so that nobody's feed waits for long. */
const BATCH = 2000;

/** Not a business write: it has no fact. Answers how many were dropped. */
export async function dropOldEvents(deps: TxDeps, days: number): Promise<number> {
  for (let dropped = 0; ; ) {
    const gone = await readTx(deps, asService, (tx) => purgeEvents(tx, days, BATCH));
    dropped += gone;
    if (gone < BATCH) return dropped;
  }
}

export function eventJobs(deps: TxDeps, days: number): Job[] {
  return [{ name: 'drop-old-events', everyMs: HOUR, run: async () => void (await dropOldEvents(deps, days)) }];
}
