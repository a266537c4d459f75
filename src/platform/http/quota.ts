// Quotas by credential, by agency and of expensive operations, with the headers of the IETF draft (S-48, ADR 0021).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/actor.ts';
import { defineProblems } from '../../kernel/problem.ts';
import type { Blocks } from '../db/blocks.ts';
import type { Counts } from '../db/counts.ts';
import type { QuotaSettings } from '../quota-settings.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation finds people, shows them in clear or costs much: it has a smaller quota of its own. */
    expensive?: boolean;
  }
}

export const WINDOW_SECONDS = 60;

export const quotaProblems = defineProblems({
  'quota.exceeded': {
    status: 429,
    zh: [
      '超出配额',
      '配额 "{policy}" 为每 {window} 秒 {limit} 次请求，已用完',
      '按 Retry-After 等待后重试；批量业务请用导入与事件流',
    ],
    en: [
      'Quota exceeded',
      'the quota "{policy}" of {limit} requests in {window} seconds is used up',
      'wait as Retry-After says; use imports and the event feed for bulk work',
    ],
  },
  'quota.blocked': {
    status: 429,
    zh: ['凭证已暂停', '该凭证短时间内查看的人员过多，已暂停使用', '由安全管理员核实并解除警报'],
    en: [
      'Credential blocked',
      'this credential was shown unusually many people in a short time',
      'let the security administrator look into it and release the alert',
    ],
  },
});

const BLOCK_RETRY_SECONDS = 3600;

type Policy = { name: string; key: string; limit: number };

/** The credential is the client that was given a secret or key; of a sandbox token it is the officer. */
export const credentialOf = (actor: Actor): string =>
  actor.client ? `client:${actor.client.id}` : `officer:${actor.officer?.id ?? actor.agency.id}`;

function policiesOf(actor: Actor, expensive: boolean, settings: QuotaSettings): Policy[] {
  const credential = credentialOf(actor);
  const all = [
    { name: 'default', key: credential, limit: settings.requests },
    ...(expensive ? [{ name: 'expensive', key: `expensive:${credential}`, limit: settings.expensive }] : []),
    { name: 'agency', key: `agency:${actor.agency.id}`, limit: settings.agency },
  ];
  return all.filter((policy) => policy.limit > 0);
}

export type Admission = (req: FastifyRequest, reply: FastifyReply, actor: Actor) => void;

/**
 * Counts the request and says in the headers what is left; refuses it with 429 where nothing is. What is refused is not
 * counted. The agency's quota is named only where it is nearer to its end than the credential's.
 */
export function createAdmission(counts: Counts, settings: QuotaSettings, blocks: Pick<Blocks, 'has'>): Admission {
  return (req, reply, actor) => {
    if (blocks.has(credentialOf(actor))) {
      // Counted, so that the exchange goes on and hears of the release.
      counts.add(`blocked:${credentialOf(actor)}`, Number.MAX_SAFE_INTEGER);
      throw quotaProblems['quota.blocked']({ retryAfter: BLOCK_RETRY_SECONDS });
    }
    const policies = policiesOf(actor, req.routeOptions.config.expensive === true, settings);
    const left = policies.map((policy) => Math.max(0, policy.limit - counts.used(policy.key)));
    const spent = policies.find((_, i) => left[i] === 0);
    const seconds = counts.secondsLeft();
    if (!spent) for (const policy of policies) counts.add(policy.key, policy.limit);
    const remaining = left.map((n) => (spent ? n : n - 1));
    const shown = policies
      .map((policy, i) => ({ ...policy, remaining: remaining[i] ?? 0 }))
      .filter((p) => p.name !== 'agency' || p.remaining < (remaining[0] ?? 0) || policies.length === 1);
    if (shown.length > 0) {
      reply.header('ratelimit-policy', shown.map((p) => `"${p.name}";q=${p.limit};w=${WINDOW_SECONDS}`).join(', '));
      reply.header('ratelimit', shown.map((p) => `"${p.name}";r=${p.remaining};t=${seconds}`).join(', '));
    }
    if (spent)
      throw quotaProblems['quota.exceeded']({
        policy: spent.name,
        limit: spent.limit,
        window: WINDOW_SECONDS,
        retryAfter: seconds,
      });
  };
}
