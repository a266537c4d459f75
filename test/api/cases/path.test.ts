// A case from the accepted clue to the grant, and the other ways in which it ends, over HTTP.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { must } from '../../support/story.ts';
import { addOfficer, beneficiariesOf, codeOf, createGiven, GRANT, REFUSE, yuan } from './given.ts';

const service = useService();

describe('from the clue to the grant', () => {
  test('acceptance opens the case in the same transaction and answers the clue', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const clue = await story.clue();
    const seen = await api.get('intake.heping', clue.path);
    const accepted = await api.as('intake.heping', 'POST', `${clue.path}/acceptance`, { body: {}, etag: seen.etag });
    expect(accepted.status).toBe(200);
    expect(accepted.body).toMatchObject({ id: clue.id, state: 'accepted', version: 2 });
    expect(accepted.etag).toMatch(/^"2\./);
    const path = `/v1/assistance-cases/${String(accepted.body.assistanceCaseId)}`;
    const c = await api.get('intake.heping', path);
    expect(c.body).toMatchObject({
      state: 'opened',
      clueId: clue.id,
      greenChannel: true,
      initiation: 'ex_officio',
      handler: null,
      beneficiaries: [{ name: '李*', relation: 'self', categories: ['W2'], proposedAmount: null }],
    });
    expect(c.body.number).toMatch(/^AC-210102-\d{4}-\d+$/);
    const again = await api.decide('intake.heping', clue.path, 'acceptance');
    expect(codeOf(again)).toBe('409 clue.illegal_transition');
    expect((await api.get('wf.heping', path)).status).toBe(403);
  });

  test('a clue that is incomplete, or of another procuratorate, is not accepted', async () => {
    const { api } = service;
    const { story } = createGiven(api);
    const bare = await story.clue('heping', { linkedCase: null });
    const incomplete = await api.decide('intake.heping', bare.path, 'acceptance');
    expect(codeOf(incomplete)).toBe('409 clue.incomplete');
    expect(incomplete.body.missing).toEqual(['/linkedCase']);
    const foreign = await api.decide('intake.tiexi', bare.path, 'acceptance');
    expect(foreign.status).toBe(404);
    const bad = await api.decide('intake.heping', bare.path, 'acceptance', { handlerOfficerId: bare.id });
    expect(bad.status).toBe(409);
  });

  test('a named handler is assigned at once; two facts, one transaction', async () => {
    const { api } = service;
    const { story, officerId } = createGiven(api);
    const handlerOfficerId = await officerId('handler.heping');
    const clue = await story.decide('head.heping', await story.clue(), 'acceptance', {
      handlerOfficerId,
      opinion: '受理',
    });
    const path = `/v1/assistance-cases/${String(clue.body.assistanceCaseId)}`;
    const c = await api.get('handler.heping', path);
    expect(c.body).toMatchObject({ state: 'under_review', version: 1, handler: { code: 'handler.heping' } });
    expect(c.body.acceptanceOpinion).toBe('受理');
    const timeline = await api.get('handler.heping', `${path}/timeline`);
    expect(timeline.body.items?.map((e) => e.type)).toEqual(['case.assigned', 'case.opened']);
    expect(timeline.body.items?.[0]).toMatchObject({ officer: { code: 'head.heping' }, sequence: 2 });
  });

  test('review, documents, proposal and grant', async () => {
    const { api } = service;
    const { story, underReview, proposal } = createGiven(api);
    const known = await underReview('heping', 2);
    const waiting = await story.decide('handler.heping', known, 'document-request', {
      items: ['户口簿', '收入证明'],
      reason: '核实家庭收入',
    });
    expect(waiting.body).toMatchObject({ state: 'awaiting_documents', version: 3 });
    const early = await api.decide('handler.heping', known.path, 'proposal', proposal(known));
    expect(codeOf(early)).toBe('409 case.illegal_transition');
    const received = await story.decide('handler.heping', known, 'document-receipt', { note: '已核' });
    expect(received.body).toMatchObject({
      state: 'under_review',
      documentRequests: [{ items: ['户口簿', '收入证明'], receivedItems: ['户口簿', '收入证明'], note: '已核' }],
    });
    const [first, second] = beneficiariesOf(known);
    const awards = [
      { beneficiaryId: first?.id, amount: yuan('20000.00') },
      { beneficiaryId: second?.id, amount: yuan('0.01') },
    ];
    const pending = await story.decide('handler.heping', known, 'proposal', proposal(known, { awards }));
    expect(pending.body).toMatchObject({
      state: 'pending_approval',
      proposedAmount: yuan('20000.01'),
      grantedAmount: null,
      proposal: {
        eligibilityCode: 'E1',
        proposedBy: { code: 'handler.heping' },
        opinion: '符合救助条件，建议予以救助',
      },
    });
    const granted = await story.decide('chief.heping', known, 'approval', GRANT);
    const year = String(new Date().getFullYear());
    expect(granted.body).toMatchObject({
      state: 'granted',
      grantedAmount: yuan('20000.01'),
      decision: { outcome: 'granted', opinion: '同意救助' },
      approvals: [{ round: 1, step: 1, level: 'county', outcome: 'granted', officer: { code: 'chief.heping' } }],
      beneficiaries: [{ grantedAmount: yuan('20000.00') }, { grantedAmount: yuan('0.01') }],
    });
    const { number } = granted.body.decision as { number: string };
    expect(number.startsWith('辽沈和检司救〔')).toBe(true);
    expect(number).toContain(year);
    const closed = await story.decide('handler.heping', known, 'closure', { summary: '救助完毕' });
    expect(closed.body).toMatchObject({ state: 'closed', closureSummary: '救助完毕' });
  });
});

describe('other ends', () => {
  test('returned to the handler, proposed again, granted', async () => {
    const { api } = service;
    const { story, proposed, proposal } = createGiven(api);
    const known = await proposed();
    const returned = await story.decide('chief.heping', known, 'approval', {
      outcome: 'returned',
      opinion: '补充调查',
    });
    expect(returned.body).toMatchObject({
      state: 'under_review',
      decision: null,
      approvals: [{ outcome: 'returned', number: null, opinion: '补充调查' }],
    });
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    const granted = await story.decide('chief.heping', known, 'approval', GRANT);
    expect(granted.body.approvals).toMatchObject([
      { round: 1, outcome: 'returned' },
      { round: 2, outcome: 'granted' },
    ]);
    const decisions = await api.get('chief.heping', `${known.path}/decisions?includeTotal=true`);
    expect(decisions.body).toMatchObject({ items: [{ outcome: 'granted', round: 2 }], nextCursor: null, total: 1 });
  });

  test('refused without awards, reconsidered once, granted by another chief', async () => {
    const { api, database } = service;
    const { story, proposed, proposal } = createGiven(api);
    await addOfficer(database.ownerUrl, {
      code: 'chief2.heping',
      like: 'chief.heping',
      roles: ['chief'],
      personKey: 'test:chief2',
    });
    const known = await proposed('heping', { awards: [], exclusions: [{ code: 'X5', applies: true }] });
    const refused = await story.decide('chief.heping', known, 'approval', REFUSE);
    expect(refused.body).toMatchObject({ state: 'refused', decision: { outcome: 'refused' } });
    const { number } = refused.body.decision as { number: string };
    const again = await story.decide('handler.heping', known, 'reconsideration', { newFacts: '新的收入证明' });
    expect(again.body).toMatchObject({
      state: 'under_review',
      reconsidered: true,
      newFacts: '新的收入证明',
      decision: null,
    });
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    const same = await api.decide('chief.heping', known.path, 'approval', GRANT);
    expect(codeOf(same)).toBe('403 decision.four_eyes');
    const other = await story.decide('chief2.heping', known, 'approval', GRANT);
    expect(other.body).toMatchObject({ state: 'granted', decision: { outcome: 'granted' } });
    const decisions = await api.get('handler.heping', `${known.path}/decisions`);
    expect(decisions.body.items).toMatchObject([
      { outcome: 'granted', officer: { code: 'chief2.heping' } },
      { outcome: 'refused', number, exclusionCode: 'X5' },
    ]);
  });

  test('a second refusal is final', async () => {
    const { api, database } = service;
    const { story, refused, proposal } = createGiven(api);
    const code = 'chief3.heping';
    await addOfficer(database.ownerUrl, { code, like: 'chief.heping', roles: ['chief'], personKey: 'test:chief3' });
    const known = await refused();
    await story.decide('handler.heping', known, 'reconsideration', { newFacts: '新的情况' });
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    await story.decide(code, known, 'approval', REFUSE);
    const third = await api.decide('handler.heping', known.path, 'reconsideration', { newFacts: '再次' });
    expect(codeOf(third)).toBe('409 case.already_reconsidered');
    const closed = await story.decide('head.heping', known, 'closure', { summary: '维持不予救助' });
    expect(closed.body).toMatchObject({ state: 'closed', decision: { outcome: 'refused' } });
  });

  test('withdrawn before the decision, and not after it', async () => {
    const { api } = service;
    const { story, opened, proposed, granted } = createGiven(api);
    for (const known of [await opened(), await proposed()]) {
      const ended = await story.decide('handler.heping', known, 'withdrawal', { reason: '已获赔偿' });
      expect(ended.body).toMatchObject({ state: 'withdrawn', withdrawalReason: '已获赔偿' });
    }
    const late = await api.decide('handler.heping', (await granted()).path, 'withdrawal');
    expect(codeOf(late)).toBe('409 case.illegal_transition');
    expect(late.body.allowed).toEqual(expect.arrayContaining(['disburse', 'close', 'revoke']));
  });

  test('revoked by the chief, also after closing', async () => {
    const { api } = service;
    const { story, granted } = createGiven(api);
    const known = await granted();
    expect((await api.decide('head.heping', known.path, 'revocation', { reason: '虚假材料' })).status).toBe(403);
    await story.decide('handler.heping', known, 'closure', { summary: '办结' });
    const revoked = await story.decide('chief.heping', known, 'revocation', { reason: '虚假材料' });
    expect(revoked.body).toMatchObject({
      state: 'revoked',
      revocationReason: '虚假材料',
      closureSummary: '办结',
      decision: { outcome: 'granted' },
    });
  });

  test('the clue can be answered once its case has ended, and not while it is reconsidered', async () => {
    const { api } = service;
    const { story, officerId, proposal } = createGiven(api);
    const handlerOfficerId = await officerId('handler.heping');
    const clue = await story.decide('head.heping', await story.clue(), 'acceptance', { handlerOfficerId });
    const id = String(clue.body.assistanceCaseId);
    const known = must(await api.get('handler.heping', `/v1/assistance-cases/${id}`), '/v1/assistance-cases');
    const answer = { result: '已作出决定' };
    expect(codeOf(await api.decide('handler.heping', clue.path, 'answer', answer))).toBe('409 clue.case_open');
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    await story.decide('chief.heping', known, 'approval', REFUSE);
    await story.decide('handler.heping', known, 'reconsideration', { newFacts: '新的情况' });
    expect(codeOf(await api.decide('handler.heping', clue.path, 'answer', answer))).toBe('409 clue.case_open');
    await story.decide('handler.heping', known, 'withdrawal', {});
    const answered = await story.decide('handler.heping', clue, 'answer', answer);
    expect(answered.body).toMatchObject({ state: 'answered' });
  });
});
