// A department ends and another carries on: new referrals go to the successor, open ones move along with their state.
import { beforeAll, expect, test } from '@jest/globals';
import { civilDateOf } from '../../../src/kernel/civil-date.ts';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { createGiven, type Given, type GrantedCase, steps } from './given.ts';

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

test('open referrals move to the successor, ended ones stay, and nothing is sent to the past', async () => {
  const { api } = service;
  const rural = await given.story.agencyOf('rural.heping');
  const open = await steps(given.story, 'rural.heping', await send(rural, ['RR1']), [['acceptance'], ['start']]);
  const ended = await steps(given.story, 'rural.heping', await send(rural, ['RR2']), [
    ['rejection', { reasonCode: 'no_capacity', reason: '暂无名额' }],
  ]);
  const civil = await given.story.agencyOf('civil.heping');
  const yesterday = new Date(Date.parse(`${civilDateOf(new Date())}T00:00:00Z`) - 86_400_000)
    .toISOString()
    .slice(0, 10);

  await edit(rural, { validTo: yesterday });
  const toNobody = await api.create(handler, `${granted.path}/referrals`, {
    ...(await given.request('hr', [granted.beneficiaries[0]?.personId ?? ''])),
    ...{ agencyId: rural, measures: ['RR1'] },
  });
  expect([toNobody.status, toNobody.body.code]).toEqual([409, 'referral.agency_ended']);

  await edit(rural, { successorId: civil });
  const refused = await api.create(handler, `${granted.path}/referrals`, {
    ...(await given.request('hr', [granted.beneficiaries[0]?.personId ?? ''])),
    ...{ agencyId: rural, measures: ['RR1'] },
  });
  expect([refused.status, refused.body.code]).toEqual([409, 'referral.agency_succeeded']);
  expect(refused.body.errors).toEqual([{ pointer: '/agencyId', code: 'agency.succeeded', detail: civil }]);

  const moved = await api.get(handler, open.path);
  expect(moved.body).toMatchObject({
    state: 'in_progress',
    agency: { id: civil },
    formerAgency: { id: rural },
    sentOn: open.body.sentOn,
    respondBy: open.body.respondBy,
  });
  expect((await api.get('civil.heping', `${open.path}/package`)).body).toMatchObject({ masked: false });
  expect((await api.get('rural.heping', open.path)).status).toBe(404);
  expect((await api.get(handler, ended.path)).body).toMatchObject({ agency: { id: rural }, formerAgency: null });
  const delivered = await steps(given.story, 'civil.heping', open, [
    ['output', { measure: 'RR1', from: '2026-11-16' }],
    ['completion', { outcome: 'delivered' }],
  ]);
  expect(delivered.body).toMatchObject({ state: 'completed', outputs: [{ measure: 'RR1' }] });
  const forward = await api.decide(handler, (await given.refer(granted)).path, 'forwarding', {
    ...{ agencyId: rural, measures: ['RR1'], reason: '转送' },
  });
  expect(forward.body.code).toBe('referral.agency_succeeded');
});
