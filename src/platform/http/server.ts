// The bare Fastify instance: validators without coercion of bodies, parser errors as problems, everything below the features.
import type { Socket } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import type { Problem } from '../../kernel/problem.ts';
import { useLazyCompilers } from './compilers.ts';
import { HEADER_LIMIT, securityHeaders } from './limits.ts';
import { withoutPrefix } from './methods.ts';
import { httpProblems, problemDocument, sendProblem, toProblem } from './problem.ts';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export type ServerOptions = { publicUrl: string; trustProxy: readonly string[]; newRequestId: () => string };

const PARSER: Readonly<Record<string, () => ReturnType<(typeof httpProblems)[keyof typeof httpProblems]>>> = {
  HPE_HEADER_OVERFLOW: () => httpProblems['request.headers_too_large']({ limit: HEADER_LIMIT }),
  ERR_HTTP_REQUEST_TIMEOUT: () => httpProblems['request.timeout'](),
  HPE_INVALID_METHOD: () => httpProblems['request.malformed'](),
};

/** Answers what the HTTP parser refuses: there is no request object, so the response is written by hand and the socket closed. */
function answerParserError(options: ServerOptions, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  writeProblem(options, (PARSER[error.code ?? ''] ?? (() => httpProblems['request.malformed']()))(), socket);
}

/** Nothing is tunnelled: Node would close the connection without a word (S-36). It has let go of the socket, its errors too. */
function refuseTunnel(options: ServerOptions, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.resume();
  writeProblem(options, httpProblems['request.method_not_allowed'](), socket, { allow: '' });
}

function writeProblem(options: ServerOptions, problem: Problem, socket: Socket, more: Record<string, string> = {}) {
  const requestId = options.newRequestId();
  const body = JSON.stringify(
    problemDocument(problem, { publicUrl: options.publicUrl, instance: '/', requestId, language: 'zh' }),
  );
  const headers = {
    ...securityHeaders(),
    'x-request-id': requestId,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...more,
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  // A client that never closes its side keeps no socket for it.
  socket.setTimeout(5000, () => socket.destroy());
  socket.end(`HTTP/1.1 ${problem.status} Error\r\n${head.join('\r\n')}\r\n\r\n${body}`);
}

export function createServer(options: ServerOptions): App {
  const rewriteUrl = withoutPrefix(options.publicUrl);
  const app = Fastify({
    logger: false,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    genReqId: options.newRequestId,
    ...(rewriteUrl ? { rewriteUrl } : {}),
    bodyLimit: 1_048_576,
    // Looked at each second: who sends slowly is gone after 10 s in the headers, 30 s in the body (S-32).
    requestTimeout: 29_000,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    http: {
      maxHeaderSize: HEADER_LIMIT,
      headersTimeout: 9_000,
      connectionsCheckingInterval: 1000,
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => answerParserError(options, error, socket),
    frameworkErrors: (error, req, reply) => {
      reply.headers({ ...securityHeaders(), 'x-request-id': req.id });
      sendProblem(req, reply, toProblem(error), options.publicUrl);
    },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App;
  // Node answers an Expect it does not know with a bare 417; it may be ignored as well (RFC 9110 §10.1.1).
  app.server.on('checkExpectation', (req, res) => app.server.emit('request', req, res));
  app.server.on('connect', (_req, socket) => refuseTunnel(options, socket as Socket));
  useLazyCompilers(app);
  return app;
}
