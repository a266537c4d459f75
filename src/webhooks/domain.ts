// Rules of webhooks without I/O (ADR 0030): the schedule of Standard Webhooks, what an answer means, and when an endpoint is given up.
import { defineProblems } from '../kernel/problem.ts';
import type { EnumValue } from '../reference/enums.ts';

/** `removed` is never shown: the row stays for its deliveries and the audit record. */
export type EndpointState = EnumValue<'webhook-endpoint-states'> | 'removed';
export type DisabledReason = EnumValue<'webhook-disabled-reasons'>;
export type DeliveryState = EnumValue<'webhook-delivery-states'>;
/** What came of an attempt; nothing of what the receiver said is kept (S-43). */
export type Outcome = EnumValue<'webhook-outcomes'>;
export type Attempt = { at: string; outcome: Outcome; status: number | null; ms: number };

export const webhookProblems = defineProblems({
  'webhook.challenge_wrong': {
    status: 422,
    zh: ['确认码不符', '提交的确认码不是发往该地址的确认码', '使用最近一次收到的确认码'],
    en: ['Wrong challenge', 'this is not the challenge that was sent to the address', 'use the one received last'],
  },
  'webhook.too_many': {
    status: 409,
    zh: ['端点过多', '本机关推送端点已达上限 {limit} 个', '删除不再使用的端点'],
    en: ['Too many endpoints', 'the agency has {limit} endpoints already', 'remove one that is not used any more'],
  },
});

export const MAX_ENDPOINTS = 200;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Waiting times before each attempt: 75 h 35 min 5 s in all (Standard Webhooks 1.0). */
export const SCHEDULE: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** Of the address, until it says that it wants this. */
export const CHALLENGES: readonly number[] = [0, 5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 12 * HOUR];
export const ROTATION_MS = DAY;
const RETRY_AFTER_MOST = DAY;
const JITTER = 0.1;

/** When attempt number `tries` + 1 is due, or undefined: there was the last. `chance` in [0, 1). */
export function nextDue(
  now: number,
  tries: number,
  chance: number,
  retryAfterMs = 0,
  schedule: readonly number[] = SCHEDULE,
): number | undefined {
  const wait = schedule[tries];
  if (wait === undefined) return undefined;
  return now + Math.max(wait * (1 + JITTER * chance), Math.min(retryAfterMs, RETRY_AFTER_MOST));
}

/** Seconds or a date (RFC 9110 §10.2.3), as milliseconds from `now`; nonsense is 0. */
export function retryAfter(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const isDate = /^[A-Z][a-z]{2}, /.test(header);
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * SECOND : isDate ? Date.parse(header) - now : 0;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MOST) : 0;
}

/** What a status means (W-05). */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'accepted';
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 410) return 'gone';
  return status === 429 || status === 502 || status === 504 ? 'throttled' : 'status';
}

export type FailureClock = { firstFailedAt: Date | null; lastFailedAt: Date | null; failingSince: Date | null };
export const NO_FAILURES: FailureClock = { firstFailedAt: null, lastFailedAt: null, failingSince: null };

/** Longer than the longest wait with its jitter: silence for so long begins anew. */
const CHAIN_BROKEN = 27 * HOUR;
const CLOCK_STARTS = 12 * HOUR;
const GIVEN_UP = 5 * DAY;

/** The clock of W-06: it starts once failures lie twelve hours apart with no success between, and runs for five days. */
export function afterFailure(clock: FailureClock, now: Date): FailureClock & { givenUp: boolean } {
  const since = (then: Date | null) => (then ? now.getTime() - then.getTime() : Number.POSITIVE_INFINITY);
  const broken = since(clock.lastFailedAt) > CHAIN_BROKEN;
  const firstFailedAt = broken ? now : (clock.firstFailedAt ?? now);
  const running = broken ? null : clock.failingSince;
  const failingSince = running ?? (since(firstFailedAt) >= CLOCK_STARTS ? now : null);
  const givenUp = running !== null && since(running) >= GIVEN_UP;
  return { firstFailedAt, lastFailedAt: now, failingSince, givenUp };
}

export const ALL_TYPES = '*';
/** What the feed is asked for: nothing named means all of it. */
export const askedTypes = (types: readonly string[]): readonly string[] => (types.includes(ALL_TYPES) ? [] : types);
