// What every executable does around its work: one sentence for what a person can mend, and everything closed in reverse order.
import { ConfigError } from '../platform/config.ts';
import { KekError } from '../platform/crypto/kek.ts';
import { EmbeddedError } from '../platform/db/embedded/errors.ts';
import { LoginError } from '../platform/db/login.ts';
import { MigrationError } from '../platform/db/stamp.ts';
import { createLog, errorFields, type Log } from '../platform/log.ts';
import { runUntilSignal } from './lifecycle.ts';

/** A sentence that says what is wrong with the start and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const SENTENCES = [StartError, ConfigError, EmbeddedError, LoginError, MigrationError, KekError];

/** The sentence of an error that a person can mend; of any other its class, code and place, for its text may hold data. */
export function explain(error: unknown): string {
  if (error instanceof Error && SENTENCES.some((kind) => error instanceof kind)) return error.message;
  const { errorName, errorCode, at } = errorFields(error);
  return `Unexpected ${[errorName, errorCode, at].filter(Boolean).join(' ')}.`;
}

export type Started = {
  /** Ends waiting when a signal arrives during the start. */
  signal: AbortSignal;
  /** What was opened last is closed first. */
  onStop(close: () => Promise<unknown>): void;
};

/** Runs `start` under signal handlers: Ctrl-C and SIGTERM close what was opened by then and end with 0, a failed start with 1. */
export function runService(start: (started: Started) => Promise<void>): void {
  // Node would open its inspector: whoever may signal the process could read its memory (S-50).
  process.on('SIGUSR1', () => undefined);
  const abort = new AbortController();
  const closers: (() => Promise<unknown>)[] = [];
  let starting: Promise<void> = Promise.resolve();
  const end = runUntilSignal({
    log: (message, error) => console.error(error === undefined ? message : `${message} ${explain(error)}`),
    async stop() {
      abort.abort();
      await starting.catch(() => undefined);
      // One that fails must not keep the others from being closed: the database comes last.
      const failures: unknown[] = [];
      for (const close of closers.reverse()) await close().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  });
  starting = start({ signal: abort.signal, onStop: (close) => void closers.push(close) });
  starting.catch((error: unknown) => {
    if (!abort.signal.aborted) end(explain(error), 1);
  });
}

/** Runs a command that ends by itself; a failure is its sentence and exit code 1. */
export async function runOnce(work: (started: Started) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const closers: (() => Promise<unknown>)[] = [];
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abort.abort());
  try {
    await work({ signal: abort.signal, onStop: (close) => void closers.push(close) });
  } catch (error) {
    console.error(abort.signal.aborted ? 'Stopped.' : explain(error));
    process.exitCode = 1;
  }
  for (const close of closers.reverse()) await close().catch(() => undefined);
}

export function logTo(level: Parameters<typeof createLog>[0]): Log {
  return createLog(
    level,
    (line) => void process.stdout.write(line),
    () => new Date(),
  );
}
