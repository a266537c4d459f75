// kill -9 of PostgreSQL under load, everything synced to disk; the service stays, says 503 and comes back by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../test/support/process.ts';
import { chanceOf } from './chance.ts';
import type { Fault, FaultContext, Reading } from './fault.ts';
import { startLoad } from './load.ts';
import { startPostgres } from './postgres.ts';
import { readingOf, unfit, verdictOf } from './report.ts';
import { startServer } from './server.ts';

/** Milliseconds until the service says that it is ready. */
async function untilReady(base: string): Promise<number> {
  const began = performance.now();
  while ((await statusOf(`${base}/readyz`)) !== 200) {
    if (performance.now() - began > 60_000) throw new Error('the service does not come back');
    await sleep(20);
  }
  return performance.now() - began;
}

const READY_WITHIN_MS = 5000;

async function killDatabase({ seed, rounds = 50, say }: FaultContext): Promise<Reading> {
  const chance = chanceOf(seed);
  const postgres = await startPostgres();
  const server = await startServer(postgres.appUrl);
  const { pid } = server.running().child;
  try {
    const load = await startLoad({ base: () => server.base, tag: `r2-${seed}` });
    let slowest = 0;
    for (let cycle = 1; cycle <= rounds; cycle++) {
      await load.progress(chance.between(2, 20));
      await sleep(chance.below(60));
      await postgres.kill();
      await sleep(chance.below(300));
      const recovery = await postgres.start();
      const ready = await untilReady(server.base);
      slowest = Math.max(slowest, ready);
      if (cycle % 10 === 0)
        say(`${cycle} kills, recovery ${recovery.toFixed(0)} ms, ready after ${ready.toFixed(0)} ms`);
    }
    await sleep(500);
    const verdict = await verdictOf(load, postgres.direct());
    const more = unfit(load, { connections: true });
    if (server.running().hasEnded || server.running().child.pid !== pid) more.push('the service ended');
    if (slowest > READY_WITHIN_MS) more.push(`ready ${slowest.toFixed(0)} ms after the database`);
    const refused = load.history.ops.flatMap((op) => op.attempts).filter(({ status }) => status === 503).length;
    const figure = `${refused} × 503, slowest ready ${slowest.toFixed(0)} ms after the database`;
    return readingOf(verdict, rounds, figure, more);
  } finally {
    await server.stop();
    await postgres.stop();
  }
}

export const faults: readonly Fault[] = [
  {
    number: 'R-2',
    name: 'kill -9 of PostgreSQL under load, fsync on',
    target: '50 cycles: 0 lost; only 503 + Retry-After, no exit, ready in 5 s',
    full: 50,
    run: killDatabase,
  },
];
