// POST /v1/oauth/token (RFC 6749 client credentials) and what is published about the tokens (RFC 7517, RFC 8414).
import type { FastifyRequest } from 'fastify';
import { defineProblems, type FieldError } from '../kernel/problem.ts';
import type { TxDeps } from '../platform/db/tx.ts';
import { formParser } from '../platform/http/form.ts';
import { sendProblem, toProblem } from '../platform/http/problem.ts';
import type { App } from '../platform/http/server.ts';
import { clientByCredentials } from './service.ts';
import { KeySetView, ServerMetadataView, TokenRequest, TokenView } from './token-schema.ts';
import { type Signer, TOKEN_LIFE_SECONDS } from './tokens.ts';

/** The codes of RFC 6749 §5.2 stand in `error`, which OAuth libraries read. */
const problems = defineProblems({
  'oauth.invalid_request': {
    status: 400,
    zh: ['令牌请求有误', '参数缺失、重复或格式有误', '按 RFC 6749 §4.4.2 以表单提交 grant_type 与客户端凭证'],
    en: [
      'Invalid token request',
      'a parameter is missing, repeated or malformed',
      'send grant_type and the client credentials as a form (RFC 6749 §4.4.2)',
    ],
  },
  'oauth.unsupported_grant_type': {
    status: 400,
    zh: ['授权类型不支持', '此地址只支持 client_credentials', '将 grant_type 设为 client_credentials'],
    en: ['Unsupported grant type', 'only client_credentials is supported', 'set grant_type to client_credentials'],
  },
  'oauth.invalid_client': {
    status: 401,
    zh: ['客户端验证失败', '客户端标识或密钥有误、已过期或已停用', '核对凭证，或请管理员重新签发'],
    en: [
      'Client authentication failed',
      'the client id or secret is wrong, expired or suspended',
      'check the credentials, or let an administrator issue new ones',
    ],
  },
});

type Credentials = { id: string; secret: string };
type Body = { client_id?: string; client_secret?: string };

const invalidRequest = (errors: readonly FieldError[] = []) =>
  problems['oauth.invalid_request']({ error: 'invalid_request' }, errors);
const invalidClient = () => problems['oauth.invalid_client']({ error: 'invalid_client' });

/** Both halves are form-encoded before they are joined (RFC 6749 §2.3.1). */
function basic(header: string): Credentials {
  const encoded = /^Basic ([A-Za-z0-9+/]{1,1000}={0,2})$/i.exec(header)?.[1] ?? '';
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 2);
  try {
    const [plainId, plainSecret] = [id, secret].map((half) => decodeURIComponent(half.replaceAll('+', ' ')));
    return { id: plainId ?? '', secret: plainSecret ?? '' };
  } catch {
    throw invalidClient();
  }
}

function credentialsOf(req: FastifyRequest, body: Body): Credentials {
  const header = req.headers.authorization;
  if (header !== undefined) {
    if (body.client_secret !== undefined) throw invalidRequest();
    const found = basic(header);
    if (body.client_id !== undefined && body.client_id !== found.id) throw invalidRequest();
    return found;
  }
  if (body.client_id === undefined || body.client_secret === undefined) throw invalidClient();
  return { id: body.client_id, secret: body.client_secret };
}

const unauthorised = {
  description: 'Client authentication failed 客户端验证失败',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};

export type TokenDeps = { tx: TxDeps; signer: Signer; publicUrl: string };

function tokenRoute(app: App, { tx, signer, publicUrl }: TokenDeps): void {
  // Wrong input is an `invalid_request` to an OAuth library, whoever found it.
  app.setErrorHandler((error, req, reply) => {
    const problem = toProblem(error);
    const asOAuth = problem.status === 400 && !problem.code.startsWith('oauth.');
    if (problem.status >= 500) throw error;
    return sendProblem(req, reply, asOAuth ? invalidRequest(problem.errors) : problem, publicUrl);
  });
  app.addHook('onSend', async (_req, reply) => {
    if (reply.statusCode === 401) reply.header('www-authenticate', 'Basic realm="oauth"');
  });
  app.post(
    '/v1/oauth/token',
    {
      config: { permission: 'public', form: true },
      schema: {
        operationId: 'createToken',
        tags: ['Agencies'],
        summary: 'Access token of a client 客户端取得令牌',
        description:
          'OAuth 2.0 client credentials, as a form; the secret in the body or by HTTP Basic. Such a token submits, reads and imports; decisions need an officer. 以表单提交客户端凭证；此令牌可提交与读取，不能作出决定。',
        consumes: ['application/x-www-form-urlencoded'],
        body: TokenRequest,
        response: { 200: TokenView, 401: unauthorised },
      },
    },
    async (req, reply) => {
      if (req.body.grant_type !== 'client_credentials')
        throw problems['oauth.unsupported_grant_type']({ error: 'unsupported_grant_type' });
      const client = await clientByCredentials(tx, credentialsOf(req, req.body));
      if (!client) throw invalidClient();
      reply.header('pragma', 'no-cache');
      const token = await signer.sign({ kind: 'client', client_id: client.id }, client.id);
      return { access_token: token, token_type: 'Bearer' as const, expires_in: TOKEN_LIFE_SECONDS };
    },
  );
}

function publishedRoutes(app: App, { signer, publicUrl }: TokenDeps): void {
  const common = { config: { permission: 'public' as const } };
  app.get(
    '/.well-known/jwks.json',
    {
      ...common,
      schema: {
        operationId: 'getKeySet',
        tags: ['Service'],
        summary: 'Keys that sign access tokens 令牌签名公钥',
        description: 'JSON Web Key Set (RFC 7517); cache it for five minutes at most. 公钥集合，缓存不超过五分钟。',
        response: { 200: KeySetView },
      },
    },
    async (_req, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return { keys: await signer.keys() };
    },
  );
  app.get(
    '/.well-known/oauth-authorization-server',
    {
      ...common,
      schema: {
        operationId: 'getAuthorizationServer',
        tags: ['Service'],
        summary: 'OAuth metadata 授权服务元数据',
        description: 'Where tokens are issued and verified (RFC 8414). 令牌签发与验证地址。',
        response: { 200: ServerMetadataView },
      },
    },
    async (_req, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return {
        issuer: publicUrl,
        token_endpoint: `${publicUrl}/v1/oauth/token`,
        jwks_uri: `${publicUrl}/.well-known/jwks.json`,
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        response_types_supported: [],
      };
    },
  );
}

export function tokenRoutes(app: App, deps: TokenDeps): void {
  publishedRoutes(app, deps);
  // A scope of its own: nowhere else is a form understood.
  app.register(async (scope) => {
    formParser(scope);
    tokenRoute(scope as unknown as App, deps);
  });
}
