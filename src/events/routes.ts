// GET /v1/events: the gap-free feed, thin CloudEvents 1.0, oldest first (contract §1 Feed).
import { Type } from 'typebox';
import { defineProblems } from '../kernel/problem.ts';
import type { Keyring } from '../platform/crypto/vault.ts';
import type { Tx } from '../platform/db/tx.ts';
import { openCursor, signCursor } from '../platform/http/cursor.ts';
import { Closed, Id, Instant, named } from '../platform/http/schema.ts';
import type { App } from '../platform/http/server.ts';
import { currentEpoch, type FeedPosition, feedHead, readFeed, type SeenEvent } from './repository.ts';

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

const CloudEvent = named(
  'CloudEvent',
  Closed({
    specversion: Type.Literal('1.0'),
    id: Id,
    source: Type.String({ maxLength: 2048 }),
    type: Type.String({ maxLength: 100 }),
    subject: Type.String({ maxLength: 200, description: '<kind>/<id> of the resource' }),
    time: Instant,
    sequence: Type.Integer({ minimum: 1, description: 'per resource, without gaps' }),
    datacontenttype: Type.Literal('application/json'),
    data: Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 64 }), {
      description: 'ids of records and agencies only',
      maxProperties: 30,
    }),
  }),
);
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
});

/** Where a referral or visit came from is its sender's: a department sees its package or the day only, here as in the view. */
const SENDERS_OWN = ['assistanceCaseId', 'clueId', 'monitoringAccountId'];
const GUESTS: Readonly<Record<string, string>> = { referral: 'recipient', visit: 'partner' };

/** Ids of records and agencies only (W-10): no people, no amounts, no officers; the reader fetches the rest with its own right. */
function thinData({ data, kind, relation }: SeenEvent): Record<string, string> {
  const hidden = GUESTS[kind] === relation ? SENDERS_OWN : [];
  const kept = Object.entries(data).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    if (hidden.includes(name)) return false;
    return typeof value === 'string' && /Id$/.test(name) && !/^beneficiaryId$|(?:[pP]erson|[oO]fficer)Id$/.test(name);
  });
  return Object.fromEntries(kept);
}

function toCloudEvent(row: SeenEvent, publicUrl: string) {
  return {
    specversion: '1.0' as const,
    id: row.id,
    source: publicUrl,
    type: row.type,
    subject: `${row.kind}/${row.resourceId}`,
    time: row.occurredAt.toISOString(),
    sequence: row.sequence,
    datacontenttype: 'application/json' as const,
    data: thinData(row),
  };
}

async function startOf(tx: Tx, keyring: Keyring, after: string | undefined): Promise<FeedPosition> {
  if (after === undefined) return { xid: '0', position: '0' };
  const [epoch = '', xid = '', position = ''] = openCursor(keyring, 'feed', after, '#query/after').split('.');
  if (Number(epoch) !== (await currentEpoch(tx))) throw problems['feed.cursor_gone']();
  return { xid, position };
}

export function eventRoutes(app: App, deps: { keyring: Keyring; publicUrl: string }): void {
  app.get(
    '/v1/events',
    {
      config: { permission: 'event:read' },
      schema: {
        operationId: 'listEvents',
        tags: ['Events'],
        summary: 'Read the gap-free event feed 读取事件流',
        description:
          'Oldest first. Keep `nextCursor`, also of an empty page, and pass it as `after`. Only events of resources the caller sees; no personal data. 按时间先后返回；保存 nextCursor 作为下次的 after。',
        querystring: Query,
        response: { 200: EventPage },
      },
    },
    (req) =>
      req.read(async (tx) => {
        const { after, types, limit = 50 } = req.query;
        const epoch = await currentEpoch(tx);
        const sign = (p: FeedPosition) => signCursor(deps.keyring, 'feed', `${epoch}.${p.xid}.${p.position}`);
        if (after === 'latest') return { items: [], nextCursor: sign(await feedHead(tx)) };
        const start = await startOf(tx, deps.keyring, after);
        const rows = await readFeed(tx, start, types?.split(',') ?? [], limit);
        const last = rows.at(-1);
        const next = last ? { xid: last.xid, position: String(last.position) } : start;
        return { items: rows.map((row) => toCloudEvent(row, deps.publicUrl)), nextCursor: sign(next) };
      }),
  );
}
