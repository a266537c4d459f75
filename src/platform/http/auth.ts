// Authentication and permission, executed once from the route's declaration (S-15: a route without policy does not boot).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actionProblems } from '../../kernel/action.ts';
import type { Actor } from '../../kernel/actor.ts';
import { canProblems, refusalOf } from '../../kernel/can.ts';
import { defineProblems, type Problem } from '../../kernel/problem.ts';
import type { CertificateOf } from './certificate.ts';

export const authProblems = defineProblems({
  'auth.token_required': {
    status: 401,
    zh: ['需要访问令牌', '请求须带 Authorization: Bearer 访问令牌', '先取得访问令牌'],
    en: ['Access token required', 'send Authorization: Bearer with an access token', 'get an access token first'],
  },
  'auth.token_invalid': {
    status: 401,
    zh: ['访问令牌无效', '访问令牌无效、已过期或已停用', '重新取得访问令牌'],
    en: ['Invalid access token', 'the access token is invalid, expired or suspended', 'get a new access token'],
  },
  'auth.throttled': {
    status: 429,
    zh: ['验证失败次数过多', '五分钟内来自同一地址的失败次数过多', '按 Retry-After 稍后重试，并核对凭证'],
    en: [
      'Too many failures',
      'too many failed attempts from this address within five minutes',
      'retry after Retry-After, and check the credentials',
    ],
  },
  'auth.issuer_unavailable': {
    status: 503,
    zh: ['身份认证服务不可用', '暂时无法取得外部认证服务的公钥', '按 Retry-After 稍后重试'],
    en: ['Identity provider unavailable', 'its keys cannot be had at the moment', 'retry after Retry-After'],
  },
});

/** `forged`: signed by nobody we know; `unfit`: genuine, but expired, suspended, revoked or meant for something else. */
export type Authenticate = (token: string) => Promise<Actor | 'forged' | 'unfit'>;

export type AuthDeps = {
  authenticate: Authenticate;
  /** Sees every request of a known caller, those that will lack a permission too (quotas). */
  admit?: (req: FastifyRequest, reply: FastifyReply, actor: Actor) => void;
  /** Counts a forged token (S-11): what to answer instead of the 401 once there were too many. */
  failed?: (source: string, requestId: string) => Promise<Problem | undefined>;
  /** Of the client certificate behind a trusted proxy (S-08). */
  certificateOf?: CertificateOf;
  /** What a caller may come with for a decisive act, as `acr_values` (RFC 9470). */
  factors?: readonly string[];
};

function bearer(req: FastifyRequest): string {
  const header = req.headers.authorization;
  if (header === undefined) throw authProblems['auth.token_required']();
  const token = /^Bearer ([A-Za-z0-9._~+/-]{1,4096}=*)$/i.exec(header)?.[1];
  if (!token) throw authProblems['auth.token_invalid']();
  return token;
}

/** The caller of a token; what it is refused for is the same 401 whatever the reason (S-09). */
async function callerOf(req: FastifyRequest, deps: AuthDeps): Promise<Actor> {
  const actor = await deps.authenticate(bearer(req));
  if (actor === 'forged') throw (await deps.failed?.(req.ip, req.id)) ?? authProblems['auth.token_invalid']();
  const certificate = deps.certificateOf?.(req);
  const bound = actor !== 'unfit' && (actor.certificate === undefined || actor.certificate === certificate);
  if (actor === 'unfit' || !bound || certificate === 'spoofed') throw authProblems['auth.token_invalid']();
  return actor;
}

export function registerAuth(app: FastifyInstance, deps: AuthDeps): void {
  const challenge = `Bearer error="insufficient_user_authentication", acr_values="${(deps.factors ?? []).join(' ')}"`;
  app.addHook('onRequest', async (req, reply) => {
    if (req.is404) return;
    const { permission, decisive } = req.routeOptions.config;
    if (permission === 'public') return;
    const actor = await callerOf(req, deps);
    req.actor = actor;
    deps.admit?.(req, reply, actor);
    const refused = refusalOf(actor, { permission, decisive });
    if (refused?.wall === 'factor') {
      reply.header('www-authenticate', challenge);
      throw actionProblems['auth.factor_required']();
    }
    if (refused) throw canProblems['auth.forbidden']({ permission: permission ?? 'none' });
  });
}
