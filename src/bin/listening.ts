// Opens ports: a taken one is one sentence; until the service is ready its port answers that it is alive and not ready.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dbProblems } from '../platform/db/errors.ts';
import { securityHeaders } from '../platform/http/limits.ts';
import { problemDocument, requestLanguage } from '../platform/http/problem.ts';
import { StartError } from './startup.ts';

type ErrorCode = { code?: string };

/** The sentence for an error of `listen`; any other error unchanged. */
export function explainListen(error: unknown, setting: string, host: string, port: number): unknown {
  const code = (error as ErrorCode).code;
  if (code === 'EADDRINUSE')
    return new StartError(`Port ${port} is taken: stop what listens there, or set ${setting} to another port.`);
  if (code === 'EACCES')
    return new StartError(`Port ${port} may not be opened by this user: set ${setting} to a port above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new StartError(`HOST ${host} is no address of this machine: set HOST to one that is, e.g. 127.0.0.1.`);
  return error;
}

export const isTaken = (error: unknown): boolean => (error as ErrorCode).code === 'EADDRINUSE';

export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export type WaitingRoom = { port: number; close(): Promise<void> };

function answer(publicUrl: string): Server {
  return createServer((req, res) => {
    const alive = req.url === '/livez' && (req.method === 'GET' || req.method === 'HEAD');
    const language = requestLanguage(undefined, req.headers['accept-language']);
    const context = { publicUrl, instance: req.url?.split('?', 1)[0] ?? '/', requestId: 'starting', language };
    const problem = dbProblems['service.unavailable']({ retryAfter: 2 });
    const body = alive ? { status: 'ok' } : problemDocument(problem, context);
    const headers = {
      ...securityHeaders(),
      'content-type': alive ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
      connection: 'close',
      ...(alive ? {} : { 'retry-after': '2' }),
    };
    res.writeHead(alive ? 200 : problem.status, headers).end(JSON.stringify(body));
  });
}

/** Takes the port before anything else is started, so that a taken one is told at once. Port 0 becomes a free one. */
export async function openWaitingRoom(
  host: string,
  port: number,
  publicUrl: string,
  setting = 'PORT',
): Promise<WaitingRoom> {
  const server = answer(publicUrl);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve)).catch(
    (error: unknown) => {
      throw explainListen(error, setting, host, port);
    },
  );
  return { port: portOf(server), close: () => closeServer(server) };
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
