// A reset replaces the business data, keeps who may call, begins a new feed, and keeps every other write out meanwhile.
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { stories } from '../../../src/sandbox/sample-stories.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const GATE = 727_210_001;

const reset = (officer = 'admin') => service.api.as(officer, 'POST', '/v1/sandbox/reset', { key: null });
const submit = () => service.api.create('wf.heping', '/v1/clues', sampleClue());

async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: service.database.ownerUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const count = (table: string) =>
  asOwner(async (client) => Number((await client.query(`select count(*) as n from ${table}`)).rows[0].n));

test('empties the business data, keeps agencies and officers, and starts numbers, log and feed anew', async () => {
  const [agencies, officers] = [await count('agencies'), await count('officers')];
  const sampleClues = stories.filter((story) => story.kind !== 'case').length;
  const first = await submit();
  expect(first.status).toBe(201);
  const token = await service.api.token('wf.heping');
  const cursor = String((await service.api.get('wf.heping', '/v1/events?after=latest')).body.nextCursor);

  const answer = await reset();
  expect(answer.status).toBe(200);
  expect(answer.body.feedEpoch).toBe(2);

  expect((await service.api.get('wf.heping', `/v1/clues/${first.body.id}`)).status).toBe(404);
  expect(await count('clues')).toBe(sampleClues);
  expect(await count('agencies')).toBe(agencies);
  expect(await count('officers')).toBe(officers);
  expect(await count('keyring.data_keys where owner_kind = $$clue$$')).toBe(sampleClues);
  expect(await count(`keyring.data_keys where owner_id = '${first.body.id}'`)).toBe(0);
  expect(await count('audit_records where type = $$sandbox.reset$$')).toBe(1);
  const gone = await service.api.get('wf.heping', `/v1/events?after=${cursor}`);
  expect([gone.status, gone.body.code]).toEqual([410, 'feed.cursor_gone']);

  const me = await service.api.request('GET', '/v1/me', { headers: { authorization: `Bearer ${token}` } });
  expect(me.status).toBe(200);
  const again = await submit();
  const running = (number: unknown) => Number(/-(\d+)$/.exec(String(number))?.[1]);
  const received = await count(`clues where number like '${String(first.body.number).replace(/\d+$/, '%')}'`);
  expect([again.status, running(again.body.number)]).toEqual([201, received]);
});

test('the log is append-only again afterwards', async () => {
  await asOwner(async (client) => {
    await expect(client.query('truncate audit_records')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('delete from audit_records')).rejects.toMatchObject({ code: '42501' });
  });
});

test('other writes meanwhile get 503 with Retry-After, and reads go on', async () => {
  await asOwner(async (client) => {
    await client.query(`select pg_advisory_lock(${GATE})`);
    const write = await submit();
    expect([write.status, write.body.code]).toEqual([503, 'sandbox.resetting']);
    expect(Number(write.headers['retry-after'])).toBeGreaterThan(0);
    expect((await service.api.get('wf.heping', '/v1/clues')).status).toBe(200);
  });
  expect((await submit()).status).toBe(201);
});

test('waits for a write under way, lets no other in, refuses a second reset, and leaves nothing of before', async () => {
  const rule = { code: 'D-DECIDE', n: 7, unit: 'working_day', basis: '测试', mark: 'assumption' };
  expect((await service.api.as('admin', 'POST', '/v1/deadline-rules', { body: rule })).status).toBe(201);
  await asOwner(async (client) => {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock_shared(${GATE})`);
    let done = false;
    const resetting = reset().finally(() => {
      done = true;
    });
    await client.query('select pg_sleep(0.4)');
    expect(done).toBe(false);
    expect((await reset()).body.code).toBe('sandbox.resetting');
    const writing = Array.from({ length: 20 }, submit);
    await client.query('commit');
    for (const write of await Promise.all(writing)) expect([201, 503]).toContain(write.status);
    expect((await resetting).status).toBe(200);
  });
  expect(await count('clues c where not exists (select from access a where a.resource_id = c.id)')).toBe(0);
  expect((await submit()).status).toBe(201);
  // The law as the migrations brought it, and the edition by which processes know whether what they hold is what stands.
  expect([await count('deadline_rules'), await count('calendars'), await count('directory_editions')]).toEqual([
    20, 23, 1,
  ]);
}, 60_000);

test('belongs to the administrator, and its body is closed', async () => {
  const extra = await service.api.as('admin', 'POST', '/v1/sandbox/reset', { key: null, body: { keep: 'clues' } });
  expect([extra.status, extra.body.errors]).toMatchObject([400, [{ pointer: '/keep' }]]);
  expect((await reset('chief.heping')).status).toBe(403);
  expect((await service.api.request('POST', '/v1/sandbox/reset')).status).toBe(401);
});
