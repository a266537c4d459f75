// What a new sandbox holds, once: by one process, marked when begun and when done; what was left half made is made anew.
import { isEmptyOfClues } from '../clues/service.ts';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { isRetryable, pgError } from '../platform/db/errors.ts';
import { readTx, type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import { asService } from './sample-stage.ts';
import { seedSamples } from './samples.ts';
import { seedReference } from './seed.ts';
import { BEGUN, DONE, lastMark, lockSeeding } from './seeding-repository.ts';

type Province = 'empty' | 'half' | 'whole';

/** A province that holds clues and no mark was made by an earlier release: it is whole, and left as it is. */
function look(deps: TxDeps): Promise<{ province: Province; today: string }> {
  return readTx(deps, asService, async (tx) => {
    const mark = await lastMark(tx);
    const empty = mark === undefined && (await isEmptyOfClues(tx));
    return { province: mark === BEGUN ? 'half' : empty ? 'empty' : 'whole', today: tx.ctx.today };
  });
}

async function mark(deps: TxDeps, type: typeof BEGUN | typeof DONE): Promise<void> {
  // Seen by the service itself, which reads the mark at the next start.
  const verb = async (tx: Tx) => tx.record({ type, kind: 'sandbox', id: SYSTEM_SCOPE, access: [] });
  await writeTx(deps, asService, { verb, finish: async () => undefined });
}

/** Somebody else who seeds is waited for so many lock_timeouts. */
const MAX_WAITS = 60;
const LOCK_TIMEOUT = '55P03';

/** Of the processes that start on one database one seeds; to the others its province is whole. */
async function alone(deps: TxDeps, work: () => Promise<void>): Promise<void> {
  const conn = await deps.pool.connect();
  try {
    for (let waits = 1; ; waits++) {
      try {
        await lockSeeding(conn.db);
        break;
      } catch (error) {
        const waited = pgError(error)?.code === LOCK_TIMEOUT || isRetryable(error);
        if (!waited || waits === MAX_WAITS) throw error;
      }
    }
    await work();
  } finally {
    // Closed, not kept: the lock ends with the session.
    conn.release(true);
  }
}

/** Idempotent; `empty` clears away what an interrupted seeding left behind; without `samples` there are agencies and officers alone. */
export function seedProvince(deps: TxDeps, empty: () => Promise<unknown>, samples = true): Promise<void> {
  return alone(deps, async () => {
    await seedReference(deps);
    if (!samples) return;
    const { province, today } = await look(deps);
    if (province === 'whole') return;
    if (province === 'half') {
      await empty();
      await seedReference(deps);
    }
    await mark(deps, BEGUN);
    await seedSamples(deps, today);
    await mark(deps, DONE);
  });
}
