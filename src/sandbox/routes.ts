// /v1/sandbox: tokens without a password, the movable clock and the reset; these routes exist on a sandbox stamp only.
import { Type } from 'typebox';
import { findOfficerByCode } from '../agencies/service.ts';
import { type Signer, TOKEN_LIFE_SECONDS } from '../agencies/tokens.ts';
import { defineProblems } from '../kernel/problem.ts';
import type { TxDeps } from '../platform/db/tx.ts';
import { Closed, named } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';

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

const TokenRequest = named(
  'SandboxTokenRequest',
  Closed({ officer: Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9._-]+$' }) }),
);
const Token = named(
  'AccessToken',
  Closed({
    access_token: Type.String({ maxLength: 4096 }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ minimum: 1 }),
  }),
);

export function sandboxRoutes(app: App, deps: { tx: TxDeps; signer: Signer; ownerUrl: string | undefined }): void {
  app.post(
    '/v1/sandbox/tokens',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'createSandboxToken',
        tags: ['Sandbox'],
        summary: 'Token of a sandbox officer 取得沙箱令牌',
        description: 'Needs no authentication; exists only on a sandbox. 无需认证，仅沙箱可用。',
        body: TokenRequest,
        response: { 200: Token },
      },
    },
    async (req) => {
      const found = await findOfficerByCode(deps.tx, req.body.officer);
      if (!found) throw problems['sandbox.officer_unknown']({ officer: req.body.officer });
      const token = await deps.signer.sign({ kind: 'officer' }, found.officer.id);
      return { access_token: token, token_type: 'Bearer' as const, expires_in: TOKEN_LIFE_SECONDS };
    },
  );
}
