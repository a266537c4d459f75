// Tiers of approval as data: none at first, then further approvers, a committee and levels above, by different people (S-21).
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { asOwner, ok } from '../disbursements/flow.ts';
import {
  addOfficer,
  beneficiariesOf,
  codeOf,
  createGiven,
  errorsOf,
  type Given,
  GRANT,
  REFUSE,
  yuan,
} from './given.ts';

const service = useService();
let given: Given;
let agencyId: string;
beforeAll(async () => {
  given = createGiven(service.api);
  agencyId = (await service.api.get('chief.heping', '/v1/me').then(({ body }) => body.agency as { id: string })).id;
  const { ownerUrl } = service.database;
  const [chief] = await asOwner(service, `select person_key from officers where code = 'chief.heping'`);
  const twin = { code: 'twin.heping', like: 'chief.heping', roles: ['chief'], personKey: String(chief?.person_key) };
  await addOfficer(ownerUrl, twin);
});

const enter = (change: Json, officer = 'admin') =>
  service.api.create(officer, '/v1/approval-tiers', {
    ...{ agencyId, aboveAmount: yuan('50000.00'), approvers: 2, validFrom: '2020-01-01', basis: '本院办理规则' },
    ...change,
  });

async function proposed(amount: string): Promise<Known> {
  const known = await given.underReview();
  const awards = [{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount) }];
  const body = given.proposal(known, { awards, amountReason: '伤残等级高，医疗支出大' });
  return { ...known, body: ok(await service.api.decide('handler.heping', known.path, 'proposal', body)).body };
}
const decide = (known: Known, officer: string, decision: Json = GRANT) =>
  service.api.decide(officer, known.path, 'approval', decision);

test('none at first: one chief grants any sum within the cap', async () => {
  expect((await service.api.get('head.heping', '/v1/approval-tiers')).body.items).toEqual([]);
  const known = await proposed('200000.00');
  expect(ok(await decide(known, 'chief.heping')).body).toMatchObject({ state: 'granted' });
});

test('entered by the administrator alone, for a procuratorate', async () => {
  expect((await enter({}, 'chief.heping')).status).toBe(403);
  expect(errorsOf(await enter({ validTo: '2019-12-31' }))).toEqual(['/validTo date.too_early']);
  const wf = (await service.api.get('wf.heping', '/v1/me')).body.agency as { id: string };
  expect(codeOf(await enter({ agencyId: wf.id }))).toBe('422 request.reference_unknown');
  expect(codeOf(await enter({ agencyId: '01900000-0000-7000-8000-000000000000' }))).toBe(
    '422 request.reference_unknown',
  );
});

test('above the sum two different people approve, whatever credential they use', async () => {
  ok(await enter({}));
  const below = await proposed('50000.00');
  expect(ok(await decide(below, 'chief.heping')).body).toMatchObject({ state: 'granted' });
  const known = await proposed('50000.01');
  expect(known.body.pendingApproval).toMatchObject({ step: 1, steps: ['own', 'own'] });
  const half = ok(await decide(known, 'chief.heping')).body;
  expect(half).toMatchObject({ state: 'pending_approval', pendingApproval: { step: 2 }, decision: null });
  for (const officer of ['chief.heping', 'twin.heping'])
    expect(codeOf(await decide(known, officer))).toBe('403 decision.four_eyes');
  expect(
    codeOf(await decide(known, 'chief.heping', { ...GRANT, minutes: { heldOn: '2026-11-16', reference: '1' } })),
  ).toBe('403 decision.four_eyes');
  expect(ok(await decide(known, 'deputy.heping')).body).toMatchObject({
    state: 'granted',
    approvals: [{ step: 1 }, { step: 2 }],
  });
});

test('a committee and two levels above, one after the other; what a later step does not approve goes back', async () => {
  ok(await enter({ aboveAmount: yuan('100000.00'), approvers: 1, committee: true, levelsAbove: 2 }));
  const known = await proposed('120000.00');
  expect(known.body.pendingApproval).toMatchObject({
    steps: ['own', 'committee', 'superior', 'higher'],
    reasons: ['amount_tier'],
  });
  ok(await decide(known, 'chief.heping'));
  expect(codeOf(await decide(known, 'chief.heping'))).toBe('409 approval.minutes_missing');
  expect((await service.api.get('chief.shenyang', known.path)).status).toBe(404);
  const minutes = { heldOn: '2026-11-16', reference: '检委会〔2026〕第8次' };
  ok(await decide(known, 'chief.heping', { ...GRANT, minutes }));
  expect(codeOf(await decide(known, 'deputy.heping'))).toBe('403 case.awaits_superior');
  expect(codeOf(await decide(known, 'chief.shenyang', { ...GRANT, minutes }))).toBe('409 approval.minutes_needless');
  ok(await decide(known, 'chief.shenyang'));
  expect(codeOf(await decide(known, 'chief.shenyang'))).toBe('403 case.awaits_superior');
  const granted = ok(await decide(known, 'chief.liaoning')).body;
  expect(granted).toMatchObject({ state: 'granted' });
  expect(granted.approvals).toMatchObject([
    ...[{ kind: 'own' }, { kind: 'committee', minutes }, { kind: 'superior' }, { kind: 'higher', level: 'province' }],
  ]);
  const other = await proposed('120000.00');
  ok(await decide(other, 'chief.heping'));
  expect(ok(await decide(other, 'deputy.heping', REFUSE)).body).toMatchObject({
    state: 'under_review',
    pendingApproval: null,
  });
});

test('a later tier takes an earlier one back', async () => {
  ok(await enter({ aboveAmount: yuan('100000.00'), approvers: 1 }));
  expect((await proposed('120000.00')).body.pendingApproval).toMatchObject({ steps: ['own'] });
});

test('two decide one step at once: one of them is late', async () => {
  const known = await proposed('60000.00');
  const { etag } = await service.api.get('chief.heping', known.path);
  const both = ['chief.heping', 'deputy.heping'].map((officer) =>
    service.api.as(officer, 'POST', `${known.path}/approval`, { body: GRANT, etag }),
  );
  expect((await Promise.all(both)).map((answer) => answer.status).sort()).toEqual([200, 412]);
});
