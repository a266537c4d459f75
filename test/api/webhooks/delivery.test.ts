// Webhooks end to end against receivers on this machine: what is sent, how it is signed, when again, and when no more (W-01..W-10, S-44).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { SCHEDULE } from '../../../src/webhooks/domain.ts';
import { addClient } from '../../support/clients.ts';
import { accept, type Got, type Receiver, startReceiver, status } from '../../support/receiver.ts';
import { useService } from '../../support/service.ts';
import { createStory, type Known } from '../../support/story.ts';
import {
  createClock,
  type Delivery,
  endpointOf,
  LOOPBACK,
  signatureHeaders,
  verifyV1a,
  workerOf,
} from '../../support/webhooks.ts';

const service = useService({ env: LOOPBACK });
const receivers: Receiver[] = [];
const received = async () => {
  const receiver = await startReceiver();
  receivers.push(receiver);
  return receiver;
};
afterAll(() => Promise.all(receivers.map((receiver) => receiver.stop())));

let clock: ReturnType<typeof createClock>;
let worker: ReturnType<typeof workerOf>;
beforeAll(() => service.eventsSettled());
beforeEach(() => {
  clock = createClock();
  worker = workerOf(service, clock);
});

const clue = () => createStory(service.api).clue();
const drain = async () => {
  await service.eventsSettled();
  await worker.drain();
};
const deliveries = async ({ path }: Known, officer = 'wf.heping') =>
  ((await service.api.get(officer, `${path}/deliveries`)).body.items ?? []) as unknown as Delivery[];
const stateOf = async ({ path }: Known) => (await service.api.get('wf.heping', path)).body;

/** Quietens what other tests have left: they would be sent too. */
async function removeOthers() {
  const { body } = await service.api.get('wf.heping', '/v1/webhook-endpoints?limit=200');
  for (const { id } of body.items ?? []) {
    const path = `/v1/webhook-endpoints/${String(id)}`;
    const { etag } = await service.api.get('wf.heping', path);
    await service.api.as('wf.heping', 'DELETE', path, { etag });
  }
}
beforeEach(removeOthers);

test('nothing before the address confirms; then the event as the feed has it, verified by three libraries and by node:crypto', async () => {
  const receiver = await received();
  receiver.confirm('never');
  const endpoint = await endpointOf(service, 'wf.heping', receiver.url, ['clue.submitted']);
  const made = await clue();
  await drain();
  expect(receiver.got).toEqual([]);
  expect(await stateOf(endpoint)).toMatchObject({
    state: 'pending',
    challenge: { tries: 1, outcome: 'not_confirmed', nextAt: expect.any(String) },
  });
  expect(await stateOf(endpoint)).not.toHaveProperty('secret');
  receiver.confirm('challenge');
  clock.pass(10_000);
  await drain();
  expect(receiver.asked.map((one) => one.method)).toEqual(['OPTIONS', 'POST', 'OPTIONS', 'POST']);
  expect(receiver.asked[0]?.headers['webhook-request-origin']).toBe('service.test');
  const [got] = receiver.got;
  if (!got) throw new Error('nothing was sent');
  const parsed = new Webhook(endpoint.secret).verify(got.body, signatureHeaders(got));
  expect(() => new SvixWebhook(endpoint.secret).verify(got.body, signatureHeaders(got))).not.toThrow();
  expect(() => new SvixWebhook(endpoint.secret).verify(`${got.body} `, signatureHeaders(got))).toThrow();
  expect(verifyV1a(got, endpoint.publicKey)).toEqual([true]);
  const event = HTTP.toEvent({ headers: got.headers as Record<string, string>, body: got.body });
  expect(event).toMatchObject({ type: 'clue.submitted', subject: `clue/${made.id}`, specversion: '1.0' });
  const feed = await service.api.get('wf.heping', '/v1/events?types=clue.submitted&limit=200');
  expect(feed.body.items).toContainEqual(parsed);
  expect(got.headers['webhook-id']).toBe((parsed as { id: string }).id);
  expect(Buffer.byteLength(got.body)).toBeLessThan(20_000);
  expect(receiver.got).toHaveLength(1);
  expect(await deliveries(endpoint)).toMatchObject([{ state: 'delivered', tries: 1, attempts: [{ status: 204 }] }]);
  // Changed on its way, or of another secret: refused.
  expect(() => new Webhook(endpoint.secret).verify(`${got.body} `, signatureHeaders(got))).toThrow();
});

test('what the holder does not see is not sent, although its agency may; a client manages endpoints of its own', async () => {
  const receiver = await received();
  const endpoint = await endpointOf(service, 'finance.heping', receiver.url, ['clue.submitted']);
  const elsewhere = await endpointOf(service, 'wf.tiexi', receiver.url, ['clue.submitted']);
  const { clientId, clientSecret } = await addClient(service);
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const { body: token } = await service.api.request('POST', '/v1/oauth/token', {
    raw: 'grant_type=client_credentials',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
  });
  const headers = { authorization: `Bearer ${String(token.access_token)}` };
  const own = await received();
  const body = { url: own.url, types: ['clue.submitted'] };
  const answer = await service.api.request('POST', '/v1/webhook-endpoints', { body, headers });
  expect([answer.status, answer.body.clientId, answer.body.officerId]).toEqual([201, clientId, null]);
  const made = await clue();
  await drain();
  expect(receiver.got).toEqual([]);
  expect(own.got.map(({ body: text }) => JSON.parse(text))).toMatchObject([{ subject: `clue/${made.id}` }]);
  // Another agency's endpoint is not there.
  expect((await service.api.get('wf.heping', elsewhere.path)).status).toBe(404);
  expect((await service.api.get('wf.heping', endpoint.path)).status).toBe(404);
  // Suspended between the fact and the sending: nothing more.
  await clue();
  await service.owner.query(`update clients set state = 'suspended' where id = $1`, [clientId]);
  clock.pass(6000);
  await drain();
  expect(own.got).toHaveLength(1);
  expect((await service.api.get('wf.heping', `/v1/webhook-endpoints/${String(answer.body.id)}`)).body).toMatchObject({
    state: 'disabled',
    disabledReason: 'holder_gone',
  });
});

test('ten attempts by the schedule with its jitter, each signed anew under one id; then it failed, and a replay sends it', async () => {
  const receiver = await received();
  const endpoint = await endpointOf(service, 'wf.heping', receiver.url, ['clue.submitted']);
  receiver.answer(status(500));
  await clue();
  await drain();
  for (const [i, wait] of SCHEDULE.entries()) {
    expect(receiver.got).toHaveLength(i + 1);
    const [row] = await deliveries(endpoint);
    const next = SCHEDULE[i + 1];
    if (next === undefined) break;
    expect([row?.tries, wait <= next]).toEqual([i + 1, true]);
    const left = Date.parse(String(row?.nextAt)) - clock.now();
    expect(left).toBeGreaterThan(next * 0.99);
    expect(left).toBeLessThanOrEqual(next * 1.1);
    clock.pass(left - 5000);
    await worker.sender.step();
    await worker.sender.settled();
    expect(receiver.got).toHaveLength(i + 1);
    clock.pass(5001);
    await drain();
  }
  expect(receiver.got).toHaveLength(10);
  expect(new Set(receiver.got.map((got) => got.headers['webhook-id'])).size).toBe(1);
  expect(new Set(receiver.got.map((got) => got.headers['webhook-timestamp'])).size).toBe(10);
  const [failed] = await deliveries(endpoint);
  expect(failed).toMatchObject({ state: 'failed', tries: 10, nextAt: null });
  expect(JSON.stringify(failed)).not.toContain('a body');
  receiver.answer(accept);
  const replayed = await service.api.create('wf.heping', `${endpoint.path}/deliveries/${failed?.id}/replay`, {});
  expect([replayed.status, replayed.body.state]).toEqual([202, 'pending']);
  await drain();
  expect(receiver.got).toHaveLength(11);
  expect((await deliveries(endpoint))[0]).toMatchObject({ state: 'delivered', tries: 1 });
});

describe('what an answer means', () => {
  test('a redirect is not followed, 410 disables, and the feed tells of it', async () => {
    const [receiver, other] = [await received(), await received()];
    const endpoint = await endpointOf(service, 'wf.heping', receiver.url, ['clue.submitted']);
    await drain();
    for (const code of [301, 302, 307, 308]) {
      receiver.answer(status(code, { location: other.url }));
      await clue();
      await drain();
      expect((await deliveries(endpoint))[0]).toMatchObject({ attempts: [{ outcome: 'redirect', status: code }] });
    }
    expect(other.connects()).toBe(0);
    receiver.answer(status(410));
    await clue();
    await drain();
    expect(await stateOf(endpoint)).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
    await service.eventsSettled();
    const feed = await service.api.get('wf.heping', '/v1/events?types=webhook.disabled&limit=200');
    expect(feed.body.items?.map((event) => event.subject)).toContain(`webhook_endpoint/${endpoint.id}`);
    // Asked for again, it goes on where it stood: what waited is sent.
    receiver.answer(accept);
    const [before] = [receiver.got.length];
    await clue();
    clock.pass(60_000);
    await drain();
    expect(receiver.got).toHaveLength(before);
    await service.api.create('wf.heping', `${endpoint.path}/activation`, {});
    await drain();
    await drain();
    expect((await deliveries(endpoint)).every((row) => row.state === 'delivered')).toBe(true);
    expect(new Set(receiver.got.slice(before).map((got) => got.headers['webhook-id'])).size).toBe(6);
  });

  test('429 with Retry-After pauses the whole endpoint; five days of nothing but failures disable it', async () => {
    const receiver = await received();
    const endpoint = await endpointOf(service, 'wf.heping', receiver.url, ['clue.submitted']);
    receiver.answer(status(429, { 'retry-after': '7200' }));
    await clue();
    await drain();
    expect(receiver.got).toHaveLength(1);
    expect(await stateOf(endpoint)).toMatchObject({ throttledUntil: expect.any(String) });
    await clue();
    clock.pass(7_190_000);
    await drain();
    expect(receiver.got).toHaveLength(1);
    receiver.answer(status(503));
    clock.pass(20_000);
    await drain();
    expect(receiver.got).toHaveLength(3);
    for (let hours = 0; hours < 7 * 24 && (await stateOf(endpoint)).state === 'active'; hours += 6) {
      clock.pass(6 * 3_600_000);
      await service.api.create('wf.heping', `${endpoint.path}/test`, {});
      await drain();
    }
    expect(await stateOf(endpoint)).toMatchObject({ state: 'disabled', disabledReason: 'failing' });
  });
});

test('rotation: both secrets sign for a day, the former one alone is good until then, not after', async () => {
  const receiver = await received();
  const endpoint = await endpointOf(service, 'wf.heping', receiver.url, ['clue.submitted']);
  await drain();
  const rotated = await service.api.decide('wf.heping', endpoint.path, 'secret-rotation');
  expect(rotated.status).toBe(200);
  const next = { secret: String(rotated.body.secret), publicKey: String(rotated.body.publicKey) };
  expect(next.secret).not.toBe(endpoint.secret);
  await clue();
  await drain();
  const [overlapping] = receiver.got;
  if (!overlapping) throw new Error('nothing was sent');
  for (const { secret, publicKey } of [endpoint, next]) {
    expect(() => new Webhook(secret).verify(overlapping.body, signatureHeaders(overlapping))).not.toThrow();
    expect(verifyV1a(overlapping, publicKey)).toContain(true);
  }
  clock.pass(25 * 3_600_000);
  await clue();
  await drain();
  const after = receiver.got.at(-1) as Got;
  // Of the faked clock, which the libraries do not have: the signature is looked at alone.
  expect(String(after.headers['webhook-signature']).split(' ')).toHaveLength(2);
  expect(verifyV1a(after, next.publicKey)).toEqual([true]);
  expect(verifyV1a(after, endpoint.publicKey)).toEqual([false]);
});

test('recovery since a time sends what failed and what was before the endpoint; the range can be replayed whole', async () => {
  const receiver = await received();
  const since = new Date(Date.now() - 60_000).toISOString();
  await clue();
  await service.eventsSettled();
  const endpoint = await endpointOf(service, 'wf.heping', receiver.url, ['clue.submitted']);
  await drain();
  expect(receiver.got).toHaveLength(0);
  const recover = (body: object) => service.api.create('wf.heping', `${endpoint.path}/recovery`, body);
  expect((await recover({ since })).body).toEqual({ queued: 0 });
  await drain();
  const first = receiver.got.length;
  expect(first).toBeGreaterThan(0);
  expect((await recover({ since, includeDelivered: true })).body).toEqual({ queued: first });
  await drain();
  expect(receiver.got).toHaveLength(2 * first);
  expect(new Set(receiver.got.map((got) => got.headers['webhook-id'])).size).toBe(first);
});

test('a receiver that waits holds its own slots, no connection of the database, and nobody else up', async () => {
  const [slow, healthy] = [await received(), await received()];
  await endpointOf(service, 'wf.heping', slow.url, ['clue.submitted']);
  await endpointOf(service, 'wf.heping', healthy.url, ['clue.submitted']);
  await drain();
  const held: (() => void)[] = [];
  slow.answer((_got, reply) => void held.push(() => reply.writeHead(204).end()));
  for (let i = 0; i < 6; i++) await clue();
  await service.eventsSettled();
  await worker.fanOut();
  await worker.sender.step();
  for (let tries = 0; tries < 500 && (healthy.got.length < 6 || held.length < 4); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect([slow.got.length, healthy.got.length]).toEqual([4, 6]);
  for (let tries = 0; tries < 500 && service.pool.size().idle < service.pool.size().total; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const { total, idle } = service.pool.size();
  expect(total - idle).toBe(0);
  slow.answer(accept);
  for (const release of held) release();
  await worker.sender.settled();
  expect(slow.got).toHaveLength(6);
});
