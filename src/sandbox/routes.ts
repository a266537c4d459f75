// /v1/sandbox: tokens without a password, the movable clock and the reset; these routes exist on a sandbox stamp only.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { findOfficerByCode } from '../agencies/service.ts';
import { TokenView } from '../agencies/token-schema.ts';
import { type Signer, TOKEN_LIFE_SECONDS } from '../agencies/tokens.ts';
import { defineProblems } from '../kernel/problem.ts';
import type { TxRequest } from '../platform/db/tx.ts';
import { actorOf } from '../platform/http/command.ts';
import { requestLanguage } from '../platform/http/problem.ts';
import { Closed, Instant, named } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { type Clock, releaseClock, setClock } from './clock.ts';
import { type ResetDeps, resetSandbox } from './reset.ts';

const problems = defineProblems({
  'sandbox.officer_unknown': {
    status: 422,
    zh: ['沙箱人员不存在', '没有代码为 {officer} 的在岗人员', '使用 README 所列的沙箱人员代码，如 wf.heping'],
    en: [
      'Unknown sandbox officer',
      'there is no active officer with the code {officer}',
      'use a sandbox officer of the README, e.g. wf.heping',
    ],
  },
});

const TokenBody = named(
  'SandboxTokenRequest',
  Closed({ officer: Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9._-]+$' }) }),
);
const ClockBody = named('SandboxClockRequest', Closed({ now: Instant }));
const ClockView = named('SandboxClock', Closed({ now: Instant, shifted: Type.Boolean() }));
const ResetBody = named('SandboxResetRequest', Closed({}));
const ResetView = named(
  'SandboxReset',
  Closed({ now: Instant, feedEpoch: Type.Integer({ minimum: 1, description: 'cursors of an older one answer 410' }) }),
);

const toClockView = ({ now, shifted }: Clock) => ({ now: now.toISOString(), shifted });

export type SandboxDeps = ResetDeps & { signer: Signer };

function tokenRoute(app: App, { tx, signer }: SandboxDeps): void {
  app.post(
    '/v1/sandbox/tokens',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'createSandboxToken',
        tags: ['Sandbox'],
        summary: 'Token of a sandbox officer 取得沙箱令牌',
        description: 'Needs no authentication; exists only on a sandbox. 无需认证，仅沙箱可用。',
        body: TokenBody,
        response: { 200: TokenView },
      },
    },
    async (req) => {
      const found = await findOfficerByCode(tx, req.body.officer);
      if (!found) throw problems['sandbox.officer_unknown']({ officer: req.body.officer });
      const token = await signer.sign({ kind: 'officer', factor: 'sandbox', sub: found.officer.id });
      return { access_token: token, token_type: 'Bearer' as const, expires_in: TOKEN_LIFE_SECONDS };
    },
  );
}

function clockRoutes(app: App): void {
  const common = { config: { permission: 'sandbox:manage' as const } };
  app.post(
    '/v1/sandbox/clock',
    {
      ...common,
      schema: {
        operationId: 'setSandboxClock',
        tags: ['Sandbox'],
        summary: 'Move business time 设定业务时间',
        description:
          'Both directions; it runs on from the instant set. Tokens, idempotency keys and list order stay on system time. 可前可后，自设定时刻继续走动；令牌、幂等键与列表次序仍用系统时间。',
        body: ClockBody,
        response: { 200: ClockView },
      },
    },
    (req) => req.command({ verb: (tx) => setClock(tx, req.body.now), view: (_tx, clock) => toClockView(clock) }),
  );
  app.delete(
    '/v1/sandbox/clock',
    {
      ...common,
      schema: {
        operationId: 'releaseSandboxClock',
        tags: ['Sandbox'],
        summary: 'Back to system time 恢复系统时间',
        description: 'Business time is system time again. 业务时间恢复为系统时间。',
        response: { 200: ClockView },
      },
    },
    (req) => req.command({ verb: releaseClock, view: (_tx, clock) => toClockView(clock) }),
  );
}

function requestOf(req: FastifyRequest): TxRequest {
  const language = requestLanguage(req.query, req.headers['accept-language']);
  return { actor: actorOf(req), requestId: req.id, language, dryRun: false, oversight: false };
}

function resetRoute(app: App, deps: SandboxDeps): void {
  app.post(
    '/v1/sandbox/reset',
    {
      config: { permission: 'sandbox:manage' },
      schema: {
        operationId: 'resetSandbox',
        tags: ['Sandbox'],
        summary: 'Empty and seed again 重置沙箱',
        description:
          'Replaces the business data and starts a new log and feed epoch (older cursors: 410); agencies, officers and the clock stay. Other writes meanwhile: 503 with Retry-After. 清空并重新生成业务数据，启用新的日志与事件流；机关、人员与时钟保留。期间其他写入返回 503。',
        body: ResetBody,
        response: { 200: ResetView },
      },
    },
    async (req) => {
      const { feedEpoch, now } = await resetSandbox(deps, requestOf(req));
      return { now: now.toISOString(), feedEpoch };
    },
  );
}

export function sandboxRoutes(app: App, deps: SandboxDeps): void {
  tokenRoute(app, deps);
  clockRoutes(app);
  resetRoute(app, deps);
}
