// The executables as a person starts them: banner, first curl, kill -9, second start, signals, and a disk without personal data.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { scanDirectory } from '../support/disk-scan.ts';
import { type Env, freePort, processesWith, Running, runBin, untilStatus } from '../support/process.ts';
import { sampleClue } from '../support/samples.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'ja-process-'));
const running: Running[] = [];

function keep(process: Running): Running {
  running.push(process);
  return process;
}

const start = (env: Env = {}, args: readonly string[] = []) =>
  keep(runBin('server.ts', { DATA_DIR: dataDir, ...env }, args));
const addressOf = async (server: Running) => (await server.says(/ {2}service {4}(\S+)[\s\S]*Ctrl-C/))[1] ?? '';

afterEach(async () => {
  for (const process of running.splice(0)) if (!process.hasEnded) await process.stop('SIGTERM');
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const PERSON = {
  name: '欧阳慕白测试',
  idNumber: '210102198503154321',
  phone: '13987650412',
  address: '沈阳市和平区柏叶巷七十七号丙单元',
};
const FACTS = '其配偶于雨夜遭电动三轮车撞击致颅脑损伤，肇事者逃逸未归案。';
const HARDSHIP = '独居窑洞改建房，靠拾荒所得与邻里接济度日。';

async function tokenOf(address: string, officer: string): Promise<string> {
  const answer = await fetch(`${address}/v1/sandbox/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ officer }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function submitDistinctiveClue(address: string): Promise<string> {
  const sample = sampleClue();
  const subjects = sample.subjects.map((subject) => ({ ...subject, ...PERSON }));
  const answer = await fetch(`${address}/v1/clues`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await tokenOf(address, 'wf.heping')}`,
      'idempotency-key': 'scan-1',
    },
    body: JSON.stringify({ ...sample, facts: FACTS, hardship: HARDSHIP, subjects }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function writeEverythingOut(): Promise<void> {
  const { superuser } = JSON.parse(readFileSync(join(dataDir, 'postgres-passwords.json'), 'utf8'));
  const port = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
  const client = new pg.Client({ connectionString: `postgres://postgres:${superuser}@127.0.0.1:${port}/postgres` });
  await client.connect();
  await client.query('checkpoint');
  await client.end();
}

describe('npm start', () => {
  let clue = '';

  test('a first start says where everything is, and the curl it prints works when pasted', async () => {
    const server = start();
    const address = await addressOf(server);
    expect(server.output).toContain(`  data       ${dataDir}\n`);
    const pasted = /^ {2}(curl .*)$/m.exec(server.output)?.[1] ?? '';
    const me = JSON.parse(execFileSync('/bin/sh', ['-c', pasted], { encoding: 'utf8' }));
    expect(me.officer.code).toBe('wf.heping');
    for (const path of ['/docs', '/livez', '/readyz']) expect((await fetch(`${address}${path}`)).status).toBe(200);
    const metrics = await fetch((await server.says(/ {2}metrics {4}(\S+)/))[1] ?? '');
    expect(await metrics.text()).toContain('http_request_duration_seconds_count');

    const second = start();
    expect(await second.ends()).toBe(1);
    expect(second.output).toMatch(/Another instance \(pid \d+\) already uses \S+: stop it or set DATA_DIR/);
    const taken = start({ PORT: new URL(address).port, DATA_DIR: `${dataDir}-never` });
    expect(await taken.ends()).toBe(1);
    expect(taken.output.trim()).toMatch(/^Port \d+ is taken: stop what listens there, or set PORT to another port\.$/);

    clue = await submitDistinctiveClue(address);
    await server.stop('SIGKILL');
  }, 120_000);

  test('starts again after kill -9 with everything that was answered, and has no personal value on the disk', async () => {
    const server = start();
    const address = await addressOf(server);
    const authorization = `Bearer ${await tokenOf(address, 'wf.heping')}`;
    const read = await fetch(`${address}/v1/clues/${clue}`, { headers: { authorization } });
    expect(await read.text()).toContain(PERSON.name);

    await writeEverythingOut();
    const { files, findings } = scanDirectory(dataDir, [...Object.values(PERSON), FACTS, HARDSHIP]);
    expect(findings).toEqual([]);
    expect(files).toBeGreaterThan(1000);
    // The scan sees what stands in clear, or finding nothing would mean nothing.
    expect(scanDirectory(dataDir, ['林晓岚', '沈阳市和平区妇女联合会']).findings.length).toBeGreaterThan(1);

    expect(await server.stop('SIGTERM')).toBe(0);
    expect(processesWith(dataDir)).toEqual([]);
  }, 120_000);

  test('a signal to npm, or during the start, ends everything with 0', async () => {
    const npm = keep(new Running('npm', ['start'], { DATA_DIR: dataDir }));
    await addressOf(npm);
    await npm.stop('SIGTERM');
    for (let i = 0; i < 200 && processesWith(dataDir).length > 0; i++)
      await new Promise((done) => setTimeout(done, 50));
    expect(processesWith(dataDir)).toEqual([]);

    const port = await freePort();
    const early = start({ PORT: String(port) });
    await untilStatus(`http://127.0.0.1:${port}/livez`, 200);
    expect(await early.stop('SIGINT')).toBe(0);
    expect(processesWith(dataDir)).toEqual([]);
  }, 120_000);
});

describe('settings', () => {
  test('production without its settings lists every problem at once', async () => {
    const server = start({ NODE_ENV: 'production', PORT: 'http', SANDBOX: 'true', LOG_LEVEL: 'loud' });
    expect(await server.ends()).toBe(1);
    for (const name of ['DATABASE_URL', 'SANDBOX', 'PUBLIC_URL', 'PORT', 'LOG_LEVEL']) {
      expect(server.output).toMatch(new RegExp(`^ {2}- ${name}\\b`, 'm'));
    }
  }, 60_000);

  test('a metrics port that was asked for and is taken is one sentence', async () => {
    const port = await freePort();
    const holder = createServer().listen(port, '127.0.0.1');
    const server = start({ METRICS_PORT: String(port) });
    expect(await server.ends()).toBe(1);
    expect(server.output).toContain(`Port ${port} is taken: stop what listens there, or set METRICS_PORT`);
    expect(processesWith(dataDir)).toEqual([]);
    holder.close();
  }, 120_000);

  test('the worker, migrate and admin say in one sentence what they need', async () => {
    const said = async (name: string, env: Env, args: string[] = []) => {
      const process = keep(runBin(name, env, args));
      expect(await process.ends()).toBe(1);
      return process.output;
    };
    expect(await said('worker.ts', {})).toContain('npm run worker needs DATABASE_URL');
    expect(await said('migrate.ts', {})).toContain('DATABASE_OWNER_URL (or DATABASE_URL) must name the database');
    expect(await said('admin.ts', {})).toContain('Usage: bin/admin bootstrap --tree liaoning');
    expect(await said('admin.ts', {}, ['bootstrap', '--tree', 'liaoning'])).toContain(
      'bootstrap is for a live database',
    );
  }, 60_000);
});
