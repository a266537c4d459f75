// Two persons who are found to be one have one account; a reversal gives each the own one back, as it was.
import { expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { GRANT } from '../../support/world.ts';
import { createGiven as createCaseGiven, yuan } from '../cases/given.ts';
import type { GrantedCase } from '../referrals/given.ts';
import { actionOf, createGiven } from './given.ts';

const service = useService();
const because = { reason: '生活稳定，措施落实' };
let people = 0;

/** A granted case of a new person; without a document there is nothing that ties two of them together. */
async function granted(numbered: boolean): Promise<{ c: GrantedCase; personId: string }> {
  const { api } = service;
  const { story } = createGiven(api);
  const { officerId, caseInput, proposal } = createCaseGiven(api);
  const { idNumber, ...plain } = story.subject();
  const bare = { ...plain, idType: 'none', birthDate: `1985-03-${10 + (people++ % 19)}` };
  const subjects = [numbered ? { ...plain, idNumber } : bare];
  const path = '/v1/assistance-cases';
  const c = must(await api.create('handler.heping', path, { ...caseInput(), subjects }), path);
  const handlerOfficerId = await officerId('handler.heping');
  await story.decide('head.heping', c, 'assignment', { handlerOfficerId });
  await story.decide('handler.heping', c, 'proposal', proposal(c));
  const done = await story.decide('chief.heping', c, 'approval', GRANT);
  const beneficiaries = done.body.beneficiaries as GrantedCase['beneficiaries'];
  return { c: { ...done, beneficiaries }, personId: beneficiaries[0]?.personId ?? '' };
}

/** A case that is only opened: its person has no account. */
async function opened(): Promise<string> {
  const { api } = service;
  const { story } = createGiven(api);
  const { caseInput } = createCaseGiven(api);
  const path = '/v1/assistance-cases';
  const c = must(await api.create('handler.heping', path, { ...caseInput(), subjects: [story.subject()] }), path);
  return (c.body.beneficiaries as { personId: string }[])[0]?.personId ?? '';
}

async function act(personId: string, verb: string, bodies: readonly (readonly [string, Json])[]): Promise<void> {
  for (const [officer, body] of bodies) {
    const answer = await service.api.decide(officer, `/v1/persons/${personId}`, verb, body);
    if (answer.status !== 200) throw new Error(`${verb} as ${officer}: ${answer.text}`);
  }
}
const merge = (personId: string, intoPersonId: string) => {
  const body = { intoPersonId, reason: '户籍底册核对为同一人' };
  return act(personId, 'merge', [
    ['handler.heping', body],
    ['head.heping', body],
  ]);
};
const separate = (personId: string) => act(personId, 'merge-reversal', [['head.heping', { reason: '复核为两人' }]]);

const plainOf = ({ body }: Known): Json => {
  const { version: _version, updatedAt: _updatedAt, availableActions: _actions, ...rest } = body;
  return rest;
};

async function closed(account: Known): Promise<void> {
  const { story } = createGiven(service.api);
  await story.decide('handler.heping', account, 'stabilisation', because);
  await story.decide('handler.heping', account, 'closure', because);
  await story.decide('wf.heping', account, 'closure', because);
}

test('both have one: the absorbed is closed as merged, the other shows what belongs to both, and the reversal is exact', async () => {
  const { accountOf, refer, story, read } = createGiven(service.api);
  const [left, right] = [await granted(false), await granted(true)];
  const [absorbed, survivor] = [await accountOf(left.personId), await accountOf(right.personId)];
  await story.decide('wf.heping', absorbed, 'escalation', { reason: '失联' });
  const referral = await refer(left.c);
  const before = [await read('wf.heping', absorbed.path), await read('wf.heping', survivor.path)];
  await merge(left.personId, right.personId);
  const gone = await read('wf.heping', absorbed.path);
  expect(gone.body).toMatchObject({ state: 'closed', closingReason: 'merged', mergedIntoId: survivor.id });
  expect(actionOf(gone.body, 'reopening')?.reasons).toMatchObject([{ code: 'account.merged' }]);
  const one = await read('wf.heping', survivor.path);
  expect(one.body).toMatchObject({
    state: 'open',
    grantedAmount: yuan('40000.00'),
    mergedAccountIds: [absorbed.id],
    referrals: [{ id: referral.id, state: 'requested' }],
    nextAction: { kind: 'referral_response' },
  });
  await story.decide('civil.heping', referral, 'acceptance');
  expect((await read('wf.heping', survivor.path)).body.referrals).toMatchObject([{ state: 'accepted' }]);
  await separate(left.personId);
  const after = [await read('wf.heping', absorbed.path), await read('wf.heping', survivor.path)];
  expect(after[1] && plainOf(after[1])).toEqual(before[1] && plainOf(before[1]));
  expect(after[0]?.body).toMatchObject({
    state: 'escalated',
    closingReason: null,
    mergedIntoId: null,
    grantedAmount: yuan('20000.00'),
    referrals: [{ id: referral.id, state: 'accepted' }],
    escalationReason: '失联',
  });
});

test('the survivor has none: the account becomes the survivor’s; what came since is the survivor’s own after a reversal', async () => {
  const { accountOf, story, read } = createGiven(service.api);
  const { api } = service;
  const left = await granted(false);
  const into = await opened();
  const account = await accountOf(left.personId);
  await merge(left.personId, into);
  expect((await accountOf(into)).id).toBe(account.id);
  const cases = await api.get('handler.heping', '/v1/assistance-cases?state=opened&limit=1');
  const c = await read('handler.heping', `/v1/assistance-cases/${String(cases.body.items?.[0]?.id)}`);
  expect((c.body.beneficiaries as { personId: string }[])[0]?.personId).toBe(into);
  await story.decide('handler.heping', c, 'withdrawal', { reason: '本人撤回' });
  expect((await read('wf.heping', account.path)).body.assistanceCaseIds).toHaveLength(2);
  await separate(left.personId);
  expect((await read('wf.heping', account.path)).body).toMatchObject({
    person: { id: left.personId },
    assistanceCaseIds: [left.c.id],
  });
  expect((await accountOf(into)).body).toMatchObject({
    assistanceCaseIds: [c.id],
    nextAction: { kind: 'social_assistance' },
  });
});

test('only the absorbed person’s is open: it goes on, and the closed one stays as it was', async () => {
  const { accountOf, read } = createGiven(service.api);
  const [left, right] = [await granted(false), await granted(true)];
  const [absorbed, survivor] = [await accountOf(left.personId), await accountOf(right.personId)];
  await closed(survivor);
  const before = [await read('wf.heping', absorbed.path), await read('wf.heping', survivor.path)];
  await merge(left.personId, right.personId);
  expect((await read('wf.heping', absorbed.path)).body).toMatchObject({
    state: 'open',
    person: { id: right.personId },
    mergedAccountIds: [survivor.id],
    grantedAmount: yuan('40000.00'),
  });
  expect((await read('wf.heping', survivor.path)).body).toMatchObject({
    state: 'closed',
    closingReason: 'stabilised',
    mergedIntoId: absorbed.id,
  });
  await separate(left.personId);
  const after = [await read('wf.heping', absorbed.path), await read('wf.heping', survivor.path)];
  expect(after.map(plainOf)).toEqual(before.map(plainOf));
});
