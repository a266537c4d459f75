// The sample province: every story runs through the ordinary verbs, every state of every lifecycle is there, and none is left half made.
import { expect, test } from '@jest/globals';
import { accountMachine } from '../../../src/accounts/domain.ts';
import { correctionMachine } from '../../../src/cases/correction-domain.ts';
import { caseMachine } from '../../../src/cases/domain.ts';
import { noticeMachine } from '../../../src/cases/notice-domain.ts';
import { clueMachine } from '../../../src/clues/domain.ts';
import { disbursementMachine } from '../../../src/disbursements/domain.ts';
import { referralMachine } from '../../../src/referrals/domain.ts';
import { seedSandbox } from '../../../src/sandbox/reset.ts';
import { seedReference } from '../../../src/sandbox/seed.ts';
import { visitMachine } from '../../../src/visits/domain.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const rows = <R extends Record<string, unknown>>(sql: string) => service.owner.query<R>(sql);
const count = async (sql: string) => Number((await rows<{ n: string }>(`select count(*) as n from ${sql}`))[0]?.n);
const values = async (sql: string) => (await rows<{ v: string }>(sql)).map((row) => row.v).sort();

/** The clues, and the cases that came without one. */
const matters = async () => (await count('clues')) + (await count('assistance_cases where clue_id is null'));

test('a province of an older release, which has all but the standards, starts and gets them once', async () => {
  const before = await count('assistance_standards');
  await rows('delete from assistance_standards');
  for (let starts = 0; starts < 2; starts++) await seedReference(service.tx);
  expect(before).toBeGreaterThan(0);
  expect(await count('assistance_standards')).toBe(before);
});

test('a seeding that was interrupted is known as such, cleared away and made anew', async () => {
  let ids = 0;
  const newId = (now: number) => {
    ids += 1;
    if (ids > 2_000) throw new Error('interrupted');
    return service.tx.newId(now);
  };
  const deps = { tx: { ...service.tx, newId }, ownerUrl: service.database.ownerUrl };
  await expect(seedSandbox(deps)).rejects.toThrow();
  expect(await count('clues')).toBeGreaterThan(0);
  expect(await count(`audit_records where type = 'sandbox.seeded'`)).toBe(0);
  const old = (await values('select id as v from clues'))[0];

  await seedSandbox({ ...deps, tx: service.tx });
  expect(await count(`clues where id = '${old}'`)).toBe(0);
  expect(await count(`audit_records where type = 'sandbox.seeded'`)).toBe(1);
  expect(await matters()).toBeGreaterThanOrEqual(60);
  const next = await service.api.get('wf.heping', '/v1/clues?limit=1');
  expect([next.status, next.body.items?.length]).toEqual([200, 1]);
}, 120_000);

test('three hundred people in sixty clues and cases, and a further start adds nothing', async () => {
  expect(await count('persons')).toBeGreaterThanOrEqual(290);
  expect(await matters()).toBeGreaterThanOrEqual(60);
  const before = await count('audit_records');
  await seedSandbox({ tx: service.tx, ownerUrl: undefined });
  expect(await count('audit_records')).toBe(before);
});

test.each([
  ['clues', clueMachine.states],
  ['assistance_cases', caseMachine.states],
  ['disbursements', disbursementMachine.states],
  ['referrals', referralMachine.states],
  ['visits', visitMachine.states],
  ['monitoring_accounts', accountMachine.states],
  ['case_notices', noticeMachine.states],
  ['case_corrections', correctionMachine.states],
  ['account_entries', ['open', 'countersigned', 'objected']],
] as const)('%s stand in every state of their lifecycle', async (table, states) => {
  expect(await values(`select distinct state as v from ${table}`)).toEqual([...states].sort());
});

test('what the offices meet beside: overrides, marks, merges, transfers, every department', async () => {
  expect(await count(`assistance_cases where approval_step = 2 and state = 'pending_approval'`)).toBe(1);
  expect(await count('assistance_cases where pending_correction_id is not null')).toBe(1);
  expect(await count('assistance_cases where typical_marked_on is not null')).toBeGreaterThanOrEqual(2);
  expect(await count('assistance_cases where campaign_code is not null')).toBeGreaterThanOrEqual(3);
  expect(await count(`persons where state = 'merged'`)).toBe(1);
  expect(await count(`account_transfers where state = 'requested'`)).toBe(1);
  const kindOf = 'select distinct a.kind as v from agencies a join';
  expect(await values(`${kindOf} referrals r on r.agency_id = a.id`)).toHaveLength(10);
  const handling = `${kindOf.replace('a.kind', 'a.region_code')} assistance_cases c on c.handling_agency_id = a.id`;
  expect(await values(handling)).toEqual(['210000', '210100', '210102', '210106']);
  expect(await count(`monitoring_accounts where state <> 'closed' and next_due_on is null`)).toBe(0);
});

test('the summary of the province counts what the samples hold', async () => {
  const { api } = service;
  const year = new Date().getFullYear();
  const path = `/v1/statistics/summary?from=${year - 1}-01-01&to=${year + 1}-12-31`;
  const summary = await api.get('supervisor.liaoning', path);
  expect(summary.status).toBe(200);
  const [row] = await rows<{ cases: number; persons: number; fen: string; other: number }>(
    `select count(distinct c.id)::int as cases, count(distinct b.person_id)::int as persons,
       (select sum(amount_fen - coalesce(recovered_fen, 0))::text from disbursements d join assistance_cases x on x.id = d.case_id
         where d.paid_on is not null and x.state <> 'revoked') as fen,
       (select count(distinct p.person_id)::int from referral_outputs o join referral_persons p using (referral_id)) as other
     from assistance_cases c join case_beneficiaries b on b.case_id = c.id and b.granted_fen is not null
     where c.decision_outcome = 'granted' and c.state <> 'revoked'`,
  );
  expect(summary.body.cases).toBe(row?.cases);
  expect(summary.body.persons).toBe(row?.persons);
  expect(summary.body.amount).toEqual({ amount: `${row?.fen.slice(0, -2)}.${row?.fen.slice(-2)}`, currency: 'CNY' });
  for (const part of ['byRegion', 'byLevel', 'byYear'] as const) {
    const parts = summary.body[part] as { cases: number }[];
    expect(parts.reduce((sum, r) => sum + r.cases, 0)).toBe(row?.cases);
  }
  expect(summary.body.otherMeasuresPersons).toBe(row?.other);
  const district = await api.get('head.heping', path);
  expect(Number(district.body.cases)).toBeLessThan(Number(summary.body.cases));
  expect((await api.get('head.heping', `${path}&regionCode=210106`)).body.code).toBe('statistics.outside_region');
});
