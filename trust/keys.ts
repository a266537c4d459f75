// P-03, P-05, P-06: ciphertexts that were moved or changed, keys that change under load with kill -9 in between, and what search costs.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Checked, checkSealed } from '../src/keys/check.ts';
import { addClient } from '../test/support/clients.ts';
import { withKeys } from '../test/support/keys.ts';
import { runBin } from '../test/support/process.ts';
import { TEST_KEK } from '../test/support/settings.ts';
import { type Service, startService } from '../test/support/start.ts';
import { createWorld, type World } from '../test/support/world.ts';
import { withService } from './outside/stage.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

const KILLS = 8;
const CLUES = 400;

/** Small and repeatable: the seed of the run decides every instant. */
function random(seed: number) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const quantile = (times: readonly number[], q: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;

type Load = { times: number[]; failures: string[]; texts: Map<string, string>; stop(): Promise<void> };

/** Two clients that read, write and read back without a pause; what was answered last must stand at the end. */
function startLoad(service: Service, paths: readonly string[]): Load {
  let running = true;
  const load = { times: [] as number[], failures: [] as string[], texts: new Map<string, string>() };
  const client = async (own: readonly string[]) => {
    for (let n = 0; running; n++) {
      const path = own[n % own.length] ?? '';
      const from = performance.now();
      const seen = await service.api.get('wf.heping', path);
      const expected = load.texts.get(path);
      if (seen.status !== 200 || (expected !== undefined && seen.body.hardship !== expected))
        load.failures.push(`read ${path}: ${seen.status}`);
      const hardship = `第${n}次补充，${path}`;
      const headers = { 'content-type': 'application/merge-patch+json' };
      const answer = await service.api.as('wf.heping', 'PATCH', path, { body: { hardship }, etag: seen.etag, headers });
      if (answer.status === 200) load.texts.set(path, hardship);
      else load.failures.push(`write ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
      load.times.push(performance.now() - from);
      await sleep(1);
    }
  };
  const half = Math.floor(paths.length / 2);
  const done = Promise.all([client(paths.slice(0, half)), client(paths.slice(half))]);
  return {
    ...load,
    async stop() {
      running = false;
      await done;
    },
  };
}

async function fill(world: World): Promise<string[]> {
  const paths: string[] = [];
  for (let i = 0; i < CLUES; i++) paths.push((await world.clue()).path);
  await world.line('settled');
  await world.referral('in_progress');
  await world.closedAccount();
  await world.visit();
  await world.notice();
  return paths;
}

const unreadable = (service: Service, keks: readonly Buffer[]) =>
  withKeys(service.database, { keks }, ({ client, keyring }) => checkSealed(client, keyring));

type Command = { name: string; args: string[]; kek: Buffer; previous?: Buffer };

/** Starts the command as an operator would and kills it after `ms`; undefined: it may end. Answers whether it was killed. */
async function command(service: Service, folder: string, what: Command, ms?: number): Promise<boolean> {
  const [kek, previous] = [join(folder, 'kek'), join(folder, 'previous')];
  writeFileSync(kek, what.kek.toString('base64'));
  writeFileSync(previous, what.previous?.toString('base64') ?? '');
  const { appUrl, ownerUrl } = service.database;
  const env = { DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, SANDBOX: 'true', KEK_FILE: kek, DATA_DIR: folder };
  const admin = runBin('admin.ts', { ...env, ...(what.previous ? { KEK_PREVIOUS_FILE: previous } : {}) }, what.args);
  if (ms !== undefined) {
    await Promise.race([sleep(ms), admin.ends()]);
    if (!admin.hasEnded) {
      await admin.stop('SIGKILL');
      return true;
    }
    return false;
  }
  if ((await admin.ends()) !== 0) throw new Error(`${what.name}: ${admin.output}`);
  return false;
}

async function left(service: Service, where: string): Promise<number> {
  const [row] = await service.owner.query<{ n: number }>(`select count(*)::int as n from keyring.${where}`);
  return row?.n ?? -1;
}

/** A text without a key is as lost as one that does not open. */
const lost = (checked: Pick<Checked, 'unreadable' | 'lost'>) => checked.unreadable.length + checked.lost.length;

type Tally = { kills: number; unreadable: number; opened: number };

/** Kills it some times at instants of the seed, looks at everything after each, and lets it end. */
async function killAndFinish(
  service: Service,
  folder: string,
  what: Command,
  tally: Tally,
  next: () => number,
  from: number,
): Promise<void> {
  const keks = [what.kek, ...(what.previous ? [what.previous] : [])];
  for (let i = 0; i < KILLS / 2; i++) {
    if (await command(service, folder, what, from + next() * 1500)) tally.kills += 1;
    tally.unreadable += lost(await unreadable(service, keks));
  }
  await command(service, folder, what);
  const checked = await unreadable(service, keks);
  tally.unreadable += lost(checked);
  tally.opened = checked.total;
}

type Phase = { calm: Load; load: Load; tally: Tally };

/** Load without, then with a rotation that is killed again and again. */
async function phase(
  service: Service,
  paths: readonly string[],
  rotate: (tally: Tally) => Promise<void>,
): Promise<Phase> {
  const tally: Tally = { kills: 0, unreadable: 0, opened: 0 };
  const calm = startLoad(service, paths);
  // What starting such a process costs its neighbours on this machine is not the rotation's.
  for (let i = 0; i <= KILLS / 2; i++) await runBin('admin.ts', {}, ['nothing']).ends();
  await calm.stop();
  const load = startLoad(service, paths);
  for (const [path, text] of calm.texts) load.texts.set(path, text);
  try {
    await rotate(tally);
  } finally {
    await load.stop();
  }
  return { calm, load, tally };
}

async function rotation(service: Service, { seed, say }: ProbeContext): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), 'keys-probe-'));
  const next = random(seed);
  const world = createWorld(service.api, () => addClient(service));
  const paths = await fill(world);
  say(`${paths.length} clues and one of each other resource`);
  const kek = randomBytes(32);
  // As after a rolling restart: the new master key wraps, the former one still opens.
  const rolled = await startService({ database: service.database, keks: [kek, TEST_KEK] });
  try {
    const data = { name: 'data keys', args: ['rotate-data-keys'], kek: TEST_KEK };
    const started = performance.now();
    await command(service, folder, { ...data, args: ['check-keys'] });
    const from = (performance.now() - started) * 0.7;
    const first = await phase(service, paths, (tally) => killAndFinish(service, folder, data, tally, next, from));
    const retired = await left(service, 'data_keys where retired_at is not null');
    const master = { name: 'master key', args: ['rotate-kek'], kek, previous: TEST_KEK };
    const second = await phase(rolled, paths, (tally) => killAndFinish(service, folder, master, tally, next, from));
    const old =
      (await left(service, 'data_keys')) -
      (await left(service, `data_keys where kek_id = '${rolled.tx.keyring.kekId}'`));
    const alone = await unreadable(service, [kek]);
    const phases = [first, second];
    const failures = phases.flatMap(({ calm, load }) => [...calm.failures, ...load.failures]);
    const bad = lost(alone) + first.tally.unreadable + second.tally.unreadable;
    const p99 = phases.map(({ calm, load }) => [quantile(calm.times, 0.99), quantile(load.times, 0.99)] as const);
    const told = p99.map(([before, during]) => `${before.toFixed(0)} ms before, ${during.toFixed(0)} ms during`);
    const operations = first.load.times.length + second.load.times.length;
    return {
      figure: `${first.tally.kills} + ${second.tally.kills} kills; ${bad} of ${alone.total} texts unreadable; ${retired} former data keys and ${old} keys under the former master key left; ${operations} reads with a write meanwhile, ${failures.length} failed or lost; p99 ${told.join('; ')}`,
      met: bad + failures.length + retired + old === 0 && first.tally.kills > 0 && p99.every(([b, d]) => d < 2 * b),
      detail: [
        'Each command is a process of its own on the same cores as service, database and load; before: as many processes of the same program that only start.',
        ...failures.slice(0, 10),
      ],
    };
  } finally {
    await rolled.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const probes: readonly Probe[] = [
  {
    number: 'P-05',
    name: 'rotation of data keys and of the master key under load, killed in between',
    target: '0 unreadable, 0 former keys left, p99 below twice',
    run: (context) => withService((service) => rotation(service, context)),
  },
];
