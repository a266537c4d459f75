// /v1/clients/{id}/keys and /certificate: how a client proves who it is without a shared secret (RFC 7523, RFC 8705).
import { Closed, IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findClientKey, listClientKeys } from './client-key-repository.ts';
import { addClientKey, bindCertificate, removeClientKey } from './client-keys.ts';
import { ClientView, toClientView } from './client-schema.ts';
import { type Forget, thenForget } from './forget.ts';
import {
  CertificateBody,
  ClientKeyPage,
  ClientKeyView,
  KeyInputSchema,
  KeyParams,
  KeyQuery,
  toClientKeyView,
} from './key-schema.ts';

const tags = ['Agencies'];
const permission = 'client:manage';
const collection = '/v1/clients/:id/keys';
const single = `${collection}/:keyId` as const;

function readingRoutes(app: App): void {
  app.get(
    collection,
    {
      config: { permission },
      schema: {
        operationId: 'listClientKeys',
        tags,
        summary: 'List the keys of a client 客户端公钥列表',
        description:
          'Public keys for private_key_jwt and vouching, newest first, those removed too. 按时间倒序，含已移除。',
        params: IdParams,
        querystring: KeyQuery,
        response: { 200: ClientKeyPage },
      },
    },
    (req) =>
      req.list(
        (tx, page) => listClientKeys(tx, req.params.id, page),
        (_tx, key) => toClientKeyView(key),
      ),
  );
  app.get(
    single,
    {
      config: { permission },
      schema: {
        operationId: 'getClientKey',
        tags,
        summary: 'Read a key of a client 查看客户端公钥',
        description: 'Until when it is good, and whether it was removed. 有效期与移除时间。',
        params: KeyParams,
        response: { 200: ClientKeyView },
      },
    },
    (req) =>
      req.read(async (tx) =>
        findClientKey(tx, req.params.id, req.params.keyId.toLowerCase()).then((key) => key && toClientKeyView(key)),
      ),
  );
}

function changingRoutes(app: App, { forget, roleConfirmation }: ClientKeyDeps): void {
  app.post(
    collection,
    {
      config: { permission, dryRun: true, decisive: true },
      schema: {
        operationId: 'addClientKey',
        tags,
        summary: 'Register a key of a client 登记客户端公钥',
        description:
          'The public half; four at once, so that a new one overlaps the old. With it the client authenticates and vouches for officers of its agency, as soon as another person has confirmed it (role-grants; in a sandbox at once). 登记公钥，最多四个并存，便于轮换；经另一人确认后，客户端据此验证身份并为本机关人员担保（沙箱即时生效）。',
        params: IdParams,
        body: KeyInputSchema,
        response: { 201: ClientKeyView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => addClientKey(tx, req.params.id, req.body, roleConfirmation),
        view: (_tx, key) => toClientKeyView(key),
        status: 201,
        location: (view) => `/v1/clients/${req.params.id}/keys/${view.id}`,
      }),
  );
  app.post(
    `${single}/removal` as const,
    {
      config: { permission, ifMatch: true, dryRun: true },
      schema: {
        operationId: 'removeClientKey',
        tags,
        summary: 'Remove a key of a client 移除客户端公钥',
        description:
          'It is good no longer, nor is any token of the client given before. 公钥与此前取得的令牌立即失效。',
        params: KeyParams,
        body: Closed({}),
        response: { 200: ClientKeyView },
      },
    },
    (req) => {
      const keyId = req.params.keyId.toLowerCase();
      const verb = req.command({
        verb: (tx, expected) => removeClientKey(tx, req.params.id, keyId, expected),
        view: (_tx, key) => toClientKeyView(key),
      });
      return thenForget(verb, forget);
    },
  );
}

export type ClientKeyDeps = { forget: Forget; roleConfirmation: boolean };

export function clientKeyRoutes(app: App, deps: ClientKeyDeps): void {
  const { forget } = deps;
  readingRoutes(app);
  changingRoutes(app, deps);
  app.post(
    '/v1/clients/:id/certificate',
    {
      config: { permission, ifMatch: true, dryRun: true, decisive: true },
      schema: {
        operationId: 'bindClientCertificate',
        tags,
        summary: 'Bind a client to a certificate 绑定客户端证书',
        description:
          'Its tokens carry `cnf.x5t#S256` and are good only with that certificate, as a trusted proxy reports it (CLIENT_CERT_HEADER); tokens of before end. 令牌与证书绑定，仅在受信代理报告同一证书时有效。',
        params: IdParams,
        body: CertificateBody,
        response: { 200: ClientView },
      },
    },
    (req) =>
      thenForget(
        req.command({
          verb: (tx, expected) => bindCertificate(tx, req.params.id, req.body.thumbprint, expected),
          view: (_tx, client) => toClientView(client),
        }),
        forget,
      ),
  );
}
