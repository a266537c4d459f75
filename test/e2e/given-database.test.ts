// A database that is given: who may log in, what its stamp forbids, waiting for it, losing it, and leaving without an error.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { type Env, freePort, type Running, runBin, statusOf, untilStatus } from '../support/process.ts';
import { TEST_KEK } from '../support/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'ja-given-'));
const kek = join(folder, 'kek');
const running: Running[] = [];
let database: TestDatabase;

beforeAll(async () => {
  writeFileSync(kek, TEST_KEK.toString('base64'), { mode: 0o600 });
  database = await createDatabase();
}, 60_000);
afterEach(async () => {
  for (const process of running.splice(0)) if (!process.hasEnded) await process.stop('SIGKILL');
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

function run(name: string, env: Env, args: string[] = []): Running {
  const process = runBin(name, { KEK_FILE: kek, DATA_DIR: folder, ...env }, args);
  running.push(process);
  return process;
}

async function refusal(process: Running): Promise<string> {
  expect([await process.ends(), process.output]).toEqual([1, expect.any(String)]);
  return process.output.trim();
}

const PRODUCTION = { NODE_ENV: 'production', PUBLIC_URL: 'https://assistance.example' };

test('production refuses every login that row security does not bind, and a sandbox', async () => {
  const production = (url: string) => refusal(run('server.ts', { ...PRODUCTION, DATABASE_URL: url }));
  expect(await production(database.superUrl)).toMatch(
    /^DATABASE_URL logs in as postgres, a superuser, whom row security/,
  );
  expect(await production(database.ownerUrl)).toMatch(/^DATABASE_URL logs in as ja_owner, the owner of the tables,/);
  expect(await production(database.appUrl)).toMatch(/^This database is stamped sandbox and can never go live/);
  expect(await production(database.appUrl.replace(/:[^:@]+@/, ':wrong@'))).toMatch(
    /^The server of DATABASE_URL refuses/,
  );
}, 120_000);

test('migrate says what is missing, does its work once more without a change, and never changes a stamp', async () => {
  const owner = { DATABASE_OWNER_URL: database.ownerUrl };
  const check = run('migrate.ts', owner, ['--check']);
  expect([await check.ends(), check.output]).toEqual([0, expect.stringMatching(/PostgreSQL 1\d.*has what is needed/)]);
  const again = run('migrate.ts', { ...owner, SANDBOX: 'true' });
  expect([await again.ends(), again.output]).toEqual([0, expect.stringContaining('stamped sandbox')]);
  expect(await refusal(run('migrate.ts', owner))).toMatch(/^This database is stamped sandbox and can never go live/);
  const plain = await refusal(run('migrate.ts', { DATABASE_OWNER_URL: database.appUrl }, ['--check']));
  expect(plain).toMatch(/^The server of DATABASE_OWNER_URL lacks the right to create schemas/);
}, 120_000);

test('a server does not start on a database that lacks a migration', async () => {
  const behind = await createDatabase();
  const owner = new pg.Client({ connectionString: behind.ownerUrl });
  await owner.connect();
  await owner.query(
    'delete from drizzle.migrations where created_at = (select max(created_at) from drizzle.migrations)',
  );
  await owner.end();
  const said = await refusal(run('server.ts', { DATABASE_URL: behind.appUrl, SANDBOX: 'true' }));
  expect(said).toBe(
    'The database lacks 1 migration of this release: run `npm run migrate` with DATABASE_OWNER_URL first.',
  );
  await behind.drop();
}, 120_000);

/** A door to the database that can be shut, with everybody inside put out. */
class Door {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  readonly port: number;

  constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  async open(): Promise<void> {
    const server = createServer((inner) => {
      const outer = connect(this.#target, '127.0.0.1');
      for (const socket of [inner, outer]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      }
      inner.pipe(outer).pipe(inner);
    });
    this.#server = server;
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done));
  }

  shut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

test('waits for a database that is not up yet, survives losing it, and drains without an error', async () => {
  const direct = new URL(database.appUrl);
  const door = new Door(await freePort(), Number(direct.port));
  const given = new URL(database.appUrl);
  given.port = String(door.port);
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { DATABASE_URL: given.toString(), SANDBOX: 'true', PORT: String(port), DRAIN_DELAY_MS: '1500' };
  const server = run('server.ts', env);

  await untilStatus(`${base}/livez`, 200);
  const early = await fetch(`${base}/readyz`);
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);
  expect(((await early.json()) as { code: string }).code).toBe('service.unavailable');

  await door.open();
  await untilStatus(`${base}/readyz`, 200);
  await server.says(/Ctrl-C/);
  door.shut();
  await untilStatus(`${base}/readyz`, 503);
  expect(await statusOf(`${base}/livez`)).toBe(200);
  await door.open();
  await untilStatus(`${base}/readyz`, 200);

  const kept = await fetch(`${base}/v1/problems`);
  expect([kept.headers.get('connection'), (await kept.arrayBuffer()).byteLength > 0]).toEqual(['keep-alive', true]);
  server.child.kill('SIGTERM');
  await untilStatus(`${base}/readyz`, 503);
  const draining = await fetch(`${base}/v1/problems`);
  expect([draining.status, draining.headers.get('connection')]).toEqual([200, 'close']);
  await draining.arrayBuffer();
  expect(await server.ends()).toBe(0);
  door.shut();
}, 120_000);

test('a signal while it waits ends it; a worker serves its probes and ends on a signal', async () => {
  const waiting = run('server.ts', {
    DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none`,
    SANDBOX: 'true',
  });
  await waiting.says(/waiting for the database/);
  expect(await waiting.stop('SIGTERM')).toBe(0);

  const worker = run('worker.ts', { DATABASE_URL: database.appUrl, SANDBOX: 'true' });
  const [, port] = await worker.says(/"working","port":(\d+)/);
  for (const path of ['metrics', 'livez', 'readyz'])
    expect(await statusOf(`http://127.0.0.1:${port}/${path}`)).toBe(200);
  expect(await worker.stop('SIGTERM')).toBe(0);
}, 120_000);
