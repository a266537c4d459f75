// Off the main path: the applicant refused or withdrawn, the clue without a case, and what an account does next for them.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { GRANT } from '../../support/world.ts';
import { createGiven as createCaseGiven } from '../cases/given.ts';
import { actionOf, createGiven } from './given.ts';

const service = useService();
const REFUSE = { outcome: 'refused', opinion: '生活困难与案件无关', exclusionCode: 'X5' };

const personOf = (known: Known) => (known.body.beneficiaries as { personId: string }[])[0]?.personId ?? '';

/** A case of an accepted clue, under review. */
async function accepted(): Promise<{ c: Known; personId: string }> {
  const { api } = service;
  const { story, read } = createGiven(api);
  const { officerId } = createCaseGiven(api);
  const clue = await story.clue();
  const handlerOfficerId = await officerId('handler.heping');
  const { body } = await story.decide('head.heping', clue, 'acceptance', { handlerOfficerId });
  const c = await read('handler.heping', `/v1/assistance-cases/${String(body.assistanceCaseId)}`);
  return { c, personId: personOf(c) };
}

describe('an accepted clue', () => {
  test('opens the account of its person, which waits for the decision', async () => {
    const { accountOf } = createGiven(service.api);
    const { c, personId } = await accepted();
    const { body } = await accountOf(personId, 'wf.heping');
    expect(body).toMatchObject({
      state: 'open',
      version: 1,
      nextAction: { kind: 'case_decision' },
      assistanceCaseIds: [c.id],
      grantedAmount: { amount: '0.00' },
    });
  });

  test('whose case is withdrawn leaves a duty of social assistance, which a referral from the account meets', async () => {
    const { api } = service;
    const { accountOf, story, request, read } = createGiven(api);
    const { c, personId } = await accepted();
    await story.decide('handler.heping', c, 'withdrawal', { reason: '本人撤回申请' });
    const account = await accountOf(personId);
    expect(account.body.nextAction).toMatchObject({ kind: 'social_assistance' });
    const list = await api.get('wf.heping', '/v1/monitoring-accounts?nextActionKind=social_assistance');
    expect(list.body.items?.map((item) => item.id)).toContain(account.id);
    const origin = { monitoringAccountId: account.id };
    const one = await request('civil', [personId]);
    const sent = must(await api.create('handler.heping', '/v1/referrals', { origin, ...one }), '/v1/referrals');
    expect(sent.body).toMatchObject({ originKind: 'account', assistanceCaseId: null });
    expect((await read('wf.heping', account.path)).body.nextAction).toMatchObject({ kind: 'referral_response' });
    const pack = await api.get('civil.heping', `${sent.path}/package`);
    expect(pack.status).toBe(200);
    expect(pack.text).toContain('李秀兰');
  });
});

describe('a refusal', () => {
  test('of a case without a clue opens the account too, and a reconsidered grant settles it', async () => {
    const { api } = service;
    const { accountOf, story } = createGiven(api);
    const { officerId, caseInput, proposal } = createCaseGiven(api);
    const path = '/v1/assistance-cases';
    const c = must(await api.create('handler.heping', path, { ...caseInput(), subjects: [story.subject()] }), path);
    const personId = personOf(c);
    const handlerOfficerId = await officerId('handler.heping');
    await story.decide('head.heping', c, 'assignment', { handlerOfficerId });
    await story.decide('handler.heping', c, 'proposal', proposal(c));
    const before = await api.get('handler.heping', `/v1/monitoring-accounts?personId=${personId}`);
    expect(before.body.items).toEqual([]);
    await story.decide('chief.heping', c, 'approval', REFUSE);
    const account = await accountOf(personId);
    expect(account.body.nextAction).toMatchObject({ kind: 'social_assistance' });
    await story.decide('handler.heping', c, 'reconsideration', { newFacts: '新的诊断证明' });
    expect((await accountOf(personId)).body.nextAction).toMatchObject({ kind: 'case_decision' });
    await story.decide('handler.heping', c, 'proposal', proposal(c));
    await story.decide('chief.shenyang', c, 'approval', GRANT);
    expect((await accountOf(personId)).body).toMatchObject({
      nextAction: { kind: 'first_visit' },
      grantedAmount: { amount: '20000.00' },
    });
  });
});

describe('a clue without a case', () => {
  test('that is routed without referrals has an account that waits for them', async () => {
    const { api } = service;
    const { story, request, accountOf } = createGiven(api);
    const clue = await story.clue('heping', { linkedCase: null });
    await story.decide('intake.heping', clue, 'social-assistance-routing', { reason: '无关联案件' });
    const [subject] = (await api.get('intake.heping', clue.path)).body.subjects as { id: string; personId: string }[];
    const list = await api.get('wf.heping', '/v1/monitoring-accounts?limit=1');
    const [item] = list.body.items ?? [];
    expect(item).toMatchObject({ state: 'open', nextAction: { kind: 'social_assistance' } });
    const one = await request('civil', [subject?.id ?? '']);
    must(await api.create('handler.heping', '/v1/referrals', { origin: { clueId: clue.id }, ...one }), '/v1/referrals');
    const account = await accountOf(String(item?.personId));
    expect(account).toMatchObject({ id: item?.id, body: { nextAction: { kind: 'referral_response' } } });
  });
});

describe('the next action', () => {
  test('after the case is closed is the receipt of the notice by the Federation', async () => {
    const { api } = service;
    const { aided, story, read } = createGiven(api);
    const { c, account } = await aided();
    await story.decide('handler.heping', c, 'closure', { summary: '救助金已发放，办结' });
    expect((await read('handler.heping', account.path)).body.nextAction).toMatchObject({ kind: 'notice_receipt' });
    const list = await api.get('wf.heping', '/v1/case-notices?limit=1');
    const notice = { path: `/v1/case-notices/${String(list.body.items?.[0]?.id)}`, id: '', body: {} };
    await story.decide('wf.heping', notice, 'receipt');
    expect((await read('handler.heping', account.path)).body.nextAction).toMatchObject({ kind: 'first_visit' });
    const lines = await api.get('wf.heping', `${account.path}/timeline`);
    expect(lines.body.items?.map((line) => line.type).slice(0, 3)).toEqual([
      ...['notice.received', 'notice.sent', 'case.closed'],
    ]);
  });

  test('of an escalated account is the decision, awaited', async () => {
    const { aided, story } = createGiven(service.api);
    const { account } = await aided();
    const up = await story.decide('wf.heping', account, 'escalation', { reason: '当事人失联' });
    expect(up.body.nextAction).toMatchObject({ kind: 'escalation_decision' });
    expect(actionOf(up.body, 'de-escalation')?.allowed).toBe(true);
    const down = await story.decide('handler.heping', account, 'de-escalation');
    expect(down.body.nextAction).toMatchObject({ kind: 'first_visit' });
  });

  test('nobody is open without one: the list is empty, and the database refuses', async () => {
    const { api, owner } = service;
    const list = await api.get('supervisor.liaoning', '/v1/monitoring-accounts?withoutNextAction=true');
    expect(list).toMatchObject({ status: 200, body: { items: [] } });
    const none = `update monitoring_accounts set next_action_kind = null, next_due_on = null where state <> 'closed'`;
    await expect(owner.query(none)).rejects.toThrow('monitoring_accounts_next');
    const mute = `update monitoring_accounts set state = 'closed', next_action_kind = null, next_due_on = null where state <> 'closed'`;
    await expect(owner.query(mute)).rejects.toThrow('monitoring_accounts_closing');
  });
});
