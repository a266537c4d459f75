// Where the service calls and where never: the table of addresses, rebinding, redirects, sizes, times and certificates (S-40..S-45).
import { createServer as createTls } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isPublic } from '../../../src/platform/http/addresses.ts';
import { createOutgoing, type OutgoingOptions } from '../../../src/platform/http/outgoing.ts';
import { selfSigned } from '../../support/certificate.ts';
import { type Receiver, startReceiver, status } from '../../support/receiver.ts';
import { useService } from '../../support/service.ts';
import { GOOD_URLS, SSRF_URLS } from '../../support/ssrf.ts';

const service = useService();

let [connects, port] = [0, 0];
let listener: Server;
let receiver: Receiver;
beforeAll(async () => {
  listener = createServer((socket) => {
    connects += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '::', resolve));
  ({ port } = listener.address() as AddressInfo);
  receiver = await startReceiver();
});
afterAll(async () => {
  listener.close();
  await receiver.stop();
});

const urls = () => SSRF_URLS.map((url) => url.replace('PORT', String(port)));
const OPEN: OutgoingOptions = { allow: ['127.0.0.1/32'], sandbox: true };

describe('the table', () => {
  test('is refused at registration, with a 422 or as a shape that is none', async () => {
    expect(SSRF_URLS.length).toBeGreaterThanOrEqual(60);
    const statuses = new Map<string, number>();
    for (const url of urls()) {
      const body = { url, types: ['*'] };
      const answer = await service.api.as('wf.heping', 'POST', '/v1/webhook-endpoints?dryRun=true', { body });
      statuses.set(url, answer.status);
    }
    expect([...statuses].filter(([, code]) => code !== 422 && code !== 400)).toEqual([]);
    for (const url of GOOD_URLS) {
      const body = { url, types: ['clue.submitted'] };
      const answer = await service.api.as('wf.heping', 'POST', '/v1/webhook-endpoints?dryRun=true', { body });
      expect([url, answer.status]).toEqual([url, 200]);
    }
    expect(connects).toBe(0);
  });

  test.each([
    ['live', { allow: [], sandbox: false }],
    ['a sandbox', { allow: [], sandbox: true }],
    ['live, although loopback is named', { allow: ['127.0.0.0/8', 'localhost', '::1'], sandbox: false }],
  ] as const)('is refused at sending too, %s: no connection', async (_name, options) => {
    const outgoing = createOutgoing(options);
    const sent = await Promise.all(urls().map((url) => outgoing.send(url, 'POST', {}, '{}')));
    expect(sent.filter((one) => !('failure' in one && one.failure === 'blocked'))).toEqual([]);
    expect(connects).toBe(0);
  });

  test('what the operator names is called: a network, a host, a port; nothing beside it', () => {
    const at = (allow: string[], sandbox: boolean, url: string) => createOutgoing({ allow, sandbox }).accepts(url);
    expect(at(['127.0.0.1/32'], true, 'http://127.0.0.1:3999/x')).toBe(true);
    expect(at(['localhost:3999'], true, 'http://localhost:3999/x')).toBe(true);
    expect(at(['localhost:3999'], true, 'http://localhost:4000/x')).toBe(false);
    expect(at(['127.0.0.1/32'], true, 'http://127.0.0.2:3999/x')).toBe(false);
    expect(at(['10.1.0.0/16'], false, 'https://10.1.2.3/x')).toBe(true);
    expect(at(['10.1.0.0/16'], false, 'https://10.2.2.3/x')).toBe(false);
    expect(at(['10.1.0.0/16'], false, 'http://10.1.2.3/x')).toBe(false);
    expect(at(['10.1.0.0/16'], false, 'https://10.1.2.3:9000/x')).toBe(false);
    expect(at(['hooks.gov.internal:9443'], false, 'https://hooks.gov.internal:9443/x')).toBe(true);
    expect(isPublic('8.8.8.8') && isPublic('2606:4700::1111')).toBe(true);
  });
});

type Resolve = NonNullable<OutgoingOptions['resolve']>;
/** A name that is another address each time it is asked for. */
function resolving(...answers: string[][]) {
  let calls = 0;
  const resolve = ((_host: string, _options: object, done: (error: null, found: object[]) => void) => {
    const found = answers[Math.min(calls++, answers.length - 1)] ?? [];
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as Resolve;
  return { resolve, calls: () => calls };
}

test('a name is judged in the lookup of the connection itself: one look, and one bad address refuses all (S-41)', async () => {
  const before = receiver.connects();
  const send = async (answers: string[][], sends = 1) => {
    const dns = resolving(...answers);
    const outgoing = createOutgoing({ ...OPEN, resolve: dns.resolve, timeoutMs: 2000 });
    const sent = [];
    for (let i = 0; i < sends; i++) sent.push(await outgoing.send('https://rebind.example/', 'POST', {}, '{}'));
    return { failures: sent.map((one) => ('failure' in one ? one.failure : 'sent')), calls: dns.calls() };
  };
  // Nobody listens at 443 of the first, which is allowed here; the second is not, and is not called.
  expect(await send([['127.0.0.1'], ['127.0.0.2']], 2)).toEqual({ failures: ['refused', 'blocked'], calls: 2 });
  for (const answer of [['10.0.0.1'], ['127.0.0.1', '10.0.0.1'], ['127.0.0.1', '::1'], ['::ffff:127.0.0.1'], []])
    expect(await send([answer])).toEqual({ failures: ['blocked'], calls: 1 });
  expect(receiver.connects()).toBe(before);
});

describe('an answer', () => {
  const send = (timeoutMs = 5000) => createOutgoing({ ...OPEN, timeoutMs }).send(receiver.url, 'POST', {}, '{}');
  test('that redirects is not followed', async () => {
    receiver.answer(status(302, { location: `http://127.0.0.1:${port}/` }));
    expect(await send()).toMatchObject({ status: 302 });
    expect(connects).toBe(0);
  });
  test('that never ends is cut at 64 KiB, or when the time is up; endless headers, a bomb and a lost line end as well', async () => {
    const heap = () => process.memoryUsage().arrayBuffers;
    const before = heap();
    receiver.answer((_got, reply) => {
      const more = () => {
        while (!reply.destroyed && reply.write(Buffer.alloc(65_536)));
      };
      reply.on('drain', more);
      more();
    });
    expect(await send()).toEqual({ failure: 'too_large' });
    expect(heap() - before).toBeLessThan(16 * 1024 * 1024);
    receiver.answer((_got, reply) => void reply.writeHead(200).write('x'));
    expect(await send(100)).toEqual({ failure: 'timeout' });
    receiver.answer((_got, reply) => void reply.writeHead(200, { padding: 'x'.repeat(20_000) }).end());
    expect(await send()).toEqual({ failure: 'too_large' });
    receiver.answer((_got, reply) => void reply.destroy());
    expect(await send()).toEqual({ failure: 'refused' });
    receiver.answer((got, reply) => {
      expect(got.headers['accept-encoding']).toBe('identity');
      reply.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from([0x1f, 0x8b, 8, 0]));
    });
    // Not unpacked, whatever it says.
    expect(await send()).toMatchObject({ status: 200 });
  });
});

test('TLS: a private authority when it is given, else nothing of a certificate that is not trusted, expired or for another host (S-45)', async () => {
  const results: Record<string, unknown> = {};
  for (const [name, host, days, maxVersion] of [
    ['good', '127.0.0.1', 2, 'TLSv1.3'],
    ['of another host', 'other.example', 2, 'TLSv1.3'],
    ['expired', '127.0.0.1', -1, 'TLSv1.3'],
    ['of an old protocol', '127.0.0.1', 2, 'TLSv1.1'],
  ] as const) {
    let asked = 0;
    const { key, cert } = selfSigned(host, days);
    const server = createTls(
      { key, cert, minVersion: 'TLSv1.1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' },
      (_req, reply) => {
        asked += 1;
        reply.writeHead(204).end();
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const strange = await createOutgoing(OPEN).send(url, 'POST', {}, '{}');
    const trusted = await createOutgoing({ ...OPEN, ca: cert }).send(url, 'POST', {}, '{}');
    const told = (sent: typeof strange) => ('failure' in sent ? sent.failure : sent.status);
    results[name] = [told(strange), told(trusted), asked];
    server.close();
    server.closeAllConnections();
  }
  expect(results).toEqual({
    good: ['certificate', 204, 1],
    'of another host': ['certificate', 'certificate', 0],
    expired: ['certificate', 'certificate', 0],
    'of an old protocol': ['certificate', 'certificate', 0],
  });
});
