// The queue of a procuratorate: urgent treatment jumps it, then green channel, then whoever waits longest; found by its index.
import { expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { asAgency, withClient } from '../../support/sql.ts';
import { createStory } from '../../support/story.ts';

const service = useService();
const QUEUE = '/v1/clues?order=queue';

test('urgent treatment, green channel, the rest; oldest first; only what awaits a decision; the cursor goes through', async () => {
  const { api } = service;
  const story = createStory(api);
  const filed = async (officer: string, change: Json = {}) => {
    const made = await api.create(officer, '/v1/clues', { ...story.clueInput(), ...change });
    return String(made.body.id);
  };
  const urgency = 'emergency_medical';
  const plain = [await filed('civil.heping'), await filed('education.heping')];
  const green = [await filed('wf.heping'), await filed('wf.heping')];
  const urgent = [await filed('wf.heping', { urgency }), await filed('civil.heping', { urgency })];
  const done = await story.rejectedClue();
  const wanted = [...urgent, ...green, ...plain];

  const whole = await api.get('intake.heping', `${QUEUE}&includeTotal=true`);
  expect(whole.body.items?.map(({ id }) => id)).toEqual(wanted);
  expect([whole.body.total, whole.body.nextCursor]).toEqual([6, null]);

  const paged: unknown[] = [];
  for (let path: string | null = `${QUEUE}&limit=2`; path; ) {
    const page = await api.get('intake.heping', path);
    paged.push(...(page.body.items ?? []).map(({ id }) => id));
    path = page.body.nextCursor ? `${QUEUE}&limit=2&cursor=${String(page.body.nextCursor)}` : null;
  }
  expect(paged).toEqual(wanted);
  expect((await api.get('intake.heping', `${QUEUE}&urgency=${urgency}`)).body.items).toHaveLength(2);
  expect((await api.get('intake.heping', `/v1/clues?urgency=${urgency}`)).body.items).toHaveLength(2);
  const newest = await api.get('intake.heping', '/v1/clues?limit=1');
  expect(newest.body.items).toMatchObject([{ id: done.id }]);
  // A cursor belongs to its order; the source names whose queue it looks at, and sees its own clues in it.
  const cursor = String((await api.get('intake.heping', `${QUEUE}&limit=2`)).body.nextCursor);
  expect((await api.get('intake.heping', `/v1/clues?limit=2&cursor=${cursor}`)).status).toBe(400);
  const agencyId = await story.agencyOf('intake.heping');
  const civil = await api.get('civil.heping', `${QUEUE}&agencyId=${agencyId}`);
  expect(civil.body.items?.map(({ id }) => id)).toEqual([urgent[1], plain[0]]);
  expect((await api.get('intake.tiexi', `${QUEUE}&agencyId=${agencyId}`)).body.items).toEqual([]);
});

test('its page is read from the index, whatever else waits', async () => {
  const story = createStory(service.api);
  const agency = await story.agencyOf('intake.heping');
  await story.clue('heping', { linkedCase: sampleClue().linkedCase });
  await withClient(service.database.superUrl, async (client) => {
    await client.query('set session_replication_role = replica');
    const columns = await client.query<{ names: string }>(
      `select string_agg(format('%I', column_name), ', ') as names from information_schema.columns
       where table_name = 'clues' and column_name not in ('id', 'number', 'external_id')`,
    );
    const names = String(columns.rows[0]?.names);
    await client.query(`insert into clues (id, number, ${names}) select gen_random_uuid(), 'X-' || n, ${names}
      from (select * from clues where state = 'submitted' limit 1) one, generate_series(1, 5000) n`);
    await client.query(
      `insert into access (kind, agency_id, resource_id, relation)
      select 'clue', $1, id, 'receiver' from clues on conflict do nothing`,
      [agency],
    );
    await client.query('analyze clues, access');
  });
  await withClient(service.database.appUrl, async (client) => {
    await asAgency(client, agency);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select * from clues where receiving_agency_id = $1 and state = 'submitted'
         and exists (select 1 from access a where a.kind = 'clue' and a.agency_id = $1 and a.resource_id = clues.id and a.relation <> 'oversight')
       order by (case when urgency = 'emergency_medical' then 0 when green_channel then 1 else 2 end), id limit 51`,
      [agency],
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('clues_queue');
    expect(plan).not.toMatch(/Seq Scan|Sort/);
  });
  const started = performance.now();
  expect((await service.api.get('intake.heping', `${QUEUE}&limit=50`)).body.items).toHaveLength(50);
  expect(performance.now() - started).toBeLessThan(500);
});
