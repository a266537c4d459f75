// Routing a clue to social assistance: the clue ends as such, and its referrals go out in the same act or not at all.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { codesOf, createGiven } from './given.ts';

const service = useService();

async function clueAndRequests(departments: readonly ('civil' | 'wf')[]) {
  const given = createGiven(service.api);
  const clue = await given.story.clue();
  const seen = await service.api.get('intake.heping', clue.path);
  const ids = (seen.body.subjects as { id: string }[]).map((s) => s.id);
  const referrals = [];
  for (const department of departments) referrals.push(await given.request(department, ids));
  return { given, clue, referrals };
}

describe('routing a clue to social assistance', () => {
  test('sends the referrals and answers the clue', async () => {
    const { api } = service;
    const { clue, referrals } = await clueAndRequests(['civil', 'wf']);
    const routed = await api.decide('intake.heping', clue.path, 'social-assistance-routing', {
      reason: '原案不属于司法救助范围',
      referrals,
    });
    expect([routed.status, routed.body.state]).toEqual([200, 'routed_to_social_assistance']);
    expect(routed.etag).toMatch(/^"2\./);
    const sent = await api.get('handler.heping', '/v1/referrals?direction=sent');
    expect(sent.body.items).toHaveLength(2);
    expect(sent.body.items?.[0]).toMatchObject({
      originKind: 'clue',
      clueId: clue.id,
      assistanceCaseId: null,
      state: 'requested',
      personCount: 1,
    });
    const received = await api.get('civil.heping', '/v1/referrals?direction=received');
    expect(received.body.items).toMatchObject([{ clueId: null, assistanceCaseId: null }]);
    expect((await api.get('civil.heping', clue.path)).status).toBe(404);
    const opened = await api.get('civil.heping', `/v1/referrals/${String(received.body.items?.[0]?.id)}/package`);
    expect(opened.body.persons).toMatchObject([{ name: '李秀兰', idNumber: expect.stringMatching(/^210\*+/) }]);
    await service.eventsSettled();
    const events = await api.get('intake.heping', '/v1/events');
    const types = events.body.items?.map((e) => e.type);
    expect(types).toEqual(expect.arrayContaining(['clue.routed_to_social_assistance', 'referral.requested']));
    const answer = await api.decide('handler.heping', clue.path, 'answer', { result: '已转社会救助' });
    expect(answer.body.state).toBe('answered');
  });

  test('wants at least one referral, and a refused referral keeps the clue where it was', async () => {
    const { api } = service;
    const { clue, referrals } = await clueAndRequests(['civil']);
    const none = await api.decide('intake.heping', clue.path, 'social-assistance-routing', {
      reason: '转办',
      referrals: [],
    });
    expect(none.status).toBe(400);
    const wrong = await api.decide('intake.heping', clue.path, 'social-assistance-routing', {
      reason: '转办',
      referrals: [...referrals, { ...referrals[0], measures: ['EDU1'] }],
    });
    expect([wrong.status, codesOf(wrong)]).toEqual([422, ['measure.wrong_agency']]);
    expect(wrong.body.errors).toMatchObject([{ pointer: '/referrals/1/measures/0' }]);
    const seen = await api.get('intake.heping', clue.path);
    expect(seen.body).toMatchObject({ state: 'submitted', version: 1 });
  });

  test('is for the receiving procuratorate, and dry run writes nothing', async () => {
    const { api } = service;
    const { clue, referrals } = await clueAndRequests(['civil']);
    const body = { reason: '转办', referrals };
    const stranger = await api.as('intake.tiexi', 'POST', `${clue.path}/social-assistance-routing`, {
      body,
      etag: '"1.x"',
    });
    expect(stranger.status).toBe(404);
    const source = await api.decide('wf.heping', clue.path, 'social-assistance-routing', body);
    expect(source.status).toBe(403);
    const dry = await api.decide('head.heping', clue.path, 'social-assistance-routing?dryRun=true', body);
    expect([dry.status, dry.body.state]).toEqual([200, 'routed_to_social_assistance']);
    expect((await api.get('intake.heping', clue.path)).body.state).toBe('submitted');
  });
});
