// R-1, I-04: kill -9 of the server at random instants under load; nothing acknowledged is lost, nothing is done twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { chanceOf } from './chance.ts';
import type { Fault, FaultContext, Reading } from './fault.ts';
import { startLoad } from './load.ts';
import { startPostgres } from './postgres.ts';
import { readingOf, unfit, verdictOf } from './report.ts';
import { startServer } from './server.ts';

async function killServer({ seed, rounds = 200, say }: FaultContext): Promise<Reading> {
  const chance = chanceOf(seed);
  const postgres = await startPostgres();
  const server = await startServer(postgres.direct().appUrl);
  try {
    const load = await startLoad({ base: () => server.base, tag: `r1-${seed}` });
    for (let cycle = 1; cycle <= rounds; cycle++) {
      await load.progress(chance.between(2, 20));
      await sleep(chance.below(60));
      await server.kill();
      await server.start();
      if (cycle % 20 === 0) say(`${cycle} kills, ${load.history.ops.length} operations`);
    }
    await sleep(500);
    const verdict = await verdictOf(load, postgres.direct());
    const cut = load.history.ops.flatMap((op) => op.attempts).filter(({ status }) => status === null).length;
    return readingOf(verdict, rounds, `${cut} attempts without an answer`, unfit(load));
  } finally {
    await server.stop();
    await postgres.stop();
  }
}

export const faults: readonly Fault[] = [
  {
    number: 'R-1',
    name: 'kill -9 of the server under load',
    target: '200 cycles: 0 lost, 0 double',
    full: 200,
    run: killServer,
  },
];
