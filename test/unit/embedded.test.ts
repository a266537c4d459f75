// Proves the embedded database: cold and warm start, two starters, an orphan, damage, plain roles, nothing left behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { resolveDataDir } from '../../src/platform/db/embedded/data-dir.ts';
import { EmbeddedError } from '../../src/platform/db/embedded/errors.ts';
import { type EmbeddedDatabase, startEmbedded } from '../../src/platform/db/embedded/launcher.ts';
import { throwawayDataDir } from '../../src/platform/db/embedded/throwaway.ts';

const LAUNCHER = new URL('../../src/platform/db/embedded/launcher.ts', import.meta.url).href;

let dataDir: string;
const open: { stop(): Promise<void> }[] = [];
const owners: ChildProcess[] = [];

beforeEach(() => {
  dataDir = throwawayDataDir();
});

afterEach(async () => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  // Whatever a killed owner left is taken over here, so that this suite itself leaves no process.
  for (const database of open.splice(0)) await database.stop();
  // A test that failed half-way may leave one that it has not got hold of.
  for (const pid of processesOf(dataDir)) process.kill(Number(pid), 'SIGQUIT');
  await eventually(() => processesOf(dataDir).length === 0);
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(log?: (message: string) => void): Promise<EmbeddedDatabase> {
  const database = await startEmbedded(log === undefined ? { dataDir } : { dataDir, log });
  open.push(database);
  return database;
}

/** A process of its own that starts the database and says one line: its port, or the sentence of the error. */
async function startElsewhere(options: object): Promise<{ owner: ChildProcess; line: string }> {
  const code = `
    const { startEmbedded } = await import(${JSON.stringify(LAUNCHER)});
    const line = await startEmbedded(${JSON.stringify(options)}).then((db) => 'port ' + db.port, (e) => e.name + ': ' + e.message);
    console.log(line);
    if (line.startsWith('port')) setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  owners.push(owner);
  const [line] = await once(createInterface(owner.stdout), 'line');
  return { owner, line: String(line) };
}

async function kill(owner: ChildProcess): Promise<void> {
  owner.kill('SIGKILL');
  await once(owner, 'exit');
}

function processesOf(directory: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
    } catch {
      return false;
    }
  });
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 15_000; waited += 50) await sleep(50);
  expect(condition()).toBe(true);
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function sentence(starting: Promise<unknown>): Promise<string> {
  const error = await starting.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EmbeddedError);
  return error instanceof EmbeddedError ? error.message : '';
}

const shared = (name: string): string => join(dataDir, name);

describe('embedded database', () => {
  test('starts cold, keeps its data over a warm start, and leaves no process', async () => {
    const cold = await start();
    await ask(cold.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS n');
    expect(processesOf(dataDir).length).toBeGreaterThan(0);
    await Promise.all([cold.stop(), cold.stop()]);
    expect(processesOf(dataDir)).toEqual([]);
    const begun = performance.now();
    const warm = await start();
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await ask(warm.ownerUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    await warm.stop();
    expect(processesOf(dataDir)).toEqual([]);
    expect(existsSync(shared('postgres.lock'))).toBe(false);
  }, 60_000);

  test('gives plain roles, private files and the extensions', async () => {
    const { appUrl, ownerUrl, superUrl, port } = await start();
    const attributes = 'rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication';
    const plain = { rolsuper: false, rolcreatedb: false, rolbypassrls: false, rolreplication: false };
    expect(await ask(superUrl, `SELECT ${attributes} FROM pg_roles WHERE rolname LIKE 'ja_%' ORDER BY 1`)).toEqual([
      { rolname: 'ja_app', rolinherit: false, rolcreaterole: false, ...plain },
      { rolname: 'ja_owner', rolinherit: true, rolcreaterole: true, ...plain },
    ]);
    expect(await ask(ownerUrl, "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1")).toEqual([
      { extname: 'btree_gist' },
      { extname: 'pg_trgm' },
    ]);
    expect(await ask(appUrl, "SELECT cardinality(show_trgm('司法救助')) > 0 AS chinese")).toEqual([{ chinese: true }]);
    await expect(ask(appUrl, 'CREATE TABLE public.mine (n int)')).rejects.toMatchObject({ code: '42501' });
    await expect(ask(appUrl.replace(/judicial_assistance$/, 'postgres'), 'SELECT 1')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(ask(`postgres://ja_app:wrong@127.0.0.1:${port}/judicial_assistance`, 'SELECT 1')).rejects.toThrow(
      /password/,
    );
    expect(statSync(shared('postgres-passwords.json')).mode & 0o777).toBe(0o600);
    expect(statSync(shared('postgres.log')).mode & 0o777).toBe(0o600);
    expect(statSync(shared('postgres')).mode & 0o777).toBe(0o700);
    expect(statSync(dataDir).mode & 0o007).toBe(0);
  }, 60_000);

  test('keeps values, statements and parameters out of its log', async () => {
    const { ownerUrl } = await start();
    await ask(ownerUrl, 'CREATE TABLE person (id_number text PRIMARY KEY)');
    await ask(ownerUrl, "INSERT INTO person VALUES ('210102199003074321')");
    await expect(ask(ownerUrl, "INSERT INTO person VALUES ('210102199003074321')")).rejects.toMatchObject({
      code: '23505',
    });
    await expect(ask(ownerUrl, "SELECT 'x210102199003074321'::int")).rejects.toMatchObject({ code: '22P02' });
    expect(readFileSync(shared('postgres.log'), 'utf8')).not.toContain('210102199003074321');
  }, 60_000);

  test('refuses a second instance in one sentence, and of two first starts one wins', async () => {
    const both = await Promise.all([startElsewhere({ dataDir }), startElsewhere({ dataDir })]);
    const lines = both.map(({ line }) => line).sort();
    expect(lines[0]).toMatch(/^EmbeddedError: Another instance \(pid \d+\) already uses .*: stop it or set DATA_DIR/);
    expect(lines[1]).toMatch(/^port \d+$/);
    const winner = both.find(({ line }) => line.startsWith('port'))?.owner;
    expect(await sentence(start())).toContain(`(pid ${winner?.pid})`);
    winner?.kill('SIGKILL');
    await eventually(() => winner?.signalCode === 'SIGKILL');
    await start();
  }, 60_000);

  test('attaches to the orphan of a killed owner, and recovers when both were killed', async () => {
    const { owner, line } = await startElsewhere({ dataDir });
    await kill(owner);
    const said: string[] = [];
    const attached = await start((message) => said.push(message));
    expect(`port ${attached.port}`).toBe(line);
    expect(said.join()).toMatch(/Attached to the PostgreSQL \(pid \d+\)/);
    // The watchdog of the killed owner must have seen the new one by now and must not stop the database.
    await sleep(4_000);
    expect(await ask(attached.appUrl, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await attached.stop();
    expect(processesOf(dataDir)).toEqual([]);

    const second = await startElsewhere({ dataDir });
    const postmaster = Number(readFileSync(shared('postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    await kill(second.owner);
    process.kill(postmaster, 'SIGKILL');
    const recovered = await start();
    expect(await ask(recovered.appUrl, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  }, 60_000);

  test('is not held up by a stale postmaster.pid or a lock whose pid is somebody else by now', async () => {
    await (await start()).stop();
    writeFileSync(
      shared('postgres/postmaster.pid'),
      `${process.pid}\n${shared('postgres')}\n1\n5432\n\n127.0.0.1\n\nready\n`,
    );
    writeFileSync(shared('postgres.lock'), JSON.stringify({ pid: process.pid, startedAt: 'before the last boot' }));
    await start();
  }, 60_000);

  test('puts a half-written directory away and begins anew', async () => {
    mkdirSync(shared('postgres.aside-0011'), { recursive: true });
    mkdirSync(shared('postgres/base'), { recursive: true });
    writeFileSync(shared('postgres/PG_VERSION'), '18\n');
    const database = await start();
    expect(await ask(database.appUrl, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    const names = readdirSync(dataDir);
    expect(names.filter((name) => name.startsWith('postgres.aside-'))).toEqual([]);
    expect(names.filter((name) => name.startsWith('postgres.unfinished-'))).toHaveLength(1);
  }, 60_000);

  test('says in one sentence what to do about a damaged database, and touches nothing', async () => {
    await (await start()).stop();
    rmSync(shared('postgres/global/pg_control'));
    expect(await sentence(start())).toMatch(/is damaged \(global\/pg_control missing\): restore it from a backup/);
    rmSync(shared('postgres-passwords.json'));
    writeFileSync(shared('postgres/global/pg_control'), 'not a control file');
    expect(await sentence(start())).toMatch(/passwords of the database .* are missing/);
    writeFileSync(shared('postgres/PG_VERSION'), '16\n');
    expect(await sentence(start())).toMatch(/made by PostgreSQL 16 and PostgreSQL 18 is installed/);
    expect(processesOf(dataDir)).toEqual([]);
  }, 60_000);

  test('a throwaway database vanishes with its owner, even by kill -9', async () => {
    const { owner, line } = await startElsewhere({ dataDir, throwaway: true });
    expect(line).toMatch(/^port/);
    await kill(owner);
    await eventually(() => !existsSync(dataDir) && processesOf(dataDir).length === 0);
    const other = throwawayDataDir();
    const database = await startEmbedded({ dataDir: other, throwaway: true });
    await database.stop();
    expect(existsSync(other)).toBe(false);
  }, 60_000);

  test('a throwaway start sweeps an orphan that no watchdog saw, and never takes a directory with other things', async () => {
    chmodSync(dataDir, 0o711);
    mkdirSync(shared('orphan/postgres'), { recursive: true });
    writeFileSync(shared('orphan/throwaway.json'), JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
    const database = await startEmbedded({ dataDir: shared('next'), throwaway: true });
    expect(existsSync(shared('orphan'))).toBe(false);
    await database.stop();
    mkdirSync(shared('mine'));
    writeFileSync(shared('mine/letter.txt'), 'keep me');
    expect(await sentence(startEmbedded({ dataDir: shared('mine'), throwaway: true }))).toMatch(/is not empty/);
    expect(readdirSync(shared('mine'))).toEqual(['letter.txt']);
  }, 60_000);
});

describe('data directory', () => {
  beforeEach(() => chmodSync(dataDir, 0o755));

  test('is DATA_DIR if given, else .data in the project, made private', () => {
    expect(resolveDataDir(undefined, dataDir)).toBe(shared('.data'));
    expect(statSync(shared('.data')).mode & 0o007).toBe(0);
    expect(resolveDataDir('elsewhere/deep', dataDir)).toBe(shared('elsewhere/deep'));
  });

  test('is another place where the project is no directory, and says so when DATA_DIR cannot be used', () => {
    writeFileSync(shared('file'), '');
    const before = process.env.XDG_STATE_HOME;
    process.env.XDG_STATE_HOME = shared('state');
    try {
      expect(dirname(resolveDataDir(undefined, shared('file')))).toBe(shared('state/judicial-assistance'));
    } finally {
      if (before === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = before;
    }
    expect(() => resolveDataDir(shared('file/data'), dataDir)).toThrow(/^DATA_DIR .* cannot be used .*: set DATA_DIR/);
  });

  test('leaves the mode of a directory alone that holds other things', () => {
    mkdirSync(shared('full'), { mode: 0o755 });
    writeFileSync(shared('full/letter.txt'), '');
    const before = statSync(shared('full')).mode;
    resolveDataDir(shared('full'), dataDir);
    expect(statSync(shared('full')).mode).toBe(before);
  });
});
