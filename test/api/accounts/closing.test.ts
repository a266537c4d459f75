// Closing takes both owners, two people; new aid undoes a consent; a closed account can be opened again, one at a time.
import { describe, expect, test } from '@jest/globals';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { addOfficer, codeOf, createGiven as createCaseGiven, GRANT, yuan } from '../cases/given.ts';
import { actionOf, createGiven } from './given.ts';

const service = useService();
const because = { reason: '生活稳定，措施落实' };

async function stable(): Promise<{ account: Known; personId: string }> {
  const { aided, story } = createGiven(service.api);
  const { account, personId } = await aided();
  return { account: await story.decide('handler.heping', account, 'stabilisation', because), personId };
}

async function closed(): Promise<{ account: Known; personId: string }> {
  const { story } = createGiven(service.api);
  const { account, personId } = await stable();
  await story.decide('handler.heping', account, 'closure', because);
  return { account: await story.decide('wf.heping', account, 'closure', because), personId };
}

describe('closing', () => {
  test('the first owner consents, the second closes', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const { account } = await stable();
    const consented = await story.decide('wf.heping', account, 'closure', because);
    expect(consented.body).toMatchObject({
      state: 'stable',
      version: 4,
      nextAction: { kind: 'closure_consent' },
      closureConsents: [{ agency: { code: 'wf-210102' }, reason: because.reason }],
    });
    expect(actionOf(consented.body, 'closure')).toMatchObject({ allowed: false });
    const again = await api.decide('wf.heping', account.path, 'closure', because);
    expect(codeOf(again)).toBe('409 account.consent_given');
    const done = await story.decide('head.heping', account, 'closure', because);
    expect(done.body).toMatchObject({ state: 'closed', nextAction: null, closingReason: 'stabilised' });
    expect(done.body.closureConsents).toHaveLength(2);
    const oversight = await api.get('supervisor.liaoning', account.path);
    expect(oversight.body.closureConsents).toMatchObject([{ reason: null }, { reason: null }]);
    const lines = await api.get('wf.heping', `${account.path}/timeline`);
    const types = lines.body.items?.map((line) => line.type);
    expect(types?.slice(0, 3)).toEqual(['account.closed', 'account.closure_consented', 'account.stabilised']);
  });

  test('one human with two credentials is not two owners', async () => {
    const { api, database } = service;
    const personKey = 'test:two-hats';
    const hats = { personKey, roles: ['handler'] };
    await addOfficer(database.ownerUrl, { ...hats, code: 'hat.heping', like: 'handler.heping' });
    await addOfficer(database.ownerUrl, { personKey, code: 'hat.wf', like: 'wf.heping', roles: ['wf_officer'] });
    const { story } = createGiven(api);
    const { account } = await stable();
    await story.decide('hat.heping', account, 'closure', because);
    expect(codeOf(await api.decide('hat.wf', account.path, 'closure', because))).toBe('403 decision.four_eyes');
    expect((await story.decide('wf.heping', account, 'closure', because)).body.state).toBe('closed');
  });

  test('both owners at once: it closes once, and nobody consents twice', async () => {
    const { api } = service;
    const { account } = await stable();
    const { etag } = await api.get('handler.heping', account.path);
    const officers = ['handler.heping', 'head.heping', 'wf.heping'];
    for (const officer of officers) await api.token(officer);
    const send = { body: because, etag };
    const answers = await Promise.all(
      officers.map((officer) => api.as(officer, 'POST', `${account.path}/closure`, send)),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([200, 412, 412]);
    const { body } = await api.get('wf.heping', account.path);
    expect(body).toMatchObject({ state: 'stable', closureConsents: [{}] });
  });

  test('a superior, a stranger and a token without the role cannot', async () => {
    const { api } = service;
    const { account } = await stable();
    const { etag } = await api.get('supervisor.liaoning', account.path);
    const send = { body: because, etag };
    expect((await api.as('supervisor.liaoning', 'POST', `${account.path}/closure`, send)).status).toBe(403);
    expect((await api.as('handler.tiexi', 'POST', `${account.path}/closure`, send)).status).toBe(404);
    expect((await api.as('chief.heping', 'POST', `${account.path}/closure`, send)).status).toBe(403);
    expect((await api.as('wf.heping', 'POST', `${account.path}/closure`, { body: because })).status).toBe(428);
  });
});

/** Another case of the same person, granted. */
async function grantAgain(person: object, number: string): Promise<Known> {
  const { api } = service;
  const { story } = createGiven(api);
  const { officerId } = createCaseGiven(api);
  const linkedCase = { ...sampleClue().linkedCase, number };
  const body = { ...story.clueInput(), subjects: [person], linkedCase };
  const clue = must(await api.create('wf.heping', '/v1/clues', body), '/v1/clues');
  const handlerOfficerId = await officerId('handler.heping');
  const accepted = await story.decide('head.heping', clue, 'acceptance', { handlerOfficerId });
  const path = `/v1/assistance-cases/${String(accepted.body.assistanceCaseId)}`;
  const seen = await api.get('handler.heping', path);
  const c = { id: String(seen.body.id), path, body: seen.body };
  const awards = (seen.body.beneficiaries as { id: string }[]).map((b) => ({
    beneficiaryId: b.id,
    amount: yuan('1000.00'),
  }));
  const words = { opinion: '建议救助', amountReason: '此前已获救助，仅补足差额' };
  await story.decide('handler.heping', c, 'proposal', { eligibilityCode: 'E1', awards, ...words });
  return story.decide('chief.heping', c, 'approval', GRANT);
}

describe('after closing', () => {
  test('nothing is added to it, and it can be reopened with a next action', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const { account } = await closed();
    const entry = await api.create('wf.heping', `${account.path}/entries`, { text: '补记' });
    expect(codeOf(entry)).toBe('409 account.closed');
    const visit = { monitoringAccountId: account.id, plannedOn: '2027-01-01', mode: 'phone' };
    expect(codeOf(await api.create('wf.heping', '/v1/visits', visit))).toBe('409 account.closed');
    const open = await story.decide('wf.heping', account, 'reopening', { reason: '再次遭受暴力' });
    expect(open.body).toMatchObject({
      state: 'open',
      closureConsents: [],
      nextAction: { kind: 'first_visit' },
      reopeningReason: '再次遭受暴力',
    });
  });

  test('a new clue takes the closed account up again: there is one for each person, for good', async () => {
    const { api } = service;
    const { story, accountOf, read } = createGiven(api);
    const person = story.subject();
    const c = await grantAgain(person, '沈和检刑诉〔2026〕801号');
    const [b] = c.body.beneficiaries as { personId: string }[];
    const personId = b?.personId ?? '';
    const first = await accountOf(personId);
    await story.decide('handler.heping', first, 'stabilisation', because);
    await story.decide('handler.heping', first, 'closure', because);
    await grantAgain(person, '沈和检刑诉〔2026〕802号');
    const still = await read('wf.heping', first.path);
    expect(still.body).toMatchObject({ state: 'stable', closureConsents: [], grantedAmount: yuan('2000.00') });
    await story.decide('handler.heping', first, 'closure', because);
    await story.decide('wf.heping', first, 'closure', { ...because, reasonCode: 'moved_away' });
    expect((await read('wf.heping', first.path)).body.closingReason).toBe('moved_away');
    await grantAgain(person, '沈和检刑诉〔2026〕803号');
    const second = await accountOf(personId);
    expect(second).toMatchObject({
      id: first.id,
      body: { state: 'open', closingReason: null, closureConsents: [], grantedAmount: yuan('3000.00') },
    });
    const lines = await api.get('wf.heping', `${first.path}/timeline`);
    const types = lines.body.items?.map((line) => line.type) ?? [];
    expect(types.slice(0, types.indexOf('account.closed') + 1)).toEqual([
      ...['case.granted', 'account.reopened', 'clue.accepted', 'account.closed'],
    ]);
  });

  test('a referral that is rejected after the closing takes the account up again; one that is delivered does not', async () => {
    const { aided, refer, read, story } = createGiven(service.api);
    const { c, account } = await aided();
    const delivered = await refer(c);
    const rejected = await refer(c);
    for (const verb of ['receipt', 'acceptance', 'start']) await story.decide('civil.heping', delivered, verb);
    await story.decide('handler.heping', account, 'stabilisation', because);
    await story.decide('handler.heping', account, 'closure', because);
    await story.decide('wf.heping', account, 'closure', because);
    await story.decide('civil.heping', delivered, 'completion', { outcome: 'delivered' });
    expect((await read('wf.heping', account.path)).body).toMatchObject({ state: 'closed', nextAction: null });
    await story.decide('civil.heping', rejected, 'rejection', { reasonCode: 'no_capacity', reason: '名额已满' });
    expect((await read('wf.heping', account.path)).body).toMatchObject({
      state: 'open',
      nextAction: { kind: 'referral_decision' },
      closingReason: null,
      closureConsents: [],
    });
  });

  test('a reason that only a merge gives is none that an owner may give', async () => {
    const { account } = await stable();
    const answer = await service.api.decide('wf.heping', account.path, 'closure', { ...because, reasonCode: 'merged' });
    expect(answer.status).toBe(400);
  });
});
