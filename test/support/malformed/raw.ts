// Bytes that are no proper HTTP: framing tricks, broken lines, overflows, and proper requests with a few bytes changed.
import { connect } from 'node:net';
import type { Random } from '../../../src/kernel/random.ts';
import { parseRaw, type RawAnswer } from '../raw.ts';

const HOST = 'Host: service.test\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

const TRICKS: readonly string[] = [
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: +2\r\n\r\n{}`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 0x2\r\n\r\n{}`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n2;ext="\n"\r\n{}\r\n0\r\n\r\n`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n`,
  `POST /v1/clues HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n`,
  `GET /livez HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`,
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`,
  `GET /livez HTTP/1.1\r\n${'X: y\r\n'.repeat(2500)}\r\n`,
  'GET /livez HTTP/1.1\nHost: a\n\n',
  'GET  /livez  HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /livez HTTP/1.1\r\n\r\n',
  `GET /livez HTTP/1.1\r\n${HOST}${HOST}\r\n`,
  `GET /livez HTTP/2.0\r\n${HOST}\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `BREW /pot HTTP/1.1\r\n${HOST}\r\n`,
  `GET /livez\u0000 HTTP/1.1\r\n${HOST}\r\n`,
  `GET http://[::1 HTTP/1.1\r\n${HOST}\r\n`,
  `GET /livez HTTP/1.1\r\n${HOST}X\u0000Y: 1\r\n\r\n`,
  `GET /livez HTTP/1.1\r\n${HOST}: empty\r\n\r\n`,
  `GET /livez HTTP/1.1\r\n Host: folded\r\n\r\n`,
  `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  `CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`,
  `GET /livez HTTP/1.1\r\n${HOST}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n\r\n`,
  `GET /livez HTTP/1.1\r\n${HOST}Expect: magic\r\n\r\n`,
  '\r\n\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  '{"json":"without http"}',
];

function garbled(random: Random): Buffer {
  const body = '{"source":"other","regionCode":"210102","facts":"x","subjects":[{"nameUnknown":true}]}';
  const proper = `POST /v1/clues?dryRun=true HTTP/1.1\r\n${HOST}${JSON_TYPE}Authorization: Bearer x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const bytes = Buffer.from(proper, 'latin1');
  for (let i = random.int(1, 6); i > 0; i--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
  return random.chance(0.3) ? bytes.subarray(0, random.int(1, bytes.length)) : bytes;
}

export function malformedBytes(random: Random): Buffer {
  return random.chance(0.5) ? Buffer.from(random.pick(TRICKS), 'latin1') : garbled(random);
}

/** Writes and ends its side, so that a request that is not complete is not waited for. */
export function sendBytes(url: string, bytes: Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    let text = '';
    const finish = () => {
      socket.destroy();
      resolve(parseRaw(text, true));
    };
    socket.setTimeout(3000, finish);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('end', finish);
    socket.on('close', finish);
    socket.on('connect', () => socket.end(bytes));
  });
}
