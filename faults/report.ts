// From the history and the healed database to a reading: the oracle's verdict in the columns of the report.
import type { Reading } from './fault.ts';
import type { Load } from './load.ts';
import { judge, type Verdict } from './oracle.ts';
import { takeSnapshot, type Urls } from './snapshot.ts';

/** Stops the clients, repeats what is open, and judges. */
export async function verdictOf(load: Load, urls: Urls): Promise<Verdict> {
  await load.stop();
  await load.resolve();
  return judge(load.history.ops, await takeSnapshot(urls));
}

const MAX_DETAIL = 12;

/** `more`: what else must hold for the requirement, one sentence for each thing that does not. */
export function readingOf(verdict: Verdict, cycles: number, figure: string, more: readonly string[] = []): Reading {
  const { operations, acked, unacked, lost, double, differences } = verdict;
  const told = differences.map(({ kind, id, what }) => `${kind}: ${id}: ${what}`);
  return {
    cycles,
    operations,
    acked,
    unacked,
    lost,
    double,
    figure: `${differences.length} differences; ${verdict.resolved} commands resolved by their key; ${figure}`,
    met: differences.length === 0 && more.length === 0 && acked > 0,
    detail: [...more, ...told].slice(0, MAX_DETAIL),
  };
}

/** Answers that nobody may get while something is broken: any 5xx but 503 with Retry-After, and whatever took over ten seconds. */
export function unfit(load: Load, { connections = false } = {}): string[] {
  const all = [...load.history.ops.flatMap((op) => op.attempts), ...load.client.reads];
  const faults: string[] = [];
  const count = (name: string, n: number) => n > 0 && faults.push(`${name}: ${n}`);
  count('5xx that was no 503', all.filter(({ status }) => status !== null && status >= 500 && status !== 503).length);
  count('503 without Retry-After', all.filter(({ status, retryAfter }) => status === 503 && !retryAfter).length);
  count('answers after more than 10 s', all.filter(({ ms }) => ms > 10_000).length);
  if (connections) count('requests without an answer', all.filter(({ status }) => status === null).length);
  count('refusals no flow expects', load.refusals.length);
  return [...faults, ...load.refusals.slice(0, 3)];
}
