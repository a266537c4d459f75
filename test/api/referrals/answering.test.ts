// A department works on a referral from receipt to its end; the sender reminds, cancels and forwards.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { codesOf, createGiven, type Given, type GrantedCase, steps } from './given.ts';

const service = useService();
let given: Given;
let granted: GrantedCase;

beforeAll(async () => {
  given = createGiven(service.api);
  granted = await given.grantedCase();
}, 60_000);

describe('the department', () => {
  test('receives, accepts, starts, records what it delivered and completes', async () => {
    const { api } = service;
    const referral = await given.refer(granted);
    const started = await steps(given.story, 'civil.heping', referral, [['receipt'], ['acceptance'], ['start']]);
    expect(started.body).toMatchObject({ state: 'in_progress', version: 4, receivedAt: expect.any(String) });
    const output = { measure: 'MCA1', from: '2026-11-16', to: '2027-11-15', note: '按月发放' };
    const value = { amount: '3600.00', currency: 'CNY' };
    const one = await steps(given.story, 'civil.heping', started, [
      ['output', { ...output, value }],
      ['output', { measure: 'MCA3', from: '2026-11-20' }],
    ]);
    expect(one.body.outputs).toMatchObject([
      { ...output, value },
      { measure: 'MCA3', to: null, value: null, note: null },
    ]);
    const done = await steps(given.story, 'civil.heping', one, [
      ['completion', { outcome: 'delivered', note: '已落实' }],
    ]);
    expect(done.body).toMatchObject({ state: 'completed', completion: { outcome: 'delivered', note: '已落实' } });
    const seen = await api.get('handler.heping', referral.path);
    expect(seen.body).toMatchObject({ outputs: [{ note: '按月发放' }, {}], completion: { note: '已落实' } });
    const above = await api.get('supervisor.liaoning', referral.path);
    expect(above.body).toMatchObject({
      outputs: [{ note: null }, {}],
      completion: { outcome: 'delivered', note: null },
    });
    await service.eventsSettled();
    const events = await api.get('handler.heping', '/v1/events?limit=200');
    const types = events.body.items?.filter((e) => JSON.stringify(e).includes(referral.id)).map((e) => e.type);
    expect(types).toEqual([
      'referral.requested',
      'referral.received',
      'referral.accepted',
      'referral.started',
      'referral.output_recorded',
      'referral.output_recorded',
      'referral.completed',
    ]);
  });

  test('holds and resumes; a failure has its reason', async () => {
    const referral = await given.refer(granted);
    const held = await steps(given.story, 'civil.heping', referral, [
      ['acceptance'],
      ['start'],
      ['hold', { reason: '等待名额' }],
    ]);
    expect(held.body).toMatchObject({ state: 'on_hold', holdReason: '等待名额' });
    const failed = await steps(given.story, 'civil.heping', held, [
      ['resumption'],
      ['failure', { reason: '本人迁出' }],
    ]);
    expect(failed.body).toMatchObject({ state: 'failed', failureReason: '本人迁出', endedAt: expect.any(String) });
  });

  test('outputs obey the rules of their measure, days and value', async () => {
    const { api } = service;
    const referral = await given.refer(granted);
    await steps(given.story, 'civil.heping', referral, [['acceptance'], ['start']]);
    const wrong = [
      [{ measure: 'EDU1', from: '2026-11-16' }, 'measure.wrong_agency'],
      [{ measure: 'MCA3', from: '2026-11-16', to: '2026-11-15' }, 'date.before_start'],
      [{ measure: 'MCA3', from: '2026-11-16', value: { amount: '0.00', currency: 'CNY' } }, 'amount.not_positive'],
    ] as const;
    for (const [body, code] of wrong) {
      const answer = await api.decide('civil.heping', referral.path, 'output', body);
      expect([answer.status, codesOf(answer)]).toEqual([422, [code]]);
    }
    const shape = await api.decide('civil.heping', referral.path, 'output', { measure: 'MCA3', from: '16.11.2026' });
    expect(shape.status).toBe(400);
    const unknown = await given.refer(granted);
    const rejection = await api.decide('civil.heping', unknown.path, 'rejection', { reasonCode: 'nope', reason: '无' });
    expect([rejection.status, codesOf(rejection)]).toEqual([422, ['code.unknown']]);
  });

  test('each side has its own acts, and both need the ETag', async () => {
    const { api } = service;
    const referral = await given.refer(granted, 'wf');
    const bySender = await api.decide('handler.heping', referral.path, 'acceptance');
    expect([bySender.status, bySender.body.permission]).toEqual([403, 'referral:answer']);
    const byRecipient = await api.decide('wf.heping', referral.path, 'cancellation', { reason: '撤销' });
    expect([byRecipient.status, byRecipient.body.permission]).toEqual([403, 'referral:send']);
    const stranger = await api.as('wf.tiexi', 'POST', `${referral.path}/acceptance`, {
      etag: '"1.x"',
    });
    expect(stranger.status).toBe(404);
    expect((await api.as('wf.heping', 'POST', `${referral.path}/acceptance`)).status).toBe(428);
    const { etag } = await api.get('wf.heping', referral.path);
    expect((await api.as('wf.heping', 'POST', `${referral.path}/receipt`, { etag })).status).toBe(200);
    expect((await api.as('wf.heping', 'POST', `${referral.path}/acceptance`, { etag })).status).toBe(412);
    const mine = await api.get('wf.heping', referral.path);
    const actions = mine.body.availableActions as { action: string; allowed: boolean }[];
    expect(actions.filter((a) => a.allowed).map((a) => a.action)).toEqual(['acceptance', 'rejection']);
  });
});

test('of twenty acceptances at once one takes effect', async () => {
  const { api } = service;
  const referral = await given.refer(granted);
  const { etag } = await api.get('civil.heping', referral.path);
  const accept = () => api.as('civil.heping', 'POST', `${referral.path}/acceptance`, { etag });
  const statuses = (await Promise.all(Array.from({ length: 20 }, accept))).map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 409 || status === 412)).toHaveLength(19);
});

describe('the sender', () => {
  test('reminds while there is no answer, and an answer late is overdue', async () => {
    const { api } = service;
    const today = String((await given.refer(granted)).body.sentOn);
    const referral = await given.refer(granted, 'civil', { respondBy: today });
    const reminded = await steps(given.story, 'handler.heping', referral, [['reminder'], ['reminder']]);
    expect(reminded.body).toMatchObject({ reminders: 2, responseOverdue: false, state: 'requested' });
    const overdue = () => api.get('civil.heping', '/v1/referrals?responseOverdue=true');
    expect((await overdue()).body.items).toEqual([]);
    const clock = { now: `${Number(today.slice(0, 4)) + 1}-01-05T09:00:00+08:00` };
    const moved = await api.as('admin', 'POST', '/v1/sandbox/clock', { body: clock });
    expect(moved.status).toBe(200);
    try {
      const ids = (await overdue()).body.items?.map((item) => item.id);
      expect(ids).toContain(referral.id);
      expect((await api.get('handler.heping', referral.path)).body.responseOverdue).toBe(true);
      await steps(given.story, 'civil.heping', referral, [['acceptance']]);
      expect((await api.get('handler.heping', referral.path)).body.responseOverdue).toBe(false);
    } finally {
      await api.as('admin', 'DELETE', '/v1/sandbox/clock');
    }
  });

  test('cancels with a reason', async () => {
    const referral = await given.refer(granted);
    await steps(given.story, 'civil.heping', referral, [['acceptance'], ['start']]);
    const cancelled = await steps(given.story, 'head.heping', referral, [['cancellation', { reason: '本人放弃' }]]);
    expect(cancelled.body).toMatchObject({ state: 'cancelled', cancellationReason: '本人放弃' });
  });

  test('forwards to another department by a linked new referral of the same persons', async () => {
    const { api } = service;
    const referral = await given.refer(granted);
    const agencyId = await given.story.agencyOf('hr.heping');
    const forwarded = await steps(given.story, 'handler.heping', referral, [
      ['forwarding', { agencyId, measures: ['HR1'], reason: '应由人社部门办理' }],
    ]);
    expect(forwarded.body).toMatchObject({ state: 'cancelled', cancellationReason: '应由人社部门办理' });
    const path = `/v1/referrals/${String(forwarded.body.forwardedToId)}`;
    const next = await api.get('handler.heping', path);
    expect(next.body).toMatchObject({
      state: 'requested',
      forwardedFromId: referral.id,
      assistanceCaseId: granted.id,
      measures: ['HR1'],
      proposal: '家庭生活困难，建议给予救助',
    });
    const opened = await api.get('hr.heping', `${path}/package`);
    expect(opened.body).toMatchObject({ masked: false, persons: [{ name: '李秀兰' }] });
    expect((await api.get('hr.heping', path)).body.forwardedFromId).toBeNull();
    expect((await api.get('civil.heping', path)).status).toBe(404);
    expect((await api.get('hr.heping', referral.path)).status).toBe(404);
    expect((await api.get('civil.heping', referral.path)).body.forwardedToId).toBeNull();
  });

  test('forwards only to another department, with its measures', async () => {
    const { api } = service;
    const referral = await given.refer(granted);
    const forward = async (officer: string, measures: string[]) =>
      api.decide('handler.heping', referral.path, 'forwarding', {
        agencyId: await given.story.agencyOf(officer),
        measures,
        reason: '转送',
      });
    expect((await forward('civil.heping', ['MCA3'])).body.code).toBe('referral.same_agency');
    expect(codesOf(await forward('hr.heping', ['MCA3']))).toEqual(['measure.wrong_agency']);
    expect(codesOf(await forward('intake.tiexi', ['MCA3']))).toEqual(['agency.not_department']);
    expect((await api.get('handler.heping', referral.path)).body.state).toBe('requested');
  });
});
