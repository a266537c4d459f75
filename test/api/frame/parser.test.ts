// What the HTTP parser refuses is a problem document too, with every security header, and closes the connection (C-01, S-31, S-38).
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { type RawAnswer, sendRaw } from '../../support/raw.ts';
import { useService } from '../../support/service.ts';
import { headerFaults } from '../../support/sweep.ts';

const service = useService();
const raw = (bytes: string) => sendRaw(service.url, bytes);

function expectProblem(answer: RawAnswer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toMatchObject({ status, type: `http://service.test/v1/problems/${code}` });
  expect(headerFaults(answer)).toEqual([]);
}

const HOST = 'Host: service.test\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const second = `GET /livez HTTP/1.1\r\n${HOST}\r\n`;

describe('the parser refuses and closes', () => {
  test.each([
    ['an unknown method', `BREW /v1/clues HTTP/1.1\r\n${HOST}\r\n`],
    ['a lower-case method', `get /livez HTTP/1.1\r\n${HOST}\r\n`],
    ['no version', 'GET /livez\r\n\r\n'],
    ['an unknown version', `GET /livez HTTP/9.9\r\n${HOST}\r\n`],
    ['TLS on a plain port', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'],
    ['a blank before the colon', `GET /livez HTTP/1.1\r\n${HOST}X-A : b\r\n\r\n`],
    ['NUL in a header', `GET /livez HTTP/1.1\r\n${HOST}X-A: a\0b\r\n\r\n`],
    ['a folded header', `GET /livez HTTP/1.1\r\n${HOST}X-A: a\r\n b\r\n\r\n`],
    [
      'CL and TE',
      `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
    ],
    [
      'two lengths',
      `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ${second}`,
    ],
    ['a negative length', `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: -1\r\n\r\n`],
    [
      'a bad chunk size',
      `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n${second}`,
    ],
    [
      'a chunk size overflow',
      `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
    ],
    [
      'an unknown transfer coding',
      `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked, gzip\r\n\r\n`,
    ],
    [
      'a transfer coding besides chunked',
      `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a version that is not spoken', `GET /livez HTTP/2.0\r\n${HOST}\r\n`],
    ['two tokens', `GET /v1/me HTTP/1.1\r\n${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`],
    [
      'two idempotency keys',
      `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}`,
    ],
    ['bare LF between headers', 'GET /livez HTTP/1.1\nHost: service.test\n\n'],
    ['two hosts', `GET /livez HTTP/1.1\r\n${HOST}${HOST}\r\n`],
    ['no host', 'GET /livez HTTP/1.1\r\n\r\n'],
  ])('%s', async (_name, bytes) => {
    const answer = await raw(bytes);
    expectProblem(answer, 400, 'request.malformed');
    expect(answer.closed).toBe(true);
    // The request behind it was not served.
    expect(answer.text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  test('431 beyond 16 KiB of headers', async () => {
    const answer = await raw(`GET /livez HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(17_000)}\r\n\r\n`);
    expectProblem(answer, 431, 'request.headers_too_large');
    expect(answer.closed).toBe(true);
  });
});

describe('a connection is for requests alone', () => {
  test('no tunnel: CONNECT is told so, and closed', async () => {
    const answer = await raw(`CONNECT service.test:443 HTTP/1.1\r\n${HOST}\r\n${second}`);
    expectProblem(answer, 405, 'request.method_not_allowed');
    expect([answer.headers.allow, answer.closed]).toEqual(['', true]);
  });

  test('no other protocol: an upgrade is ignored, and what stood behind it is not served', async () => {
    const answer = await raw(`GET /livez HTTP/1.1\r\n${HOST}Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n${second}`);
    expect([answer.status, answer.closed, answer.text.match(/HTTP\/1\.1 \d/g)?.length]).toEqual([200, true, 1]);
  });

  test('a compressed body is not read as something else', async () => {
    const answer = await raw(
      `POST /v1/sandbox/tokens HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expectProblem(answer, 415, 'request.unsupported_media_type');
    expect(answer.headers['accept-encoding']).toBe('identity');
  });

  test('who leaves in the middle of a body is no failure of the service', async () => {
    service.logLines.length = 0;
    const { hostname, port } = new URL(service.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST /v1/sandbox/tokens HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 100\r\n\r\n{`);
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => setTimeout(resolve, 100));
    });
    expect(service.logLines).toEqual([]);
  });
});

describe('below the routes', () => {
  test.each([
    ['a bad percent sign', '/v1/clues/%zz', 400, 'request.malformed'],
    ['bad UTF-8 in the path', '/v1/clues/%ff', 400, 'request.malformed'],
    ['an over-long id', `/v1/clues/${'a'.repeat(400)}`, 414, 'request.uri_too_long'],
    ['an over-long address', `/v1/clues?state=${'a'.repeat(8200)}`, 414, 'request.uri_too_long'],
    ['nothing there', '/v1/nothing', 404, 'resource.not_found'],
    ['a traversal', '/v1/../../etc/passwd', 404, 'resource.not_found'],
    ['an address that begins twice', '//v1/clues', 404, 'resource.not_found'],
  ])('%s', async (_name, path, status, code) => {
    expectProblem(await raw(`GET ${path} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`), status, code);
  });

  test('an absolute address and a proxy address do not change what is served', async () => {
    const answer = await raw(`GET http://elsewhere.example/livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    expect([200, 400, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('elsewhere');
  });

  test.each(['OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])('%s is not served', async (method) => {
    const answer = await raw(`${method} /v1/clues HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    expect([0, 400, 404, 405]).toContain(answer.status);
    if (answer.status === 405) expect(answer.headers.allow).toBe('GET, POST, HEAD');
    if (answer.status > 0) expect(headerFaults(answer)).toEqual([]);
  });
});
