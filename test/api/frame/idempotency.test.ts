// Idempotency-Key: one effect per key, byte-equal replays, also under a hundred duplicates and over two replicas (I-01..I-04).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { type Service, startService, useService } from '../../support/service.ts';

const service = useService();
let replica: Service;
beforeAll(async () => {
  replica = await startService({ database: service.database });
});
afterAll(() => replica?.stop());

const send = (at: Service, key: string, body: unknown = sampleClue(), officer = 'wf.heping') =>
  at.api.as(officer, 'POST', '/v1/clues', { body, key });

async function countOf(table: string): Promise<number> {
  const client = await service.pool.connect();
  try {
    await client.client.query(`select set_config('app.agency', '00000000-0000-0000-0000-000000000000', false)`);
    const { rows } = await client.client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return rows[0]?.n ?? -1;
  } finally {
    client.release(true);
  }
}

const essence = ({ status, text, headers }: Answer) => [status, text, headers.etag, headers.location].join('\n');

describe('one key', () => {
  test('replays the first answer, whatever the order of members, the form of the key and the language', async () => {
    const first = await send(service, 'key-1');
    const { subjects, ...rest } = sampleClue();
    const headers = { 'accept-language': 'en' };
    const again = await service.api.as('wf.heping', 'POST', '/v1/clues?lang=en', {
      body: { subjects, ...rest },
      key: '"key-1"',
      headers,
    });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(essence(again)).toBe(essence(first));
  });

  test('with another body is a 422 and changes nothing', async () => {
    await send(service, 'key-2');
    const before = await countOf('clues');
    const other = await send(service, 'key-2', { ...sampleClue(), urgency: 'emergency_medical' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency.key_reused']);
    const otherRoute = await service.api.as('wf.heping', 'POST', '/v1/clues?dryRun=false', { body: {}, key: 'key-2' });
    expect([400, 422]).toContain(otherRoute.status);
    expect(await countOf('clues')).toBe(before);
  });

  test('is another key for another agency and another officer', async () => {
    const mine = await send(service, 'key-3');
    const theirs = await send(service, 'key-3', { ...sampleClue(), regionCode: '210106' }, 'wf.tiexi');
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test('is not consumed by a refusal: only 2xx answers are stored', async () => {
    const wrong = await send(service, 'key-4', { ...sampleClue(), foundOn: '2098-01-01' });
    expect(wrong.status).toBe(422);
    const right = await send(service, 'key-4');
    expect([right.status, right.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  test('replays before If-Match is compared, and not once the resource is out of sight', async () => {
    const made = await send(service, 'key-5');
    const path = `/v1/clues/${String(made.body.id)}`;
    const withdraw = () =>
      service.api.as('wf.heping', 'POST', `${path}/withdrawal`, { body: {}, key: 'key-6', etag: made.etag });
    const first = await withdraw();
    const again = await withdraw();
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([200, 200, 'true']);
    expect(again.text).toBe(first.text);
  });
});

describe('a hundred duplicates at once', () => {
  test.each([['one service', 1] as const, ['two services on one database', 2] as const])(
    'over %s have one effect',
    async (_name, replicas) => {
      const before = await countOf('clues');
      const all = await Promise.all(
        Array.from({ length: 100 }, (_, i) => send(i % replicas === 1 ? replica : service, `flood-${replicas}`)),
      );
      const done = all.filter((answer) => answer.status === 201);
      const busy = all.filter((answer) => answer.status !== 201);
      expect(done.filter((answer) => answer.headers['idempotency-replayed'] === undefined)).toHaveLength(1);
      expect(new Set(done.map(essence)).size).toBe(1);
      // On a busy machine some get no connection in time; whoever retries then gets the same answer as everybody.
      for (const answer of busy) {
        expect(['409 idempotency.in_flight', '503 service.busy']).toContain(`${answer.status} ${answer.body.code}`);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        expect(essence(await send(service, `flood-${replicas}`))).toBe(essence(done[0] as Answer));
      }
      expect(await countOf('clues')).toBe(before + 1);
    },
  );
});

test('a duplicate of one in flight elsewhere waits two seconds, then gets 409 with Retry-After; a retry runs', async () => {
  const { body } = await service.api.get('wf.heping', '/v1/me');
  const [officer, agency] = [body.officer, body.agency] as { id: string }[];
  const elsewhere = await service.pool.connect();
  try {
    // What another replica in the middle of its transaction holds: the row of the key.
    await elsewhere.client.query('begin');
    await elsewhere.client.query(
      `insert into idempotency_keys (scope, key, fingerprint) values ($1, 'slow-1', '\\x00')`,
      [`${agency?.id}|-|${officer?.id}`],
    );
    const started = performance.now();
    const duplicate = await send(service, 'slow-1');
    expect([duplicate.status, duplicate.body.code]).toEqual([409, 'idempotency.in_flight']);
    expect(duplicate.headers['retry-after']).toBe('1');
    expect(performance.now() - started).toBeGreaterThan(1500);
  } finally {
    await elsewhere.client.query('rollback');
    elsewhere.release();
  }
  expect((await send(service, 'slow-1')).status).toBe(201);
});
