// Lines on joint shares: each is paid by the agency whose money it is; what fails, is voided or revoked goes back where it came from.
import { expect, test } from '@jest/globals';
import { beneficiariesOf, codeOf, yuan } from '../cases/given.ts';
import { ok, SETTLEMENT, useSharing } from '../cases/sharing.ts';

const sharing = useSharing();
const { service, agencies, funds, shared, decided, balances, movedSince, plan, planned, pay, expectSound } = sharing;

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

/** The same walk on every run (Park and Miller: exact within the integers of a double). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 16_807) % 2_147_483_647;
    return state % below;
  };
}

/** `finance` is that of the agency whose money it is. */
const STEPS = [
  ['finance', 'submission', {}],
  ['finance', 'settlement', SETTLEMENT],
  ['finance', 'failure', { reason: '退票' }],
  ['finance', 'failure', { reason: '待查', outcome: 'unknown' }],
  ['handler.heping', 'void', {}],
  ['chief.heping', 'recovery', { reason: '追回' }],
  ['finance', 'recovery', { reason: '入账' }],
] as const;
const PAYERS = ['heping', 'shenyang', 'liaoning'] as const;

test('a random walk over lines of three levels, some at once, leaves every balance the fold of its entries', async () => {
  const known = await shared({ shenyang: '9000.00', liaoning: '700.07' });
  ok(await decided(known, '12000.00'));
  const lines: { path: string; payer: string }[] = [];
  const pick = generator(20_261_123);
  const add = async (amount: string) => {
    const { status, body } = await plan(known, amount);
    expect([201, 409]).toContain(status);
    const payer = PAYERS.find((place) => funds[place] === body.fundId) ?? '';
    if (status !== 201) return;
    const path = `/v1/disbursements/${String(body.id)}`;
    ok(await service.api.decide('head.heping', path, 'authorisation', {}));
    lines.push({ path, payer });
  };
  for (const amount of ['1000.01', '2500.00', '333.33', '4000.00', '700.07']) await add(amount);
  const reached = new Set<unknown>();
  for (let i = 0; i < 40; i++) {
    const { path = '', payer } = lines[pick(lines.length)] ?? {};
    const steps = [STEPS[pick(STEPS.length)], STEPS[pick(STEPS.length)]].flatMap((step) => (step ? [step] : []));
    const answers = await Promise.all(
      steps.map(([who, verb, body]) =>
        service.api.decide(who === 'finance' ? `finance.${payer}` : who, path, verb, body),
      ),
    );
    for (const { status, body } of answers) {
      expect([200, 403, 409, 412]).toContain(status);
      if (status === 200) reached.add(`${String(payer)} ${String(body.state)}`);
    }
    if (i % 5 === 0) await add('500.00');
  }
  expect(reached.size).toBeGreaterThan(8);
  ok(await service.api.decide('chief.heping', known.path, 'revocation', { reason: '撤销' }));
  await expectSound();
});
