// Who decides a reconsidered case: another chief of the handling agency, or the chief of its superior; nobody else, and nothing else.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { codeOf, createGiven, GRANT, REFUSE, yuan } from './given.ts';

const service = useService();
const NEW_FACTS = { newFacts: '赔偿款未实际到位。' };

function reconsideration() {
  const { api } = service;
  const given = createGiven(api);
  const { story, proposed, refused, proposal } = given;

  async function again(known: Known): Promise<Known> {
    await story.decide('handler.heping', known, 'reconsideration', NEW_FACTS);
    return story.decide('handler.heping', known, 'proposal', proposal(known));
  }

  async function approval(officer: string, path: string): Promise<Json | undefined> {
    const { body } = await api.get(officer, path);
    return (body.availableActions as Json[]).find((a) => a.action === 'approval');
  }

  return { api, ...given, proposed, again, approval, reconsidered: async () => again(await refused()) };
}

/** Running number at the end of `辽沈和检司救〔2026〕12号`, and what stands before it. */
const seriesOf = (known: Known) => {
  const { number } = known.body.decision as { number: string };
  const [, series = '', seq = ''] = /^(.*〕)(\d+)号$/.exec(number) ?? [];
  return { series, seq: Number(seq) };
};

const balanceOf = async (officer: string): Promise<Json> => {
  const { api } = service;
  const { items } = (await api.get(officer, '/v1/funds')).body;
  const { available, reserved } = (await api.get(officer, `/v1/funds/${String(items?.[0]?.id)}/balance`)).body;
  return { available, reserved };
};

describe('the superior procuratorate', () => {
  test('does not see the case before it is reconsidered, and its chief decides it after', async () => {
    const { api, story, refused, again, approval } = reconsideration();
    const known = await refused();
    const first = seriesOf(known);
    expect((await api.get('chief.shenyang', known.path)).status).toBe(404);
    await again(known);
    expect(codeOf(await api.decide('chief.heping', known.path, 'approval', GRANT))).toBe('403 decision.four_eyes');
    expect(await approval('chief.shenyang', known.path)).toMatchObject({ allowed: true, reasons: [] });
    const [heping, shenyang] = [await balanceOf('finance.heping'), await balanceOf('finance.shenyang')];
    expect([heping.reserved, shenyang.reserved]).toEqual([yuan('0.00'), yuan('0.00')]);
    const granted = await story.decide('chief.shenyang', known, 'approval', GRANT);
    expect(granted.body).toMatchObject({
      state: 'granted',
      decision: { outcome: 'granted', opinion: '同意救助' },
      approvals: [
        { round: 1, level: 'county', outcome: 'refused', officer: { code: 'chief.heping' } },
        { round: 2, step: 1, level: 'city', outcome: 'granted', officer: { code: 'chief.shenyang' } },
      ],
      handlingAgency: { code: 'proc-210102' },
    });
    expect(seriesOf(granted)).toEqual({ series: first.series, seq: first.seq + 1 });
    expect(await balanceOf('finance.heping')).toMatchObject({ reserved: yuan('20000.00') });
    expect(await balanceOf('finance.shenyang')).toEqual(shenyang);
    const timeline = await api.get('handler.heping', `${known.path}/timeline`);
    expect(timeline.body.items?.[0]).toMatchObject({ type: 'case.granted', officer: { code: 'chief.shenyang' } });
  });

  test('its chief reads the story, its other roles masks only, another procuratorate nothing', async () => {
    const { api, reconsidered, caseInput } = reconsideration();
    const { path } = await reconsidered();
    const { facts } = caseInput();
    const chief = await api.get('chief.shenyang', path);
    expect(chief.body).toMatchObject({ facts, ...NEW_FACTS, beneficiaries: [{ name: '李*' }] });
    for (const officer of ['handler.shenyang', 'head.shenyang', 'finance.shenyang']) {
      const { status, body } = await api.get(officer, path);
      expect([status, body.facts, body.newFacts, body.hardship]).toEqual([200, null, null, null]);
      expect(body).toMatchObject({ proposal: { opinion: null }, beneficiaries: [{ name: '李*' }] });
    }
    for (const officer of ['chief.tiexi', 'chief.liaoning'])
      expect((await api.decide(officer, path, 'approval', GRANT)).status).toBe(404);
  });

  test('decides and does nothing else', async () => {
    const { api, story, reconsidered } = reconsideration();
    const known = await reconsidered();
    expect(codeOf(await api.decide('head.shenyang', known.path, 'withdrawal'))).toBe('403 case.not_competent');
    await story.decide('chief.shenyang', known, 'approval', GRANT);
    const revoked = await api.decide('chief.shenyang', known.path, 'revocation', { reason: '虚假材料' });
    expect(codeOf(revoked)).toBe('403 case.not_competent');
    const closed = await api.decide('head.shenyang', known.path, 'closure', { summary: '办结' });
    expect(codeOf(closed)).toBe('403 case.not_competent');
    expect((await api.decide('chief.shenyang', known.path, 'closure', { summary: '办结' })).status).toBe(403);
    const lines = await api.get('finance.shenyang', `/v1/disbursements?assistanceCaseId=${known.id}`);
    expect(lines.body.items).toEqual([]);
    expect((await story.decide('chief.heping', known, 'revocation', { reason: '虚假材料' })).body.state).toBe(
      'revoked',
    );
  });

  test('has no say in a case that was returned or never refused', async () => {
    const { api, story, proposed } = reconsideration();
    const known = await proposed();
    await story.decide('chief.heping', known, 'approval', { outcome: 'returned', opinion: '补充调查' });
    expect((await api.get('chief.shenyang', known.path)).status).toBe(404);
  });

  test('may return it and decide the next proposal; a dry run writes nothing, a replay repeats nothing', async () => {
    const { api, story, reconsidered, proposal } = reconsideration();
    const known = await reconsidered();
    const returned = { outcome: 'returned', opinion: '核实到账情况' };
    const back = await story.decide('chief.shenyang', known, 'approval', returned);
    expect(back.body).toMatchObject({ state: 'under_review', decision: null });
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    const { etag } = await api.get('chief.shenyang', known.path);
    const path = `${known.path}/approval`;
    const dry = await api.as('chief.shenyang', 'POST', `${path}?dryRun=true`, { body: GRANT, etag });
    expect([dry.status, dry.body.state]).toEqual([200, 'granted']);
    expect((await api.get('chief.shenyang', known.path)).body.state).toBe('pending_approval');
    const send = { body: GRANT, etag, key: `superior-${known.id}` };
    const granted = await api.as('chief.shenyang', 'POST', path, send);
    const replay = await api.as('chief.shenyang', 'POST', path, send);
    expect([granted.status, replay.status, replay.headers['idempotency-replayed']]).toEqual([200, 200, 'true']);
    expect(replay.text).toBe(granted.text);
    expect((granted.body.approvals as Json[]).map((a) => a.outcome)).toEqual(['refused', 'returned', 'granted']);
    expect((granted.body.decision as Json).number).toBe((dry.body.decision as Json).number);
  });

  test('a refusal by it is final, and the source of the clue can be answered', async () => {
    const { api, story, officerId, proposal, again } = reconsideration();
    const handlerOfficerId = await officerId('handler.heping');
    const clue = await story.decide('head.heping', await story.clue(), 'acceptance', { handlerOfficerId });
    const path = `/v1/assistance-cases/${String(clue.body.assistanceCaseId)}`;
    const known = must(await api.get('handler.heping', path), '/v1/assistance-cases');
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    await story.decide('chief.heping', known, 'approval', REFUSE);
    await again(known);
    const answer = { result: '维持不予救助决定' };
    expect(codeOf(await api.decide('handler.heping', clue.path, 'answer', answer))).toBe('409 clue.case_open');
    const refused = await story.decide('chief.shenyang', known, 'approval', REFUSE);
    expect(refused.body).toMatchObject({ state: 'refused', decision: { outcome: 'refused' } });
    expect((await api.get('chief.shenyang', clue.path)).status).toBe(404);
    const third = await api.decide('handler.heping', known.path, 'reconsideration', NEW_FACTS);
    expect(codeOf(third)).toBe('409 case.already_reconsidered');
    expect((await story.decide('handler.heping', clue, 'answer', answer)).body.state).toBe('answered');
  });
});

test('a second chief of the handling agency decides as well', async () => {
  const { story, reconsidered, approval } = reconsideration();
  const known = await reconsidered();
  expect(await approval('chief.heping', known.path)).toMatchObject({ reasons: [{ code: 'decision.four_eyes' }] });
  const granted = await story.decide('deputy.heping', known, 'approval', GRANT);
  expect(granted.body.approvals).toMatchObject([
    { officer: { code: 'chief.heping' } },
    { level: 'county', officer: { code: 'deputy.heping' } },
  ]);
});

test('of the province, which has no superior, it is another chief', async () => {
  const { api, story, caseInput, proposal, officerId } = reconsideration();
  const body = { ...caseInput(), regionCode: '210000' };
  const known = must(await api.create('handler.liaoning', '/v1/assistance-cases', body), '/v1/assistance-cases');
  const handlerOfficerId = await officerId('handler.liaoning');
  await story.decide('head.liaoning', known, 'assignment', { handlerOfficerId });
  await story.decide('handler.liaoning', known, 'proposal', proposal(known));
  await story.decide('chief.liaoning', known, 'approval', REFUSE);
  await story.decide('handler.liaoning', known, 'reconsideration', NEW_FACTS);
  await story.decide('handler.liaoning', known, 'proposal', proposal(known));
  const same = await api.decide('chief.liaoning', known.path, 'approval', GRANT);
  expect(codeOf(same)).toBe('403 decision.four_eyes');
  const granted = await story.decide('deputy.liaoning', known, 'approval', GRANT);
  expect(granted.body).toMatchObject({ state: 'granted', approvals: [{}, { level: 'province' }] });
});

describe('the day on which the applicant was told of the refusal', () => {
  const told = (known: Known) => {
    const { decidedOn } = known.body.decision as { decidedOn: string };
    return { toldOn: decidedOn, channel: 'in_person', note: '当面说明' };
  };

  test('is recorded once while the refusal is reconsidered, up to the next decision', async () => {
    const { api, story, refused, proposal } = reconsideration();
    const known = await refused();
    const body = told(known);
    const under = await story.decide('handler.heping', known, 'reconsideration', NEW_FACTS);
    const offered = (under.body.availableActions as Json[]).find((a) => a.action === 'notification');
    expect(offered).toMatchObject({ allowed: true });
    const early = await api.decide('handler.heping', known.path, 'notification', { ...body, toldOn: '2020-01-01' });
    expect(codeOf(early)).toBe('422 request.rule_violated');
    const after = await story.decide('handler.heping', known, 'notification', body);
    expect(after.body).toMatchObject({ state: 'under_review', decision: null });
    const decisions = () => api.get('handler.heping', `${known.path}/decisions`);
    expect((await decisions()).body.items).toMatchObject([{ outcome: 'refused', toldOn: body.toldOn }]);
    expect(codeOf(await api.decide('handler.heping', known.path, 'notification', body))).toBe('409 case.told_already');
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    expect(codeOf(await api.decide('handler.heping', known.path, 'notification', body))).toBe('409 case.told_already');
    const again = await story.decide('deputy.heping', known, 'approval', REFUSE);
    expect(again.body).toMatchObject({ decision: { notification: null } });
    const final = await story.decide('handler.heping', known, 'notification', body);
    expect(final.body).toMatchObject({ state: 'refused', decision: { notification: { toldOn: body.toldOn } } });
    expect((await decisions()).body.items).toMatchObject([{ toldOn: body.toldOn }, { toldOn: body.toldOn }]);
  });

  test('can be recorded with the new proposal before the chief; a case never refused has nothing to tell', async () => {
    const { api, story, proposed, refused, again } = reconsideration();
    const known = await refused();
    const body = told(known);
    await again(known);
    const after = await story.decide('handler.heping', known, 'notification', body);
    expect(after.body.state).toBe('pending_approval');
    const fresh = await proposed();
    const answer = await api.decide('handler.heping', fresh.path, 'notification', body);
    expect(codeOf(answer)).toBe('409 case.illegal_transition');
  });
});
