// The short form of `npm run faults`: three kills of the server, one of PostgreSQL, a network that goes silent behind COMMIT, thirty walks.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chanceOf } from '../../faults/chance.ts';
import { hangUp } from '../../faults/http.ts';
import { startLoad } from '../../faults/load.ts';
import { type Postgres, startPostgres } from '../../faults/postgres.ts';
import { unfit, verdictOf } from '../../faults/report.ts';
import { type Server, startServer } from '../../faults/server.ts';
import { walkOn } from '../../faults/walks/run.ts';
import { startService } from '../support/start.ts';

const SEED = 20_261_123;
let postgres: Postgres;
let server: Server;

beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServer(postgres.appUrl);
}, 120_000);
afterAll(async () => {
  hangUp();
  await server?.stop();
  await postgres?.stop();
}, 60_000);

test('under kill -9 of server and database, and silence behind COMMIT, nothing acknowledged is lost and nothing is done twice', async () => {
  const chance = chanceOf(SEED);
  const load = await startLoad({ base: () => server.base, tag: 'ci', clients: 3 });
  for (let kill = 0; kill < 3; kill++) {
    await sleep(chance.between(100, 500));
    await server.kill();
    await server.start();
  }
  await sleep(300);
  await postgres.kill();
  await postgres.start();
  await server.untilReady();
  postgres.proxy.set({ kind: 'black-hole', oneIn: 3, chance });
  while (postgres.proxy.struck() === 0) await sleep(50);
  postgres.proxy.set({ kind: 'none' });
  await server.untilReady();
  const verdict = await verdictOf(load, postgres.direct());
  expect(verdict.differences).toEqual([]);
  expect(verdict.acked).toBeGreaterThan(3);
  // How long an answer took is measured by the long form, on a quiet machine.
  expect(unfit(load).filter((fault) => !fault.startsWith('answers after'))).toEqual([]);
}, 240_000);

test('thirty random walks find no difference from the model of states, money and clocks', async () => {
  const service = await startService();
  try {
    const { walks, difference } = await walkOn(service, 30, SEED);
    expect(difference).toBeUndefined();
    expect(walks).toBe(30);
  } finally {
    await service.stop();
  }
}, 240_000);
