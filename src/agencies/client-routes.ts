// /v1/clients: the systems of the agencies and their secrets, kept by the administrators of the service.
import type { Keyring } from '../platform/crypto/keyring.ts';
import { Closed, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findClient, listClients } from './client-repository.ts';
import {
  ClientInput,
  ClientPage,
  ClientQuery,
  ClientView,
  IssuedClientView,
  RotationBody,
  toClientView,
  toIssuedView,
} from './client-schema.ts';
import { addClient, rotateSecret, setClientState } from './clients.ts';
import { type Forget, thenForget } from './forget.ts';

const tags = ['Agencies'];
const permission = 'client:manage';
export type ClientDeps = { keyring: Keyring; forget: Forget; roleConfirmation: boolean };

function readingRoutes(app: App): void {
  app.get(
    '/v1/clients',
    {
      config: { permission },
      schema: {
        operationId: 'listClients',
        tags,
        summary: 'List clients 客户端列表',
        description: 'Newest first; never with a secret. 按时间倒序，不含密钥。',
        querystring: ClientQuery,
        response: { 200: ClientPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listClients(tx, req.query, page),
        (_tx, client) => toClientView(client),
      ),
  );
  app.get(
    '/v1/clients/:id',
    {
      config: { permission },
      schema: {
        operationId: 'getClient',
        tags,
        summary: 'Read a client 查看客户端',
        description: 'Agency, roles, state and until when its secrets are good. 所属机关、角色、状态与密钥有效期。',
        params: IdParams,
        response: { 200: ClientView },
      },
    },
    (req) => req.read(async (tx) => findClient(tx, req.params.id).then((client) => client && toClientView(client))),
  );
}

function addingRoute(app: App, { keyring, roleConfirmation }: ClientDeps): void {
  app.post(
    '/v1/clients',
    {
      config: { permission: 'client:add', idempotent: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'addClient',
        tags,
        summary: 'Add a client 新增客户端',
        description:
          'The system of an agency; the secret is in this answer only. Such a credential submits, reads and imports; decisions need an officer. With ROLE_CONFIRMATION its roles wait for the security administrator. 机关系统的凭证，密钥只在此次应答中出现；决定须由人员作出；启用双人授权时，角色经安全管理员确认后生效。',
        body: ClientInput,
        response: { 201: IssuedClientView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => addClient(tx, keyring, req.body, roleConfirmation),
        view: (_tx, issued) => toIssuedView(issued),
        status: 201,
        location: (view) => `/v1/clients/${view.id}`,
      }),
  );
}

function rotationRoute(app: App, { keyring, forget }: ClientDeps): void {
  app.post(
    '/v1/clients/:id/secret-rotation',
    {
      config: { permission, ifMatch: true, idempotent: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'rotateClientSecret',
        tags,
        summary: 'Rotate the secret 更换密钥',
        description:
          'A new secret, in this answer only; the former one stays good for a while, or ends at once and takes the tokens of before with it. 新密钥只在此次应答中出现，原密钥在过渡期内仍有效或立即失效。',
        params: IdParams,
        body: RotationBody,
        response: { 200: IssuedClientView },
      },
    },
    (req) =>
      thenForget(
        req.command({
          verb: (tx, expected) => rotateSecret(tx, keyring, req.params.id, req.body.overlapHours ?? 24, expected),
          view: (_tx, issued) => toIssuedView(issued),
        }),
        forget,
      ),
  );
}

export function clientRoutes(app: App, deps: ClientDeps): void {
  readingRoutes(app);
  addingRoute(app, deps);
  rotationRoute(app, deps);
  const acts = [
    ['suspension', 'suspended', 'suspendClient', 'Suspend a client 停用客户端', 'Its tokens end at once'],
    ['reinstatement', 'active', 'reinstateClient', 'Reinstate a client 恢复客户端', 'New tokens can be had at once'],
  ] as const;
  for (const [path, state, operationId, summary, effect] of acts) {
    app.post(
      `/v1/clients/:id/${path}` as const,
      {
        config: { permission, ifMatch: true, dryRun: true, decisive: state === 'active' },
        schema: {
          operationId,
          tags,
          summary,
          description: `${effect}; nobody does it to the credential that asks. 令牌随之失效或恢复，不得办理当前凭证。`,
          params: IdParams,
          body: Closed({}),
          response: { 200: ClientView },
        },
      },
      (req) =>
        thenForget(
          req.command({
            verb: (tx, expected) => setClientState(tx, req.params.id, state, expected),
            view: (_tx, client) => toClientView(client),
          }),
          deps.forget,
        ),
    );
  }
}
