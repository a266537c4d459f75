// Wage standards as data: the cap to the fen, the break-out before the level above, three levels together, versions (domain §7).
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import type { Known } from '../../support/story.ts';
import { asOwner } from '../disbursements/flow.ts';
import { beneficiariesOf, codeOf, errorsOf, GRANT, yuan } from './given.ts';
import { ok, useSharing } from './sharing.ts';

const sharing = useSharing();
const { service, given, shared, movedSince, balances, planned, expectSound } = sharing;

// The figure of 2022 is the latest one published on this day.
beforeAll(() => moveTo('2023-12-01'));

async function moveTo(day: string): Promise<void> {
  const body = { now: `${day}T09:00:00+08:00` };
  expect((await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null })).status).toBe(200);
}

const LOSS = { loss: yuan('180000.00'), received: yuan('20000.00'), faultPercent: 10 };
const HEAVY = { loss: yuan('400000.00'), received: yuan('0.00'), faultPercent: 0 };
const OVERRIDE = { reason: '重度伤残，需长期护理，家庭无收入来源' };

const propose = (known: Known, amount: string, change: Json = {}, query = '') => {
  const awards = beneficiariesOf(known).map((b) => ({ beneficiaryId: b.id, amount: yuan(amount) }));
  return service.api.decide(
    'handler.heping',
    known.path,
    `proposal${query}`,
    given.proposal(known, { awards, ...change }),
  );
};
const decide = (known: Known, officer: string, decision: Json = GRANT) =>
  service.api.decide(officer, known.path, 'approval', decision);

test('36 months to the fen; what a court would award is the ceiling at any level', async () => {
  const known = await given.underReview();
  ok(await propose(known, '269823.00', {}, '?dryRun=true'));
  expect(await propose(known, '269823.01')).toMatchObject({
    status: 409,
    body: { code: 'award.cap_exceeded', limit: '269823.00', missing: '0.01' },
  });
  expect(await propose(known, '300000.00', { override: OVERRIDE })).toMatchObject({
    status: 409,
    body: { code: 'award.assessment_missing' },
  });
  for (const change of [{ assessment: LOSS }, { assessment: LOSS, override: OVERRIDE }])
    expect(await propose(known, '300000.00', change)).toMatchObject({
      status: 409,
      body: { code: 'award.court_ceiling_exceeded', limit: '142000.00', missing: '158000.00' },
    });
  expect(errorsOf(await propose(known, '100.00', { override: OVERRIDE }))).toEqual(['/override override.needless']);
  const proposed = ok(await propose(known, '59960.66', { assessment: LOSS })).body;
  expect(proposed).toMatchObject({
    proposal: { assessment: LOSS, courtCeiling: yuan('142000.00') },
    pendingApproval: { step: 1, steps: ['own'], reasons: [] },
  });
  expect(ok(await decide(known, 'chief.heping')).body).toMatchObject({
    state: 'granted',
    decision: { standard: { year: 2022, annualAmount: yuan('89941.00'), months: 36, capAmount: yuan('269823.00') } },
  });
});

test('beyond the cap the level above approves as well', async () => {
  const known = await given.underReview();
  const proposed = ok(await propose(known, '300000.00', { override: OVERRIDE, assessment: HEAVY })).body;
  expect(proposed.pendingApproval).toMatchObject({ step: 1, steps: ['own', 'superior'], reasons: ['cap_breakout'] });
  expect(ok(await decide(known, 'chief.heping')).body).toMatchObject({ state: 'pending_approval' });
  expect(codeOf(await decide(known, 'chief.heping'))).toBe('403 case.awaits_superior');
  const granted = ok(await decide(known, 'chief.shenyang')).body;
  expect(granted).toMatchObject({ state: 'granted', grantedAmount: yuan('300000.00') });
  expect(granted.approvals).toMatchObject([{ kind: 'own' }, { kind: 'superior', level: 'city' }]);
  const other = await given.underReview('heping', 2);
  expect(codeOf(await propose(other, '140000.00'))).toBe('409 award.cap_exceeded');
});

test('county, city and province together: the cap is tested on the sum, each share is a line of its own', async () => {
  const before = await balances();
  const known = await shared({ shenyang: '30000.00', liaoning: '30000.00' });
  expect(codeOf(await propose(known, '269823.01'))).toBe('409 award.cap_exceeded');
  ok(await propose(known, '90000.00'));
  ok(await decide(known, 'chief.heping'));
  const moved = await movedSince(before);
  for (const place of ['heping', 'shenyang', 'liaoning'] as const)
    expect(moved[place].slice(0, 2)).toEqual([-30_000, 30_000]);
  const lines = [];
  for (let i = 0; i < 3; i++) lines.push(await planned(known, '30000.00'));
  expect(new Set(lines).size).toBe(3);
  await expectSound();
});

const figure = (change: Json = {}): Json => ({
  ...{ regionCode: '210000', year: 2022, series: 'all_employers', annualAmount: yuan('91000.00') },
  ...{ publishedOn: '2023-07-15', basis: '省统计局年度公报', ...change },
});
const enter = (body: Json, officer = 'admin') => service.api.create(officer, '/v1/assistance-standards', body);

test('entered by the administrator, never overwritten; decided cases keep theirs', async () => {
  const known = await given.underReview();
  ok(await propose(known, '20000.00'));
  const old = ok(await decide(known, 'chief.heping')).body.decision;
  expect((await enter(figure(), 'chief.heping')).status).toBe(403);
  expect(errorsOf(await enter(figure({ publishedOn: '2021-12-31', annualAmount: yuan('0.00') }))).sort()).toEqual([
    '/annualAmount/amount amount.not_positive',
    '/publishedOn date.too_early',
  ]);
  expect(errorsOf(await enter(figure({ regionCode: '990000' })))).toEqual(['/regionCode region.unknown']);
  expect(ok(await enter(figure())).body).toMatchObject({ version: 1, capMonths: 36, capAmount: yuan('273000.00') });
  expect(ok(await enter(figure({ annualAmount: yuan('92000.00') }))).body).toMatchObject({ version: 2 });
  const list = await service.api.get(
    'handler.tiexi',
    '/v1/assistance-standards?series=all_employers&includeTotal=true',
  );
  expect(list.body).toMatchObject({
    items: [{ version: 2 }, { version: 1, annualAmount: yuan('91000.00') }],
    total: 2,
  });
  const next = await given.underReview();
  expect((await propose(next, '276000.01')).body).toMatchObject({ code: 'award.cap_exceeded', limit: '276000.00' });
  // Not published yet: the day decides; a city's own figure comes before the province's.
  ok(await enter(figure({ year: 2023, publishedOn: '2023-12-02', annualAmount: yuan('99999.99') })));
  ok(await enter(figure({ regionCode: '210100', annualAmount: yuan('60000.00'), capMonths: 12 })));
  expect((await propose(next, '60000.01')).body).toMatchObject({ code: 'award.cap_exceeded', limit: '60000.00' });
  await moveTo('2023-12-02');
  expect((await propose(next, '299999.98')).body).toMatchObject({ code: 'award.cap_exceeded', limit: '299999.97' });
  expect((await service.api.get('handler.heping', known.path)).body.decision).toMatchObject(old as Json);
});

test('a standard that fell between proposal and decision: the grant is held against that of its day', async () => {
  await moveTo('2023-12-10');
  const known = await given.underReview();
  ok(await propose(known, '250000.00'));
  ok(await enter(figure({ year: 2023, publishedOn: '2023-12-09', annualAmount: yuan('60000.00') })));
  expect(await decide(known, 'chief.heping')).toMatchObject({
    status: 409,
    body: { code: 'award.cap_exceeded', limit: '180000.00', missing: '70000.00' },
  });
  ok(await decide(known, 'chief.heping', { outcome: 'returned', opinion: '超出新公布标准' }));
});

test('before any published figure nothing is granted and nothing is advanced', async () => {
  const known = await given.underReview();
  await asOwner(service, `update assistance_standards set published_on = '2099-01-01' returning id`);
  expect(codeOf(await propose(known, '100.00'))).toBe('409 award.standard_missing');
});
