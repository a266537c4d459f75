// A client below HTTP: writes bytes to the port and reads what comes back until the server closes or falls silent.
import { connect } from 'node:net';
import type { Json } from './api.ts';

export type RawAnswer = { status: number; headers: Record<string, string>; body: Json; text: string; closed: boolean };

export function parseRaw(text: string, closed: boolean): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const rest = text.slice(end + 4);
  const length = Number(headers['content-length'] ?? rest.length);
  const payload = Buffer.from(rest, 'latin1').subarray(0, length).toString('utf8');
  const isJson = /json/.test(headers['content-type'] ?? '');
  const body = isJson && payload ? (JSON.parse(payload) as Json) : {};
  return { status: Number(first.split(' ')[1] ?? 0), headers, body, text, closed };
}

/** `bytes` are sent as they are (latin1); `quietMs` without a byte ends the reading. */
export function sendRaw(url: string, bytes: string | Buffer, quietMs = 1500): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const finish = (closed: boolean) => {
      socket.destroy();
      resolve(parseRaw(text, closed));
    };
    socket.setTimeout(quietMs, () => finish(false));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(true));
    socket.on('connect', () => socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes));
  });
}
