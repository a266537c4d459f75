// One HTTP request over a kept connection: whatever happens to the server, the answer is a status or the reason why there is none.
import { Agent, type IncomingMessage, request } from 'node:http';

export type Wire = { method: string; url: string; headers: Record<string, string>; body?: string | undefined };
export type Reply =
  | { status: number; headers: Record<string, string>; text: string }
  | { status: null; reason: string };

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** Longer than any answer of the service may take (10 s). */
const PATIENCE_MS = 20_000;

function collect(message: IncomingMessage, done: (reply: Reply) => void): void {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  message.on('error', (error: NodeJS.ErrnoException) => done({ status: null, reason: error.code ?? error.message }));
  message.on('end', () => {
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const whole = message.complete && message.statusCode !== undefined;
    const text = Buffer.concat(chunks).toString('utf8');
    done(whole ? { status: message.statusCode ?? 0, headers, text } : { status: null, reason: 'cut off' });
  });
}

export function exchange({ method, url, headers, body }: Wire): Promise<Reply> {
  return new Promise((resolve) => {
    const size = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request(url, { method, headers: { ...headers, ...size }, agent }, (message) =>
      collect(message, resolve),
    );
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(Object.assign(new Error('silence'), { code: 'SILENCE' })));
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ status: null, reason: error.code ?? error.message }));
    sent.end(body);
  });
}

/** Connections that nobody uses must not keep the process. */
export const hangUp = (): void => agent.destroy();
