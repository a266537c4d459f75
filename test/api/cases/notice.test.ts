// The case notice: closing a case with a woman or a child in it tells the Federation, once, whatever the case's origin.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { type Known, must } from '../../support/story.ts';
import { beneficiariesOf, codeOf, createGiven, errorsOf, GRANT, REFUSE, yuan } from './given.ts';

const service = useService();
const ENDING = { summary: '救助完毕，电话13912345678', advice: '请关注其子女就学' };

function notices() {
  const { api } = service;
  const given = createGiven(api);
  const { story, officerId, proposal } = given;

  /** A case of these people, decided and closed. */
  async function closed(subjects: Json[], decision: Json = GRANT, district = 'heping' as const): Promise<Known> {
    const body = { ...given.caseInput(district), subjects };
    const known = must(await api.create('handler.heping', '/v1/assistance-cases', body), '/v1/assistance-cases');
    await story.decide('head.heping', known, 'assignment', { handlerOfficerId: await officerId('handler.heping') });
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    await story.decide('chief.heping', known, 'approval', decision);
    return story.decide('handler.heping', known, 'closure', ENDING);
  }

  const listed = async (officer: string, known: Known) =>
    (await api.get(officer, `/v1/case-notices?assistanceCaseId=${known.id}`)).body.items ?? [];

  async function noticeOf(known: Known): Promise<Known> {
    const [item] = await listed('wf.heping', known);
    const path = `/v1/case-notices/${String(item?.id)}`;
    const { body } = await api.get('wf.heping', path);
    return { id: String(item?.id), path, body };
  }

  return { api, ...given, closed, listed, noticeOf };
}

const man = { name: '王建国', sex: 'male', idType: 'none', birthDate: '1970-05-01', relationToCase: 'self' };
const boy = { name: '王小宝', sex: 'male', idType: 'none', birthDate: '2015-05-01', relationToCase: 'child' };

describe('who is told', () => {
  test('the Federation of the region and level, for a woman in a case opened ex officio; masks only', async () => {
    const { api, story, closed, listed, noticeOf } = notices();
    const known = await closed([story.subject(), man, boy]);
    const notice = await noticeOf(known);
    expect(notice.body).toMatchObject({
      state: 'sent',
      assistanceCaseId: known.id,
      caseNumber: known.body.number,
      outcome: 'granted',
      sender: { code: expect.stringContaining('210102') },
      decision: { outcome: 'granted', exclusionCode: null },
      advice: '请关注其子女就学',
      revokedOn: null,
      persons: [
        { name: '李*', sex: 'female', minor: false, grantedAmount: yuan('20000.00'), paidAmount: yuan('0.00') },
        { name: '王*', sex: 'male', minor: true, relation: 'child' },
      ],
    });
    expect(notice.body.number).toMatch(/^CN-210102-\d{4}-\d+$/);
    const text = JSON.stringify(notice.body);
    for (const secret of ['13912345678', '139****', '救助完毕', '李秀兰', '南湖', '1381234', '建国'])
      expect(text).not.toContain(secret);
    expect((await api.get('wf.heping', known.path)).status).toBe(403);
    for (const officer of ['handler.heping', 'supervisor.liaoning'])
      expect(await listed(officer, known)).toHaveLength(1);
    for (const officer of ['wf.tiexi', 'wf.shenyang', 'handler.tiexi', 'handler.shenyang'])
      expect(await listed(officer, known)).toEqual([]);
    expect((await api.get('civil.heping', '/v1/case-notices')).status).toBe(403);
  });

  test('a refusal too; nobody for a man alone', async () => {
    const { closed, story, listed, noticeOf } = notices();
    const refused = await noticeOf(await closed([story.subject()], REFUSE));
    expect(refused.body).toMatchObject({
      outcome: 'refused',
      decision: { outcome: 'refused', exclusionCode: 'X5' },
      persons: [{ grantedAmount: null, paidAmount: yuan('0.00') }],
    });
    expect((await noticeOf(await closed([boy], REFUSE))).body.persons).toMatchObject([{ minor: true }]);
    expect(await listed('wf.heping', await closed([man]))).toEqual([]);
  });

  test('a case that is withdrawn has no result to tell', async () => {
    const { story, underReview, listed } = notices();
    const known = await story.decide('handler.heping', await underReview(), 'withdrawal', { reason: '本人撤回' });
    expect(await listed('wf.heping', known)).toEqual([]);
  });
});

describe('what is told', () => {
  test('what was paid and which measures were asked for', async () => {
    const { api, story, granted, noticeOf } = notices();
    const known = await granted();
    const [beneficiary] = beneficiariesOf(known);
    const payee = { type: 'self', name: '李秀兰', bankName: '中国银行', accountNumber: '6222020012345678901' };
    const input = { beneficiaryId: beneficiary?.id, amount: yuan('12000.00'), kind: 'lump', payee };
    const body = { ...input, requestNumber: story.reference('CN') };
    const made = await api.create('handler.heping', `${known.path}/disbursements`, body);
    const line = must(made, '/v1/disbursements');
    await story.decide('head.heping', line, 'authorisation');
    await story.decide('finance.heping', line, 'submission');
    await story.decide('finance.heping', line, 'settlement', { paidOn: '2026-01-15', bankReference: 'B-1' });
    const referral = {
      agencyId: await story.agencyOf('civil.heping'),
      personIds: [beneficiary?.personId],
      measures: ['MCA3'],
      proposal: '建议给予临时救助',
      legalBasis: 'statutory_duty',
    };
    must(await api.create('handler.heping', `${known.path}/referrals`, referral), '/v1/referrals');
    await story.decide('handler.heping', known, 'closure', ENDING);
    expect((await noticeOf(known)).body.persons).toMatchObject([
      {
        grantedAmount: yuan('20000.00'),
        paidAmount: yuan('12000.00'),
        measures: [{ measure: 'MCA3', state: 'requested' }],
      },
    ]);
  });

  test('a decision that is taken back afterwards is told in the same notice, which is not sent twice', async () => {
    const { story, closed, listed, noticeOf } = notices();
    const known = await closed([story.subject()]);
    const before = await noticeOf(known);
    await story.decide('chief.heping', known, 'revocation', { reason: '以虚假材料骗取' });
    const after = await noticeOf(known);
    expect([before.body.revokedOn, before.body.version]).toEqual([null, 1]);
    expect(after.body).toMatchObject({ id: before.id, version: 2, revokedOn: expect.stringMatching(/^\d{4}-/) });
    expect(await listed('wf.heping', known)).toHaveLength(1);
  });
});

test('what is said to the Federation names no telephone and no identity number', async () => {
  const { api, story, refused, closed, noticeOf } = notices();
  const known = await refused();
  for (const advice of ['请联系13812345678', '身份证210102198503154321']) {
    const answer = await api.decide('handler.heping', known.path, 'closure', { summary: '办结', advice });
    expect([answer.status, errorsOf(answer)]).toEqual([422, ['/advice text.contact_data']]);
  }
  const notice = await noticeOf(await closed([story.subject()]));
  const noted = await api.decide('wf.heping', notice.path, 'receipt', { note: '已联系13812345678' });
  expect([noted.status, errorsOf(noted)]).toEqual([422, ['/note text.contact_data']]);
});

describe('the receipt', () => {
  test('by the Federation, once; the sender reads it', async () => {
    const { api, story, closed, noticeOf } = notices();
    const notice = await noticeOf(await closed([story.subject()]));
    const [action] = notice.body.availableActions as Json[];
    expect(action).toMatchObject({ action: 'receipt', allowed: true, href: `${notice.path}/receipt` });
    const { items } = (await api.get('wf.heping', '/v1/work-items?assignee=me&kind=notice&limit=200')).body;
    const mine = (items ?? []).filter((i) => (i.resource as { id: string }).id === notice.id);
    expect(mine).toMatchObject([{ action: 'receipt', resource: { number: notice.body.number } }]);
    expect((await api.decide('handler.heping', notice.path, 'receipt')).status).toBe(403);
    expect((await api.decide('wf.tiexi', notice.path, 'receipt')).status).toBe(404);
    expect(notice.body.deadlines).toMatchObject([
      { party: { agency: { code: expect.any(String) } }, status: 'on_track' },
    ]);
    const received = await story.decide('wf.heping', notice, 'receipt', { note: '已安排走访' });
    expect(received.body).toMatchObject({ state: 'received', note: '已安排走访', receivedBy: { code: 'wf.heping' } });
    expect(codeOf(await api.decide('wf.heping', notice.path, 'receipt'))).toBe('409 notice.illegal_transition');
    expect((await api.get('handler.heping', notice.path)).body).toMatchObject({
      state: 'received',
      note: '已安排走访',
    });
  });
});
