// R-5: every connection of the pool is busy with slow statements; callers are told so, the process lives, and all is well afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Service } from '../test/support/start.ts';
import { withService } from '../trust/outside/stage.ts';
import type { Fault, FaultContext, Reading } from './fault.ts';
import { exchange, type Reply } from './http.ts';

const LIMITS = { statement_timeout: '5s', lock_timeout: '2s', idle_in_transaction_session_timeout: '10s' } as const;
const SLOW = 100;

/** What is set on a connection of the pool, and that it takes effect. */
async function settings({ pool }: Service): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, value] of Object.entries(LIMITS)) {
    const [row] = await pool.query<Record<string, string>>(`show ${name}`);
    if (row?.[name] !== value) faults.push(`${name} is ${row?.[name]}, not ${value}`);
  }
  const ended = await pool.query('select pg_sleep(7)').then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
  if (ended !== '57014') faults.push(`a statement of 7 s ended with ${ended}`);
  return faults;
}

type Round = { statuses: Map<string, number>; slowestLive: number; recoveredMs: number; faults: string[] };

async function exhaust({ api, database, url }: Service): Promise<Round> {
  const headers = { authorization: `Bearer ${await api.token('wf.heping')}` };
  const ask = (path: string): Promise<Reply> => exchange({ method: 'GET', url: `${url}${path}`, headers });
  const blocker = new pg.Client({ connectionString: database.ownerUrl });
  await blocker.connect();
  await blocker.query('begin');
  await blocker.query('lock table clues in access exclusive mode');
  let busy = true;
  const slow = Promise.all(Array.from({ length: SLOW }, () => ask('/v1/clues'))).finally(() => {
    busy = false;
  });
  let slowestLive = 0;
  const faults: string[] = [];
  while (busy) {
    const began = performance.now();
    const live = await ask('/livez');
    slowestLive = Math.max(slowestLive, performance.now() - began);
    if (live.status !== 200) faults.push(`/livez answered ${live.status}`);
    await sleep(50);
  }
  await blocker.query('rollback');
  await blocker.end();
  const began = performance.now();
  while ((await ask('/v1/clues')).status !== 200 && performance.now() - began < 30_000) await sleep(20);
  const recoveredMs = performance.now() - began;
  const statuses = new Map<string, number>();
  for (const reply of await slow) {
    const retry = reply.status !== null && reply.headers['retry-after'] ? ' with Retry-After' : '';
    const name = `${reply.status}${retry}`;
    statuses.set(name, (statuses.get(name) ?? 0) + 1);
    if (name !== '503 with Retry-After') faults.push(`a slow request was answered ${name}`);
  }
  return { statuses, slowestLive, recoveredMs, faults };
}

function exhaustion({ rounds = 10 }: FaultContext): Promise<Reading> {
  return withService(
    async (service) => {
      const faults = await settings(service);
      const told = new Map<string, number>();
      let [slowestLive, slowestRecovery] = [0, 0];
      for (let round = 0; round < rounds; round++) {
        const seen = await exhaust(service);
        faults.push(...seen.faults);
        for (const [name, n] of seen.statuses) told.set(name, (told.get(name) ?? 0) + n);
        slowestLive = Math.max(slowestLive, seen.slowestLive);
        slowestRecovery = Math.max(slowestRecovery, seen.recoveredMs);
      }
      if (slowestLive > 100)
        faults.push(`/livez took ${slowestLive.toFixed(0)} ms (client and service share this process)`);
      if (slowestRecovery > 2000) faults.push(`recovered after ${slowestRecovery.toFixed(0)} ms`);
      const operations = rounds * SLOW;
      return {
        ...{ cycles: rounds, operations, acked: 0, unacked: operations, lost: null, double: null },
        figure: `${operations} slow requests on a pool of 10, answered ${[...told].map(([name, n]) => `${name} ${n}`).join(', ')}; /livez at most ${slowestLive.toFixed(0)} ms; recovered in ${slowestRecovery.toFixed(0)} ms; ${faults.length} deviations`,
        met: faults.length === 0,
        detail: [...new Set(faults)].slice(0, 10),
      };
    },
    { poolSize: 10 },
  );
}

export const faults: readonly Fault[] = [
  {
    number: 'R-5',
    name: 'exhausted pool',
    target: '100 slow queries on a pool of 10: 503 + Retry-After, /livez 200 within 100 ms, recovered in 2 s',
    full: 10,
    run: exhaustion,
  },
];
