// Quotas (S-48): what the headers say, who is refused and when, and that two replicas count together.
import { describe, expect, test } from '@jest/globals';
import { createCounts } from '../../../src/platform/db/counts.ts';
import { addClient } from '../../support/clients.ts';
import { loadContract } from '../../support/contract.ts';
import { useService } from '../../support/service.ts';
import { headerFaults } from '../../support/sweep.ts';

const contract = await loadContract();
const service = useService({ env: { QUOTA_REQUESTS: '20', QUOTA_EXPENSIVE: '5', QUOTA_AGENCY: '60' } });
const me = (officer: string) => service.api.get(officer, '/v1/me');
/** So often that the quota ends even where a window ends in between. */
const beyond = async (officer: string) => {
  const answers = [];
  for (let i = 0; i < 41; i++) answers.push(await me(officer));
  return answers;
};

describe('a credential', () => {
  test('sees what is left, and is refused with 429 when nothing is', async () => {
    const answers = await beyond('handler.heping');
    const refused = answers.find((answer) => answer.status === 429);
    expect(answers[0]?.headers['ratelimit-policy']).toBe('"default";q=20;w=60');
    expect(answers[0]?.headers.ratelimit).toMatch(/^"default";r=19;t=([1-9]|[1-5]\d|60)$/);
    expect(refused?.headers['ratelimit-policy']).toBe('"default";q=20;w=60');
    expect(refused?.headers.ratelimit).toMatch(/^"default";r=0;t=\d+$/);
    expect(refused?.headers['retry-after']).toBe(/t=(\d+)/.exec(refused?.headers.ratelimit ?? '')?.[1]);
    expect(refused?.body).toMatchObject({ code: 'quota.exceeded', status: 429, limit: 20 });
    const op = contract.operations.find(({ id }) => id === 'getMe');
    expect(refused && op && contract.faultOf(op, refused)).toBeUndefined();
    expect(refused && headerFaults(refused)).toEqual([]);
  });

  test('is not the neighbour: another officer goes on, probes and requests without credentials have no quota', async () => {
    expect((await me('intake.heping')).status).toBe(200);
    for (let i = 0; i < 45; i++) {
      const [alive, stranger] = [
        await service.api.request('GET', '/livez'),
        await service.api.request('GET', '/v1/me'),
      ];
      expect([alive.status, stranger.status]).toEqual([200, 401]);
      expect([alive.headers.ratelimit, stranger.headers.ratelimit]).toEqual([undefined, undefined]);
    }
  });

  test('is the client, whoever holds its tokens; refused permissions count too', async () => {
    const { clientId, clientSecret } = await addClient(service);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const given = await service.api.request('POST', '/v1/oauth/token', { raw: String(form), headers, key: null });
    const authorization = `Bearer ${String(given.body.access_token)}`;
    const send = () => service.api.request('GET', '/v1/agencies/x/officers', { headers: { authorization } });
    const first = await send();
    const second = await send();
    const left = (text: string | undefined) => Number(/r=(\d+)/.exec(text ?? '')?.[1]);
    if (/t=60$/.test(second.headers.ratelimit ?? '')) return;
    expect(left(first.headers.ratelimit) - left(second.headers.ratelimit)).toBe(1);
  });
});

test('an agency: all its credentials together', async () => {
  // Four officers of one agency with 20 each come to 60 before they come to 80, in one window or the next.
  const officers = ['intake.tiexi', 'handler.tiexi', 'head.tiexi', 'chief.tiexi'];
  const answers = (await Promise.all(officers.map(beyond))).flat();
  const byAgency = answers.filter(
    (answer) => answer.status === 429 && /"agency";r=0/.test(answer.headers.ratelimit ?? ''),
  );
  expect(byAgency.length).toBeGreaterThan(0);
  expect(byAgency[0]?.headers['ratelimit-policy']).toBe('"default";q=20;w=60, "agency";q=60;w=60');
});

test('an expensive operation has a smaller quota of its own', async () => {
  const body = { idNumber: '210102198503154321' };
  const answers = [];
  for (let i = 0; i < 11; i++) answers.push(await service.api.create('head.shenyang', '/v1/persons/lookups', body));
  const refused = answers.find((answer) => answer.status === 429);
  expect(refused?.headers['ratelimit-policy']).toMatch(/^"default";q=20;w=60, "expensive";q=5;w=60/);
  expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThanOrEqual(5);
});

describe('two replicas', () => {
  const WINDOW = 60;
  const at = 1_800_000_000_000;

  test('together let through what one would, within a tenth, and begin anew with the next window', async () => {
    let now = at;
    const make = () =>
      createCounts({
        pool: service.pool,
        now: () => now,
        windowSeconds: WINDOW,
        onError: (error) => expect(error).toBe(0),
      });
    const replicas = [make(), make()] as const;
    const limit = 500;
    const burst = async () => {
      let admitted = 0;
      for (let i = 0; i < 2000; i++) {
        const counts = replicas[i % 3 === 0 ? 0 : 1];
        if (counts.used('client:x') < limit) {
          counts.add('client:x', limit);
          admitted += 1;
        }
        // As fast as the exchange keeps up with; how fast that is, `npm run trust` measures.
        if (i % 10 === 0) for (const replica of replicas) await replica.exchange();
      }
      return admitted;
    };
    for (const _ of [1, 2]) {
      const admitted = await burst();
      expect(admitted).toBeGreaterThanOrEqual(limit);
      expect(admitted).toBeLessThanOrEqual(limit * 1.1);
      for (const counts of replicas) await counts.exchange();
      for (const counts of replicas) await counts.exchange();
      now += WINDOW * 1000;
      expect(replicas[0].used('client:x')).toBe(0);
    }
    for (const counts of replicas) await counts.stop();
    const rows = await service.owner.query(
      "select key, used from quota_counts where ends_at > now() + interval '1 hour' order by ends_at",
    );
    expect(rows.length).toBeLessThanOrEqual(2);
  });

  test('without the database each counts alone, and tells later what it counted', async () => {
    let broken = true;
    const failures: unknown[] = [];
    const pool = {
      query: <R extends Record<string, unknown>>(text: string, values?: unknown[]) =>
        broken ? Promise.reject(new Error('gone')) : service.pool.query<R>(text, values),
    };
    const counts = createCounts({ pool, now: () => at, windowSeconds: WINDOW, onError: (e) => void failures.push(e) });
    for (let i = 0; i < 10; i++) counts.add('client:y', 10);
    await counts.exchange();
    expect(failures.length).toBeGreaterThan(0);
    expect(counts.used('client:y')).toBe(10);
    broken = false;
    await counts.exchange();
    expect(counts.used('client:y')).toBe(10);
    const [row] = await service.owner.query<{ used: string }>(`select used from quota_counts where key = 'client:y'`);
    expect(Number(row?.used)).toBe(10);
    await counts.stop();
  });
});
