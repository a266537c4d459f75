// GET /v1/events: the gap-free feed, thin CloudEvents 1.0, oldest first, with a long poll (contract §1 Feed); and the types it tells.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { defineProblems } from '../kernel/problem.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Pool } from '../platform/db/client.ts';
import { translateDbError } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { openCursor, signCursor } from '../platform/http/cursor.ts';
import { Closed, named } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { createWaiting, type Waiting } from '../platform/http/waiting.ts';
import { CloudEvent, toCloudEvent } from './cloud-event.ts';
import { currentEpoch, type FeedPosition, feedHead, HORIZON, readFeed } from './repository.ts';
import { EventTypeList, listEventTypes } from './type-view.ts';

const problems = defineProblems({
  'feed.cursor_gone': {
    status: 410,
    zh: ['游标已失效', '该游标早于当前事件流的起点', '不带 after 从起点重新读取，并与本地数据核对'],
    en: [
      'Cursor is gone',
      'the cursor is older than the horizon of this feed',
      'read again from the horizon without `after` and reconcile',
    ],
  },
});

const EventPage = named(
  'EventPage',
  Closed({ items: Type.Array(CloudEvent, { maxItems: 200 }), nextCursor: Type.String({ maxLength: 500 }) }),
);

const Query = Type.Object({
  after: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'nextCursor of the answer before; `latest` = only the present cursor',
    }),
  ),
  types: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1000,
      pattern: '^[a-z_]+\\.[a-z_]+(,[a-z_]+\\.[a-z_]+)*$',
      description: 'event types, separated by commas',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 20,
      default: 0,
      description: 'seconds to wait where nothing has come yet; then an empty page with its cursor',
    }),
  ),
});

type Asked = { after?: string; types?: string; limit?: number; wait?: number };

async function startOf(tx: Tx, keyring: Keyring, after: string | undefined): Promise<FeedPosition> {
  const { epoch: present, from } = await currentEpoch(tx);
  if (after === undefined) return from;
  const [epoch = '', xid = '', position = ''] = openCursor(keyring, 'feed', after, '#query/after').split('.');
  const before = (a: FeedPosition, b: FeedPosition) =>
    a.xid === b.xid ? BigInt(a.position) < BigInt(b.position) : BigInt(a.xid) < BigInt(b.xid);
  if (Number(epoch) !== present || before({ xid, position }, from)) throw problems['feed.cursor_gone']();
  return { xid, position };
}

type FeedDeps = { keyring: Keyring; publicUrl: string; pool: Pool };

const typesOf = ({ types }: Asked) => types?.split(',') ?? [];

/** Nobody who waits holds a connection: one look at the horizon wakes all of them. */
async function untilTold(req: FastifyRequest, reply: FastifyReply, keyring: Keyring, waiting: Waiting): Promise<void> {
  const query = req.query as Asked;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const found = async () => {
    const rows = await req.lookUp(async (tx) =>
      readFeed(tx, await startOf(tx, keyring, query.after), typesOf(query), 1),
    );
    return rows.length > 0;
  };
  await waiting.until(found, (query.wait ?? 0) * 1000, gone.signal);
}

function typesRoute(app: App): void {
  app.get(
    '/v1/event-types',
    {
      config: { permission: 'event:read' },
      schema: {
        operationId: 'listEventTypes',
        tags: ['Events'],
        summary: 'List event types 事件类型',
        description:
          'Every type that the feed and webhooks tell, with the kind of its resource and a JSON Schema of `data`. A role is told of the kinds that it may read. 事件流与推送的全部类型、资源种类及 data 的结构。',
        response: { 200: EventTypeList },
      },
    },
    (req) => req.read(async () => listEventTypes()),
  );
}

export function eventRoutes(app: App, deps: FeedDeps): void {
  const look = () =>
    deps.pool.query<{ at: string | null }>(HORIZON).then(
      ([row]) => String(row?.at),
      (error: unknown) => {
        throw translateDbError(error);
      },
    );
  const waiting = createWaiting(look, { everyMs: 200, most: 1000 });
  app.addHook('preClose', async () => waiting.stop());
  typesRoute(app);
  app.get(
    '/v1/events',
    {
      config: { permission: 'event:read', besides: [410] },
      schema: {
        operationId: 'listEvents',
        tags: ['Events'],
        summary: 'Read the gap-free event feed 读取事件流',
        description:
          'Oldest first. Keep `nextCursor`, also of an empty page, and pass it as `after`. Only events of resources the caller sees; no personal data. `wait` holds the answer until something comes. Events are kept for `FEED_DAYS` (90); a cursor from before is a 410 `feed.cursor_gone`. 按时间先后返回；保存 nextCursor 作为下次的 after；wait 为长轮询秒数；超过保留期的游标返回 410。',
        querystring: Query,
        response: { 200: EventPage },
      },
    },
    async (req, reply) => {
      const { after, limit = 50, wait = 0 } = req.query;
      if (wait > 0 && after !== 'latest') await untilTold(req, reply, deps.keyring, waiting);
      return req.read(async (tx) => {
        const { epoch } = await currentEpoch(tx);
        const sign = (p: FeedPosition) => signCursor(deps.keyring, 'feed', `${epoch}.${p.xid}.${p.position}`);
        if (after === 'latest') return { items: [], nextCursor: sign(await feedHead(tx)) };
        const start = await startOf(tx, deps.keyring, after);
        const rows = await readFeed(tx, start, typesOf(req.query), limit);
        const last = rows.at(-1);
        const next = last ? { xid: last.xid, position: String(last.position) } : start;
        return { items: rows.map((row) => toCloudEvent(row, deps.publicUrl)), nextCursor: sign(next) };
      });
    },
  );
}
