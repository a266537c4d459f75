// The outer wall: sizes, exact content types, parsers, security headers (S-30, S-33, S-38).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseJsonBody } from './json.ts';
import { httpProblems } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a form instead of JSON: the token endpoint, and nothing else. */
    form?: boolean;
    /** The body is one file with text fields, as multipart/form-data. */
    upload?: boolean;
  }
}

export const BODY_LIMIT = 1_048_576;
export const URL_LIMIT = 8192;
export const HEADER_LIMIT = 16_384;
/** A reader that takes nothing for twice as long is let go; Node sets the keep-alive time anew once the answer is through. */
const READ_TIMEOUT_MS = 14_500;
const BUFFERED = 65_536;

const JSON_TYPE = /^application\/json(?:; ?charset=(?:utf-8|UTF-8))?$/;
const FORM = /^application\/x-www-form-urlencoded(?:; ?charset=(?:utf-8|UTF-8))?$/;
/** One boundary of RFC 2046 characters, bare or quoted. */
const MULTIPART =
  /^multipart\/form-data; ?boundary=(?:[A-Za-z0-9'+_.-]{1,70}|"[A-Za-z0-9'()+_,./:=?-]{1,70}")(?:; ?charset=(?:utf-8|UTF-8))?$/;
const MERGE_PATCH = /^application\/merge-patch\+json(?:; ?charset=(?:utf-8|UTF-8))?$/;

const hasBody = (req: FastifyRequest) =>
  req.headers['transfer-encoding'] !== undefined || (req.headers['content-length'] ?? '0') !== '0';

/** Only the spellings listed above reach a parser: body validation was bypassable through odd content types four times. */
function checkContentType(req: FastifyRequest): void {
  const header = req.headers['content-type'];
  const { form, upload, replaces } = req.routeOptions.config;
  const merge = (replaces ?? req.method) === 'PATCH';
  const json = merge ? 'application/merge-patch+json, application/json' : 'application/json';
  const accepted = upload ? 'multipart/form-data' : form ? 'application/x-www-form-urlencoded' : json;
  const refuse = () => httpProblems['request.unsupported_media_type']({ accepted });
  if (header === undefined) {
    if (hasBody(req)) throw refuse();
    return;
  }
  const good = upload
    ? MULTIPART.test(header)
    : form
      ? FORM.test(header)
      : JSON_TYPE.test(header) || (merge && MERGE_PATCH.test(header));
  if (!good) throw refuse();
}

/** No body is unpacked: what says that it is compressed would be read as something else (RFC 9110 §8.4). */
function checkContentCoding(req: FastifyRequest, reply: FastifyReply): void {
  const coding = req.headers['content-encoding'];
  if (coding === undefined || coding === 'identity') return;
  reply.header('accept-encoding', 'identity');
  throw httpProblems['request.unsupported_media_type']({ accepted: 'Content-Encoding: identity' });
}

/** Of several copies Node takes the first in silence, where a gateway may have judged the last. */
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'idempotency-key']);

/** The first header that stands twice although it must not; `hosts` counts what must be there once. */
function copies({ rawHeaders }: FastifyRequest['raw']): { doubled: string | undefined; hosts: number } {
  let doubled: string | undefined;
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) doubled ??= name;
    seen.add(name);
  }
  return { doubled, hosts: seen.has('host') ? 1 : 0 };
}

/**
 * What Node lets through although two servers in a row could read it in two ways: a missing or second Host (RFC 9112 §3.2),
 * a version that is not spoken here, a transfer coding besides `chunked` (§6.1), a second token.
 */
function checkFraming(req: FastifyRequest, reply: FastifyReply): void {
  const { httpVersion, headers } = req.raw;
  const { doubled, hosts } = copies(req.raw);
  const coding = headers['transfer-encoding'];
  const spoken = httpVersion === '1.1' ? hosts === 1 : httpVersion === '1.0';
  if (spoken && doubled === undefined && (coding === undefined || coding.toLowerCase() === 'chunked')) {
    // What follows in the same packet is lost to Node, which takes it for the other protocol.
    if (headers.upgrade !== undefined) reply.header('connection', 'close');
    return;
  }
  if (doubled === 'content-type') throw httpProblems['request.unsupported_media_type']({ accepted: 'Content-Type' });
  reply.header('connection', 'close');
  throw httpProblems['request.malformed']();
}

const HEADERS: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  vary: 'Authorization, Accept-Language',
};

export function securityHeaders(): Readonly<Record<string, string>> {
  return HEADERS;
}

export function registerLimits(app: FastifyInstance): void {
  app.addHook('onRequest', async (req, reply) => {
    for (const [name, value] of Object.entries(HEADERS)) reply.header(name, value);
    reply.header('x-request-id', req.id);
    checkFraming(req, reply);
    if (req.raw.url && req.raw.url.length > URL_LIMIT) throw httpProblems['request.uri_too_long']({ limit: URL_LIMIT });
    const write = req.method !== 'GET' && req.method !== 'HEAD' && req.method !== 'OPTIONS';
    if (write && !req.is404) {
      checkContentType(req);
      checkContentCoding(req, reply);
    }
  });
  app.addHook('onSend', (req, _reply, payload, done) => {
    // What does not fit into the buffers of the system waits for the reader, who must go on reading; an injected request has no socket.
    const large = typeof payload !== 'string' || payload.length > BUFFERED;
    if (large && 'setTimeout' in req.raw.socket) req.raw.socket.setTimeout(READ_TIMEOUT_MS);
    done(null, payload);
  });
  app.removeAllContentTypeParsers();
  const parse = (_req: FastifyRequest, body: Buffer, done: (error: Error | null, value?: unknown) => void) => {
    try {
      done(null, parseJsonBody(body));
    } catch (error) {
      done(error as Error);
    }
  };
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    parse,
  );
  app.addHook('preValidation', async (req) => {
    if (req.body === undefined && req.method !== 'GET' && req.method !== 'HEAD') req.body = {};
  });
}
