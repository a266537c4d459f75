// The rules of webhooks alone: the vector of Standard Webhooks, schedule, Retry-After, outcomes and the clock of failures (W-01, W-04..W-06).
import { describe, expect, test } from '@jest/globals';
import { afterFailure, NO_FAILURES, nextDue, outcomeOf, retryAfter, SCHEDULE } from '../../src/webhooks/domain.ts';
import { newSecrets, publicKeyOf, secretOf, signatureOf } from '../../src/webhooks/secrets.ts';

const HOUR = 3_600_000;

test('the vector of the specification', () => {
  const hmac = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const secrets = { ...newSecrets(), hmac };
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
  expect(secretOf(secrets)).toBe(`whsec_${hmac}`);
  expect(signatureOf(secrets, message, false)).toMatch(
    /^v1,g0hM9SsE\+OTPJTGt\/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,[A-Za-z0-9+/]{86}==$/,
  );
});

test('Ed25519 by the first vector of RFC 8032', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const key = publicKeyOf({ hmac: '', seed: seed.toString('base64') });
  expect(Buffer.from(key.slice(5), 'base64').toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
});

test('the secret is 32 random bytes, of each endpoint its own', () => {
  const secrets = Array.from({ length: 50 }, () => secretOf(newSecrets()));
  expect(new Set(secrets).size).toBe(50);
  for (const secret of secrets) expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
});

test('ten attempts in 75 h 35 min 5 s, at most a tenth more', () => {
  const total = (chance: number) => {
    let at = 0;
    for (let tries = 0; ; tries++) {
      const due = nextDue(at, tries, chance);
      if (due === undefined) return [tries, at / 1000];
      at = due;
    }
  };
  expect(total(0)).toEqual([10, 75 * 3600 + 35 * 60 + 5]);
  expect(total(0.999)[1]).toBeLessThan((75 * 3600 + 35 * 60 + 5) * 1.1);
  expect(SCHEDULE).toHaveLength(10);
});

test.each([
  ['120', 120_000],
  ['999999999', 24 * HOUR],
  ['Thu, 01 Jan 1970 00:10:00 GMT', 600_000],
  ['-5', 0],
  ['soon', 0],
  [undefined, 0],
])('Retry-After %s', (header, ms) => expect(retryAfter(header, 0)).toBe(ms));

test('a longer Retry-After stands for the wait, a shorter one does not', () => {
  expect(nextDue(0, 1, 0, HOUR)).toBe(HOUR);
  expect(nextDue(0, 3, 0, 1000)).toBe(SCHEDULE[3]);
});

test.each([
  ...[200, 201, 204, 299].map((status) => [status, 'accepted'] as const),
  ...[301, 302, 307, 308].map((status) => [status, 'redirect'] as const),
  ...[429, 502, 504].map((status) => [status, 'throttled'] as const),
  ...[400, 401, 404, 500, 503].map((status) => [status, 'status'] as const),
  [410, 'gone'] as const,
])('%i means %s', (status, outcome) => expect(outcomeOf(status)).toBe(outcome));

describe('the clock of failures', () => {
  const run = (hours: readonly number[]) => {
    let clock: ReturnType<typeof afterFailure> = { ...NO_FAILURES, givenUp: false };
    return hours.map((hour) => {
      clock = afterFailure(clock, new Date(hour * HOUR));
      return clock;
    });
  };
  test('a burst within an hour starts nothing', () => {
    expect(run([0, 0.1, 0.5, 1]).at(-1)?.failingSince).toBeNull();
  });
  test('twelve hours apart it starts, and five days later the endpoint is given up', () => {
    const steps = run(Array.from({ length: 12 }, (_, i) => i * 12.5));
    expect(steps[1]?.failingSince).toEqual(new Date(12.5 * HOUR));
    expect(steps.findIndex((step) => step.givenUp)).toBe(11);
  });
  test('more than a day without any attempt begins anew', () => {
    expect(run([0, 13, 60]).at(-1)).toMatchObject({ failingSince: null, firstFailedAt: new Date(60 * HOUR) });
  });
});
