// /v1/webhook-endpoints: where an agency is sent its events (contract §3 events, ADR 0030).
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { findEndpoint, listEndpoints } from './repository.ts';
import {
  ActivationBody,
  EndpointInput,
  EndpointPage,
  EndpointPatch,
  EndpointQuery,
  EndpointView,
  IssuedView,
  toEndpointView,
} from './schema.ts';
import {
  activateEndpoint,
  createEndpoint,
  editEndpoint,
  type Issued,
  removeEndpoint,
  rotateSecret,
} from './service.ts';

const tags = ['Events'];
const params = IdParams;
const permission = 'webhook:manage';
const resource = 'webhook_endpoint';
export type WebhookDeps = { keyring: Keyring; outgoing: Pick<Outgoing, 'accepts'> };

const issuedView = (_tx: unknown, { endpoint, secret }: Issued) => ({ ...toEndpointView(endpoint), secret });
const view = (_tx: unknown, endpoint: Parameters<typeof toEndpointView>[0]) => toEndpointView(endpoint);

function readingRoutes(app: App): void {
  app.get(
    '/v1/webhook-endpoints',
    {
      config: { permission },
      schema: {
        operationId: 'listWebhookEndpoints',
        tags,
        summary: 'List webhook endpoints 推送端点列表',
        description: 'Those of the own agency, newest first; never with a secret. 本机关的推送端点，不含密钥。',
        querystring: EndpointQuery,
        response: { 200: EndpointPage },
      },
    },
    (req) => req.list((tx, page) => listEndpoints(tx, req.query, page), view),
  );
  app.get(
    '/v1/webhook-endpoints/:id',
    {
      config: { permission, resource },
      schema: {
        operationId: 'getWebhookEndpoint',
        tags,
        summary: 'Read a webhook endpoint 查看推送端点',
        description: 'State, what came of asking the address, and how its deliveries go. 状态、确认结果与推送情况。',
        params,
        response: { 200: EndpointView },
      },
    },
    (req) => req.read(async (tx) => findEndpoint(tx, req.params.id).then((row) => row && toEndpointView(row))),
  );
}

function settingRoutes(app: App, { outgoing: { accepts } }: WebhookDeps): void {
  app.post(
    '/v1/webhook-endpoints',
    {
      config: { permission, idempotent: true, dryRun: true },
      schema: {
        operationId: 'createWebhookEndpoint',
        tags,
        summary: 'Create a webhook endpoint 登记推送端点',
        description:
          'It is sent what the feed would show the caller at the moment of sending, signed as Standard Webhooks 1.0 asks; the secret is in this answer only. First the address must confirm: it answers `OPTIONS` with `WebHook-Allowed-Origin`, or a signed `webhook.challenge` with the challenge it holds, or its operator brings that to `activation`. Nothing is sent before. 按登记凭证当时可见的事件推送并签名，密钥仅在此次应答中出现；地址须先确认，确认前不发送任何事件。',
        body: EndpointInput,
        response: { 201: IssuedView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => createEndpoint(tx, req.body, accepts),
        view: issuedView,
        status: 201,
        location: (made) => `/v1/webhook-endpoints/${made.id}`,
      }),
  );
  app.patch(
    '/v1/webhook-endpoints/:id',
    {
      config: { permission, resource, ifMatch: true },
      schema: {
        operationId: 'editWebhookEndpoint',
        tags,
        summary: 'Edit a webhook endpoint 修改推送端点',
        description:
          'A new address must confirm again, and is sent what the caller sees. `state: disabled` stops it; it goes on where it stood once it is active again. 更换地址须重新确认，并按当前凭证的可见范围推送；停用后再启用从停止处继续。',
        params,
        body: EndpointPatch,
        response: { 200: EndpointView },
      },
    },
    (req) =>
      req.command({ verb: (tx, expected) => editEndpoint(tx, req.params.id, req.body, { expected, accepts }), view }),
  );
  app.delete(
    '/v1/webhook-endpoints/:id',
    {
      config: { permission, resource, ifMatch: true },
      schema: {
        operationId: 'removeWebhookEndpoint',
        tags,
        summary: 'Remove a webhook endpoint 删除推送端点',
        description: 'At once and for good; its secrets are destroyed. 立即删除，密钥一并销毁。',
        params,
        response: { 200: EndpointView },
      },
    },
    (req) => req.command({ verb: (tx, expected) => removeEndpoint(tx, req.params.id, expected), view }),
  );
}

function confirmingRoutes(app: App, { keyring }: WebhookDeps): void {
  app.post(
    '/v1/webhook-endpoints/:id/secret-rotation',
    {
      config: { permission, resource, ifMatch: true, idempotent: true, dryRun: true },
      schema: {
        operationId: 'rotateWebhookSecret',
        tags,
        summary: 'Rotate the secret 更换推送密钥',
        description:
          'A new secret and key pair, in this answer only; for 24 hours every attempt is signed with the former ones too. 新密钥只在此次应答中出现，24 小时内新旧密钥同时签名。',
        params,
        response: { 200: IssuedView },
      },
    },
    (req) => req.command({ verb: (tx, expected) => rotateSecret(tx, req.params.id, expected), view: issuedView }),
  );
  app.post(
    '/v1/webhook-endpoints/:id/activation',
    {
      config: { permission, resource, dryRun: true },
      schema: {
        operationId: 'activateWebhookEndpoint',
        tags,
        summary: 'Confirm a webhook endpoint 确认推送端点',
        description:
          'With the challenge that the address was sent it is active at once; without it the address is asked again, also after it was disabled. 提交发往该地址的确认码即启用；不带确认码则重新请求地址确认，停用后亦然。',
        params,
        body: ActivationBody,
        response: { 200: EndpointView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => activateEndpoint(tx, req.params.id, { challenge: req.body.challenge, keyring }),
        view,
      }),
  );
}

export function webhookRoutes(app: App, deps: WebhookDeps): void {
  readingRoutes(app);
  settingRoutes(app, deps);
  confirmingRoutes(app, deps);
}
