// POST /v1/oauth/token (RFC 6749 client credentials) and what is published about the tokens (RFC 7517, RFC 8414).
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { defineProblems, type FieldError } from '../kernel/problem.ts';
import type { TxDeps } from '../platform/db/tx.ts';
import type { CertificateOf } from '../platform/http/certificate.ts';
import { formParser } from '../platform/http/form.ts';
import { sendProblem, toProblem } from '../platform/http/problem.ts';
import type { App } from '../platform/http/server.ts';
import { claimedBy } from './assertions.ts';
import type { Credentials } from './client-auth.ts';
import { ASSERTION_ALGORITHMS } from './jws.ts';
import { type Asked, askForToken } from './token-issue.ts';
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
    zh: ['授权类型不支持', '此地址支持 client_credentials 与 jwt-bearer', '按授权服务元数据设置 grant_type'],
    en: [
      'Unsupported grant type',
      'client_credentials and jwt-bearer are supported',
      'set grant_type to one of the metadata',
    ],
  },
  'oauth.invalid_grant': {
    status: 400,
    zh: ['断言无效', '断言有误、已过期、已使用，或所述人员不在本机关', '以登记的密钥重新签发断言'],
    en: [
      'Invalid assertion',
      'the assertion is wrong, expired, used before, or names no active officer of that agency',
      'sign a new assertion with a registered key',
    ],
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

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
type Body = Static<typeof TokenRequest>;

const invalidRequest = (errors: readonly FieldError[] = []) =>
  problems['oauth.invalid_request']({ error: 'invalid_request' }, errors);
const invalidClient = () => problems['oauth.invalid_client']({ error: 'invalid_client' });
const invalidGrant = () => problems['oauth.invalid_grant']({ error: 'invalid_grant' });

/** Both halves are form-encoded before they are joined (RFC 6749 §2.3.1). */
function basic(header: string): { id: string; secret: string } {
  const encoded = /^Basic ([A-Za-z0-9+/]{1,1000}={0,2})$/i.exec(header)?.[1] ?? '';
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 2);
  try {
    const [plainId, plainSecret] = [id, secret].map((half) => decodeURIComponent(half.replaceAll('+', ' ')));
    return { id: plainId ?? '', secret: plainSecret ?? '' };
  } catch {
    throw invalidClient();
  }
}

/** One way of authenticating and no second (RFC 6749 §2.3); none where the body brings none. */
function credentialsOf(req: FastifyRequest, body: Body): Credentials | undefined {
  const header = req.headers.authorization;
  const { client_id, client_secret, client_assertion, client_assertion_type } = body;
  const ways = [header, client_secret, client_assertion].filter((one) => one !== undefined);
  if (ways.length > 1 || (client_assertion === undefined) !== (client_assertion_type === undefined))
    throw invalidRequest();
  if (client_assertion !== undefined) {
    const id = claimedBy(client_assertion).iss;
    const named = client_id === undefined || client_id === id;
    if (client_assertion_type !== CLIENT_ASSERTION || !named) throw invalidRequest();
    return { method: 'private_key_jwt', id, assertion: client_assertion };
  }
  if (header !== undefined) {
    const found = basic(header);
    if (client_id !== undefined && client_id !== found.id) throw invalidRequest();
    return { method: 'client_secret', ...found };
  }
  if (client_id === undefined || client_secret === undefined) return undefined;
  return { method: 'client_secret', id: client_id, secret: client_secret };
}

/** A client asks for itself, or somebody for an officer; for an officer's own key no client is needed. */
function askedFor(req: FastifyRequest, body: Body): Asked {
  if (body.grant_type !== 'client_credentials' && body.grant_type !== JWT_BEARER)
    throw problems['oauth.unsupported_grant_type']({ error: 'unsupported_grant_type' });
  const credentials = credentialsOf(req, body);
  if ((body.grant_type === JWT_BEARER) !== (body.assertion !== undefined)) throw invalidRequest();
  if (!credentials && (body.assertion === undefined || body.client_id !== undefined)) throw invalidClient();
  return { credentials, assertion: body.assertion };
}

const unauthorised = {
  description: 'Client authentication failed 客户端验证失败',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};

const tooMany = {
  description: 'Too many failures 失败次数过多',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};

export type TokenDeps = {
  tx: TxDeps;
  signer: Signer;
  publicUrl: string;
  certificateOf: CertificateOf;
  /** `acr` of the tokens that decide here. */
  factors: readonly string[];
  /** How many failures a source has within five minutes (S-11). */
  sourceLimit: number;
};

function tokenRoute(app: App, { tx, signer, publicUrl, certificateOf, sourceLimit }: TokenDeps): void {
  const audience = [publicUrl, `${publicUrl}/v1/oauth/token`];
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
          'OAuth 2.0, as a form; a client authenticates by its secret (body or HTTP Basic) or by a JWT under a registered key (private_key_jwt). `client_credentials` gives a token that submits, reads and imports. The jwt-bearer grant gives one for an officer: vouched for by the system of the same agency (acr `vouched`), or by a key of the officer (acr `officer_key`); only the latter decides. Assertions live for 300 s at most and are good once. 以表单提交；客户端以密钥或登记公钥的签名验证。client_credentials 令牌可提交与读取；jwt-bearer 为人员取得令牌：由本机关系统担保（vouched），或以本人登记的密钥（officer_key），仅后者可作出决定。断言有效期不超过 300 秒，只能使用一次。',
        consumes: ['application/x-www-form-urlencoded'],
        body: TokenRequest,
        response: { 200: TokenView, 401: unauthorised, 429: tooMany },
      },
    },
    async (req, reply) => {
      const asked = askedFor(req, req.body);
      const certificate = certificateOf(req);
      if (certificate === 'spoofed') throw invalidClient();
      const found = await askForToken({ tx, audience, sourceLimit }, asked, {
        source: req.ip,
        requestId: req.id,
        certificate,
      });
      if ('refused' in found) throw found.problem ?? (found.refused === 'client' ? invalidClient() : invalidGrant());
      reply.header('pragma', 'no-cache');
      const token = await signer.sign(found);
      return { access_token: token, token_type: 'Bearer' as const, expires_in: TOKEN_LIFE_SECONDS };
    },
  );
}

function publishedRoutes(app: App, { signer, publicUrl, factors }: TokenDeps): void {
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
    '/.well-known/retired-jwks.json',
    {
      ...common,
      schema: {
        operationId: 'getRetiredKeySet',
        tags: ['Service'],
        summary: 'Keys that signed earlier receipts 已停用的签名公钥',
        description:
          'Retired keys: they verify receipts signed while they were in use, and never access tokens. 已停用的公钥，仅用于核验此前签发的回执，不得用于验证令牌。',
        response: { 200: KeySetView },
      },
    },
    async (_req, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return { keys: await signer.retiredKeys() };
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
        grant_types_supported: ['client_credentials', JWT_BEARER],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
        acr_values_supported: ['vouched', ...factors],
        tls_client_certificate_bound_access_tokens: true,
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
