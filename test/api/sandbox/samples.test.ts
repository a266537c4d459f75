// The sample province: every story runs through the ordinary verbs, and the states that the offices know are all there.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '../../../src/platform/db/client.ts';
import { seedSamples } from '../../../src/sandbox/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();
let owner: Pool;
beforeAll(() => {
  owner = createPool({ url: service.database.ownerUrl, max: 1 });
});
afterAll(() => owner.end());

test('thirty stories give some hundred people in clues and cases over the states, and a second run adds nothing', async () => {
  await seedSamples(service.tx);
  const count = async (sql: string) => (await owner.query<{ n: number }>(sql))[0]?.n ?? 0;
  const states = async (table: string) =>
    new Set((await owner.query<{ state: string }>(`select distinct state from ${table}`)).map((r) => r.state));
  expect(await count('select count(*)::int as n from persons')).toBeGreaterThanOrEqual(90);
  expect(
    await count(
      'select (select count(*) from clues) + (select count(*) from assistance_cases where clue_id is null) as n',
    ).then(Number),
  ).toBe(30);
  expect(await states('clues')).toEqual(
    new Set(['submitted', 'returned', 'accepted', 'rejected', 'routed_to_social_assistance', 'withdrawn', 'answered']),
  );
  expect(await states('assistance_cases')).toEqual(
    new Set([
      'opened',
      'under_review',
      'awaiting_documents',
      'pending_approval',
      'granted',
      'refused',
      'disbursing',
      'closed',
      'revoked',
      'withdrawn',
    ]),
  );
  const before = await count('select count(*)::int as n from audit_records');
  await seedSamples(service.tx);
  expect(await count('select count(*)::int as n from audit_records')).toBe(before);
});

test('the summary of the province counts what the samples hold', async () => {
  const { api } = service;
  const year = new Date().getFullYear();
  const path = `/v1/statistics/summary?from=${year - 1}-01-01&to=${year + 1}-12-31`;
  const summary = await api.get('supervisor.liaoning', path);
  expect(summary.status).toBe(200);
  const expected = await owner.query<{ cases: number; persons: number; fen: string }>(
    `select count(distinct c.id)::int as cases, count(distinct b.person_id)::int as persons,
       (select sum(amount_fen)::text from disbursements d join assistance_cases x on x.id = d.case_id
         where d.paid_on is not null and x.state <> 'revoked') as fen
     from assistance_cases c join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null
     where c.decision_outcome = 'granted' and c.state <> 'revoked'`,
  );
  const [row] = expected;
  expect(summary.body.cases).toBe(row?.cases);
  expect(summary.body.persons).toBe(row?.persons);
  expect(summary.body.amount).toEqual({ amount: `${row?.fen.slice(0, -2)}.${row?.fen.slice(-2)}`, currency: 'CNY' });
  for (const part of ['byRegion', 'byLevel', 'byYear'] as const) {
    const rows = summary.body[part] as { cases: number }[];
    expect(rows.reduce((sum, r) => sum + r.cases, 0)).toBe(row?.cases);
  }
  expect(summary.body.otherMeasuresPersons).toBe(1);
  const district = await api.get('head.heping', path);
  expect(Number(district.body.cases)).toBeLessThan(Number(summary.body.cases));
  expect((await api.get('head.heping', `${path}&regionCode=210106`)).body.code).toBe('statistics.outside_region');
});
