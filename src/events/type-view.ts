// The table of event types as the API shows it: as a list, and as the `webhooks` object of the OpenAPI document (contract §3).
import { type Static, Type } from 'typebox';
import { UUID_PATTERN } from '../kernel/ids.ts';
import { Closed, named } from '../platform/http/schema.ts';
import { EVENT_TYPES, type EventType } from './types.ts';

const EventTypeView = named(
  'EventType',
  Closed({
    type: Type.String({ maxLength: 100 }),
    kind: Type.String({ maxLength: 64, description: 'kind of the resource, the first part of `subject`' }),
    description: Closed({ zh: Type.String({ maxLength: 200 }), en: Type.String({ maxLength: 200 }) }),
    dataSchema: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
      description: 'JSON Schema (2020-12) of `data`; every member is optional, and further ids may come',
      maxProperties: 20,
    }),
  }),
);
export const EventTypeList = named('EventTypeList', Closed({ items: Type.Array(EventTypeView, { maxItems: 500 }) }));

const ID = { type: 'string', pattern: UUID_PATTERN, maxLength: 36 };

/** Of `data`: ids alone. Open, as the compatibility policy wants it: a later version may tell of more. */
export const dataSchema = ({ ids }: EventType) => ({
  type: 'object',
  properties: Object.fromEntries([...ids].sort().map((name) => [name, ID])),
  additionalProperties: { type: 'string', maxLength: 64 },
  maxProperties: 30,
});

export function listEventTypes(): Static<typeof EventTypeList> {
  return {
    items: EVENT_TYPES.map((row) => ({
      type: row.type,
      kind: row.kind,
      description: { zh: row.words[0], en: row.words[1] },
      dataSchema: dataSchema(row),
    })),
  };
}

const header = (name: string, description: string, maxLength: number) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', maxLength },
});
const HEADERS = [
  header(
    'webhook-id',
    'id of the event, the same in every attempt: what was seen already is dropped 事件标识，重试不变',
    64,
  ),
  header('webhook-timestamp', 'seconds since 1970 of this attempt 本次发送的时间戳', 20),
  header(
    'webhook-signature',
    '`v1,<base64>` (HMAC-SHA256) and `v1a,<base64>` (Ed25519) of `id.timestamp.body`, separated by spaces; two of each while a secret is being rotated 签名，轮换期间各有两个',
    1000,
  ),
];

/** What an endpoint is sent, one entry a type: Standard Webhooks 1.0 around the CloudEvent of the feed. */
export function webhooksObject(): Record<string, object> {
  const one = (row: EventType) => ({
    post: {
      operationId: `on_${row.type.replace('.', '_')}`,
      tags: ['Events'],
      security: [],
      summary: `${row.words[1]} ${row.words[0]}`,
      description: `About a resource of the kind \`${row.kind}\`, which the receiver reads with its own right. 仅含标识，详情凭自身权限读取。`,
      parameters: HEADERS,
      requestBody: {
        required: true,
        content: {
          'application/cloudevents+json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/CloudEvent' },
                { type: 'object', properties: { type: { const: row.type }, data: dataSchema(row) } },
              ],
            },
          },
        },
      },
      responses: {
        '2XX': { description: 'Taken; nothing is read from the body 已接收' },
        410: { description: 'The endpoint is disabled 端点停用' },
        default: { description: 'Sent again by the schedule; `Retry-After` is honoured 按计划重发' },
      },
    },
  });
  return Object.fromEntries(EVENT_TYPES.map((row) => [row.type, one(row)]));
}
