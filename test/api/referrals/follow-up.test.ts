// A measure that did not come is not the end of the need: it stays the sender's until it has decided (issue 3: nobody drops out).
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { codesOf, createGiven, type Given, type GrantedCase, steps } from './given.ts';

const service = useService();
const civil = 'civil.heping';
const handler = 'handler.heping';
let given: Given;
let granted: GrantedCase;

beforeAll(async () => {
  given = createGiven(service.api);
  granted = await given.grantedCase();
}, 60_000);

const rejection = ['rejection', { reasonCode: 'not_eligible', reason: '收入超过标准' }] as const;
const rejected = async () => steps(given.story, civil, await given.refer(granted), [rejection]);
const allowedOf = (body: Json) =>
  (body.availableActions as { action: string; allowed: boolean }[]).filter((a) => a.allowed).map((a) => a.action);

async function completed(outcome: string): Promise<Known> {
  const referral = await given.refer(granted);
  return steps(given.story, civil, referral, [['acceptance'], ['start'], ['completion', { outcome }]]);
}

async function failed(): Promise<Known> {
  return steps(given.story, civil, await given.refer(granted), [
    ['acceptance'],
    ['start'],
    ['failure', { reason: '本人迁出' }],
  ]);
}

describe('is due', () => {
  test.each([
    ['rejected', rejected, 'open'],
    ['failed', failed, 'open'],
    ['not delivered', () => completed('not_delivered'), 'open'],
    ['partly delivered', () => completed('partly_delivered'), 'open'],
    ['delivered', () => completed('delivered'), 'none'],
  ] as const)('%s', async (_, make, followUp) => {
    const { api } = service;
    const referral = await make();
    const { body } = await api.get(handler, referral.path);
    expect(body).toMatchObject({ followUp, followUpDecision: null });
    expect(allowedOf(body)).toEqual(followUp === 'open' ? ['follow-up'] : []);
    const listed = await api.get(handler, '/v1/referrals?direction=sent&followUp=open&limit=200');
    const ids = (listed.body.items ?? []).map((item) => item.id);
    expect(ids.includes(referral.id)).toBe(followUp === 'open');
    expect((await api.get(civil, referral.path)).body.followUp).toBe('none');
  });

  test('not before an end, and not after a cancellation', async () => {
    const { api } = service;
    const referral = await given.refer(granted);
    const body = { decision: 'not_pursued', reason: '不再需要' };
    const early = await api.decide(handler, referral.path, 'follow-up', body);
    expect([early.status, early.body.code]).toEqual([409, 'referral.no_follow_up']);
    await steps(given.story, handler, referral, [['cancellation', { reason: '重复' }]]);
    expect((await api.decide(handler, referral.path, 'follow-up', body)).status).toBe(409);
  });
});

describe('the sender', () => {
  test('refers the need again, to another department or to the same with more', async () => {
    const { api } = service;
    const referral = await rejected();
    const agencyId = await given.story.agencyOf('hr.heping');
    const decided = await steps(given.story, handler, referral, [
      ['follow-up', { decision: 'referred_again', reason: '改由人社', referral: { agencyId, measures: ['HR1'] } }],
    ]);
    const followUpDecision = decided.body.followUpDecision as Json;
    expect(decided.body).toMatchObject({ state: 'rejected', followUp: 'resolved' });
    expect(followUpDecision).toMatchObject({ decision: 'referred_again', reason: '改由人社' });
    const path = `/v1/referrals/${String(followUpDecision.referralId)}`;
    expect((await api.get(handler, path)).body).toMatchObject({
      state: 'requested',
      forwardedFromId: referral.id,
      assistanceCaseId: granted.id,
      proposal: '家庭生活困难，建议给予救助',
    });
    expect((await api.get('hr.heping', `${path}/package`)).body).toMatchObject({ masked: false });
    expect((await api.get(civil, path)).status).toBe(404);
    const department = await api.get(civil, referral.path);
    expect(department.body).toMatchObject({ followUp: 'none', followUpDecision: null });
    expect(department.text).not.toContain('改由人社');
    const twice = await api.decide(handler, referral.path, 'follow-up', { decision: 'not_pursued', reason: '二次' });
    expect(twice.body.code).toBe('referral.no_follow_up');

    const own = await given.story.agencyOf(civil);
    const again = { agencyId: own, measures: ['MCA1'], proposal: '补充收入证明后再次申请' };
    const same = await steps(given.story, handler, await failed(), [
      ['follow-up', { decision: 'referred_again', reason: '补充材料', referral: again }],
    ]);
    expect(same.body.followUp).toBe('resolved');
  });

  test('or records that the need is met or not pursued', async () => {
    for (const decision of ['met_otherwise', 'not_pursued']) {
      const decided = await steps(given.story, handler, await rejected(), [
        ['follow-up', { decision, reason: '亲属已解决' }],
      ]);
      expect(decided.body).toMatchObject({
        followUp: 'resolved',
        followUpDecision: { decision, reason: '亲属已解决', referralId: null },
      });
    }
  });

  test('is refused half a decision, a foreign measure, and everybody else is refused the act', async () => {
    const { api } = service;
    const referral = await rejected();
    const agencyId = await given.story.agencyOf('hr.heping');
    const tryIt = (body: Json, officer = handler) => api.decide(officer, referral.path, 'follow-up', body);
    const without = await tryIt({ decision: 'referred_again', reason: '改由人社' });
    expect([without.status, codesOf(without)]).toEqual([422, ['referral.missing']]);
    const onward = { agencyId, measures: ['HR1'] };
    const withOne = await tryIt({ decision: 'not_pursued', reason: '无', referral: onward });
    expect(codesOf(withOne)).toEqual(['referral.not_expected']);
    const wrong = await tryIt({ decision: 'referred_again', reason: '改', referral: { agencyId, measures: ['MCA1'] } });
    expect(wrong.body.errors).toMatchObject([{ pointer: '/referral/measures/0', code: 'measure.wrong_agency' }]);
    const decided = { decision: 'not_pursued', reason: '无' };
    expect((await tryIt(decided, civil)).body.permission).toBe('referral:send');
    expect((await tryIt(decided, 'handler.tiexi')).status).toBe(404);
    expect((await api.get(handler, referral.path)).body.followUp).toBe('open');
  });
});

test('a hold has a day on which it ends', async () => {
  const { api } = service;
  const referral = await steps(given.story, civil, await given.refer(granted), [['acceptance'], ['start']]);
  const past = await api.decide(civil, referral.path, 'hold', { reason: '等待名额', resumeOn: '2020-01-01' });
  expect([past.status, codesOf(past)]).toEqual([422, ['date.past']]);
  const held = await steps(given.story, civil, referral, [['hold', { reason: '等待名额', resumeOn: '2099-01-05' }]]);
  expect(held.body).toMatchObject({ state: 'on_hold', resumeOn: '2099-01-05' });
  const resumed = await steps(given.story, civil, held, [['resumption']]);
  expect(resumed.body).toMatchObject({ state: 'in_progress', resumeOn: null, holdReason: '等待名额' });
  const plain = await steps(given.story, civil, resumed, [['hold', { reason: '再次等待' }]]);
  expect(String(plain.body.resumeOn) > String(plain.body.sentOn)).toBe(true);
});
