// Ends a process properly: one graceful stop on a signal or a fatal error, and a forced end when that does not come.

export type Lifecycle = {
  /** Drains and closes everything; called once. It may await what is still starting. */
  readonly stop: () => Promise<void>;
  readonly log: (message: string, error?: unknown) => void;
  /** From the first signal; orchestrators kill after 30 s. */
  readonly forceAfterMs?: number;
  /** npm passes Ctrl-C on although the terminal has sent it already: a second signal within this time is the first. */
  readonly graceMs?: number;
};

/**
 * Installs the handlers; call it before anything is started, so that a signal during the start is graceful too. SIGINT
 * and SIGTERM end with exit code 0, a failed, forced or overdue stop and an uncaught error with 1. The answer ends the
 * process in the same manner for another reason.
 */
export function runUntilSignal({ stop, log, forceAfterMs = 25_000, graceMs = 1_000 }: Lifecycle) {
  let begunAt: number | undefined;
  let exitCode = 0;

  const end = (reason: string, code: number, error?: unknown): void => {
    exitCode = Math.max(exitCode, code);
    log(reason, error);
    if (begunAt !== undefined) return;
    begunAt = performance.now();
    setTimeout(() => force(`The stop took longer than ${forceAfterMs / 1_000} s.`), forceAfterMs);
    // In a promise, so that a `stop` that throws at once is caught as well.
    Promise.resolve()
      .then(stop)
      .then(
        () => process.exit(exitCode),
        (failure: unknown) => {
          log('The stop failed.', failure);
          process.exit(1);
        },
      );
  };

  const force = (reason: string): void => {
    log(`${reason} Ending now.`);
    process.exit(1);
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    if (begunAt === undefined) end(`${signal}: stopping.`, 0);
    else if (performance.now() - begunAt >= graceMs) force(`${signal} again.`);
  };

  // A reader of the output that went away (`npm start | head`) is no reason to end, nor to log into the broken pipe.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('uncaughtException', (error) => end('Uncaught exception: stopping.', 1, error));
  process.on('unhandledRejection', (error) => end('Unhandled rejection: stopping.', 1, error));
  return end;
}
