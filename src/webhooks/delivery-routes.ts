// Deliveries of an endpoint: the log, a test, one again, and all since a time (W-08).
import { IdParams } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { listDeliveries } from './delivery-repository.ts';
import {
  DeliveryPage,
  DeliveryParams,
  DeliveryQuery,
  DeliveryView,
  RecoveryBody,
  RecoveryView,
  toDeliveryView,
} from './schema.ts';
import { recoverEndpoint, replayDelivery, testEndpoint } from './service.ts';

const tags = ['Events'];
const params = IdParams;
const permission = 'webhook:manage';
const resource = 'webhook_endpoint';
const view = (_tx: unknown, row: Parameters<typeof toDeliveryView>[0]) => toDeliveryView(row);

export function deliveryRoutes(app: App): void {
  app.get(
    '/v1/webhook-endpoints/:id/deliveries',
    {
      config: { permission, resource },
      schema: {
        operationId: 'listWebhookDeliveries',
        tags,
        summary: 'List deliveries 推送记录',
        description:
          'Newest first, kept for thirty days: every attempt with its outcome and status, never what the receiver said. 按时间倒序，保留三十日；记录每次结果与状态码，不含接收方答复内容。',
        params,
        querystring: DeliveryQuery,
        response: { 200: DeliveryPage },
      },
    },
    (req) => req.list((tx, page) => listDeliveries(tx, req.params.id, req.query, page), view),
  );
  app.post(
    '/v1/webhook-endpoints/:id/test',
    {
      config: { permission, resource },
      schema: {
        operationId: 'testWebhookEndpoint',
        tags,
        summary: 'Send a test event 发送测试事件',
        description:
          'A `webhook.test` through the same queue and signatures; it waits until the address has confirmed. 经同一队列签名发送 webhook.test，地址确认前等待。',
        params,
        response: { 202: DeliveryView },
      },
    },
    (req) => req.command({ verb: (tx) => testEndpoint(tx, req.params.id), view, status: 202 }),
  );
  app.post(
    '/v1/webhook-endpoints/:id/recovery',
    {
      config: { permission, resource },
      schema: {
        operationId: 'recoverWebhookEndpoint',
        tags,
        summary: 'Send again since a time 补发推送',
        description:
          'What was not delivered since then is sent again with the same ids, and events that had no delivery get one; `includeDelivered` replays the range whole. 补发该时间以来未送达的事件，标识不变；includeDelivered 则整段重发。',
        params,
        body: RecoveryBody,
        response: { 202: RecoveryView },
      },
    },
    (req) =>
      req.command({
        verb: (tx) => recoverEndpoint(tx, req.params.id, req.body),
        view: (_tx, result) => result,
        status: 202,
      }),
  );
  app.post(
    '/v1/webhook-endpoints/:id/deliveries/:deliveryId/replay',
    {
      config: { permission, resource },
      schema: {
        operationId: 'replayWebhookDelivery',
        tags,
        summary: 'Send one again 重发一次推送',
        description: 'At once, with the same id, whatever came of it before. 立即重发，标识不变。',
        params: DeliveryParams,
        response: { 202: DeliveryView },
      },
    },
    (req) => req.command({ verb: (tx) => replayDelivery(tx, req.params.id, req.params.deliveryId), view, status: 202 }),
  );
}
