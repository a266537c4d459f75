// Long polling: those who wait share one look at what changes, and nobody holds a connection of the database while waiting.

export type Waiting = {
  /** Asks `found` at once and after each change, until it says yes, `ms` have passed, the caller has gone or the service stops. */
  until(found: () => Promise<boolean>, ms: number, gone: AbortSignal): Promise<void>;
  /** Lets everybody go: the service stops. */
  stop(): void;
};

type Options = {
  everyMs: number;
  /** More than so many at once are answered without waiting. */
  most: number;
};

/** `look` answers a text that is another one after each change; it is asked only while somebody waits. */
export function createWaiting(look: () => Promise<string>, { everyMs, most }: Options): Waiting {
  const waiters = new Map<() => void, string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function plan(): void {
    if (timer !== undefined || stopped || waiters.size === 0) return;
    timer = setTimeout(async () => {
      const now = await look().catch(() => undefined);
      timer = undefined;
      for (const [wake, seen] of [...waiters]) if (now !== undefined && now !== seen) wake();
      plan();
    }, everyMs);
  }

  function change(seen: string, ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(end);
        gone.removeEventListener('abort', wake);
        waiters.delete(wake);
        resolve();
      };
      const end = setTimeout(wake, ms);
      gone.addEventListener('abort', wake);
      waiters.set(wake, seen);
      plan();
    });
  }

  return {
    async until(found, ms, gone) {
      const end = performance.now() + ms;
      for (;;) {
        // Looked at before the question: what comes between the two is a change.
        const seen = await look();
        if (await found()) return;
        const left = end - performance.now();
        if (left <= 0 || stopped || gone.aborted || waiters.size >= most) return;
        await change(seen, left, gone);
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const wake of [...waiters.keys()]) wake();
    },
  };
}
