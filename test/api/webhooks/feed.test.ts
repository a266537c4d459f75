// The feed's long poll, its horizon and its types (contract §1 Feed); and how an address confirms, moves and goes (S-44).
import { expect, test } from '@jest/globals';
import { dropOldEvents } from '../../../src/events/jobs.ts';
import { createWaiting } from '../../../src/platform/http/waiting.ts';
import { startReceiver } from '../../support/receiver.ts';
import { useService } from '../../support/service.ts';
import { createStory } from '../../support/story.ts';
import { createClock, endpointOf, LOOPBACK, workerOf } from '../../support/webhooks.ts';

const service = useService({ poolSize: 4, env: LOOPBACK });

const latest = async () => String((await service.api.get('wf.heping', '/v1/events?after=latest')).body.nextCursor);

test('twelve wait at once on a pool of four, hold none of it, and all are told of the clue that comes', async () => {
  const { api, pool } = service;
  const after = await latest();
  const waiting = Array.from({ length: 12 }, () => api.get('wf.heping', `/v1/events?after=${after}&wait=20`));
  // Their first look is over when a request of somebody else finds the pool idle but for its own connection.
  let free = false;
  for (let tries = 0; tries < 100 && !free; tries++) {
    await api.get('wf.heping', '/v1/me');
    const { total, idle } = pool.size();
    free = total - idle <= 1;
  }
  expect(free).toBe(true);
  const clue = await createStory(api).clue();
  for (const { status, body } of await Promise.all(waiting)) {
    expect(status).toBe(200);
    expect(body.items?.[0]).toMatchObject({ type: 'clue.submitted', subject: `clue/${clue.id}`, sequence: 1 });
  }
});

test('whoever waits in vain gets an empty page and a cursor; a stop of the service lets everybody go', async () => {
  const { api } = service;
  await service.eventsSettled();
  const after = await latest();
  const { status, body } = await api.get('wf.heping', `/v1/events?after=${after}&wait=1`);
  expect([status, body]).toEqual([200, { items: [], nextCursor: after }]);
  expect((await api.get('wf.heping', '/v1/events?wait=21')).status).toBe(400);
  let looks = 0;
  const hub = createWaiting(async () => String(++looks), { everyMs: 1, most: 2 });
  const never = new AbortController();
  const held = hub.until(async () => false, 60_000, never.signal);
  const gone = new AbortController();
  const left = hub.until(async () => false, 60_000, gone.signal);
  gone.abort();
  await left;
  hub.stop();
  await held;
});

test('what is older than the settings say is dropped in the order of the feed, and a cursor from before is gone', async () => {
  const { api, owner } = service;
  await service.eventsSettled();
  const first = await api.get('wf.heping', '/v1/events?limit=1');
  expect(first.body.items).toHaveLength(1);
  await createStory(api).clue();
  await service.eventsSettled();
  expect(await dropOldEvents(service.tx, 1)).toBe(0);
  // Everything but the last event was written a year ago.
  await owner.query(`update events set id = ('00' || substr(id::text, 3))::uuid
    where (xid, position) < (select xid, position from events order by xid desc, position desc limit 1)`);
  const kept = await latest();
  expect(await dropOldEvents(service.tx, 90)).toBeGreaterThan(1);
  expect((await api.get('wf.heping', `/v1/events?after=${String(first.body.nextCursor)}`)).body).toMatchObject({
    status: 410,
    code: 'feed.cursor_gone',
  });
  expect((await api.get('wf.heping', `/v1/events?after=${kept}`)).status).toBe(200);
  const again = await api.get('wf.heping', '/v1/events');
  expect(again.status).toBe(200);
  expect((await api.get('wf.heping', `/v1/events?after=${String(again.body.nextCursor)}`)).status).toBe(200);
});

test('the types are listed with kind, words and schema', async () => {
  const { body } = await service.api.get('wf.heping', '/v1/event-types');
  const clue = body.items?.find((item) => item.type === 'clue.submitted');
  expect(clue).toMatchObject({ kind: 'clue', description: { zh: '线索已报送', en: 'A clue was submitted' } });
  expect(clue?.dataSchema).toMatchObject({ properties: { receivingAgencyId: { type: 'string' } } });
  const { body: document } = await service.api.get('wf.heping', '/v1/openapi.json');
  expect(Object.keys(document.webhooks as object)).toContain('clue.submitted');
});

test('a confirmation by hand wants the very challenge; a new address confirms anew; a removed endpoint is gone with its secrets', async () => {
  const [receiver, other] = [await startReceiver(), await startReceiver()];
  receiver.confirm('never');
  const endpoint = await endpointOf(service, 'wf.heping', receiver.url);
  await workerOf(service, createClock()).drain();
  const { challenge } = (JSON.parse(receiver.asked.at(-1)?.body ?? '{}') as { data: { challenge: string } }).data;
  const activate = (body: object) => service.api.create('wf.heping', `${endpoint.path}/activation`, body);
  expect((await activate({ challenge: `${challenge}x` })).body).toMatchObject({
    status: 422,
    code: 'webhook.challenge_wrong',
  });
  expect((await activate({ challenge })).body.state).toBe('active');
  const { etag } = await service.api.get('wf.heping', endpoint.path);
  const moved = await service.api.as('wf.heping', 'PATCH', endpoint.path, { etag, body: { url: other.url } });
  expect(moved.body).toMatchObject({ state: 'pending', url: other.url });
  const removed = await service.api.as('wf.heping', 'DELETE', endpoint.path, { etag: moved.etag });
  expect(removed.status).toBe(200);
  expect((await service.api.get('wf.heping', endpoint.path)).status).toBe(404);
  const [row] = await service.owner.query('select state, secrets_sealed from webhook_endpoints where id = $1', [
    endpoint.id,
  ]);
  expect(row).toEqual({ state: 'removed', secrets_sealed: null });
  await Promise.all([receiver.stop(), other.stop()]);
});
