// Bulk reading (S-49): who is shown more people than the limit within an hour is reported once, refused where that is wanted, and released.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { releaseCredential, watchBulkReading } from '../../../src/audit/bulk-read.ts';
import { createLog } from '../../../src/platform/log.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { createStory } from '../../support/story.ts';

const service = useService({ env: { QUOTA_REQUESTS: '1000' } });
const lines: string[] = [];
const log = createLog(
  'info',
  (line) => void lines.push(line),
  () => new Date(0),
);
const watch = (limit: number, block = false) => watchBulkReading(service.tx, { limit, block }, log);
const facts = () =>
  service.owner.query<{ type: string; data: Record<string, unknown> }>(
    `select type, data from audit_records where type like 'agency.bulk_read%' order by recorded_at, id`,
  );
let reader = '';

beforeAll(async () => {
  const { subject } = createStory(service.api);
  const me = await service.api.get('wf.heping', '/v1/me');
  reader = `officer:${String((me.body.officer as { id: string }).id)}`;
  for (let i = 0; i < 4; i++) {
    const made = await service.api.create('wf.heping', '/v1/clues', { ...sampleClue(), subjects: [subject()] });
    // Twice the same person is one person.
    for (let n = 0; n < 2; n++) await service.api.get('wf.heping', `/v1/clues/${String(made.body.id)}`);
  }
});

describe('the watch', () => {
  test('is silent at the limit and where there is none', async () => {
    const [row] = await service.owner.query<{ n: number }>(
      `select count(distinct resource_id)::int as n from audit_records where kind = 'person' and purpose is not null`,
    );
    expect(row?.n).toBeGreaterThanOrEqual(4);
    expect([await watch(row?.n ?? 0), await watch(0)]).toEqual([0, 0]);
    expect(await facts()).toEqual([]);
  });

  test('reports who is above it, once, in the log, the audit record and the metrics', async () => {
    expect([await watch(3), await watch(3)]).toEqual([1, 0]);
    const [fact, ...others] = await facts();
    expect(fact).toMatchObject({
      type: 'agency.bulk_read_alerted',
      data: { credential: reader, limit: 3, blocked: false },
    });
    expect(others).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', officerId: reader.split(':')[1] });
    expect(await service.metrics.registry.metrics()).toContain('bulk_read_alerts_open 1');
  });

  test('does not refuse unless that is wanted', async () => {
    expect((await service.api.get('wf.heping', '/v1/me')).status).toBe(200);
  });
});

describe('with BULK_READ_BLOCK', () => {
  const untilAnswered = async (status: number) => {
    // The exchange of the counts brings the news within a second.
    for (let tries = 0; tries < 200; tries++) {
      const answer = await service.api.get('wf.heping', '/v1/me');
      if (answer.status === status) return answer;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`never ${status}`);
  };

  test('the credential is refused until it is released, and nobody else is', async () => {
    await service.owner.query('update bulk_read_alerts set blocked = true');
    const refused = await untilAnswered(429);
    expect(refused.body).toMatchObject({ code: 'quota.blocked' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await service.api.get('intake.heping', '/v1/me')).status).toBe(200);
    expect(await releaseCredential(service.tx, reader)).toBe(true);
    expect(await releaseCredential(service.tx, reader)).toBe(false);
    await untilAnswered(200);
    expect((await facts()).map((fact) => fact.type)).toEqual(['agency.bulk_read_alerted', 'agency.bulk_read_released']);
  });

  test('a released one is reported again an hour later, and not before', async () => {
    expect(await watch(3, true)).toBe(0);
    await service.owner.query(`update bulk_read_alerts set updated_at = updated_at - interval '61 minutes'`);
    expect(await watch(3, true)).toBe(1);
    await untilAnswered(429);
  });
});

test('counts people read masked as well', async () => {
  await service.owner.query(
    `insert into read_records (agency_id, officer_id, request_id, route, kind, ids)
     select agency_id, id, 'test', '/v1/persons/:id', 'person', (select array_agg(id) from persons)
     from officers where code = 'intake.heping'`,
  );
  expect([await watch(3), await watch(3)]).toEqual([1, 0]);
});
