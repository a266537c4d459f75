// A live database with real processes: its beginning by two people, no sandbox on it, secrets in no argument, refusals at the start (S-10, S-46, S-47).
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateDatabase } from '../src/platform/db/migrate.ts';
import { assertionOf, JWT_BEARER, keyOf } from '../test/support/assertions.ts';
import startDatabase from '../test/support/global-setup.ts';
import { type Running, runBin } from '../test/support/process.ts';
import { MIGRATIONS, TEST_KEK, urlOf } from '../test/support/settings.ts';
import type { Probe } from './probe.ts';

const NAME = 'live_probe';
const PUBLIC_URL = 'https://aid.example';
type Stage = { env: Record<string, string>; owner: Record<string, string>; folder: string };

async function withLive<T>(run: (stage: Stage) => Promise<T>): Promise<T> {
  const stopDatabase = await startDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  try {
    const url = (name: string) => urlOf(process.env[name] ?? '', NAME);
    const client = new pg.Client({ connectionString: process.env.TEST_SUPER_URL });
    await client.connect();
    for (const text of [
      `create database ${NAME} template template0 owner ja_owner`,
      `grant connect on database ${NAME} to ja_app`,
    ])
      await client.query(text);
    await client.end();
    await migrateDatabase({ ownerUrl: url('TEST_OWNER_URL'), folder: MIGRATIONS, stamp: 'live' });
    const kek = join(folder, 'kek');
    writeFileSync(kek, randomBytes(32).toString('base64'), { mode: 0o600 });
    writeFileSync(join(folder, 'weak'), TEST_KEK.toString('base64'), { mode: 0o600 });
    const base = { NODE_ENV: 'production', PUBLIC_URL, KEK_FILE: kek, DATA_DIR: folder, LOG_LEVEL: 'info' };
    writeFileSync(join(folder, 'database-url'), url('TEST_APP_URL'), { mode: 0o600 });
    const env = { ...base, DATABASE_URL_FILE: join(folder, 'database-url') };
    return await run({ env, owner: { DATABASE_OWNER_URL: url('TEST_OWNER_URL') }, folder });
  } finally {
    await stopDatabase();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function said(name: string, env: Record<string, string>, args: string[] = []): Promise<[number | null, string]> {
  const process = runBin(name, env, args);
  const code = await process.ends();
  return [code, process.output];
}

const add = (stage: Stage, role: string, word: string, args: string[] = []) => {
  const file = join(stage.folder, `${word}.json`);
  writeFileSync(file, JSON.stringify(keyOf(word).publicKey));
  const who = ['--role', role, '--code', `${word}.live`, '--name', '首任', '--person-key', `live:${word}`];
  return said('admin.ts', stage.env, ['add-administrator', ...who, '--public-key', file, ...args]);
};

type Answer = { status: number; body: Record<string, unknown>; etag: string };
function caller(base: string) {
  return async (method: string, path: string, token?: string, body?: unknown, etag?: string): Promise<Answer> => {
    const form = body instanceof URLSearchParams;
    const headers: Record<string, string> = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined
        ? {}
        : { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
      ...(etag ? { 'if-match': etag } : {}),
      ...(method === 'POST' && !form ? { 'idempotency-key': `k-${Math.random()}` } : {}),
    };
    const sent = body === undefined ? {} : { body: form ? body.toString() : JSON.stringify(body) };
    const answer = await fetch(`${base}${path}`, { method, headers, ...sent });
    const text = await answer.text();
    const json = (answer.headers.get('content-type') ?? '').includes('json');
    return { status: answer.status, body: json ? JSON.parse(text) : {}, etag: answer.headers.get('etag') ?? '' };
  };
}

/** What must fail, and the first thing that did not. */
async function beginning(base: string, secret: URLSearchParams): Promise<string[]> {
  const faults: string[] = [];
  const call = caller(base);
  const expect = (what: string, answer: Answer, status: number) => {
    if (answer.status !== status) faults.push(`${what}: ${answer.status} ${String(answer.body.code)}, not ${status}`);
    return answer;
  };
  expect('a sandbox token', await call('POST', '/v1/sandbox/tokens', undefined, { officer: 'admin' }), 404);
  const system = String((await call('POST', '/v1/oauth/token', undefined, secret)).body.access_token);
  const agencies = await call('GET', '/v1/agencies?kind=procuratorate&limit=1', system);
  const agency = String((agencies.body.items as { id: string }[])[0]?.id);
  const officer = (code: string, roles: string[]) => ({ code, name: '新进', roles, personKey: `staff:${code}` });
  const officers = `/v1/agencies/${agency}/officers`;
  expect('the client alone adds an officer', await call('POST', officers, system, officer('hole.x', ['chief'])), 403);
  const own = async (word: string) => {
    const assertion = await assertionOf(keyOf(word), { iss: `${word}.live`, aud: PUBLIC_URL });
    const answer = await call(
      'POST',
      '/v1/oauth/token',
      undefined,
      new URLSearchParams({ grant_type: JWT_BEARER, assertion }),
    );
    return String(answer.body.access_token);
  };
  const [admin, security] = [await own('one'), await own('two')];
  const made = expect('an officer', await call('POST', officers, admin, officer('chief.x', ['chief'])), 201);
  if (JSON.stringify(made.body.roles) !== '[]') faults.push('a role was given by one person');
  const open = await call('GET', '/v1/role-grants?state=open', security);
  const grant = `/v1/role-grants/${(open.body.items as { id: string }[])[0]?.id}`;
  const seen = await call('GET', grant, security);
  expect('the proposer confirms', await call('POST', `${grant}/confirmation`, admin, {}, seen.etag), 403);
  expect('another confirms', await call('POST', `${grant}/confirmation`, security, {}, seen.etag), 200);
  expect('the security administrator adds', await call('POST', officers, security, officer('y.x', ['chief'])), 403);
  const audit = await call('POST', officers, admin, { ...officer('z.x', ['auditor']), personKey: 'live:two' });
  expect('one person in two roles', audit, 409);
  return faults;
}

/** Arguments of every process of this user that run our executables. */
function argumentsOf(secrets: readonly string[]): number {
  let found = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      found += secrets.filter((secret) => line.includes(secret)).length;
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

const live: Probe = {
  number: 'S-10',
  name: 'no sandbox on a live database, which begins with two people',
  target:
    'sandbox settings refused with their name; the first administrators by the console only; nobody gives a role alone',
  run: () =>
    withLive(async (stage) => {
      const faults: string[] = [];
      const needs = (what: string, [code, output]: [number | null, string], pattern: RegExp, wanted = 1) => {
        if (code !== wanted || !pattern.test(output))
          faults.push(`${what}: exit ${code}, ${output.trim().slice(0, 200)}`);
      };
      needs(
        'sandbox in production',
        await said('server.ts', { ...stage.env, SANDBOX: 'true' }),
        /SANDBOX=true is not allowed/,
      );
      const { NODE_ENV: _production, ...plain } = stage.env;
      needs(
        'sandbox on a live stamp',
        await said('server.ts', { ...plain, ...stage.owner, SANDBOX: 'true' }),
        /stamped live/,
      );
      const weak = await said('server.ts', { ...stage.env, KEK_FILE: join(stage.folder, 'weak') });
      needs('a weak master key', weak, /weak key/);
      needs(
        'one-person roles',
        await said('server.ts', { ...stage.env, ROLE_CONFIRMATION: 'false' }),
        /ROLE_CONFIRMATION=false/,
      );
      needs('nobody before the tree', await add(stage, 'admin', 'one'), /run bootstrap first/);
      const begun = await said('admin.ts', stage.env, ['bootstrap', '--tree', 'liaoning']);
      needs('bootstrap', begun, /client_secret=jas_/, 0);
      needs('again', await said('admin.ts', stage.env, ['bootstrap', '--tree', 'liaoning']), /exists already/, 0);
      needs('the first', await add(stage, 'admin', 'one'), /Added admin/, 0);
      needs('one for both', await add(stage, 'security_admin', 'one'), /code/);
      needs('the second', await add(stage, 'security_admin', 'two'), /Added security_admin/, 0);
      needs('a third', await add(stage, 'admin', 'three'), /holds this role/);
      const service = runBin('server.ts', stage.env, []);
      try {
        const { address, port } = JSON.parse((await service.says(/\{[^\n]*"listening"[^\n]*\}/))[0]) as {
          address: string;
          port: number;
        };
        const base = /:\d+$/.test(address) ? address : `${address}:${port}`;
        const value = (name: string) => new RegExp(`${name}=(\\S+)`).exec(begun[1])?.[1] ?? '';
        const [id, secret] = [value('client_id'), value('client_secret')];
        const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
        faults.push(...(await beginning(base, new URLSearchParams(form))));
        const found = argumentsOf([secret, readFileSync(stage.env.KEK_FILE ?? '', 'utf8')]);
        if (found + (service.output.includes(secret) ? 1 : 0) > 0)
          faults.push('a secret stands in arguments or output');
      } finally {
        await service.stop('SIGTERM');
      }
      const rotated = await said('admin.ts', stage.env, ['rotate-signing-key']);
      needs('rotation of the signing key', rotated, /signs in 10 minutes/, 0);
      return {
        figure: `21 attempts and steps, ${faults.length} not as they must be`,
        met: faults.length === 0,
        detail: faults,
      };
    }),
};

const settings: Probe = {
  number: 'S-47',
  name: 'settings that are missing, wrong or misspelt',
  target: 'refused within 5 s, all problems listed, no value repeated',
  async run() {
    const env = {
      NODE_ENV: 'production',
      PORT: 'x1',
      LOG_LEVEL: 'canary',
      DATABASE_URI: 'postgres://u:canary@h/d',
      ISSUERS_FILE: '/canary',
    };
    const began = performance.now();
    const process: Running = runBin('server.ts', env, []);
    const code = await process.ends();
    const seconds = (performance.now() - began) / 1000;
    const wanted = [
      'PORT',
      'LOG_LEVEL',
      'DATABASE_URI',
      'DATABASE_URL',
      'ISSUERS_FILE',
      'KEK_FILE',
      'PUBLIC_URL',
      'DATA_DIR',
    ];
    const missing = wanted.filter(
      (name) => !process.output.includes(`- ${name} `) && !process.output.includes(`- ${name}=`),
    );
    const leaked = /canary|x1/.test(process.output);
    return {
      figure: `exit ${code} after ${seconds.toFixed(1)} s, ${wanted.length - missing.length} of ${wanted.length} problems told, ${leaked ? 'a value' : 'no value'} repeated`,
      met: code === 1 && seconds <= 5 && missing.length === 0 && !leaked,
      detail: missing.length > 0 ? [process.output] : [],
    };
  },
};

export const probes: readonly Probe[] = [live, settings];
