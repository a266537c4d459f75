// A department ends and another carries on: new referrals go to the successor, open ones move along with their state.
import { beforeAll, expect, test } from '@jest/globals';
import { civilDateOf } from '../../../src/kernel/civil-date.ts';
import { handOverReferrals } from '../../../src/referrals/jobs.ts';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { codesOf, createGiven, type Given, type GrantedCase, steps } from './given.ts';

const service = useService();
const handler = 'handler.heping';
let given: Given;
let granted: GrantedCase;

beforeAll(async () => {
  given = createGiven(service.api);
  granted = await given.grantedCase();
}, 60_000);

async function edit(agencyId: string, change: Json): Promise<void> {
  const path = `/v1/agencies/${agencyId}`;
  const { etag } = await service.api.get('admin', path);
  must(await service.api.as('admin', 'PATCH', path, { body: change, etag }), path);
}

async function send(agencyId: string, measures: string[]): Promise<Known> {
  const personIds = granted.beneficiaries.map((b) => b.personId);
  const body = { ...(await given.request('hr', personIds)), agencyId, measures };
  return must(await service.api.create(handler, `${granted.path}/referrals`, body), '/v1/referrals');
}

/** Agriculture carries on for rural revitalisation (domain §9); it has no kind of its own. */
async function successor(name: string): Promise<string> {
  const { api } = service;
  const agency = { code: `${name}-210102`, name: '和平区农业农村局', nameEn: 'Agriculture Bureau of Heping' };
  const place = { kind: 'other', level: 'county', regionCode: '210102' };
  const made = must(await api.create('admin', '/v1/agencies', { ...agency, ...place }), '/v1/agencies');
  const officer = { code: `${name}.heping`, name: '孙立', roles: ['dept_officer'], personKey: `staff:${name}` };
  must(await api.create('admin', `${made.path}/officers`, officer), made.path);
  return made.id;
}

test('open referrals move to the successor, ended ones stay, and nothing is sent to the past', async () => {
  const { api } = service;
  const rural = await given.story.agencyOf('rural.heping');
  const open = await steps(given.story, 'rural.heping', await send(rural, ['RR1']), [['acceptance'], ['start']]);
  const ended = await steps(given.story, 'rural.heping', await send(rural, ['RR2']), [
    ['rejection', { reasonCode: 'no_capacity', reason: '暂无名额' }],
  ]);
  const agriculture = await successor('agri');
  const yesterday = new Date(Date.parse(`${civilDateOf(new Date())}T00:00:00Z`) - 86_400_000)
    .toISOString()
    .slice(0, 10);

  await edit(rural, { validTo: yesterday });
  const toNobody = await api.create(handler, `${granted.path}/referrals`, {
    ...(await given.request('hr', [granted.beneficiaries[0]?.personId ?? ''])),
    ...{ agencyId: rural, measures: ['RR1'] },
  });
  expect([toNobody.status, toNobody.body.code]).toEqual([409, 'referral.agency_ended']);

  await edit(rural, { successorId: agriculture });
  const refused = await api.create(handler, `${granted.path}/referrals`, {
    ...(await given.request('hr', [granted.beneficiaries[0]?.personId ?? ''])),
    ...{ agencyId: rural, measures: ['RR1'] },
  });
  expect([refused.status, refused.body.code]).toEqual([409, 'referral.agency_succeeded']);
  expect(refused.body.errors).toEqual([{ pointer: '/agencyId', code: 'agency.succeeded', detail: agriculture }]);

  const moved = await api.get(handler, open.path);
  expect(moved.body).toMatchObject({
    state: 'in_progress',
    agency: { id: agriculture },
    formerAgency: { id: rural },
    sentOn: open.body.sentOn,
    respondBy: open.body.respondBy,
  });
  expect((await api.get('agri.heping', `${open.path}/package`)).body).toMatchObject({ masked: false });
  expect((await api.get('rural.heping', open.path)).status).toBe(404);
  expect((await api.get(handler, ended.path)).body).toMatchObject({ agency: { id: rural }, formerAgency: null });
  const delivered = await steps(given.story, 'agri.heping', open, [
    ['output', { measure: 'RR1', from: '2026-11-16' }],
    ['completion', { outcome: 'delivered' }],
  ]);
  expect(delivered.body).toMatchObject({ state: 'completed', outputs: [{ measure: 'RR1' }] });
  const forward = await api.decide(handler, (await given.refer(granted)).path, 'forwarding', {
    ...{ agencyId: rural, measures: ['RR1'], reason: '转送' },
  });
  expect(forward.body.code).toBe('referral.agency_succeeded');
  // Its measures are the successor's now, and only those that somebody has handed on to it.
  expect((await send(agriculture, ['RR3'])).body).toMatchObject({ state: 'requested', measures: ['RR3'] });
  const foreign = await api.create(handler, `${granted.path}/referrals`, {
    ...(await given.request('hr', [granted.beneficiaries[0]?.personId ?? ''])),
    agencyId: agriculture,
  });
  expect(codesOf(foreign)).toEqual(['measure.wrong_agency']);
});

test('a successor named ahead takes over when the last day has passed, and not before', async () => {
  const { api } = service;
  const health = await successor('health');
  const other = await successor('clinic');
  await edit(health, { validTo: '2027-06-30', successorId: other });
  const open = await send(health, ['OT2']);
  await handOverReferrals(service.tx);
  expect((await api.get(handler, open.path)).body).toMatchObject({ agency: { id: health }, version: 1 });
  must(await api.as('admin', 'POST', '/v1/sandbox/clock', { body: { now: '2027-07-01T09:00:00+08:00' } }), 'clock');
  try {
    // The route has swept before it answered; the job finds nothing left.
    expect((await api.get(handler, open.path)).body).toMatchObject({
      ...{ agency: { id: other }, formerAgency: { id: health }, state: 'requested' },
    });
    await handOverReferrals(service.tx);
    expect((await api.get('clinic.heping', open.path)).body).toMatchObject({ version: 2 });
    const { body } = await api.get('clinic.heping', '/v1/deadlines');
    expect(body.items).toMatchObject([{ code: 'D-DEPT', subject: { id: open.id }, party: { agency: { id: other } } }]);
  } finally {
    await api.as('admin', 'DELETE', '/v1/sandbox/clock');
  }
});
