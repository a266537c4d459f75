// The Idempotency-Key header (IETF draft): syntax, scope and fingerprint, and one gate per key inside this process.
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/actor.ts';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { defineProblems } from '../../kernel/problem.ts';
import type { KeyUse } from '../db/idempotency.ts';

export const idempotencyProblems = defineProblems({
  'idempotency.key_required': {
    status: 400,
    zh: [
      '缺少 Idempotency-Key',
      '此请求会产生业务记录或资金变动，须带 Idempotency-Key',
      '为每一笔业务生成一个唯一的键，重试时沿用同一个键',
    ],
    en: [
      'Idempotency-Key is required',
      'this request creates a business record or moves money and needs an Idempotency-Key',
      'make one unique key per business act and keep it for retries',
    ],
  },
  'idempotency.key_invalid': {
    status: 400,
    zh: ['Idempotency-Key 无效', '键须为 1 至 255 个可见字符，可加双引号', '修改该请求头'],
    en: ['Invalid Idempotency-Key', 'the key must have 1 to 255 visible characters, bare or quoted', 'mend the header'],
  },
  'idempotency.key_reused': {
    status: 422,
    zh: ['键已用于其他请求', '同一 Idempotency-Key 已用于内容不同的请求', '新业务使用新的键'],
    en: [
      'Key was used for another request',
      'the same Idempotency-Key came with a different request',
      'use a new key for a new act',
    ],
  },
  'idempotency.in_flight': {
    status: 409,
    zh: ['相同请求正在处理', '带同一 Idempotency-Key 的请求尚未完成', '按 Retry-After 稍后以相同的键重试'],
    en: [
      'The same request is in flight',
      'a request with this Idempotency-Key has not finished',
      'retry with the same key after Retry-After',
    ],
  },
});

/** Bare (visible ASCII) or an RFC 9651 string; the quoted and the bare form of one key are the same key. */
export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const invalid = idempotencyProblems['idempotency.key_invalid'];
  if (typeof header !== 'string') throw invalid();
  if (!header.startsWith('"')) {
    if (!/^[\x21-\x7e]{1,255}$/.test(header)) throw invalid();
    return header;
  }
  if (!/^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/.test(header)) throw invalid();
  const inner = header.slice(1, -1).replace(/\\(.)/g, '$1');
  if (!/^[\x21-\x7e]{1,255}$/.test(inner)) throw invalid();
  return inner;
}

/**
 * Scoped to client and officer, never to the token: a renewed token replays its own keys, nobody else's. In the fingerprint a
 * client may write the members of its body in any order on a retry.
 */
export function keyUse(req: FastifyRequest, actor: Actor, key: string): KeyUse {
  const scope = `${actor.agency.id}|${actor.client?.id ?? '-'}|${actor.officer?.id ?? '-'}`;
  const { lang: _lang, ...query } = (req.query ?? {}) as Record<string, unknown>;
  const parts = [
    req.method,
    req.routeOptions.url ?? '',
    canonicalJson(req.params),
    canonicalJson(query),
    canonicalJson(req.body ?? {}),
  ];
  return { scope, key, fingerprint: createHash('sha256').update(parts.join('\n')).digest() };
}

const WAIT_MS = 2000;

async function waitFor(first: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), WAIT_MS);
  });
  const settled = first.then(
    () => 'done',
    () => 'done',
  );
  const outcome = await Promise.race([settled, late]);
  clearTimeout(timer);
  if (outcome === 'late') throw idempotencyProblems['idempotency.in_flight']({ retryAfter: 1 });
}

export type KeyGate = <T>(use: KeyUse, run: () => Promise<T>) => Promise<T>;

/**
 * One gate per service: the first request with a key runs; duplicates wait up to 2 s without holding a connection, then
 * go on to the replay. Where the first failed, the unique index lets one of them through: the gate only spares
 * connections, it is no wall.
 */
export function createKeyGate(): KeyGate {
  const running = new Map<string, Promise<unknown>>();
  return async (use, run) => {
    const name = `${use.scope}\n${use.key}`;
    const first = running.get(name);
    if (first) {
      await waitFor(first);
      return run();
    }
    const mine = run();
    running.set(name, mine);
    try {
      return await mine;
    } finally {
      running.delete(name);
    }
  };
}
