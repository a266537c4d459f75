// Cross-origin calls from browsers: for the origins of CORS_ORIGINS alone, without cookies, errors included (contract.md §5).
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { allowedMethods } from './problem.ts';

const REQUEST_HEADERS = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Accept-Language';
/** What a script may read besides the few that the browser always shows. */
export const EXPOSED = [
  ...['ETag', 'Location', 'Link', 'Idempotency-Replayed', 'RateLimit', 'RateLimit-Policy', 'Retry-After'],
  ...['Deprecation', 'Sunset', 'WWW-Authenticate', 'X-Request-Id', 'Content-Disposition', 'Repr-Digest'],
].join(', ');
const MAX_AGE_SECONDS = 600;

export function registerCors(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed: ReadonlySet<string> = new Set(origins);
  const originOf = ({ headers: { origin } }: FastifyRequest) =>
    origin !== undefined && allowed.has(origin) ? origin : undefined;
  app.addHook('onRequest', async (req, reply) => {
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return undefined;
    const methods = originOf(req) === undefined ? [] : allowedMethods(app, req.url);
    if (methods.length === 0) return undefined;
    reply.header('access-control-allow-methods', methods.join(', '));
    reply.header('access-control-allow-headers', REQUEST_HEADERS);
    reply.header('access-control-max-age', MAX_AGE_SECONDS);
    return reply.code(204).send();
  });
  app.addHook('onSend', async (req, reply) => {
    // Said to everybody: a cache must not give one origin's answer to another.
    reply.header('vary', `${String(reply.getHeader('vary') ?? 'Authorization, Accept-Language')}, Origin`);
    const origin = originOf(req);
    if (origin === undefined) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', EXPOSED);
  });
}
