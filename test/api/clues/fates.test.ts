// Every fate of a clue ends in an answer that its source reads, and nobody without a case drops out (2021 rules, art. 5).
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { createGiven, type Given, GRANT, REFUSE } from '../cases/given.ts';

const service = useService();
const ANSWER = { result: '办理结果已通知本人', aidGiven: '救助金两万元', advice: '请妇联继续走访' };
let given: Given;
beforeAll(() => {
  given = createGiven(service.api);
});

type Action = { action: string; allowed: boolean; reasons: { code: string }[] };
async function action(officer: string, path: string, name: string): Promise<Action | undefined> {
  const { body } = await service.api.get(officer, path);
  return (body.availableActions as Action[]).find((one) => one.action === name);
}

/** The clue accepted by a handler, and its case as the handler sees it. */
async function accepted(): Promise<{ clue: Known; c: Known }> {
  const { story, officerId } = given;
  const handlerOfficerId = await officerId('handler.heping');
  const clue = await story.decide('intake.heping', await story.clue(), 'acceptance', { handlerOfficerId });
  const path = `/v1/assistance-cases/${String(clue.body.assistanceCaseId)}`;
  const { body } = await service.api.get('handler.heping', path);
  return { clue, c: { id: String(body.id), path, body } };
}

async function proposed() {
  const { clue, c } = await accepted();
  return { clue, c: await given.story.decide('handler.heping', c, 'proposal', given.proposal(c)) };
}

/** The answer is given by a handler, read by the source, and final. */
async function expectAnswered(clue: Known): Promise<Json> {
  const answered = await service.api.decide('handler.heping', clue.path, 'answer', ANSWER);
  expect([answered.status, answered.body.state]).toEqual([200, 'answered']);
  const seen = await service.api.get('wf.heping', clue.path);
  expect(seen.body).toMatchObject({ state: 'answered', answer: ANSWER });
  const again = await service.api.decide('head.heping', clue.path, 'answer', ANSWER);
  expect([again.status, again.body.code]).toEqual([409, 'clue.illegal_transition']);
  return seen.body;
}

describe('answers', () => {
  test('to a rejected clue, with the reason the source was given', async () => {
    const seen = await expectAnswered(await given.story.rejectedClue());
    expect(seen.rejection).toMatchObject({ reasonCode: 'other' });
  });

  test.each([
    [
      'refused',
      async () => {
        const { clue, c } = await proposed();
        await given.story.decide('chief.heping', c, 'approval', REFUSE);
        return { clue, c };
      },
    ],
    [
      'closed',
      async () => {
        const { clue, c } = await proposed();
        const granted = await given.story.decide('chief.heping', c, 'approval', GRANT);
        await given.story.decide('handler.heping', granted, 'closure', { summary: '已办结' });
        return { clue, c };
      },
    ],
    [
      'withdrawn',
      async () => {
        const { clue, c } = await accepted();
        await given.story.decide('handler.heping', c, 'withdrawal', { reason: '本人撤回申请' });
        return { clue, c };
      },
    ],
  ] as const)('to an accepted clue whose case is %s', async (_state, end) => {
    const { clue, c } = await end();
    expect(await action('handler.heping', clue.path, 'answer')).toMatchObject({ allowed: true });
    const seen = await expectAnswered(clue);
    // The source knows which case it became and reads its own clue; the case itself is not its business.
    expect(seen.assistanceCaseId).toBe(c.id);
    expect((await service.api.get('wf.heping', c.path)).status).toBe(403);
  });

  test('not while its case is open, and by nobody but handler and head', async () => {
    const { clue } = await accepted();
    const early = await service.api.decide('handler.heping', clue.path, 'answer', ANSWER);
    expect([early.status, early.body.code]).toEqual([409, 'clue.case_open']);
    expect((await service.api.decide('intake.heping', clue.path, 'answer', ANSWER)).status).toBe(403);
    expect((await service.api.decide('wf.heping', clue.path, 'answer', ANSWER)).status).toBe(403);
  });
});

describe('a clue without an original case', () => {
  test('is not accepted; routed, its people have referrals and an account, and its source an answer', async () => {
    const { api } = service;
    const { story } = given;
    const clue = await story.clue('heping', { linkedCase: null });
    expect(clue.body.missing).toEqual(['/linkedCase']);
    const refused = await api.decide('intake.heping', clue.path, 'acceptance');
    expect(refused).toMatchObject({ status: 409, body: { code: 'clue.incomplete', missing: ['/linkedCase'] } });
    const { body } = await api.get('intake.heping', clue.path);
    const referrals = [
      {
        agencyId: await story.agencyOf('civil.heping'),
        personIds: (body.subjects as { id: string }[]).map(({ id }) => id),
        measures: ['MCA3'],
        proposal: '家庭生活困难，建议给予临时救助',
        legalBasis: 'statutory_duty',
      },
    ];
    const routed = await story.decide('intake.heping', clue, 'social-assistance-routing', {
      reason: '困难与案件无关',
      referrals,
    });
    expect(routed.body.state).toBe('routed_to_social_assistance');
    expect((await api.get('civil.heping', '/v1/referrals?direction=received&limit=1')).body.items).toMatchObject([
      { state: 'requested' },
    ]);
    const accounts = await Promise.all(
      ['handler.heping', 'wf.heping'].map((officer) => api.get(officer, '/v1/monitoring-accounts?limit=1')),
    );
    const [procuratorate, federation] = accounts.map((answer) => answer.body.items?.[0]);
    expect(procuratorate).toMatchObject({ state: 'open', nextAction: { kind: expect.any(String) } });
    expect(federation?.id).toBe(procuratorate?.id);
    const seen = await expectAnswered(routed);
    expect(seen.assistanceCaseId).toBeNull();
  });

  test('the duty of the moment: routing without a case, return for anything else, acceptance when complete', async () => {
    const { clueActions } = await import('../../../src/clues/domain.ts');
    const facts = { state: 'submitted' as const, sourceAgencyId: 'a', receivingAgencyId: 'b', caseEnded: false };
    const duties = (change: object) => {
      const all = { ...facts, missing: [] as string[], ...change };
      const actor = { agency: { id: 'b' } } as never;
      return Object.entries(clueActions)
        .filter(([, spec]) => 'awaited' in spec && (spec.awaited === true || spec.awaited(all)))
        .filter(([, spec]) => spec.guard(all, actor) === undefined)
        .map(([name]) => name)
        .filter((name) => name !== 'answer');
    };
    expect(duties({})).toEqual(['acceptance']);
    expect(duties({ missing: ['/linkedCase'] })).toEqual(['social-assistance-routing']);
    expect(duties({ missing: ['/linkedCase', '/subjects/0/name'] })).toEqual(['social-assistance-routing']);
    expect(duties({ missing: ['/subjects/0/name'] })).toEqual(['return']);
  });
});

describe('the least clue', () => {
  const least = {
    source: 'hotline',
    regionCode: '210102',
    facts: '来电反映一名受伤妇女无钱医治。',
    subjects: [{ nameUnknown: true }],
  };

  test('is source, region, facts and one subject whose name may be unknown', async () => {
    const made = await service.api.create('wf.heping', '/v1/clues', least);
    expect(made).toMatchObject({ status: 201, body: { missing: ['/linkedCase', '/subjects/0/name'] } });
    for (const name of ['source', 'regionCode', 'facts', 'subjects']) {
      const { [name]: _left, ...rest } = least as Json;
      const without = await service.api.create('wf.heping', '/v1/clues', rest);
      expect(without).toMatchObject({ status: 400, body: { errors: [{ pointer: `/${name}` }] } });
    }
    const nobody = await service.api.create('wf.heping', '/v1/clues', { ...least, subjects: [] });
    expect(nobody.status).toBe(400);
  });

  test('in an emergency the name is no obstacle, a document without its number is', async () => {
    const { linkedCase } = sampleClue();
    const urgent = { ...least, linkedCase, urgency: 'emergency_medical' };
    expect((await service.api.create('wf.heping', '/v1/clues', urgent)).body).toMatchObject({
      missing: [],
      greenChannel: true,
    });
    const subjects = [{ nameUnknown: true, idType: 'passport' }];
    const made = await service.api.create('wf.heping', '/v1/clues', { ...urgent, subjects });
    expect(made.body.missing).toEqual(['/subjects/0/idNumber']);
  });
});
