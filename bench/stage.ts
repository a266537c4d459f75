// The stage of the benchmark: one PostgreSQL with fsync on, the service and the bare peer as processes, both filled alike.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createIdGenerator } from '../src/kernel/ids.ts';
import { type Keyring, loadKek, openKeyring } from '../src/platform/crypto/keyring.ts';
import { createPool } from '../src/platform/db/client.ts';
import { type EmbeddedDatabase, startEmbedded } from '../src/platform/db/embedded/launcher.ts';
import { readPostmaster } from '../src/platform/db/embedded/postmaster-file.ts';
import { cloneClue, fillPeer } from './load.ts';
import { oneConnection, send } from './measure.ts';
import { clueBody } from './shots.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

export type Stage = {
  service: { origin: string; pid: number; busy: string[] };
  peer: { origin: string; pid: number; ids: string[]; agencyId: string };
  postmaster: number;
  database: Pick<EmbeddedDatabase, 'appUrl' | 'ownerUrl'>;
  keyring: Keyring;
  token(officer: string): Promise<string>;
  close(): Promise<void>;
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function launch(args: string[], env: Record<string, string>, ready: RegExp): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'pipe',
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += String(chunk);
      if (ready.test(output)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('exit', () => reject(new Error(`${args.join(' ')} ended: ${output}`)));
  });
  return child;
}

async function sandboxToken(origin: string, officer: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const shot = { method: 'POST', path: '/v1/sandbox/tokens', headers, body: JSON.stringify({ officer }) } as const;
  const { body } = await send({ origin, agent: oneConnection() }, shot);
  return (JSON.parse(body) as { access_token: string }).access_token;
}

const agencyUrl = (database: EmbeddedDatabase, name: string) =>
  database.superUrl.replace(/\/postgres(\?|$)/, `/${name}$1`);

async function fill(origin: string, database: EmbeddedDatabase, keyring: Keyring, rows: number, rare: number) {
  const owner = createPool({ url: database.ownerUrl, max: 1 });
  const generate = createIdGenerator((bytes) => crypto.getRandomValues(bytes));
  let at = Date.now() - rows * 20;
  const newId = () => generate(at++);
  await owner.query('set statement_timeout = 0');
  const ids: string[] = [];
  for (const [district, count] of [
    ['tiexi', rare],
    ['heping', rows - rare],
  ] as const) {
    const token = await sandboxToken(origin, `wf.${district}`);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `model-${district}`,
    };
    const shot = { method: 'POST', path: '/v1/clues', headers, body: JSON.stringify(clueBody(district, 0)) } as const;
    const { status, body } = await send({ origin, agent: oneConnection() }, shot);
    if (status !== 201) throw new Error(`model clue of ${district}: ${status} ${body}`);
    const made = await cloneClue(owner, keyring, newId, (JSON.parse(body) as { id: string }).id, count);
    if (district === 'heping') ids.push(...made);
  }
  await owner.query('vacuum analyze');
  await owner.end();
  return ids;
}

/** Everything up and filled: `rows` clues, of which `rare` belong to a small district. Lasts about a minute for 100,000. */
export async function openStage(rows: number, rare: number, nodeArgs: string[] = []): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ja-bench-'));
  const database = await startEmbedded({ dataDir });
  const postmaster = readPostmaster(join(dataDir, 'postgres'))?.process.pid ?? 0;
  const [port, peerPort] = [await freePort(), await freePort()];
  const kekFile = join(dataDir, 'kek');
  loadKek(kekFile, true);
  const env = {
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    KEK_FILE: kekFile,
    SANDBOX: 'true',
    PORT: String(port),
    METRICS_PORT: '0',
    LOG_LEVEL: 'warn',
    // Counted like any other, and never refused.
    QUOTA_REQUESTS: '100000000',
    QUOTA_EXPENSIVE: '100000000',
    QUOTA_AGENCY: '100000000',
    DATA_DIR: dataDir,
  };
  const service = await launch([...nodeArgs, 'src/bin/server.ts'], env, /Ctrl-C stops/);
  const origin = `http://127.0.0.1:${port}`;
  const app = createPool({ url: database.appUrl, max: 1 });
  const keyring = await openKeyring(app, loadKek(kekFile, false));
  await app.end();
  const busy = await fill(origin, database, keyring, rows, rare);
  const admin = createPool({ url: database.superUrl, max: 1 });
  await admin.query('create database peer');
  const url = agencyUrl(database, 'peer');
  const peerPool = createPool({ url, max: 1 });
  await peerPool.query('set statement_timeout = 0');
  const agencies = [crypto.randomUUID(), crypto.randomUUID()] as const;
  const schema = readFileSync(join(ROOT, 'bench/peer.sql'), 'utf8');
  const ids = await fillPeer(peerPool, schema, clueBody('heping', 0), [
    { id: agencies[1], rows: rare },
    { id: agencies[0], rows: rows - rare },
  ]);
  await admin.query('checkpoint');
  await Promise.all([admin.end(), peerPool.end()]);
  const peer = await launch(['bench/peer.ts'], { PEER_URL: url, PEER_PORT: String(peerPort) }, /peer ready/);
  return {
    service: { origin, pid: service.pid ?? 0, busy },
    peer: { origin: `http://127.0.0.1:${peerPort}`, pid: peer.pid ?? 0, ids, agencyId: agencies[0] },
    postmaster,
    database,
    keyring,
    token: (officer) => sandboxToken(origin, officer),
    async close() {
      for (const child of [service, peer]) {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }
      await database.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
