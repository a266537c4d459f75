// Authentication and permission, executed once from the route's declaration (S-15: a route without policy does not boot).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/actor.ts';
import { can, canProblems } from '../../kernel/can.ts';
import { defineProblems } from '../../kernel/problem.ts';

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
});

export type Authenticate = (token: string) => Promise<Actor | undefined>;

function bearer(req: FastifyRequest): string {
  const header = req.headers.authorization;
  if (header === undefined) throw authProblems['auth.token_required']();
  const token = /^Bearer ([A-Za-z0-9._~+/-]{1,4096}=*)$/i.exec(header)?.[1];
  if (!token) throw authProblems['auth.token_invalid']();
  return token;
}

/** `admit` sees every request of a known caller, those that will lack a permission too (quotas). */
export function registerAuth(
  app: FastifyInstance,
  authenticate: Authenticate,
  admit?: (req: FastifyRequest, reply: FastifyReply, actor: Actor) => void,
): void {
  app.addHook('onRequest', async (req, reply) => {
    if (req.is404) return;
    const { permission } = req.routeOptions.config;
    if (permission === 'public') return;
    const actor = await authenticate(bearer(req));
    if (!actor) throw authProblems['auth.token_invalid']();
    req.actor = actor;
    admit?.(req, reply, actor);
    if (!can(actor, { permission })) throw canProblems['auth.forbidden']({ permission: permission ?? 'none' });
  });
}
