// Emergency advances: limits in monthly wages, four eyes, reserved at once, counted toward the award, recovered without aid.
import { beforeAll, expect, test } from '@jest/globals';
import type { Answer, Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { asOwner, balance, fundPath, moved as movedIn } from '../disbursements/flow.ts';
import { addOfficer, beneficiariesOf, createGiven, type Given, GRANT, REFUSE, yuan } from './given.ts';

const service = useService();
let given: Given;
beforeAll(async () => {
  given = createGiven(service.api);
  const body = { now: '2026-11-16T09:00:00+08:00' };
  expect((await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null })).status).toBe(200);
});

const PAYEE = { type: 'self', name: '李秀兰', bankName: '中国银行沈阳南湖支行', accountNumber: '6222020012345678901' };
let requests = 0;

const ask = (known: Known, amount: string, change: Json = {}, officer = 'chief.heping'): Promise<Answer> =>
  service.api.decide(officer, known.path, 'emergency-advance', {
    beneficiaryId: beneficiariesOf(known)[0]?.id,
    amount: yuan(amount),
    ...change,
  });

async function advanced(amount = '20000.00', people = 1): Promise<Known> {
  const known = await given.underReview('heping', people);
  const answer = await ask(known, amount);
  expect([answer.status, answer.text.slice(0, 0)]).toEqual([200, '']);
  return { ...known, body: answer.body };
}

async function plan(known: Known, amount: string, kind = 'advance'): Promise<Answer> {
  requests += 1;
  const body = {
    ...{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount), kind, payee: PAYEE },
    requestNumber: `ADV-${requests}`,
  };
  return service.api.create('handler.heping', `${known.path}/disbursements`, body);
}

const STEPS = [
  ['head.heping', 'authorisation', {}],
  ['finance.heping', 'submission', {}],
  ['finance.heping', 'settlement', { paidOn: '2026-11-16', bankReference: 'ADV' }],
] as const;

/** A line taken along the path; answers its address. */
async function paid(known: Known, amount: string, steps: number = STEPS.length, kind = 'advance'): Promise<string> {
  const made = await plan(known, amount, kind);
  expect([made.status, made.text.slice(0, made.status === 201 ? 0 : 500)]).toEqual([201, '']);
  const path = `/v1/disbursements/${String(made.body.id)}`;
  for (const [officer, verb, body] of STEPS.slice(0, steps))
    expect((await service.api.decide(officer, path, verb, body)).status).toBe(200);
  return path;
}

async function decided(known: Known, decision: Json, amount = '30000.00'): Promise<Answer> {
  const awards = [{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan(amount) }];
  const proposal = given.proposal(known, { awards });
  expect((await service.api.decide('handler.heping', known.path, 'proposal', proposal)).status).toBe(200);
  return service.api.decide('chief.heping', known.path, 'approval', decision);
}

/** Yuan moved since: available, reserved, in transit, paid. */
const moved = async (before: readonly string[]) =>
  (await movedIn(service.api, before)).map((yuans) => yuans.toFixed(2));

test('three monthly wages, six with a reason, never more; and once for a beneficiary', async () => {
  const known = await given.underReview();
  const over = await ask(known, '25500.01');
  expect(over).toMatchObject({ status: 409, body: { code: 'advance.cap_exceeded', limit: '25500.00' } });
  const farOver = await ask(known, '51000.01', { reason: '重伤抢救' });
  expect(farOver).toMatchObject({ status: 409, body: { code: 'advance.cap_exceeded', limit: '51000.00' } });
  expect(await ask(known, '0.00')).toMatchObject({ status: 422 });
  const dry = await service.api.decide('chief.heping', known.path, 'emergency-advance?dryRun=true', {
    beneficiaryId: beneficiariesOf(known)[0]?.id,
    amount: yuan('25500.00'),
  });
  expect(dry.status).toBe(200);
  const answer = await ask(known, '51000.00', { reason: '重伤抢救' });
  expect(answer).toMatchObject({ status: 200, body: { state: 'under_review' } });
  expect(answer.body.advances).toMatchObject([{ amount: yuan('51000.00'), months: 6, reason: '重伤抢救' }]);
  expect(await ask(known, '1.00')).toMatchObject({ status: 409, body: { code: 'advance.given_already' } });
  const { body } = await service.api.get('handler.heping', `${known.path}/deadlines`);
  expect(body.items?.map((clock) => clock.code).sort()).toEqual(['D-ADV-PAPERS', 'D-DECIDE']);
  const [row] = await asOwner(service, 'select case_advances::text as text from case_advances where case_id = $1', [
    known.id,
  ]);
  expect(String(row?.text)).not.toContain('重伤抢救');
});

test('approved by the chief of the handling agency, not by who handles the case, before the decision', async () => {
  const known = await given.underReview();
  expect((await ask(known, '100.00', {}, 'handler.heping')).status).toBe(403);
  expect((await ask(known, '100.00', {}, 'chief.tiexi')).status).toBe(404);
  const [handler] = await asOwner(service, `select person_key from officers where code = 'handler.heping'`);
  const same = { code: 'twice.heping', like: 'chief.heping', roles: ['chief'], personKey: String(handler?.person_key) };
  await addOfficer(service.database.ownerUrl, same);
  const own = await ask(known, '100.00', {}, 'twice.heping');
  expect(own).toMatchObject({ status: 403, body: { code: 'decision.four_eyes' } });
  const granted = await given.granted();
  expect(await ask(granted, '100.00')).toMatchObject({ status: 409, body: { code: 'case.illegal_transition' } });
});

test('reserved at once; paid before the decision only as far as it was approved', async () => {
  const before = await balance(service.api);
  const known = await advanced();
  expect(await moved(before)).toEqual(['-20000.00', '20000.00', '0.00', '0.00']);
  expect(await plan(known, '20000.00', 'lump')).toMatchObject({
    status: 409,
    body: { code: 'case.illegal_transition' },
  });
  expect(await plan(known, '20000.01')).toMatchObject({ status: 409, body: { code: 'award.cap_exceeded' } });
  await paid(known, '20000.00');
  expect(await moved(before)).toEqual(['-20000.00', '0.00', '0.00', '20000.00']);
  const other = await given.underReview();
  expect(await plan(other, '1.00')).toMatchObject({ status: 409, body: { code: 'disbursement.not_advanced' } });
});

test('topped up: what was paid in advance counts toward the award', async () => {
  const before = await balance(service.api);
  const known = await advanced();
  await paid(known, '20000.00');
  expect((await decided(known, GRANT)).status).toBe(200);
  expect(await moved(before)).toEqual(['-30000.00', '10000.00', '0.00', '20000.00']);
  expect(await plan(known, '10000.01', 'top_up')).toMatchObject({ status: 409, body: { code: 'award.cap_exceeded' } });
  await paid(known, '10000.00', 3, 'top_up');
  expect(await moved(before)).toEqual(['-30000.00', '0.00', '0.00', '30000.00']);
  expect((await service.api.decide('handler.heping', known.path, 'closure', { summary: '已办结' })).status).toBe(200);
  expect(await moved(before)).toEqual(['-30000.00', '0.00', '0.00', '30000.00']);
});

test('an award may be lower than an advance that was not drawn, never lower than what was', async () => {
  const before = await balance(service.api);
  const undrawn = await advanced();
  expect((await decided(undrawn, GRANT, '15000.00')).status).toBe(200);
  expect(await moved(before)).toEqual(['-15000.00', '15000.00', '0.00', '0.00']);
  const drawn = await advanced();
  await paid(drawn, '20000.00', 1);
  const answer = await decided(drawn, GRANT, '19999.99');
  expect(answer).toMatchObject({ status: 409, body: { code: 'award.below_advance', limit: '20000.00' } });
});

test('refused: what was not sent is voided, what was paid is due for recovery and comes back', async () => {
  const before = await balance(service.api);
  const known = await advanced();
  const settled = await paid(known, '12000.00');
  const planned = await paid(known, '5000.00', 1);
  expect((await decided(known, REFUSE)).status).toBe(200);
  expect((await service.api.get('handler.heping', planned)).body).toMatchObject({
    state: 'voided',
    recoveryDue: false,
  });
  expect((await service.api.get('handler.heping', settled)).body).toMatchObject({
    state: 'settled',
    recoveryDue: true,
  });
  expect(await moved(before)).toEqual(['-12000.00', '0.00', '0.00', '12000.00']);
  expect((await service.api.get('chief.heping', known.path)).body.disbursements).toMatchObject([
    { state: 'voided', recoveryDue: false },
    { state: 'settled', recoveryDue: true },
  ]);
  const order = await service.api.decide('chief.heping', settled, 'recovery', { reason: '不予救助，先行救助应追回' });
  expect(order).toMatchObject({ status: 200, body: { state: 'recovering', recoveryDue: false } });
  expect((await service.api.decide('finance.heping', settled, 'recovery', { reason: '入账' })).status).toBe(200);
  expect(await moved(before)).toEqual(['0.00', '0.00', '0.00', '0.00']);
  const [row] = await asOwner(
    service,
    'select drawn_fen, released_fen, amount_fen from fund_reservations where case_id = $1',
    [known.id],
  );
  expect(row).toEqual({ drawn_fen: '0', released_fen: '2000000', amount_fen: '2000000' });
});

test('left out of the award: what was not sent is voided, what was paid is due for recovery, the others are aided', async () => {
  const known = await advanced('20000.00', 2);
  const settled = await paid(known, '12000.00');
  const planned = await paid(known, '5000.00', 1);
  const awards = [{ beneficiaryId: beneficiariesOf(known)[1]?.id, amount: yuan('10000.00') }];
  await service.api.decide('handler.heping', known.path, 'proposal', given.proposal(known, { awards }));
  const granted = await service.api.decide('chief.heping', known.path, 'approval', GRANT);
  expect(granted).toMatchObject({ status: 200, body: { state: 'granted', advances: [{ status: 'to_recover' }] } });
  const lines = await Promise.all([planned, settled].map((line) => service.api.get('handler.heping', line)));
  expect(lines.map(({ body }) => [body.state, body.recoveryDue])).toEqual([
    ['voided', false],
    ['settled', true],
  ]);
  const order = { reason: '未列入救助决定，先行救助应追回' };
  expect((await service.api.decide('chief.heping', settled, 'recovery', order)).status).toBe(200);
  expect((await service.api.decide('finance.heping', settled, 'recovery', { reason: '入账' })).body).toMatchObject({
    state: 'recovered',
  });
});

test('refused, reconsidered and granted: the advance counts after all', async () => {
  const before = await balance(service.api);
  const known = await advanced();
  const settled = await paid(known, '20000.00');
  expect((await decided(known, REFUSE)).status).toBe(200);
  const again = await service.api.decide('handler.heping', known.path, 'reconsideration', { newFacts: '新的事实' });
  expect(again.status).toBe(200);
  const awards = [{ beneficiaryId: beneficiariesOf(known)[0]?.id, amount: yuan('30000.00') }];
  await service.api.decide('handler.heping', known.path, 'proposal', given.proposal(known, { awards }));
  expect((await service.api.decide('chief.shenyang', known.path, 'approval', GRANT)).status).toBe(200);
  expect(await moved(before)).toEqual(['-30000.00', '10000.00', '0.00', '20000.00']);
  expect((await service.api.get('handler.heping', settled)).body).toMatchObject({ recoveryDue: false });
  await paid(known, '10000.00', 3, 'top_up');
  expect(await moved(before)).toEqual(['-30000.00', '0.00', '0.00', '30000.00']);
});

test('withdrawn: nothing stays reserved; a line at the bank may still be settled and then comes back', async () => {
  const before = await balance(service.api);
  const known = await advanced();
  const sent = await paid(known, '8000.00', 2);
  expect((await service.api.decide('handler.heping', known.path, 'withdrawal', { reason: '本人撤回' })).status).toBe(
    200,
  );
  expect(await moved(before)).toEqual(['-8000.00', '0.00', '8000.00', '0.00']);
  const late = await service.api.decide('finance.heping', sent, 'settlement', STEPS[2][2]);
  expect(late).toMatchObject({ status: 200, body: { state: 'settled', recoveryDue: true } });
  expect(await moved(before)).toEqual(['-8000.00', '0.00', '0.00', '8000.00']);
});

test('beyond the fund it is refused whole, with what is missing', async () => {
  const path = await fundPath(service.api);
  const before = await balance(service.api);
  await asOwner(
    service,
    'update funds set treasury_fen = treasury_fen + available_fen - 100, available_fen = 100 where id = $1 returning id',
    [path.split('/').at(-1)],
  );
  const known = await given.underReview();
  const answer = await ask(known, '20000.00');
  expect(answer).toMatchObject({ status: 409, body: { code: 'fund.insufficient', missing: '19999.00' } });
  expect((await service.api.get('chief.heping', known.path)).body.advances).toEqual([]);
  await asOwner(
    service,
    'update funds set treasury_fen = treasury_fen + available_fen - $2, available_fen = $2 where id = $1 returning id',
    [path.split('/').at(-1), Math.round(Number(before[0]) * 100)],
  );
});
