// S-31, S-33, S-36, S-37, S-38: framing, sizes, methods, errors and headers of the public port.
import { connect } from 'node:net';
import { LEAK } from '../test/support/malformed/run.ts';
import { headerFaults } from '../test/support/sweep.ts';
import { limitsOf, overLimit } from './outside/limits.ts';
import { type Answer, findings, type Stage, withStage } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

const HOST = 'Host: service.test\r\n';
const POST = `POST /v1/sandbox/tokens HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
const BODY = '{"officer":"admin"}';
const CHUNK = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

/** Each would be read in two ways by two servers in a row. */
const SMUGGLED: Readonly<Record<string, string>> = {
  'length and chunks': `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNK}`,
  'chunks and length': `${POST}Transfer-Encoding: chunked\r\nContent-Length: ${BODY.length}\r\n\r\n${CHUNK}`,
  'two transfer encodings': `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n${CHUNK}`,
  'unknown transfer encoding': `${POST}Transfer-Encoding: xchunked\r\n\r\n${CHUNK}`,
  'chunked is not last': `${POST}Transfer-Encoding: chunked, identity\r\n\r\n${CHUNK}`,
  'coding besides chunked': `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n${CHUNK}`,
  'chunked in quotes': `${POST}Transfer-Encoding: "chunked"\r\n\r\n${CHUNK}`,
  'chunks in HTTP/1.0': `POST /v1/sandbox/tokens HTTP/1.0\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNK}`,
  'chunk extension with CR': `${POST}Transfer-Encoding: chunked\r\n\r\n13;a\rb\r\n${BODY}\r\n0\r\n\r\n`,
  'blank before a chunk size': `${POST}Transfer-Encoding: chunked\r\n\r\n 13\r\n${BODY}\r\n0\r\n\r\n`,
  'length in the trailers': `${POST}Transfer-Encoding: chunked\r\n\r\n13\r\n${BODY}\r\n0\r\nContent-Length: 5\r\n\r\n`,
  'two tokens': `GET /v1/me HTTP/1.1\r\n${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`,
  'HTTP/2.0': `GET /v1/me HTTP/2.0\r\n${HOST}\r\n`,
  'blank in the name': `${POST}Transfer-Encoding : chunked\r\n\r\n${CHUNK}`,
  'two lengths': `${POST}Content-Length: ${BODY.length}\r\nContent-Length: 1\r\n\r\n${BODY}`,
  'two equal lengths in one': `${POST}Content-Length: ${BODY.length}, ${BODY.length}\r\n\r\n${BODY}`,
  'signed length': `${POST}Content-Length: +${BODY.length}\r\n\r\n${BODY}`,
  'hexadecimal length': `${POST}Content-Length: 0x13\r\n\r\n${BODY}`,
  'negative length': `${POST}Content-Length: -1\r\n\r\n${BODY}`,
  'bare LF between headers': `POST /v1/sandbox/tokens HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}`,
  'bare CR in a value': `${POST}X-A: a\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}`,
  'folded header': `${POST}X-A: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}`,
  'chunk size too large': `${POST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n${BODY}\r\n0\r\n\r\n`,
  'chunk size with a sign': `${POST}Transfer-Encoding: chunked\r\n\r\n-1\r\n${BODY}\r\n0\r\n\r\n`,
  'chunk size 0x': `${POST}Transfer-Encoding: chunked\r\n\r\n0x13\r\n${BODY}\r\n0\r\n\r\n`,
  'chunk longer than it says': `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n${BODY}\r\n0\r\n\r\n`,
  'LF after a chunk': `${POST}Transfer-Encoding: chunked\r\n\r\n13\n${BODY}\n0\n\n`,
  'NUL in a header': `${POST}X-A: a\u0000b\r\nContent-Length: 2\r\n\r\n{}`,
  'two hosts': `GET /v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  'no host': `GET /v1/me HTTP/1.1\r\n\r\n`,
  'line without a colon': `GET /v1/me HTTP/1.1\r\n${HOST}broken\r\n\r\n`,
  'HTTP/0.9': `GET /v1/me\r\n\r\n`,
};
const SECOND = `GET /livez HTTP/1.1\r\n${HOST}\r\n`;

/** Everything that comes back until the server closes, or for two seconds. */
function converse(url: string, bytes: string): Promise<{ text: string; closed: boolean }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname });
    let text = '';
    const finish = (closed: boolean) => {
      socket.destroy();
      resolve({ text, closed });
    };
    socket.setTimeout(2000, () => finish(false));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(true));
    socket.on('connect', () => socket.write(Buffer.from(bytes, 'latin1')));
  });
}

async function smuggling({ service }: Stage): Promise<Reading> {
  const found = findings();
  for (const [name, first] of Object.entries(SMUGGLED)) {
    const { text, closed } = await converse(service.url, first + SECOND);
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1]);
    const alive = text.includes('"status":"ok"');
    if (statuses.join() !== '400' || !closed || alive)
      found.add(
        `${name}: ${statuses.join(' ') || 'no answer'}${closed ? '' : ', left open'}${alive ? ', second one served' : ''}`,
      );
  }
  const count = Object.keys(SMUGGLED).length;
  return {
    figure: `${count} framings, each with a second request behind it: ${found.count} not 400 and closed`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

async function sizes({ service, contract, prepared, wire, send, fault }: Stage): Promise<Reading> {
  const found = findings();
  const { unbounded, limits } = limitsOf(contract.document);
  for (const place of unbounded) found.add(`no limit: ${place}`);
  let sent = 0;
  const expectStatus = (name: string, answer: { status: number }, status: number) => {
    sent += 1;
    if (answer.status !== status) found.add(`${name}: ${answer.status}, not ${status}`);
  };
  for (const chosen of prepared) {
    const { op, target } = chosen;
    if (!op.hasBody || target.form || target.file) continue;
    for (const { pointer, body } of overLimit(contract.document, op, target.body)) {
      const answer = await send({ ...(await wire(chosen)), payload: JSON.stringify(body) });
      expectStatus(`${op.id} ${pointer}`, answer, 400);
      const wrong = fault(answer);
      if (wrong) found.add(`${op.id} ${pointer}: ${wrong}`);
    }
  }
  const clues = (raw: string) => service.api.as('wf.heping', 'POST', '/v1/clues', { raw });
  expectStatus('body of 1 MiB + 1', await clues(`{"facts":"${'a'.repeat(1_048_577 - 12)}"}`), 413);
  expectStatus('21 levels', await clues(`${'['.repeat(21)}${']'.repeat(21)}`), 400);
  expectStatus(
    'address of 8 KiB + 1',
    await service.api.get('wf.heping', `/v1/clues?cursor=${'a'.repeat(8193 - 17)}`),
    414,
  );
  expectStatus('page of 201', await service.api.get('wf.heping', '/v1/clues?limit=201'), 400);
  const { text } = await converse(service.url, `GET /livez HTTP/1.1\r\n${HOST}X: ${'a'.repeat(16_384)}\r\n\r\n`);
  expectStatus('headers over 16 KiB', { status: Number(text.slice(9, 12)) }, 431);
  return {
    figure: `${limits} strings and arrays of bodies have a limit, ${unbounded.length} none; ${sent} requests at limit + 1: ${found.count - unbounded.length} wrong`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS', 'QUERY', 'PROPFIND', 'LOCK', 'SEARCH'];
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

const patternOf = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);

async function methods({ contract, service, prepared, wire, send, fault }: Stage): Promise<Reading> {
  const found = findings();
  let sent = 0;
  const declared = Map.groupBy(contract.operations, (op) => op.path);
  for (const [path, ops] of declared) {
    const url = path.replace(/\{\w+\}/g, '0198c2a4-7f00-7000-8000-000000000001');
    const known = ops.map((op) => op.method);
    for (const method of METHODS.filter((name) => !known.includes(name))) {
      sent += 1;
      const answer = await service.api.as('admin', method, url, {
        key: null,
        ...(method === 'QUERY' ? { body: {} } : {}),
      });
      const allow = (answer.headers.allow ?? '').split(', ');
      const wrong =
        fault(answer) ??
        (answer.status === 405 && known.every((name) => allow.includes(name)) ? undefined : `${answer.status}`);
      // A more general path may take the method: GET /v1/persons/lookups is that of a person called so.
      const general = contract.operations.some((op) => op.method === method && patternOf(op.path).test(url));
      if (general && [400, 403, 404].includes(answer.status)) continue;
      if (wrong && answer.status !== 404) found.add(`${method} ${path}: ${wrong}`);
    }
  }
  for (const chosen of prepared.filter(({ op }) => op.method === 'GET')) {
    const request = await wire(chosen);
    const plain = await send(request);
    for (const name of OVERRIDES) {
      sent += 1;
      const answer = await send({ ...request, headers: { ...request.headers, [name]: 'DELETE' } });
      if (answer.status !== plain.status) found.add(`${chosen.op.id} with ${name}: ${answer.status}`);
    }
  }
  const { text } = await converse(service.url, `CONNECT example.com:443 HTTP/1.1\r\n${HOST}\r\n`);
  if (!/^HTTP\/1\.1 405[\s\S]*\r\nallow:/i.test(text)) found.add(`CONNECT: ${text.slice(0, 80)}`);
  return {
    figure: `${sent + 1} requests: ${found.count} not 405 with Allow, or 404`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

const SECRETS =
  'select * from persons where id_number_sealed at /srv/app/src/persons/service.ts:12:3 host 10.1.2.3:5432 drizzle-orm';
const BUGS: readonly (() => Error)[] = [
  () => new Error(SECRETS),
  () => new RangeError(`Invalid string length ${SECRETS}`),
  () => Object.assign(new Error(SECRETS), { code: 'ENOMEM', statusCode: 200, detail: SECRETS }),
  () => Object.assign(new Error(SECRETS), { code: '42601', severity: 'ERROR', hint: SECRETS, query: SECRETS }),
];

async function errors({ service, prepared, wire, send }: Stage): Promise<Reading> {
  const found = findings();
  const statuses: Record<number, number> = {};
  const original = service.tx.pool.connect;
  const requests = await Promise.all(
    prepared.map(async (chosen) => ({ id: chosen.op.id, request: await wire(chosen) })),
  );
  const query = service.pool.query;
  try {
    for (const [i, { id, request }] of requests.entries()) {
      const bug = BUGS[i % BUGS.length] as () => Error;
      service.tx.pool.connect = () => Promise.reject(bug());
      service.tx.pool.query = () => Promise.reject(bug());
      service.logLines.length = 0;
      const answer = await send(request);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status < 500) continue;
      const leak = LEAK.test(answer.text) || /id_number_sealed|10\.1\.2\.3|srv|drizzle/.test(answer.text);
      if (leak || !/problem\+json/.test(answer.headers['content-type'] ?? '')) found.add(`${id}: ${answer.text}`);
      const logged = service.logLines.some((line) => line.includes(String(answer.body.requestId)));
      const faults = headerFaults(answer);
      if (faults.length > 0) found.add(`${id}: ${faults.join(', ')}`);
      if (!logged) found.add(`${id}: ${answer.status} is not in the log`);
      if (service.logLines.some((line) => line.includes('10.1.2.3'))) found.add(`${id}: the log tells too much`);
    }
  } finally {
    service.tx.pool.connect = original;
    service.tx.pool.query = query;
  }
  return {
    figure: `${requests.length} operations with a failing database driver ${JSON.stringify(statuses)}: ${found.count} told something or left no trace`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

async function headers({ service, prepared, wire, send }: Stage): Promise<Reading> {
  const found = findings();
  const statuses: Record<number, number> = {};
  const judge = (name: string, answer: Pick<Answer, 'status' | 'headers'>, cacheable = false) => {
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    const faults = headerFaults(answer, cacheable);
    if (faults.length > 0) found.add(`${name} ${answer.status}: ${faults.join(', ')}`);
  };
  for (const chosen of prepared) {
    const { op } = chosen;
    const request = await wire(chosen);
    judge(`${op.id} as meant`, await send(request), op.isPublic);
    judge(`${op.id} without a token`, await send({ ...request, headers: {} }), op.isPublic);
    judge(
      `${op.id} 415`,
      await send({ ...request, headers: { ...request.headers, 'content-type': 'a/b' }, payload: 'x' }),
      op.isPublic,
    );
    judge(`${op.id} 414`, await send({ ...request, url: `${request.url.split('?')[0]}?a=${'a'.repeat(8200)}` }));
    judge(`${op.id} unknown query`, await send({ ...request, url: `${request.url.split('?')[0]}?nonsense=1` }));
    judge(`${op.id} TRACE`, await send({ ...request, method: 'TRACE', payload: undefined }));
  }
  for (const path of [
    '/',
    '/nothing',
    '/v1',
    '/v1/nothing',
    '/v1/clues/%ff',
    '/%',
    '/..%2f..%2fetc/passwd',
    '/metrics',
    '/.env',
  ])
    judge(path, await service.api.request('GET', path));
  const large = `GET /livez HTTP/1.1\r\n${HOST}X: ${'a'.repeat(17_000)}\r\n\r\n`;
  const tunnel = `CONNECT example.com:443 HTTP/1.1\r\n${HOST}\r\n`;
  for (const [name, bytes] of Object.entries({ ...SMUGGLED, 'large headers': large, CONNECT: tunnel })) {
    const { text } = await converse(service.url, bytes);
    const lines = text.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];
    const pairs = lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
    judge(name, { status: Number(text.slice(9, 12)), headers: Object.fromEntries(pairs) });
  }
  return {
    figure: `${JSON.stringify(statuses)}: ${found.count} answers without one of the headers`,
    met: found.count === 0,
    detail: found.detail(),
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-31',
    name: 'request smuggling by raw socket',
    target: '400 and closed, second request not served',
    run: () => withStage(smuggling, { plain: true }),
  },
  {
    number: 'S-33',
    name: 'sizes at limit + 1',
    target: '413/431/414/400, every string and array of a body limited',
    run: () => withStage(sizes),
  },
  {
    number: 'S-36',
    name: 'undeclared methods on every path, override headers',
    target: '405 with Allow, or 404',
    run: () => withStage(methods),
  },
  {
    number: 'S-37',
    name: 'errors of the inside',
    target: '0 words of the inside, every one in the log',
    run: () => withStage(errors),
  },
  { number: 'S-38', name: 'security headers on every answer', target: '100 %', run: () => withStage(headers) },
];
