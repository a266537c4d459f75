// Keys change beside a running service (P-05): nothing becomes unreadable, no version moves, no former key is left, kill -9 included.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkSealed } from '../../../src/keys/check.ts';
import { rotateKek, rotateServiceKeys } from '../../../src/keys/kek.ts';
import { rotateDataKeys } from '../../../src/keys/rotation.ts';
import { openKeyring } from '../../../src/platform/crypto/keyring.ts';
import type { SuiteId } from '../../../src/platform/crypto/suite.ts';
import type { Answer } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { providers, withKeys } from '../../support/keys.ts';
import { runBin } from '../../support/process.ts';
import { useService } from '../../support/service.ts';
import { TEST_KEK } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let world: World;
let paths: (readonly [officer: string, path: string])[] = [];

beforeAll(async () => {
  world = createWorld(service.api, () => addClient(service));
  const [clue, line, referral, account] = [
    await world.clue(),
    await world.line('submitted'),
    await world.referral('accepted'),
    await world.account(),
  ];
  paths = [
    ['wf.heping', clue.path],
    ['finance.heping', line.path],
    ['civil.heping', referral.path],
    ['wf.heping', account.path],
  ];
}, 60_000);

const seen = async () => {
  const answers: Answer[] = [];
  for (const [officer, path] of paths) answers.push(await service.api.get(officer, path));
  return answers.map(({ status, text, etag }) => ({ status, text, etag }));
};
const count = async (where: string) => {
  const [row] = await service.owner.query<{ n: number }>(`select count(*)::int as n from keyring.${where}`);
  return row?.n;
};
const rotate = (suite: SuiteId = 'A1', kind: string | null = null) =>
  withKeys(service.database, { keks: [TEST_KEK], suite }, (desk) => rotateDataKeys(desk, kind));
const check = () =>
  withKeys(service.database, { keks: [TEST_KEK] }, async ({ client, keyring }) => {
    const found = await checkSealed(client, keyring);
    return { ...found, unreadable: [...found.unreadable, ...found.lost] };
  });

test('data keys of one kind, then all and into the SM profile: the same answers and versions, no former key left', async () => {
  const before = await seen();
  expect(before.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  const persons = await count(`data_keys where owner_kind = 'person'`);
  const first = await rotate('A1', 'person');
  expect(first).toMatchObject({ replaced: persons, removed: persons, kept: 0, resumed: false });
  expect(first.sealed).toBeGreaterThan(5);
  expect(await seen()).toEqual(before);
  const second = await rotate('S2');
  expect(second.replaced).toBe(await count('data_keys'));
  expect(await count('data_keys where retired_at is not null')).toBe(0);
  expect(await seen()).toEqual(before);
  const { suites, unreadable } = await check();
  expect({ suites: Object.keys(suites), unreadable }).toEqual({ suites: ['S2'], unreadable: [] });
}, 60_000);

test('writes go on while keys are replaced, and none is lost', async () => {
  const clues = await Promise.all([world.clue(), world.clue()]);
  let running = true;
  const texts = new Map<string, string>();
  const writers = clues.map(async ({ path }) => {
    for (let n = 0; running; n++) {
      const { etag } = await service.api.get('wf.heping', path);
      const hardship = `第${n}次补充：${path}`;
      const answer = await service.api.as('wf.heping', 'PATCH', path, {
        body: { hardship },
        etag,
        headers: { 'content-type': 'application/merge-patch+json' },
      });
      expect(answer.status).toBe(200);
      texts.set(path, hardship);
    }
  });
  await rotate('A1', 'clue');
  running = false;
  await Promise.all(writers);
  for (const { path } of clues) expect((await service.api.get('wf.heping', path)).body.hardship).toBe(texts.get(path));
  expect((await check()).unreadable).toEqual([]);
}, 60_000);

test('kill -9 in the middle: everything is readable at once, and the next run goes on', async () => {
  const before = await seen();
  const kek = join(folder, 'kek');
  writeFileSync(kek, TEST_KEK.toString('base64'));
  const { appUrl, ownerUrl } = service.database;
  const env = { DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, SANDBOX: 'true', KEK_FILE: kek, DATA_DIR: folder };
  const admin = runBin('admin.ts', env, ['rotate-data-keys']);
  await admin.says(/\d+ data keys replaced/);
  await admin.stop('SIGKILL');
  expect((await check()).unreadable).toEqual([]);
  expect(await seen()).toEqual(before);
  expect(await count('rotations where ended_at is null')).toBe(1);
  const again = await rotate();
  expect(again.resumed).toBe(true);
  expect(await count('data_keys where retired_at is not null')).toBe(0);
  expect(await seen()).toEqual(before);
  expect((await check()).unreadable).toEqual([]);
}, 60_000);

test('a key that went without an erasure is lost, and named so; erased is what an erasure on record explains', async () => {
  const [clue] = await service.owner.query<{ id: string }>('select id from clues limit 1');
  const found = await withKeys(service.database, { keks: [TEST_KEK] }, async ({ client, keyring }) => {
    await client.query('begin');
    await client.query('delete from keyring.data_keys where owner_id = $1', [clue?.id]);
    const checked = await checkSealed(client, keyring);
    await client.query('rollback');
    return checked;
  });
  expect(found).toMatchObject({ erased: 0, unreadable: [] });
  expect(found.lost).toContain(`clues.narrative_sealed ${clue?.id}`);
});

test('a service key gets another generation: replies and cursors of the former one stay good', async () => {
  const body = world.clueInput();
  const first = await service.api.as('wf.heping', 'POST', '/v1/clues', { body, key: 'before-the-rotation' });
  const page = await service.api.get('wf.heping', '/v1/clues?limit=1');
  await withKeys(service.database, { keks: [TEST_KEK] }, ({ client, keyring }) =>
    rotateServiceKeys(client, providers([TEST_KEK])[0] as ReturnType<typeof providers>[0], keyring),
  );
  await service.owner.query(`update keyring.service_keys set created_at = created_at - interval '2 minutes'`);
  const { keyring } = service.tx;
  await keyring.refresh(service.pool);
  expect(keyring.generations('reply').map((g) => g.id.slice(-1))).toEqual(['2', '1']);
  const replay = await service.api.as('wf.heping', 'POST', '/v1/clues', { body, key: 'before-the-rotation' });
  expect([replay.headers['idempotency-replayed'], replay.text]).toEqual(['true', first.text]);
  const next = await service.api.get('wf.heping', `/v1/clues?limit=1&cursor=${String(page.body.nextCursor)}`);
  expect(next.status).toBe(200);
  await service.api.as('wf.heping', 'POST', '/v1/clues', { body: world.clueInput(), key: 'after-the-rotation' });
  expect((await check()).unreadable).toEqual([]);
});

test('the master key changes without touching data, and the former one opens nothing any more', async () => {
  const [row] = await service.owner.query<{ sealed: Buffer }>('select narrative_sealed as sealed from clues limit 1');
  const next = randomBytes(32);
  const done = await withKeys(service.database, { keks: [next, TEST_KEK] }, ({ client, keyring }) =>
    rotateKek(client, keyring, providers([next, TEST_KEK])),
  );
  expect(done).toMatchObject({ dataKeys: await count('data_keys'), serviceKeys: await count('service_keys'), left: 0 });
  const alone = await withKeys(service.database, { keks: [next] }, ({ client, keyring }) =>
    checkSealed(client, keyring),
  );
  expect(alone.unreadable).toEqual([]);
  expect(alone.total).toBeGreaterThan(20);
  await expect(openKeyring(service.pool, TEST_KEK)).rejects.toThrow('not the key this database was encrypted with');
  const [after] = await service.owner.query<{ sealed: Buffer }>('select narrative_sealed as sealed from clues limit 1');
  expect(after?.sealed.equals(row?.sealed ?? Buffer.alloc(0))).toBe(true);
});

test('the role of the service changes and removes no key', async () => {
  for (const sql of [
    'update keyring.data_keys set retired_at = now()',
    'delete from keyring.data_keys',
    `update keyring.service_keys set hash = 'sm3'`,
    'delete from keyring.service_keys',
    'insert into keyring.rotations (id) values (gen_random_uuid())',
  ])
    await expect(service.pool.query(sql)).rejects.toMatchObject({ code: '42501' });
});
