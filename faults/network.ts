// R-4: latency, resets, silence behind a COMMIT and half-open connections between service and PostgreSQL; each has rounds of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Chance, chanceOf } from './chance.ts';
import type { Fault, FaultContext, Reading } from './fault.ts';
import { startLoad } from './load.ts';
import { startPostgres } from './postgres.ts';
import type { Weather } from './proxy.ts';
import { readingOf, unfit, verdictOf } from './report.ts';
import { startServer } from './server.ts';

type Storm = { name: string; weather: (chance: Chance) => Weather; ms: number };

const STORMS: readonly Storm[] = [
  { name: 'latency', weather: () => ({ kind: 'latency', ms: 500 }), ms: 6000 },
  { name: 'resets', weather: (chance) => ({ kind: 'reset', oneIn: 100, chance }), ms: 4000 },
  { name: 'silence after COMMIT', weather: (chance) => ({ kind: 'black-hole', oneIn: 10, chance }), ms: 6000 },
  { name: 'half-open', weather: () => ({ kind: 'half-open' }), ms: 3000 },
];

async function network({ seed, rounds = 10, say }: FaultContext): Promise<Reading> {
  const chance = chanceOf(seed);
  const postgres = await startPostgres();
  const server = await startServer(postgres.appUrl);
  const { proxy } = postgres;
  try {
    const load = await startLoad({ base: () => server.base, tag: `r4-${seed}` });
    const struck = new Map<string, number>();
    for (let round = 1; round <= rounds; round++)
      for (const { name, weather, ms } of STORMS) {
        await sleep(chance.between(300, 800));
        proxy.set(weather(chance));
        await sleep(ms);
        struck.set(name, (struck.get(name) ?? 0) + proxy.struck());
        proxy.set({ kind: 'none' });
        await server.untilReady();
        say(`${name}: struck ${struck.get(name)}, ${load.history.ops.length} operations`);
      }
    const verdict = await verdictOf(load, postgres.direct());
    const slowest = Math.max(...load.history.ops.flatMap((op) => op.attempts.map(({ ms }) => ms)));
    const ambiguous = load.history.ops.flatMap((op) => op.attempts).filter(({ status }) => status === 503).length;
    say(`struck: ${[...struck].map(([name, n]) => `${name} ${n}`).join(', ')}`);
    const more = unfit(load, { connections: true });
    if (server.running().hasEnded) more.push('the service ended');
    for (const { name } of STORMS.slice(1)) if (!struck.get(name)) more.push(`${name} never struck`);
    const figure = `${ambiguous} × 503, slowest answer ${(slowest / 1000).toFixed(1)} s; struck: ${[...struck].map(([name, n]) => `${name} ${n}`).join(', ')}`;
    return readingOf(verdict, rounds * STORMS.length, figure, more);
  } finally {
    await server.stop();
    await postgres.stop();
  }
}

export const faults: readonly Fault[] = [
  {
    number: 'R-4',
    name: 'network between service and PostgreSQL through a proxy',
    target: '0 double; every answer within 10 s; an ambiguous COMMIT is 503 and resolved by its key',
    full: 40,
    run: network,
  },
];
