// Never a fen over the grant, never a request number twice, never one settlement twice; and what the end of a case gives back.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { advanceTo, asOwner, balance, grantedCase, line, moved, ok, planned, yuan } from './flow.ts';

const service = useService({ poolSize: 20 });
const settlement = { paidOn: '2026-01-15', bankReference: 'BOC20260115-0001' };

describe('the grant', () => {
  test('is not exceeded by a fen, by one line or by all together', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const plan = (amount: string) => api.create('handler.heping', `${found.path}/disbursements`, line(found, amount));
    const over = { status: 409, body: { code: 'award.cap_exceeded', limit: '20000.00', missing: '0.01' } };
    expect(await plan('20000.01')).toMatchObject(over);
    expect((await plan('12000.00')).status).toBe(201);
    expect(await plan('8000.01')).toMatchObject(over);
    expect((await plan('8000.00')).status).toBe(201);
    expect(await plan('0.01')).toMatchObject(over);
    expect(await plan('0.00')).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount/amount' }] } });
  });

  test('two concurrent plans of the rest give one 201 and one 409', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const plan = () => api.create('handler.heping', `${found.path}/disbursements`, line(found));
    const answers = await Promise.all([plan(), plan()]);
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409]);
    const [sum] = await asOwner(service, 'select sum(amount_fen)::text as fen from disbursements where case_id = $1', [
      found.id,
    ]);
    expect(sum?.fen).toBe('2000000');
  });

  test('belongs to its beneficiary and its fund', async () => {
    const { api } = service;
    const found = await grantedCase(api, ['20000.00', '5000.00']);
    const other = await grantedCase(api);
    const plan = (change: Json) =>
      api.create('handler.heping', `${found.path}/disbursements`, line(found, '100.00', change));
    const foreign = await plan({ beneficiaryId: other.beneficiaries[0] });
    expect(foreign).toMatchObject({ status: 422, body: { code: 'request.reference_unknown' } });
    const fund = await plan({ fundId: '0198c2a4-7f00-7000-8000-000000000001' });
    expect(fund).toMatchObject({ status: 422, body: { errors: [{ pointer: '/fundId', code: 'fund.unknown' }] } });
    const over = await plan({ beneficiaryId: found.beneficiaries[1], amount: yuan('5000.01') });
    expect(over).toMatchObject({ status: 409, body: { code: 'award.cap_exceeded', limit: '5000.00' } });
  });

  test('a void line frees its amount, its number never', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const body = line(found);
    const made = ok(await api.create('handler.heping', `${found.path}/disbursements`, body));
    const path = `/v1/disbursements/${String(made.body.id)}`;
    const voided = await api.decide('handler.heping', path, 'void', { reason: '账号填写有误' });
    expect(voided.body).toMatchObject({ state: 'voided', voidReason: '账号填写有误' });
    const again = await api.create('handler.heping', `${found.path}/disbursements`, body);
    expect(again).toMatchObject({ status: 409, body: { code: 'disbursement.request_number_taken' } });
    expect(again.body.existing).toMatch(/^\/v1\/disbursements\/[0-9a-f-]{36}$/);
    expect((await api.create('handler.heping', `${found.path}/disbursements`, line(found))).status).toBe(201);
  });
});

describe('once only', () => {
  test('a request number is refused under another key, and replayed under its own', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const body = line(found, '100.00');
    const path = `${found.path}/disbursements`;
    const first = await api.as('handler.heping', 'POST', path, { body, key: 'plan-1' });
    const replay = await api.as('handler.heping', 'POST', path, { body, key: 'plan-1' });
    expect(replay.text).toBe(first.text);
    expect(replay.headers['idempotency-replayed']).toBe('true');
    const other = await api.as('handler.heping', 'POST', path, { body, key: 'plan-2' });
    expect(other).toMatchObject({ status: 409, body: { code: 'disbursement.request_number_taken' } });
    const elsewhere = await grantedCase(api);
    const moved = { ...body, beneficiaryId: elsewhere.beneficiaries[0] };
    expect((await api.create('handler.heping', `${elsewhere.path}/disbursements`, moved)).status).toBe(409);
  });

  test('100 concurrent duplicates of one settlement give one effect and byte-equal replays', async () => {
    const { api } = service;
    const path = await planned(api, await grantedCase(api));
    await advanceTo(api, path, 'submitted');
    const before = await balance(api);
    const { etag } = await api.get('finance.heping', path);
    const send = () =>
      api.as('finance.heping', 'POST', `${path}/settlement`, { body: settlement, etag, key: 'settle-once' });
    const answers = await Promise.all(Array.from({ length: 100 }, send));
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([200]));
    expect(new Set(answers.map((a) => a.text)).size).toBe(1);
    expect(new Set(answers.map((a) => a.etag)).size).toBe(1);
    expect(answers.filter((a) => a.headers['idempotency-replayed'] !== 'true')).toHaveLength(1);
    expect(await moved(api, before)).toEqual([0, 0, -20_000, 20_000]);
    const id = path.split('/').at(-1);
    const paid = await asOwner(
      service,
      "select 1 from ledger_journals where disbursement_id = $1 and kind = 'settlement'",
      [id],
    );
    expect(paid).toHaveLength(1);
  });

  test('a dry run moves nothing and uses up no number', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const before = await balance(api);
    const body = line(found);
    const dry = await api.create('handler.heping', `${found.path}/disbursements?dryRun=true`, body);
    expect(dry).toMatchObject({ status: 200, body: { state: 'reserved' } });
    const path = `/v1/disbursements/${String(ok(await api.create('handler.heping', `${found.path}/disbursements`, body)).body.id)}`;
    await advanceTo(api, path, 'authorised');
    ok(await api.decide('finance.heping', path, 'submission?dryRun=true'));
    expect(await balance(api)).toEqual(before);
    expect((await api.get('finance.heping', path)).body.state).toBe('authorised');
  });
});

describe('the end of a case', () => {
  test('closure gives back what no line has drawn, and is refused while a line is open', async () => {
    const { api } = service;
    const before = await balance(api);
    const found = await grantedCase(api);
    const path = await planned(api, found, '15000.00');
    const early = await api.decide('handler.heping', found.path, 'closure', { summary: '办结' });
    expect(early).toMatchObject({ status: 409, body: { code: 'case.lines_open' } });
    await advanceTo(api, path, 'settled');
    ok(await api.decide('handler.heping', found.path, 'closure', { summary: '办结' }));
    expect(await moved(api, before)).toEqual([-15_000, 0, 0, 15_000]);
  });

  test('a failed line of a closed case is not sent again; voiding it gives its money back', async () => {
    const { api } = service;
    const before = await balance(api);
    const found = await grantedCase(api);
    const path = await planned(api, found, '15000.00');
    await advanceTo(api, path, 'submitted');
    ok(await api.decide('finance.heping', path, 'failure', { reason: '销户' }));
    ok(await api.decide('handler.heping', found.path, 'closure', { summary: '办结' }));
    const again = await api.decide('finance.heping', path, 'submission');
    expect(again).toMatchObject({ status: 409, body: { code: 'disbursement.case_ended' } });
    expect(await moved(api, before)).toEqual([-15_000, 15_000, 0, 0]);
    ok(await api.decide('finance.heping', path, 'void'));
    expect(await balance(api)).toEqual(before);
  });

  test('revocation voids what was not sent and gives everything unpaid back', async () => {
    const { api } = service;
    const before = await balance(api);
    const found = await grantedCase(api);
    const paths = [await planned(api, found, '5000.00'), await planned(api, found, '6000.00')];
    const sent = await planned(api, found, '7000.00');
    await advanceTo(api, String(paths[1]), 'authorised');
    await advanceTo(api, sent, 'submitted');
    ok(await api.decide('chief.heping', found.path, 'revocation', { reason: '申请人虚报' }));
    for (const path of paths) expect((await api.get('chief.heping', path)).body.state).toBe('voided');
    expect(await moved(api, before)).toEqual([-7000, 0, 7000, 0]);
    ok(await api.decide('finance.heping', sent, 'failure', { reason: '已止付' }));
    ok(await api.decide('head.heping', sent, 'void', { reason: '案件已撤销' }));
    expect(await balance(api)).toEqual(before);
  });
});
