// Joint shares: asked for and given by different people, reserved on the giver's fund, part of the award, paid by the giver's finance.
import { beforeAll, expect, test } from '@jest/globals';
import type { Answer, Json } from '../../support/api.ts';
import { PDF } from '../../support/fixtures/documents.ts';
import { multipart } from '../../support/multipart.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { asOwner } from '../disbursements/flow.ts';
import {
  addOfficer,
  beneficiariesOf,
  codeOf,
  createGiven,
  errorsOf,
  type Given,
  GRANT,
  REFUSE,
  yuan,
} from './given.ts';

type Place = 'heping' | 'shenyang' | 'liaoning';
const service = useService();
let given: Given;
const agencies = {} as Record<Place, string>;
const funds = {} as Record<Place, string>;
beforeAll(async () => {
  given = createGiven(service.api);
  const body = { now: '2026-11-16T09:00:00+08:00' };
  expect((await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null })).status).toBe(200);
  for (const place of ['heping', 'shenyang', 'liaoning'] as const) {
    const me = await service.api.get(`chief.${place}`, '/v1/me');
    agencies[place] = (me.body.agency as { id: string }).id;
    funds[place] = String((await service.api.get(`finance.${place}`, '/v1/funds')).body.items?.[0]?.id);
  }
});

const PAYEE = { type: 'self', name: '李秀兰', bankName: '中国银行沈阳南湖支行', accountNumber: '6222020012345678901' };
let requests = 0;

const ask = (known: Known, place: Place, amount: string, change: Json = {}, officer = 'handler.heping') =>
  service.api.decide(officer, known.path, 'joint-share-request', {
    ...{ agencyId: agencies[place], amount: yuan(amount) },
    ...change,
  });

const give = (known: Known, place: Place, amount: string, change: Json = {}, officer = `chief.${place}`) =>
  service.api.decide(officer, known.path, 'joint-share', {
    ...{ agencyId: agencies[place], amount: yuan(amount) },
    ...change,
  });

function ok(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

async function shared(amounts: Partial<Record<Place, string>>, known?: Known): Promise<Known> {
  const found = known ?? (await given.underReview());
  for (const [place, amount] of Object.entries(amounts) as [Place, string][]) {
    ok(await ask(found, place, amount));
    ok(await give(found, place, amount));
  }
  return found;
}

async function propose(known: Known, amount: string): Promise<void> {
  const awards = beneficiariesOf(known).map((b) => ({ beneficiaryId: b.id, amount: yuan(amount) }));
  ok(await service.api.decide('handler.heping', known.path, 'proposal', given.proposal(known, { awards })));
}

async function decided(known: Known, amount: string, decision: Json = GRANT): Promise<Answer> {
  await propose(known, amount);
  return service.api.decide('chief.heping', known.path, 'approval', decision);
}

/** available, reserved, in transit and paid of the three funds. */
async function balances(): Promise<Record<Place, number[]>> {
  const of = async (place: Place) => {
    const { body } = await service.api.get(`finance.${place}`, `/v1/funds/${funds[place]}/balance`);
    return ['available', 'reserved', 'inTransit', 'posted'].map((n) => Number((body[n] as { amount: string }).amount));
  };
  return { heping: await of('heping'), shenyang: await of('shenyang'), liaoning: await of('liaoning') };
}

async function movedSince(before: Record<Place, number[]>): Promise<Record<Place, number[]>> {
  const now = await balances();
  const diff = (place: Place) => now[place].map((n, i) => Math.round((n - (before[place][i] ?? 0)) * 100) / 100);
  return { heping: diff('heping'), shenyang: diff('shenyang'), liaoning: diff('liaoning') };
}

const plan = (known: Known, amount: string, change: Json = {}): Promise<Answer> => {
  requests += 1;
  return service.api.create('handler.heping', `${known.path}/disbursements`, {
    ...{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount), kind: 'lump', payee: PAYEE },
    requestNumber: `SHARE-${requests}`,
    ...change,
  });
};

const planned = async (known: Known, amount: string, change: Json = {}) =>
  `/v1/disbursements/${String(ok(await plan(known, amount, change)).body.id)}`;

const SETTLEMENT = { paidOn: '2026-11-16', bankReference: 'SHARE' };

async function pay(line: string, place: Place): Promise<void> {
  ok(await service.api.decide('head.heping', line, 'authorisation', {}));
  ok(await service.api.decide(`finance.${place}`, line, 'submission', {}));
  ok(await service.api.decide(`finance.${place}`, line, 'settlement', SETTLEMENT));
}

/** Each balance is the fold of its entries, no reservation beyond itself, no line drawn twice, paid and pending within the grant. */
async function expectSound(): Promise<void> {
  const [row] = await asOwner(
    service,
    `with fold as (
       select fund_id, a.account, sum(case a.account when to_account then amount_fen when from_account then -amount_fen else 0 end) as fen
       from fund_entries cross join (values ('available'), ('reserved'), ('in_transit'), ('paid')) a (account) group by 1, 2)
     select
       (select count(*) from funds f join fold x on x.fund_id = f.id where x.fen <> case x.account when 'available' then available_fen
          when 'reserved' then reserved_fen when 'in_transit' then in_transit_fen else paid_fen end)::int as unfolded,
       (select count(*) from funds f where reserved_fen <> coalesce((select sum(amount_fen - released_fen) from fund_reservations r
          where r.fund_id = f.id), 0) - coalesce((select sum(d.amount_fen) from disbursements d where d.fund_id = f.id
          and d.state in ('submitted', 'unknown', 'settled', 'receipt_confirmed', 'receipt_disputed', 'in_custody', 'recovering', 'recovered', 'written_off')), 0))::int as unreserved,
       (select count(*) from fund_reservations r where drawn_fen <> coalesce((select sum(d.amount_fen) from disbursements d
          where d.beneficiary_id = r.beneficiary_id and d.fund_id = r.fund_id and d.state <> 'voided'), 0))::int as undrawn,
       (select count(*) from case_beneficiaries b where granted_fen < coalesce((select sum(d.amount_fen) from disbursements d
          where d.beneficiary_id = b.id and d.state <> 'voided'), 0))::int as beyond,
       (select count(*) from disbursements d join funds f on f.id = d.fund_id
          where f.agency_id <> coalesce(d.share_agency_id, d.agency_id))::int as foreign_money`,
  );
  expect(row).toEqual({ unfolded: 0, unreserved: 0, undrawn: 0, beyond: 0, foreign_money: 0 });
}

test('three levels: 30,000 each make the award of 90,000, each share its own line, paid by its own agency', async () => {
  const before = await balances();
  const known = await shared({ shenyang: '30000.00', liaoning: '30000.00' });
  expect(await movedSince(before)).toEqual({
    heping: [0, 0, 0, 0],
    shenyang: [-30_000, 30_000, 0, 0],
    liaoning: [-30_000, 30_000, 0, 0],
  });
  const granted = ok(await decided(known, '90000.00'));
  expect(granted.body).toMatchObject({
    grantedAmount: yuan('90000.00'),
    shares: [
      { agency: { id: agencies.shenyang }, fundId: funds.shenyang, status: 'given', amount: yuan('30000.00') },
      { agency: { id: agencies.liaoning }, fundId: funds.liaoning, status: 'given', amount: yuan('30000.00') },
    ],
  });
  expect((await movedSince(before)).heping).toEqual([-30_000, 30_000, 0, 0]);
  expect(codeOf(await plan(known, '30000.01', { fundId: funds.shenyang }))).toBe('409 award.cap_exceeded');
  const own = await planned(known, '30000.00');
  const city = await planned(known, '30000.00', { fundId: funds.shenyang });
  const province = await planned(known, '30000.00');
  expect(codeOf(await plan(known, '0.01'))).toBe('409 award.cap_exceeded');
  await pay(own, 'heping');
  await pay(city, 'shenyang');
  await pay(province, 'liaoning');
  const paid = [-30_000, 0, 0, 30_000];
  expect(await movedSince(before)).toEqual({ heping: paid, shenyang: paid, liaoning: paid });
  expect((await service.api.get('handler.heping', known.path)).body.paidAmount).toEqual(yuan('90000.00'));
  ok(await service.api.decide('handler.heping', known.path, 'closure', { summary: '已办结' }));
  expect(await movedSince(before)).toEqual({ heping: paid, shenyang: paid, liaoning: paid });
  await expectSound();
});

test('the request opens the case to the asked superior, masked, and to nobody else', async () => {
  const known = await given.underReview();
  expect((await service.api.get('chief.shenyang', known.path)).status).toBe(404);
  expect((await give(known, 'shenyang', '100.00')).status).toBe(404);
  expect((await ask(known, 'shenyang', '100.00', {}, 'handler.tiexi')).status).toBe(404);
  expect((await ask(known, 'shenyang', '100.00', {}, 'finance.heping')).status).toBe(403);
  expect((await ask(known, 'shenyang', '0.00')).status).toBe(422);
  const below = await ask(known, 'heping', '100.00');
  expect([codeOf(below), errorsOf(below)]).toEqual([
    '422 request.reference_unknown',
    ['/agencyId agency.not_superior'],
  ]);
  const paper = ok(
    await service.api.as('handler.heping', 'POST', `${known.path}/documents`, multipart({ kind: 'other' }, PDF)),
  );
  expect(ok(await ask(known, 'shenyang', '100.00')).body.shares).toMatchObject([{ status: 'requested', amount: null }]);
  const seen = ok(await service.api.get('chief.shenyang', known.path));
  expect(seen.body).toMatchObject({ facts: null, shares: [{ status: 'requested', requestedAmount: yuan('100.00') }] });
  expect(seen.text).not.toContain('李秀兰');
  expect((await service.api.get('chief.shenyang', `/v1/documents/${String(paper.body.id)}/content`)).status).toBe(404);
  expect(seen.body.availableActions).toContainEqual(expect.objectContaining({ action: 'joint-share', allowed: true }));
  const waiting = async (officer: string) =>
    (await service.api.get(officer, '/v1/work-items?assignee=agency')).body.items?.filter(
      (item) => (item.resource as { id: string }).id === known.id && item.action === 'joint-share',
    ).length;
  expect(await waiting('chief.shenyang')).toBe(1);
  expect((await service.api.get('chief.liaoning', known.path)).status).toBe(404);
  expect(codeOf(await give(known, 'shenyang', '100.00', {}, 'head.shenyang'))).toBe('403 auth.forbidden');
  expect(codeOf(await give(known, 'heping', '100.00'))).toBe('403 share.not_asked');
  ok(await give(known, 'shenyang', '100.00'));
  expect(await waiting('chief.shenyang')).toBe(0);
  expect(codeOf(await give(known, 'shenyang', '100.00'))).toBe('403 share.not_asked');
});

test('only its own money, never more than asked, never more than there is', async () => {
  const known = await given.underReview();
  ok(await ask(known, 'shenyang', '6000.00'));
  expect(await give(known, 'shenyang', '6000.01')).toMatchObject({
    status: 409,
    body: { code: 'share.beyond_request', limit: '6000.00' },
  });
  expect(errorsOf(await give(known, 'shenyang', '1.00', { agencyId: agencies.liaoning }))).toEqual([
    '/agencyId agency.not_own',
  ]);
  for (const fundId of [funds.liaoning, funds.heping, known.id])
    expect(codeOf(await give(known, 'shenyang', '1.00', { fundId }))).toBe('422 request.reference_unknown');
  const [former] = await asOwner(service, 'select available_fen from funds where id = $1', [funds.shenyang]);
  const set = 'update funds set available_fen = $2 where id = $1 returning id';
  await asOwner(service, set, [funds.shenyang, 500_000]);
  const before = await balances();
  expect(await give(known, 'shenyang', '6000.00')).toMatchObject({
    status: 409,
    body: { code: 'fund.insufficient', missing: '1000.00' },
  });
  expect((await service.api.get('handler.heping', known.path)).body.shares).toMatchObject([{ status: 'requested' }]);
  const dry = await service.api.decide('chief.shenyang', known.path, 'joint-share?dryRun=true', {
    ...{ agencyId: agencies.shenyang, amount: yuan('5000.00'), fundId: funds.shenyang },
  });
  expect(dry).toMatchObject({ status: 200, body: { shares: [{ status: 'given', fundId: funds.shenyang }] } });
  expect((await movedSince(before)).shenyang).toEqual([0, 0, 0, 0]);
  ok(await give(known, 'shenyang', '5000.00'));
  expect((await movedSince(before)).shenyang).toEqual([-5000, 5000, 0, 0]);
  ok(await service.api.decide('handler.heping', known.path, 'withdrawal', { reason: '本人撤回' }));
  await asOwner(service, set, [funds.shenyang, former?.available_fen]);
});

test('asked anew for less, only the difference goes back; an award below the shares is refused', async () => {
  const before = await balances();
  const known = await shared({ shenyang: '30000.00' });
  const answer = await decided(known, '20000.00');
  expect(answer).toMatchObject({ status: 409, body: { code: 'award.below_shares', limit: '30000.00' } });
  ok(await ask(known, 'shenyang', '20000.00'));
  ok(await give(known, 'shenyang', '12000.00'));
  expect((await movedSince(before)).shenyang).toEqual([-12_000, 12_000, 0, 0]);
  ok(await service.api.decide('chief.heping', known.path, 'approval', GRANT));
  expect(await movedSince(before)).toMatchObject({ heping: [-8000, 8000, 0, 0], shenyang: [-12_000, 12_000, 0, 0] });
  expect(codeOf(await ask(known, 'liaoning', '1.00'))).toBe('409 case.illegal_transition');
  ok(await service.api.decide('chief.heping', known.path, 'revocation', { reason: '撤销' }));
  expect(await movedSince(before)).toMatchObject({ heping: [0, 0, 0, 0], shenyang: [0, 0, 0, 0] });
  expect((await service.api.get('handler.heping', known.path)).body.shares).toMatchObject([{ status: 'released' }]);
});

test('who asks, handles, proposes or decides gives no share; who gave one does not decide', async () => {
  const known = await given.underReview();
  const people = await asOwner(service, `select code, person_key from officers where code like '%.heping'`);
  const keyOf = (code: string) => String(people.find((row) => row.code === code)?.person_key);
  const twice = (code: string, of: string) =>
    addOfficer(service.database.ownerUrl, { code, like: 'chief.shenyang', roles: ['chief'], personKey: keyOf(of) });
  await twice('twice-handler.shenyang', 'handler.heping');
  await twice('twice-head.shenyang', 'head.heping');
  await twice('twice-chief.shenyang', 'chief.heping');
  ok(await ask(known, 'shenyang', '5000.00', {}, 'head.heping'));
  for (const officer of ['twice-handler.shenyang', 'twice-head.shenyang'])
    expect(codeOf(await give(known, 'shenyang', '5000.00', {}, officer))).toBe('403 decision.four_eyes');
  ok(await give(known, 'shenyang', '5000.00', {}, 'twice-chief.shenyang'));
  await propose(known, '20000.00');
  expect(codeOf(await service.api.decide('chief.heping', known.path, 'approval', GRANT))).toBe(
    '403 decision.four_eyes',
  );
  const [row] = await asOwner(service, 'select shares_given_by from assistance_cases where id = $1', [known.id]);
  expect(row?.shares_given_by).toEqual([keyOf('chief.heping')]);
});

test('refused: the share goes back, and after a reconsideration it is asked and given anew', async () => {
  const before = await balances();
  const known = await shared({ liaoning: '10000.00' });
  ok(await ask(known, 'shenyang', '100.00'));
  ok(await decided(known, '20000.00', REFUSE));
  expect(await movedSince(before)).toMatchObject({ liaoning: [0, 0, 0, 0], shenyang: [0, 0, 0, 0] });
  expect((await service.api.get('handler.heping', known.path)).body.shares).toMatchObject([
    { status: 'released' },
    { status: 'released' },
  ]);
  ok(await service.api.decide('handler.heping', known.path, 'reconsideration', { newFacts: '新的事实' }));
  expect(codeOf(await give(known, 'liaoning', '1.00'))).toBe('403 share.not_asked');
  await shared({ liaoning: '5000.00' }, known);
  ok(await ask(known, 'shenyang', '100.00'));
  await propose(known, '20000.00');
  const granted = ok(await service.api.decide('chief.shenyang', known.path, 'approval', GRANT));
  expect(granted.body.shares).toMatchObject([{ status: 'given', amount: yuan('5000.00') }, { status: 'lapsed' }]);
  expect(await movedSince(before)).toMatchObject({ heping: [-15_000, 15_000, 0, 0], liaoning: [-5000, 5000, 0, 0] });
  await expectSound();
});

test('failed, sent again, voided; revoked: what was not paid goes back, what was is recovered to the giver', async () => {
  const before = await balances();
  const known = await shared({ shenyang: '30000.00' });
  ok(await decided(known, '30000.00'));
  expect((await movedSince(before)).heping).toEqual([0, 0, 0, 0]);
  const line = await planned(known, '10000.00');
  expect((await service.api.get('finance.shenyang', line)).body).toMatchObject({ shareOf: { id: agencies.shenyang } });
  expect(codeOf(await service.api.decide('chief.shenyang', line, 'authorisation', {}))).toBe(
    '403 disbursement.not_competent',
  );
  ok(await service.api.decide('head.heping', line, 'authorisation', {}));
  expect((await service.api.get('finance.heping', line)).body.payee).toMatchObject({ masked: true });
  expect((await service.api.get('finance.shenyang', line)).body.payee).toMatchObject({ masked: false });
  expect((await service.api.get('finance.tiexi', line)).status).toBe(404);
  expect((await service.api.get('finance.liaoning', line)).status).toBe(404);
  expect(codeOf(await service.api.decide('finance.heping', line, 'submission', {}))).toBe(
    '403 disbursement.not_competent',
  );
  ok(await service.api.decide('finance.shenyang', line, 'submission', {}));
  expect((await movedSince(before)).shenyang).toEqual([-30_000, 20_000, 10_000, 0]);
  const failed = ok(await service.api.decide('finance.shenyang', line, 'failure', { reason: '退票' }));
  expect(failed.body.failureReason).toBe('退票');
  expect((await service.api.get('finance.shenyang', `${line}/documents`)).status).toBe(200);
  ok(
    await service.api.decide('finance.shenyang', line, 'appropriation', {
      receivedOn: '2026-11-16',
      documentNumber: '沈财〔2026〕8号',
    }),
  );
  ok(await service.api.decide('handler.heping', line, 'notification', { toldOn: '2026-11-16', channel: 'phone' }));
  const clock = ok(await service.api.get('finance.shenyang', `/v1/deadlines?agencyId=${agencies.shenyang}`));
  expect(clock.body.items).toContainEqual(
    expect.objectContaining({ code: 'D-PAY', subject: { kind: 'disbursement', id: line.split('/').at(-1) } }),
  );
  expect((await movedSince(before)).shenyang).toEqual([-30_000, 30_000, 0, 0]);
  ok(await service.api.decide('finance.shenyang', line, 'submission', {}));
  ok(await service.api.decide('finance.shenyang', line, 'settlement', SETTLEMENT));
  const other = await planned(known, '20000.00', { fundId: funds.shenyang });
  expect(codeOf(await plan(known, '1.00'))).toBe('409 award.cap_exceeded');
  ok(await service.api.decide('handler.heping', other, 'void', {}));
  const again = await planned(known, '15000.00');
  ok(await service.api.decide('chief.heping', known.path, 'revocation', { reason: '撤销' }));
  expect((await service.api.get('handler.heping', again)).body.state).toBe('voided');
  expect((await movedSince(before)).shenyang).toEqual([-10_000, 0, 0, 10_000]);
  await expectSound();
  ok(await service.api.decide('chief.heping', line, 'recovery', { reason: '追回' }));
  expect(codeOf(await service.api.decide('finance.heping', line, 'recovery', { reason: '入账' }))).toBe(
    '403 disbursement.not_competent',
  );
  ok(await service.api.decide('finance.shenyang', line, 'recovery', { reason: '入账' }));
  expect((await movedSince(before)).shenyang).toEqual([0, 0, 0, 0]);
});

test('an advance is never paid from a share, and where superiors carry all of it nothing of the own fund stays held', async () => {
  const before = await balances();
  const known = await shared({ shenyang: '20000.00' });
  const advance = { beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan('5000.00') };
  ok(await service.api.decide('chief.heping', known.path, 'emergency-advance', advance));
  const fromShare = await plan(known, '100.00', { kind: 'advance', fundId: funds.shenyang });
  expect(codeOf(fromShare)).toBe('422 request.reference_unknown');
  expect(codeOf(await plan(known, '5000.01', { kind: 'advance' }))).toBe('409 award.cap_exceeded');
  ok(await decided(known, '20000.00'));
  expect(await movedSince(before)).toMatchObject({ heping: [0, 0, 0, 0], shenyang: [-20_000, 20_000, 0, 0] });
  const line = await planned(known, '20000.00');
  expect((await service.api.get('handler.heping', line)).body.fundId).toBe(funds.shenyang);
  await expectSound();
});

test('several beneficiaries: the share names its person, and of each the parts make the award', async () => {
  const before = await balances();
  const known = await given.underReview('heping', 2);
  const [first, second] = beneficiariesOf(known).map((b) => b.id);
  expect(errorsOf(await ask(known, 'shenyang', '100.00'))).toEqual(['/beneficiaryId beneficiary.required']);
  ok(await ask(known, 'shenyang', '7000.00', { beneficiaryId: first }));
  ok(await ask(known, 'shenyang', '3000.00', { beneficiaryId: second }));
  expect(errorsOf(await give(known, 'shenyang', '3000.00'))).toEqual(['/beneficiaryId beneficiary.required']);
  ok(await give(known, 'shenyang', '7000.00', { beneficiaryId: first }));
  ok(await give(known, 'shenyang', '3000.00'));
  ok(await decided(known, '20000.00'));
  expect(await movedSince(before)).toMatchObject({
    heping: [-30_000, 30_000, 0, 0],
    shenyang: [-10_000, 10_000, 0, 0],
  });
  expect(codeOf(await plan(known, '3000.01', { beneficiaryId: second, fundId: funds.shenyang }))).toBe(
    '409 award.cap_exceeded',
  );
  await expectSound();
});

test('two shares of one fund that covers only one: one 200, one 409 with what is missing', async () => {
  const cases = [await given.underReview(), await given.underReview()];
  for (const known of cases) ok(await ask(known, 'liaoning', '4000.00'));
  const [former] = await asOwner(service, 'select available_fen from funds where id = $1', [funds.liaoning]);
  const set = 'update funds set available_fen = $2 where id = $1 returning id';
  await asOwner(service, set, [funds.liaoning, 500_000]);
  const answers = await Promise.all(cases.map((known) => give(known, 'liaoning', '4000.00')));
  expect(answers.map(codeOf).sort()).toEqual(['200 ', '409 fund.insufficient']);
  expect(answers.find((a) => a.status === 409)?.body.missing).toBe('3000.00');
  const left = Number(former?.available_fen) - 400_000;
  await asOwner(service, set, [funds.liaoning, left]);
  await expectSound();
});

test('an award that is corrected downwards takes from the own part first, then from the share', async () => {
  const before = await balances();
  const known = await shared({ shenyang: '12000.00' });
  ok(await decided(known, '20000.00'));
  const correct = async (amount: string) => {
    const correction = { pointer: '/beneficiaries/0/grantedAmount', value: yuan(amount), reason: '计算有误' };
    ok(await service.api.decide('handler.heping', known.path, 'correction', correction));
    const { body } = await service.api.get('chief.heping', `${known.path}/corrections`);
    const id = String(body.items?.find((item) => item.state === 'proposed')?.id);
    const { etag } = await service.api.get('chief.heping', known.path);
    return service.api.as('chief.heping', 'POST', `${known.path}/corrections/${id}/confirmation`, { body: {}, etag });
  };
  ok(await correct('15000.00'));
  expect(await movedSince(before)).toMatchObject({ heping: [-3000, 3000, 0, 0], shenyang: [-12_000, 12_000, 0, 0] });
  ok(await correct('10000.00'));
  expect(await movedSince(before)).toMatchObject({ heping: [0, 0, 0, 0], shenyang: [-10_000, 10_000, 0, 0] });
  await planned(known, '10000.00');
  await expectSound();
});
