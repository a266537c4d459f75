// Corrections of what was recorded: the old value stays, money and what a decision rests on needs another person; the history of fields.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { asAgency, attempt, withClient } from '../../support/sql.ts';
import { type Known, must } from '../../support/story.ts';
import { addOfficer, beneficiariesOf, codeOf, createGiven, errorsOf, yuan } from './given.ts';

const service = useService();
const AWARD = '/beneficiaries/0/grantedAmount';

function corrections() {
  const { api } = service;
  const given = createGiven(api);
  const correct = (known: Known, pointer: string, value: unknown, officer = 'handler.heping'): Promise<Answer> =>
    api.decide(officer, known.path, 'correction', { pointer, value, reason: '录入有误' });
  const listed = async (known: Known, list: 'corrections' | 'history', officer = 'handler.heping'): Promise<Json[]> =>
    (await api.get(officer, `${known.path}/${list}`)).body.items ?? [];
  async function answered(known: Known, verb: 'confirmation' | 'refusal', officer = 'chief.heping', body: Json = {}) {
    const all = await listed(known, 'corrections');
    const latest = all.find((c) => c.state === 'proposed') ?? all[0];
    const { etag } = await api.get(officer, known.path);
    const path = `${known.path}/corrections/${String(latest?.id)}/${verb}`;
    return api.as(officer, 'POST', path, { body, etag });
  }
  async function reserved(): Promise<unknown> {
    const { items } = (await api.get('finance.heping', '/v1/funds')).body;
    return (await api.get('finance.heping', `/v1/funds/${String(items?.[0]?.id)}/balance`)).body.reserved;
  }
  /** What of this case awaits the officer. */
  async function awaited(officer: string, known: Known): Promise<unknown[]> {
    const { items } = (await api.get(officer, '/v1/work-items?assignee=me&kind=case&order=newest&limit=200')).body;
    return (items ?? []).filter((i) => (i.resource as { id: string }).id === known.id).map((i) => i.action);
  }
  /** Granted to the first beneficiary in all, as the account shows it. */
  async function onAccount(known: Known): Promise<unknown> {
    const personId = String(beneficiariesOf(known)[0]?.personId);
    const { items } = (await api.get('handler.heping', `/v1/monitoring-accounts?personId=${personId}`)).body;
    return (await api.get('handler.heping', `/v1/monitoring-accounts/${String(items?.[0]?.id)}`)).body.grantedAmount;
  }
  async function line(known: Known, amount: string): Promise<Known> {
    const payee = { type: 'self', name: '李秀兰', bankName: '中国银行', accountNumber: '6222020012345678901' };
    const input = { beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount), kind: 'lump', payee };
    const body = { ...input, requestNumber: given.story.reference('CR') };
    return must(await api.create('handler.heping', `${known.path}/disbursements`, body), '/v1/disbursements');
  }
  return { api, ...given, correct, listed, answered, reserved, onAccount, awaited, line };
}

const fen = (money: unknown) => Math.round(Number((money as { amount: string }).amount) * 100);

describe('in force at once', () => {
  test('a narrative of a granted case, where PATCH no longer works; what it was stays in the history', async () => {
    const { api, granted, correct, listed } = corrections();
    const known = await granted();
    const { etag } = await api.get('handler.heping', known.path);
    const patch = await api.as('handler.heping', 'PATCH', known.path, { body: { hardship: '无' }, etag });
    expect(codeOf(patch)).toBe('409 case.illegal_transition');
    const corrected = await correct(known, '/hardship', '独自抚养两名未成年子女。');
    expect(corrected.status).toBe(200);
    expect(corrected.body).toMatchObject({ state: 'granted', hardship: '独自抚养两名未成年子女。' });
    expect((await listed(known, 'history'))[0]).toMatchObject({
      pointer: '/hardship',
      type: 'case.corrected',
      version: corrected.body.version,
      officer: { code: 'handler.heping' },
      shown: true,
      oldValue: '独自抚养一名未成年子女。',
      newValue: '独自抚养两名未成年子女。',
    });
    expect((await listed(known, 'corrections'))[0]).toMatchObject({
      state: 'applied',
      reason: '录入有误',
      decidedBy: null,
    });
    for (const officer of ['finance.heping', 'supervisor.liaoning']) {
      expect((await listed(known, 'history', officer))[0]).toMatchObject({
        shown: false,
        oldValue: null,
        newValue: null,
      });
      expect((await listed(known, 'corrections', officer))[0]).toMatchObject({ shown: false, reason: null });
    }
  });

  test('the same value again changes nothing; values and pointers are checked', async () => {
    const { granted, correct, api } = corrections();
    const known = await granted();
    const same = await correct(known, '/hardship', '独自抚养一名未成年子女。');
    expect([same.status, same.body.version]).toEqual([200, known.body.version]);
    const bad: [string, unknown, string][] = [
      ['/decision/number', '1号', '/pointer pointer.not_correctable'],
      ['/beneficiaries/0/name', '李', '/pointer pointer.not_correctable'],
      ['/beneficiaries/7/relation', 'self', '/pointer beneficiary.unknown'],
      ['/facts', null, '/value value.unfit'],
      ['/facts', yuan('1.00'), '/value value.unfit'],
      ['/campaignCode', 'no-such', '/value code.unknown'],
      ['/beneficiaries/0/categories', ['W2', 'W2'], '/value/1 code.repeated'],
      ['/beneficiaries/0/categories', ['Z9'], '/value code.unknown'],
      [AWARD, yuan('0.00'), '/value value.unfit'],
      [AWARD, '18000.00', '/value value.unfit'],
    ];
    for (const [pointer, value, error] of bad) {
      const answer = await correct(known, pointer, value);
      expect([pointer, answer.status, errorsOf(answer)]).toEqual([pointer, 422, [error]]);
    }
    expect((await correct(known, '/facts', 5)).status).toBe(400);
    expect((await correct(known, '/facts', '新', 'chief.heping')).status).toBe(403);
    expect((await api.get('handler.heping', known.path)).body.version).toBe(known.body.version);
  });

  test('an edit and a later proposal leave what was before', async () => {
    const { api, story, proposed, proposal, listed } = corrections();
    const known = await proposed();
    await story.decide('chief.heping', known, 'approval', { outcome: 'returned', opinion: '金额偏高' });
    const { etag } = await api.get('handler.heping', known.path);
    const body = { facts: '被害人重伤二级。', linkedCase: { number: null } };
    await api.as('handler.heping', 'PATCH', known.path, { body, etag });
    const awards = beneficiariesOf(known).map((b) => ({ beneficiaryId: b.id, amount: yuan('15000.00') }));
    await story.decide('handler.heping', known, 'proposal', proposal(known, { awards }));
    const history = (await listed(known, 'history')).map(({ pointer, type, oldValue, newValue }) => [
      type,
      pointer,
      oldValue,
      newValue,
    ]);
    expect(history).toEqual([
      ['case.proposed', '/beneficiaries/0/proposedAmount', yuan('20000.00'), yuan('15000.00')],
      ['case.edited', '/linkedCase/number', '沈和检刑诉〔2026〕118号', null],
      ['case.edited', '/facts', '被害人重伤，被告人无赔偿能力。', '被害人重伤二级。'],
    ]);
  });
});

test('what a field was is sealed, and nobody changes it any more', async () => {
  const { story, granted, correct } = corrections();
  const known = await granted();
  await correct(known, '/hardship', '无业，丈夫在押。');
  await withClient(service.database.appUrl, async (client) => {
    await asAgency(client, await story.agencyOf('handler.heping'));
    for (const sql of ['update case_field_revisions set pointer = pointer', 'delete from case_field_revisions'])
      expect(await attempt(client, sql)).toBe('42501');
    const { rows } = await client.query<{ text: string }>(
      `select r::text || c::text as text from case_field_revisions r join case_corrections c on c.id = r.correction_id where r.case_id = $1`,
      [known.id],
    );
    expect(rows).toHaveLength(1);
    for (const clear of ['无业', '录入有误']) expect(rows[0]?.text).not.toContain(Buffer.from(clear).toString('hex'));
    await asAgency(client, await story.agencyOf('handler.tiexi'));
    expect((await client.query('select from case_field_revisions')).rowCount).toBe(0);
  });
});

describe('with another person', () => {
  test('categories before the decision at once, after it only with the chief', async () => {
    const { story, underReview, proposal, correct, answered } = corrections();
    const known = await underReview();
    const early = await correct(known, '/beneficiaries/0/categories', ['W1']);
    expect(early.body).toMatchObject({ beneficiaries: [{ categories: ['W1'] }] });
    await story.decide('handler.heping', known, 'proposal', proposal(known));
    await story.decide('chief.heping', known, 'approval', { outcome: 'granted', opinion: '同意' });
    const waiting = await correct(known, '/beneficiaries/0/categories', ['W2']);
    expect(waiting.body).toMatchObject({ beneficiaries: [{ categories: ['W1'] }] });
    const confirmed = await answered(known, 'confirmation');
    expect(confirmed.body).toMatchObject({ state: 'granted', beneficiaries: [{ categories: ['W2'] }] });
  });

  test('a refused correction changes nothing but the record', async () => {
    const { granted, correct, answered, listed } = corrections();
    const known = await granted();
    await correct(known, '/linkedCase/handlingOrgan', '沈阳市和平区人民法院');
    const refused = await answered(known, 'refusal', 'chief.heping', { reason: '原记录无误' });
    expect(refused.body).toMatchObject({ linkedCase: known.body.linkedCase });
    expect((await listed(known, 'corrections'))[0]).toMatchObject({ state: 'refused', opinion: '原记录无误' });
    expect(await listed(known, 'history')).toEqual([]);
    expect(codeOf(await answered(known, 'confirmation'))).toBe('409 case.no_correction_pending');
  });

  test('one at a time; never the same person, by whatever credential; offered to the chief as an action', async () => {
    const { api, granted, correct, answered, awaited } = corrections();
    const known = await granted();
    const { rows } = await service.owner
      .query<{ person_key: string }>(`select person_key from officers where code = 'handler.heping'`)
      .then((found) => ({ rows: found }));
    const twin = {
      code: 'twin.heping',
      like: 'chief.heping',
      roles: ['chief'],
      personKey: String(rows[0]?.person_key),
    };
    await addOfficer(service.database.ownerUrl, twin);
    await correct(known, AWARD, yuan('18000.00'));
    expect(codeOf(await correct(known, AWARD, yuan('17000.00')))).toBe('409 case.correction_pending');
    expect((await correct(known, '/facts', '补正后的事实。')).status).toBe(200);
    expect(codeOf(await answered(known, 'confirmation', 'twin.heping'))).toBe('403 decision.four_eyes');
    const { body } = await api.get('chief.heping', known.path);
    const offered = (body.availableActions as Json[]).filter((a) => String(a.action).startsWith('correction'));
    expect(offered).toMatchObject([
      { action: 'correction-confirmation', allowed: true },
      { action: 'correction-refusal', allowed: true },
    ]);
    expect(await awaited('chief.heping', known)).toEqual(['correction-confirmation']);
    expect(await awaited('twin.heping', known)).toEqual([]);
    const { etag } = await api.get('chief.heping', known.path);
    const done = await api.as('chief.heping', 'POST', String(offered[0]?.href), { body: {}, etag });
    expect(done.status).toBe(200);
    const after = (await api.get('chief.heping', known.path)).body.availableActions as Json[];
    expect(after.filter((a) => String(a.action).startsWith('correction-'))).toEqual([]);
  });
});

describe('an award', () => {
  test('is lowered by two people, and what was reserved too much goes back to the fund', async () => {
    const { granted, correct, answered, reserved, onAccount } = corrections();
    const known = await granted();
    const [before, stood] = [await reserved(), await onAccount(known)];
    expect((await correct(known, AWARD, yuan('18000.00'))).body).toMatchObject({ grantedAmount: yuan('20000.00') });
    expect(await reserved()).toEqual(before);
    const confirmed = await answered(known, 'confirmation');
    expect(confirmed.body).toMatchObject({
      grantedAmount: yuan('18000.00'),
      beneficiaries: [{ grantedAmount: yuan('18000.00'), proposedAmount: yuan('20000.00') }],
    });
    expect(fen(await reserved()) - fen(before)).toBe(-200_000);
    expect(fen(await onAccount(known)) - fen(stood)).toBe(-200_000);
  });

  test('is not raised, nor lowered below what lines hold', async () => {
    const { granted, correct, answered, line, reserved } = corrections();
    const known = await granted();
    expect(codeOf(await correct(known, AWARD, yuan('20000.01')))).toBe('409 case.award_raised');
    await line(known, '19000.00');
    await correct(known, AWARD, yuan('18000.00'));
    const before = await reserved();
    expect(codeOf(await answered(known, 'confirmation'))).toBe('409 award.drawn');
    expect(await reserved()).toEqual(before);
    await answered(known, 'refusal', 'chief.heping', { reason: '先作废发放' });
    await correct(known, AWARD, yuan('19000.00'));
    expect((await answered(known, 'confirmation')).body).toMatchObject({ grantedAmount: yuan('19000.00') });
    const path = `${known.path}/disbursements`;
    const { api } = service;
    const body = { beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan('0.01'), kind: 'top_up' };
    const payee = { type: 'self', name: '李秀兰', bankName: '中国银行', accountNumber: '6222020012345678901' };
    const over = await api.create('handler.heping', path, { ...body, payee, requestNumber: 'CR-over' });
    expect(codeOf(over)).toBe('409 award.cap_exceeded');
  });

  test('of a closed case is corrected without moving money; before the decision and after a revocation not at all', async () => {
    const { story, granted, proposed, correct, answered, reserved } = corrections();
    const known = await granted();
    await story.decide('handler.heping', known, 'closure', { summary: '未发放即结案' });
    const before = await reserved();
    await correct(known, AWARD, yuan('500.00'));
    expect((await answered(known, 'confirmation')).body).toMatchObject({
      state: 'closed',
      grantedAmount: yuan('500.00'),
    });
    expect(await reserved()).toEqual(before);
    expect(codeOf(await correct(await proposed(), AWARD, yuan('1.00')))).toBe('409 case.correction_not_now');
    const revoked = await granted();
    await story.decide('chief.heping', revoked, 'revocation', { reason: '虚假材料' });
    expect(codeOf(await correct(revoked, AWARD, yuan('1.00')))).toBe('409 case.correction_not_now');
  });
});
