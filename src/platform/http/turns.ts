// Turns: writes to one resource wait for each other here, in order of arrival and without holding a connection of the pool.
import { dbProblems } from '../db/errors.ts';

export type Turns = <T>(name: string | undefined, run: () => Promise<T>) => Promise<T>;

/** Under the 10 s in which every request is answered, with room for the work itself. */
const MAX_WAIT_MS = 6000;

/**
 * Spares the pool, is no wall: fifty decisions on one case would otherwise hold every connection while they queue for one
 * row lock, and all other callers would get 503. Two replicas still meet at the row lock.
 */
export function createTurns(maxWaitMs = MAX_WAIT_MS): Turns {
  const tails = new Map<string, Promise<void>>();
  return async (name, run) => {
    if (name === undefined) return run();
    const before = tails.get(name) ?? Promise.resolve();
    let finish: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const tail = before.then(() => mine);
    tails.set(name, tail);
    try {
      await patiently(before, maxWaitMs);
      return await run();
    } finally {
      finish();
      if (tails.get(name) === tail) tails.delete(name);
    }
  };
}

async function patiently(before: Promise<void>, maxWaitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(dbProblems['service.busy']({ retryAfter: 2 })), maxWaitMs);
  });
  try {
    await Promise.race([before, late]);
  } finally {
    clearTimeout(timer);
  }
}
