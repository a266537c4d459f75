// The account follows referrals, visits and payments: next action, risk, money and timeline.
import { describe, expect, test } from '@jest/globals';
import { addMonths, civilDateOf } from '../../../src/kernel/civil-date.ts';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { yuan } from '../cases/given.ts';
import { advanceTo, planned } from '../disbursements/flow.ts';
import { createGiven } from './given.ts';

const service = useService();
const today = () => civilDateOf(new Date());

async function nextOf(account: Known): Promise<unknown> {
  return (await createGiven(service.api).read('wf.heping', account.path)).body.nextAction;
}

describe('the next action', () => {
  test('is always there: an answer, a visit, a visit to plan, and back', async () => {
    const { api } = service;
    const { aided, refer, story, plannedVisit, record } = createGiven(api);
    const { c, account } = await aided();
    expect(await nextOf(account)).toEqual({ kind: 'first_visit', dueOn: addMonths(today(), 3) });
    const referral = await refer(c);
    expect(await nextOf(account)).toEqual({ kind: 'referral_response', dueOn: referral.body.respondBy });
    await story.decide('civil.heping', referral, 'rejection', { reasonCode: 'not_eligible', reason: '不符合条件' });
    expect(await nextOf(account)).toMatchObject({ kind: 'referral_decision' });
    const followUp = { decision: 'met_otherwise', reason: '临时救助已由街道落实' };
    await story.decide('handler.heping', referral, 'follow-up', followUp);
    expect(await nextOf(account)).toEqual({ kind: 'first_visit', dueOn: addMonths(today(), 3) });
    const late = await plannedVisit(c, { plannedOn: '2027-05-01' });
    const soon = await plannedVisit(c, { plannedOn: '2027-04-01' });
    expect(await nextOf(account)).toEqual({ kind: 'visit', dueOn: '2027-04-01' });
    await story.decide('handler.heping', soon, 'missed', { reasonCode: 'absent' });
    expect(await nextOf(account)).toEqual({ kind: 'visit', dueOn: '2027-05-01' });
    await story.decide('handler.heping', soon, 'rescheduling', { plannedOn: '2027-04-15' });
    expect(await nextOf(account)).toEqual({ kind: 'visit', dueOn: '2027-04-15' });
    await story.decide('handler.heping', late, 'cancellation', { reason: '重复' });
    await story.decide('wf.heping', soon, 'record', record({ doneOn: '2026-01-10', riskLevel: 'high' }));
    expect(await nextOf(account)).toEqual({ kind: 'plan_visit', dueOn: '2026-07-10' });
    const { body } = await api.get('handler.heping', account.path);
    expect(body).toMatchObject({
      riskLevel: 'high',
      visits: [{ state: 'done', doneOn: '2026-01-10' }, { state: 'cancelled' }],
    });
    const risky = await api.get('wf.heping', '/v1/monitoring-accounts?riskLevel=high&nextActionBefore=2026-07-10');
    expect(risky.body.items?.map((item) => item.id)).toContain(account.id);
    const before = await api.get('wf.heping', '/v1/monitoring-accounts?riskLevel=high&nextActionBefore=2026-07-09');
    expect(before.body.items?.map((item) => item.id)).not.toContain(account.id);
  });

  test('the risk is that of the last visit by its day', async () => {
    const { aided, story, plannedVisit, record, read } = createGiven(service.api);
    const { c, account } = await aided();
    const [one, two] = [await plannedVisit(c), await plannedVisit(c)];
    await story.decide('wf.heping', two, 'record', record({ doneOn: '2026-02-10', riskLevel: 'low' }));
    await story.decide('wf.heping', one, 'record', record({ doneOn: '2026-02-09', riskLevel: 'high' }));
    expect((await read('wf.heping', account.path)).body.riskLevel).toBe('low');
  });
});

describe('referrals and money', () => {
  test('every step of a referral is projected, forwarding included', async () => {
    const { api } = service;
    const { aided, refer, story, read } = createGiven(api);
    const { c, account } = await aided();
    const referral = await refer(c, 'hr');
    const stateNow = async () => (await read('wf.heping', account.path)).body.referrals as Json[];
    for (const [verb, body, state] of [
      ['receipt', {}, 'received'],
      ['acceptance', {}, 'accepted'],
      ['start', {}, 'in_progress'],
      ['hold', { reason: '等待岗位' }, 'on_hold'],
      ['resumption', {}, 'in_progress'],
      ['completion', { outcome: 'delivered', note: '已上岗' }, 'completed'],
    ] as const) {
      await story.decide('hr.heping', referral, verb, body);
      expect(await stateNow()).toMatchObject([{ id: referral.id, state }]);
    }
    const second = await refer(c);
    const to = { agencyId: await story.agencyOf('education.heping'), measures: ['EDU2'], reason: '应由教育部门办理' };
    await story.decide('handler.heping', second, 'forwarding', to);
    expect(await stateNow()).toMatchObject([
      { state: 'requested', agency: { code: 'edu-210102' } },
      { id: second.id, state: 'cancelled' },
      { id: referral.id, state: 'completed' },
    ]);
  });

  test('paid amounts add up line by line', async () => {
    const { api } = service;
    const { aided, read } = createGiven(api);
    const { c, account } = await aided();
    const found = { ...c, beneficiaries: c.beneficiaries.map((b) => b.id) };
    await advanceTo(api, await planned(api, found, '5000.00'), 'settled');
    expect((await read('wf.heping', account.path)).body.paidAmount).toEqual(yuan('5000.00'));
    await advanceTo(api, await planned(api, found, '0.01'), 'receipt_confirmed');
    expect((await read('wf.heping', account.path)).body.paidAmount).toEqual(yuan('5000.01'));
  });
});

describe('timeline and entries', () => {
  test('newest first, with pages, without texts', async () => {
    const { api } = service;
    const { aided, refer, plannedVisit, story, record } = createGiven(api);
    const { c, account } = await aided();
    await story.decide('civil.heping', await refer(c), 'receipt');
    const text = '邻居反映其情绪低落';
    const entry = await api.create('wf.heping', `${account.path}/entries`, { text, kind: 'concern' });
    expect(entry).toMatchObject({ status: 201, body: { text, kind: 'concern', agency: { code: 'wf-210102' } } });
    expect(entry.headers.location).toBe(`http://service.test${account.path}/entries/${String(entry.body.id)}`);
    await story.decide('wf.heping', await plannedVisit(c), 'record', record());
    const path = `${account.path}/timeline`;
    const whole = await api.get('wf.heping', path);
    const types = [
      ...[
        'clue.accepted',
        'account.opened',
        'case.granted',
        'referral.requested',
        'referral.received',
        'account.entry_added',
      ],
      ...['visit.planned', 'visit.done'],
    ].reverse();
    expect(whole.body.items?.map((line) => line.type)).toEqual(types);
    expect(whole.text).not.toMatch(/情绪|住房|李秀兰/);
    const first = await api.get('handler.heping', `${path}?limit=4`);
    const rest = await api.get('handler.heping', `${path}?limit=4&cursor=${String(first.body.nextCursor)}`);
    const paged = [...(first.body.items ?? []), ...(rest.body.items ?? [])];
    expect(paged).toEqual(whole.body.items);
    expect(rest.body.nextCursor).toBeNull();
  });

  test('the text of an entry is for the owners alone, and not in the list', async () => {
    const { api } = service;
    const { aided } = createGiven(api);
    const { account } = await aided();
    const text = '已联系心理咨询师';
    const made = await api.create('handler.heping', `${account.path}/entries`, { text });
    const path = `${account.path}/entries/${String(made.body.id)}`;
    expect((await api.get('wf.heping', path)).body).toMatchObject({ text, kind: 'note', version: 1 });
    expect((await api.get('supervisor.liaoning', path)).body.text).toBeNull();
    expect((await api.get('wf.tiexi', path)).status).toBe(404);
    const list = await api.get('wf.heping', `${account.path}/entries`);
    expect(list.body.items).toMatchObject([{ id: made.body.id, kind: 'note' }]);
    expect(list.text).not.toContain('心理');
    expect((await api.get('wf.heping', `${account.path}/entries/${account.id}`)).status).toBe(404);
    expect((await api.create('intake.heping', `${account.path}/entries`, { text })).status).toBe(403);
    expect((await api.create('wf.tiexi', `${account.path}/entries`, { text })).status).toBe(404);
  });
});
