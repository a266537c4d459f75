// R-5: every connection of the pool is busy with slow statements; callers are told so, the process lives, and all is well afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createPool } from '../src/platform/db/client.ts';
import type { Fault, FaultContext, Reading } from './fault.ts';
import { exchange, type Reply } from './http.ts';
import { startPostgres } from './postgres.ts';
import { startServer } from './server.ts';

const LIMITS = { statement_timeout: '5s', lock_timeout: '2s', idle_in_transaction_session_timeout: '10s' } as const;
const SLOW = 100;

/** What is set on a connection of the pool, and that it takes effect. */
async function settings(appUrl: string): Promise<string[]> {
  const pool = createPool({ url: appUrl, max: 1 });
  const faults: string[] = [];
  for (const [name, value] of Object.entries(LIMITS)) {
    const [row] = await pool.query<Record<string, string>>(`show ${name}`);
    if (row?.[name] !== value) faults.push(`${name} is ${row?.[name]}, not ${value}`);
  }
  const ended = await pool.query('select pg_sleep(7)').then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
  await pool.end();
  if (ended !== '57014') faults.push(`a statement of 7 s ended with ${ended}`);
  return faults;
}

async function tokenAt(base: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ officer: 'wf.heping' });
  const reply = await exchange({ method: 'POST', url: `${base}/v1/sandbox/tokens`, headers, body });
  if (reply.status !== 200) throw new Error('no token');
  return String((JSON.parse(reply.text) as { access_token: string }).access_token);
}

type Round = { statuses: Map<string, number>; slowestLive: number; recoveredMs: number; faults: string[] };

async function exhaust(base: string, ownerUrl: string): Promise<Round> {
  const headers = { authorization: `Bearer ${await tokenAt(base)}` };
  const ask = (path: string): Promise<Reply> => exchange({ method: 'GET', url: `${base}${path}`, headers });
  const blocker = new pg.Client({ connectionString: ownerUrl });
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

/** The service is a process of its own: what this one does with a hundred answers is not counted as its slowness. */
async function exhaustion({ rounds = 10 }: FaultContext): Promise<Reading> {
  const postgres = await startPostgres();
  const { appUrl, ownerUrl } = postgres.direct();
  const server = await startServer(appUrl, { POOL_SIZE: '10' });
  try {
    const faults = await settings(appUrl);
    const told = new Map<string, number>();
    let [slowestLive, slowestRecovery] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const seen = await exhaust(server.base, ownerUrl);
      faults.push(...seen.faults);
      for (const [name, n] of seen.statuses) told.set(name, (told.get(name) ?? 0) + n);
      slowestLive = Math.max(slowestLive, seen.slowestLive);
      slowestRecovery = Math.max(slowestRecovery, seen.recoveredMs);
    }
    if (slowestLive > 100) faults.push(`/livez took ${slowestLive.toFixed(0)} ms`);
    if (slowestRecovery > 2000) faults.push(`recovered after ${slowestRecovery.toFixed(0)} ms`);
    const operations = rounds * SLOW;
    return {
      ...{ cycles: rounds, operations, acked: 0, unacked: operations, lost: null, double: null },
      figure: `${operations} slow requests on a pool of 10, answered ${[...told].map(([name, n]) => `${name} ${n}`).join(', ')}; /livez at most ${slowestLive.toFixed(0)} ms; recovered in ${slowestRecovery.toFixed(0)} ms; ${faults.length} deviations`,
      met: faults.length === 0,
      detail: [...new Set(faults)].slice(0, 10),
    };
  } finally {
    await server.stop();
    await postgres.stop();
  }
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
