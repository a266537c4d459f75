// GET /v1/me: who the token speaks for and what it may do.
import { actorOf } from '../platform/http/command.ts';
import type { App } from '../platform/http/server.ts';
import { MeView, toMeView } from './schema.ts';

export function meRoutes(app: App): void {
  app.get(
    '/v1/me',
    {
      config: { permission: 'authenticated' },
      schema: {
        operationId: 'getMe',
        tags: ['Agencies'],
        summary: 'Who am I 当前身份',
        description: 'Officer or client, agency and permissions of the token. 当前令牌对应的人员、机关与权限。',
        response: { 200: MeView },
      },
    },
    (req) => req.read(async () => toMeView(actorOf(req))),
  );
}
