// Asks clamd (ClamAV) about a stream by its INSTREAM command; what it has not called clean or found is an error.
import { connect, type Socket } from 'node:net';

const TIMEOUT_MS = 60_000;
const MAX_ANSWER = 4096;

export class ScannerError extends Error {
  override readonly name = 'ScannerError';
  readonly code: string;
  constructor(code: string) {
    super('the virus scanner gave no verdict');
    this.code = code;
  }
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new ScannerError('SCANNER_TIMEOUT')));
    socket.on('data', (part: string) => {
      text += part;
      if (text.includes('\0') || text.length > MAX_ANSWER) resolve(text);
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

/** Length first, as four bytes; a chunk of none ends the stream. */
function framed(chunk: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(chunk.length);
  return Buffer.concat([length, chunk]);
}

async function write(socket: Socket, data: Buffer): Promise<void> {
  if (socket.destroyed) throw new ScannerError('SCANNER_CLOSED');
  await new Promise<void>((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve())));
}

export async function scanWithClamd(address: string, source: AsyncIterable<Buffer>): Promise<'clean' | 'infected'> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3310) });
  try {
    const answer = answerOf(socket);
    answer.catch(() => undefined);
    await write(socket, Buffer.from('zINSTREAM\0'));
    for await (const chunk of source) if (chunk.length > 0) await write(socket, framed(chunk));
    await write(socket, framed(Buffer.alloc(0)));
    const verdict = (await answer).replace(/\0.*$/s, '').trim();
    if (/^stream: OK$/.test(verdict)) return 'clean';
    if (/^stream: .+ FOUND$/.test(verdict)) return 'infected';
    throw new ScannerError('SCANNER_UNCLEAR');
  } finally {
    socket.destroy();
  }
}
