// Aid in spite of an exclusion: a reason, the own chief and the chief of the level above, each another person (contract §2, 2021 rules art. 8).
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { codeOf, createGiven, errorsOf, GRANT, REFUSE, yuan } from './given.ts';

const service = useService();
const REASON = '放弃民事赔偿系受胁迫，生活确有困难。';
const OVERRIDE = { exclusions: [{ code: 'X4', applies: true, note: '放弃赔偿' }], override: { reason: REASON } };

function overriding() {
  const { api } = service;
  const given = createGiven(api);
  const approval = async (officer: string, known: Known): Promise<Json | undefined> => {
    const { body } = await api.get(officer, known.path);
    return (body.availableActions as Json[]).find((a) => a.action === 'approval');
  };
  const halfway = async () =>
    given.story.decide('chief.heping', await given.proposed('heping', OVERRIDE), 'approval', GRANT);
  return { api, ...given, approval, halfway };
}

describe('the two steps', () => {
  test('own chief, then the chief of the level above, each recorded; the number comes with the last', async () => {
    const { api, story, proposed, approval } = overriding();
    const known = await proposed('heping', OVERRIDE);
    expect(known.body).toMatchObject({
      proposal: { override: { reason: REASON, agency: { code: 'proc-210100' } } },
      pendingApproval: { step: 1, agency: { code: 'proc-210102' }, reasons: ['exclusion_override'] },
    });
    expect((await api.get('chief.shenyang', known.path)).status).toBe(404);
    const first = await story.decide('chief.heping', known, 'approval', GRANT);
    expect(first.body).toMatchObject({
      state: 'pending_approval',
      decision: null,
      grantedAmount: null,
      approvals: [{ step: 1, level: 'county', outcome: 'granted', number: null, officer: { code: 'chief.heping' } }],
      pendingApproval: { step: 2, agency: { code: 'proc-210100' } },
    });
    for (const officer of ['chief.heping', 'deputy.heping'])
      expect(await approval(officer, known)).toMatchObject({
        allowed: false,
        reasons: [{ code: 'case.awaits_superior' }],
      });
    expect(await approval('chief.shenyang', known)).toMatchObject({ allowed: true });
    expect((await api.get('chief.shenyang', known.path)).body).toMatchObject({
      proposal: { override: { reason: REASON } },
    });
    const masked = await api.get('handler.shenyang', known.path);
    expect(masked.body).toMatchObject({ facts: null, proposal: { override: { reason: null } } });
    const granted = await story.decide('chief.shenyang', known, 'approval', GRANT);
    expect(granted.body).toMatchObject({
      state: 'granted',
      pendingApproval: null,
      grantedAmount: yuan('20000.00'),
      decision: { outcome: 'granted' },
      approvals: [
        { step: 1, level: 'county' },
        { step: 2, level: 'city', outcome: 'granted', officer: { code: 'chief.shenyang' } },
      ],
    });
    const { number } = granted.body.decision as { number: string };
    expect(number.startsWith('辽沈和检司救〔')).toBe(true);
    const { body } = await api.get('handler.heping', `${known.path}/timeline`);
    expect(body.items?.slice(0, 2).map((e) => e.type)).toEqual(['case.granted', 'case.step_approved']);
  });

  test('what the own chief has approved is not changed before the second step', async () => {
    const { api, halfway } = overriding();
    const { path } = await halfway();
    const { etag } = await api.get('handler.heping', path);
    const edited = await api.as('handler.heping', 'PATCH', path, { body: { facts: '改后的事实' }, etag });
    const correction = { pointer: '/beneficiaries/0/categories', value: ['W1'], reason: '更正' };
    const corrected = await api.decide('handler.heping', path, 'correction', correction);
    for (const answer of [edited, corrected])
      expect(answer).toMatchObject({ status: 409, body: { code: 'case.illegal_transition' } });
    expect((await api.get('handler.heping', path)).etag).toBe(etag);
  });

  test.each(['refused', 'returned'])('what the level above has %s goes back to the handler', async (outcome) => {
    const { api, story, halfway, proposal } = overriding();
    const known = await halfway();
    const back = await story.decide('chief.shenyang', known, 'approval', { outcome, opinion: '理由不足' });
    expect(back.body).toMatchObject({ state: 'under_review', decision: null, pendingApproval: null });
    expect(back.body.approvals).toMatchObject([{ step: 1 }, { step: 2, outcome, number: null }]);
    const plain = await story.decide('handler.heping', known, 'proposal', proposal(known));
    expect(plain.body).toMatchObject({ pendingApproval: { step: 1, reasons: [] }, proposal: { override: null } });
    const other = await api.decide('chief.shenyang', known.path, 'approval', GRANT);
    expect(codeOf(other)).toBe('403 case.not_competent');
    expect((await story.decide('chief.heping', known, 'approval', GRANT)).body.state).toBe('granted');
  });

  test('the own chief may refuse at once; a withdrawal ends it between the steps', async () => {
    const { story, proposed, halfway } = overriding();
    const refused = await story.decide('chief.heping', await proposed('heping', OVERRIDE), 'approval', REFUSE);
    expect(refused.body).toMatchObject({ state: 'refused', decision: { exclusionCode: 'X5', basis: 'exclusion' } });
    const withdrawn = await story.decide('handler.heping', await halfway(), 'withdrawal', {});
    expect(withdrawn.body).toMatchObject({ state: 'withdrawn', pendingApproval: null });
  });
});

test('of the province it is another chief, and never the same person twice', async () => {
  const { api, story, caseInput, proposal, officerId } = overriding();
  const body = { ...caseInput(), regionCode: '210000' };
  const known = must(await api.create('handler.liaoning', '/v1/assistance-cases', body), '/v1/assistance-cases');
  const handlerOfficerId = await officerId('handler.liaoning');
  await story.decide('head.liaoning', known, 'assignment', { handlerOfficerId });
  await story.decide('handler.liaoning', known, 'proposal', proposal(known, OVERRIDE));
  await story.decide('chief.liaoning', known, 'approval', GRANT);
  const same = await api.decide('chief.liaoning', known.path, 'approval', GRANT);
  expect(codeOf(same)).toBe('403 decision.four_eyes');
  const granted = await story.decide('deputy.liaoning', known, 'approval', GRANT);
  expect(granted.body).toMatchObject({ state: 'granted', approvals: [{ step: 1 }, { step: 2, level: 'province' }] });
});

test('a superior that decides a reconsidered case needs nobody above it', async () => {
  const { story, refused, proposal } = overriding();
  const known = await refused();
  await story.decide('handler.heping', known, 'reconsideration', { newFacts: '新的诊断证明' });
  await story.decide('handler.heping', known, 'proposal', proposal(known, OVERRIDE));
  const granted = await story.decide('chief.shenyang', known, 'approval', GRANT);
  expect(granted.body).toMatchObject({ state: 'granted' });
});

test('an override without an exclusion that applies is a slip of the pen', async () => {
  const { api, underReview, proposal } = overriding();
  const known = await underReview();
  const body = proposal(known, { override: { reason: REASON } });
  expect(errorsOf(await api.decide('handler.heping', known.path, 'proposal', body))).toEqual([
    '/override override.needless',
  ]);
});
