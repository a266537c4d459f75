// Business time moves in both directions and runs on; system time, and everything on a live stamp, does not (contract.md §2).
import { afterAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createDatabase } from '../../support/database.ts';
import { sampleClue } from '../../support/samples.ts';
import { startService, useService } from '../../support/service.ts';

const service = useService();
const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

async function createdAt(): Promise<Date> {
  const sample = sampleClue();
  // Codes are valid for a time of their own, which a moved clock may leave.
  const subjects = sample.subjects.map((subject) => ({ ...subject, categories: [] }));
  const clue = await service.api.create('wf.heping', '/v1/clues', { ...sample, foundOn: undefined, subjects });
  expect([clue.status, clue.body.errors]).toEqual([201, undefined]);
  return new Date(String(clue.body.createdAt));
}

const set = (now: unknown, officer = 'admin') =>
  service.api.as(officer, 'POST', '/v1/sandbox/clock', { body: { now }, key: null });

test('moves forward and back, runs on, and is given back', async () => {
  for (const now of ['2031-05-06T09:00:00+08:00', '2019-02-12T09:00:00+08:00']) {
    const answer = await set(now);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ now: new Date(now).toISOString(), shifted: true });
    const first = await createdAt();
    expect(first.getTime() - Date.parse(now)).toBeGreaterThanOrEqual(0);
    expect(first.getTime() - Date.parse(now)).toBeLessThan(60_000);
    expect((await createdAt()).getTime()).toBeGreaterThan(first.getTime());
  }
  const released = await service.api.as('admin', 'DELETE', '/v1/sandbox/clock');
  expect(released.status).toBe(200);
  expect(released.body.shifted).toBe(false);
  expect(Math.abs((await createdAt()).getTime() - Date.now())).toBeLessThan(60_000);
  expect((await service.api.as('admin', 'DELETE', '/v1/sandbox/clock')).body.shifted).toBe(false);
});

test('leaves tokens on system time', async () => {
  const token = await service.api.token('wf.tiexi');
  await set('2040-01-01T00:00:00+08:00');
  const me = await service.api.request('GET', '/v1/me', { headers: { authorization: `Bearer ${token}` } });
  expect(me.status).toBe(200);
  await service.api.as('admin', 'DELETE', '/v1/sandbox/clock');
});

test.each([
  ['1999-12-31T23:59:59+08:00', 422],
  ['2100-01-01T00:00:00+08:00', 422],
  ['2026-06-30T23:59:60Z', 400],
  ['2026-02-12', 400],
  ['2026-02-12T09:00:00', 400],
  [1_770_000_000, 400],
])('refuses %p with %i', async (now, status) => {
  const answer = await set(now);
  expect(answer.status).toBe(status);
  expect((answer.body.errors as { pointer: string }[])[0]?.pointer).toBe('/now');
});

test('belongs to the administrator', async () => {
  expect((await set('2026-02-12T09:00:00+08:00', 'chief.heping')).status).toBe(403);
  const bare = await service.api.request('POST', '/v1/sandbox/clock', { body: { now: '2026-02-12T09:00:00+08:00' } });
  expect(bare.status).toBe(401);
});

test('does not exist on a live stamp, where the table itself refuses', async () => {
  const database = await createDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(`update database_stamp set stamp = 'live'`);
  await owner.end();
  const live = await startService({ database, env: { SANDBOX: 'false', KEK_FILE: 'of-the-test' } });
  closers.push(async () => {
    await live.stop();
    await database.drop();
  });
  for (const path of ['tokens', 'clock', 'reset']) {
    expect((await live.api.request('POST', `/v1/sandbox/${path}`, { body: {} })).status).toBe(404);
  }
  const write = live.pool.query('insert into business_clock (shift_ms) values (1)');
  await expect(write).rejects.toMatchObject({ code: '42501' });
}, 60_000);
