// Whoever sees a name in clear is on record: once per person and view, also for a replay and a dry run (P-08).
import { expect, test } from '@jest/globals';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();

async function views(): Promise<number> {
  const rows = await service.owner.query<{ n: number }>(
    `select count(*)::int as n from audit_records where type = 'person.viewed'`,
  );
  return rows[0]?.n ?? 0;
}

test('create, replay, dry run and read each leave one record; a masked read or a list leaves none', async () => {
  const { api } = service;
  const first = await api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key: 'view-1' });
  expect(await views()).toBe(1);
  const again = await api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key: 'view-1' });
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.text).toBe(first.text);
  expect(await views()).toBe(2);
  const dry = await api.as('wf.heping', 'POST', '/v1/clues?dryRun=true', { body: sampleClue(), key: null });
  expect(dry.status).toBe(200);
  // The person of a dry run was never created: there is an audit row, and no person behind it.
  expect(await views()).toBe(3);
  await api.get('wf.heping', `/v1/clues/${String(first.body.id)}`);
  expect(await views()).toBe(4);
  await api.get('intake.heping', `/v1/clues/${String(first.body.id)}`);
  expect(await views()).toBe(5);
  const masked = await api.get('supervisor.liaoning', `/v1/clues/${String(first.body.id)}`);
  expect(masked.body.facts).toBeNull();
  await api.get('intake.heping', '/v1/clues');
  expect(await views()).toBe(5);
});
