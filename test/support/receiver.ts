// A real receiver of webhooks on this machine: it confirms its address, keeps what it got, and answers as the test wants.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Got = { method: string; headers: IncomingHttpHeaders; body: string };
export type Answering = (got: Got, reply: ServerResponse) => void;

export type Receiver = {
  url: string;
  port: number;
  /** Without what it was asked before it confirmed. */
  got: Got[];
  /** Of the address: `OPTIONS`, and challenges. */
  asked: Got[];
  connects(): number;
  answer(how: Answering): void;
  /** How it confirms: by the handshake, by the challenge, or not at all. */
  confirm(how: 'handshake' | 'challenge' | 'never'): void;
  stop(): Promise<void>;
};

export const accept: Answering = (_got, reply) => void reply.writeHead(204).end();
export const status =
  (code: number, headers: Record<string, string> = {}): Answering =>
  (_got, reply) =>
    void reply.writeHead(code, headers).end('a body that nobody keeps');

export async function startReceiver(): Promise<Receiver> {
  const got: Got[] = [];
  const asked: Got[] = [];
  let [connects, how, confirming] = [0, accept, 'handshake' as Parameters<Receiver['confirm']>[0]];
  const server = createServer(async (req, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const one = { method: req.method ?? '', headers: req.headers, body: Buffer.concat(chunks).toString('utf8') };
    if (one.method === 'OPTIONS') {
      asked.push(one);
      reply.writeHead(confirming === 'handshake' ? 200 : 405, {
        ...(confirming === 'handshake' ? { 'webhook-allowed-origin': '*' } : {}),
      });
      reply.end();
    } else if (one.body.includes('"webhook.challenge"')) {
      asked.push(one);
      const { challenge } = (JSON.parse(one.body) as { data: { challenge: string } }).data;
      reply.writeHead(200).end(confirming === 'challenge' ? JSON.stringify({ challenge }) : 'ok');
    } else {
      got.push(one);
      how(one, reply);
    }
  });
  server.on('connection', () => {
    connects += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    got,
    asked,
    connects: () => connects,
    answer: (next) => {
      how = next;
    },
    confirm: (next) => {
      confirming = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
