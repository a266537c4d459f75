// One line from plan to receipt: three people, the fund behind it, what may be seen, and what happens when the bank fails.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { advanceTo, asOwner, balance, grantedCase, line, moved, ok, planned } from './flow.ts';

const service = useService();
const settlement = { paidOn: '2026-01-15', bankReference: 'BOC20260115-0001' };

describe('the path to a confirmed receipt', () => {
  test('moves the money from available to posted, by three people', async () => {
    const { api } = service;
    const before = await balance(api);
    const found = await grantedCase(api);
    expect(await moved(api, before)).toEqual([-20_000, 20_000, 0, 0]);
    const body = line(found);
    const made = await api.create('handler.heping', `${found.path}/disbursements`, body);
    expect(made).toMatchObject({
      status: 201,
      body: { state: 'reserved', version: 1, agency: { code: 'proc-210102' } },
    });
    const path = `/v1/disbursements/${String(made.body.id)}`;
    expect(made.headers.location).toBe(`http://service.test${path}`);
    expect((await api.get('handler.heping', found.path)).body.state).toBe('disbursing');
    await advanceTo(api, path, 'authorised');
    expect(await moved(api, before)).toEqual([-20_000, 20_000, 0, 0]);
    await advanceTo(api, path, 'submitted');
    expect(await moved(api, before)).toEqual([-20_000, 0, 20_000, 0]);
    const bureau = await api.decide('bureau.heping', path, 'appropriation', {
      receivedOn: '2026-01-10',
      documentNumber: '沈和财行〔2026〕18号',
    });
    expect(bureau).toMatchObject({ status: 200, body: { state: 'submitted', payee: { masked: true } } });
    ok(await api.decide('finance.heping', path, 'notification', { toldOn: '2026-01-12', channel: 'phone' }));
    const settled = await advanceTo(api, path, 'settled');
    expect(settled.body).toMatchObject({ state: 'settled', paidOn: '2026-01-15', settlement, payee: { masked: true } });
    expect(await moved(api, before)).toEqual([-20_000, 0, 0, 20_000]);
    const last = await advanceTo(api, path, 'receipt_confirmed');
    expect(last.body).toMatchObject({
      state: 'receipt_confirmed',
      receipt: { outcome: 'received', note: '本人确认' },
      appropriation: { documentNumber: '沈和财行〔2026〕18号' },
      notification: { channel: 'phone' },
    });
    const closed = await api.decide('handler.heping', found.path, 'closure', { summary: '已发放' });
    expect(closed.status).toBe(200);
    await service.eventsSettled();
    const events = await api.get('bureau.heping', '/v1/events?types=disbursement.settled');
    expect(events.body.items).toHaveLength(1);
  });

  test('money in custody is settled and placed in custody at once', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const path = await planned(api, found, '20000.00', { kind: 'custody' });
    await advanceTo(api, path, 'submitted');
    const settled = await api.decide('finance.heping', path, 'settlement', settlement);
    expect(settled.body.state).toBe('in_custody');
    await service.eventsSettled();
    const { body } = await api.get('handler.heping', '/v1/events?limit=200');
    const types = body.items?.filter((e) => String(e.type).startsWith('disbursement.')).map((e) => e.type);
    expect(types?.slice(-2)).toEqual(['disbursement.settled', 'disbursement.placed_in_custody']);
  });
});

describe('the payee', () => {
  test('is clear to finance while there is something to pay, and to nobody else', async () => {
    const { api } = service;
    const path = await planned(api, await grantedCase(api));
    const masked = { name: '李*', bankName: null, accountNumber: '****8901', masked: true };
    const clear = {
      name: '李秀兰',
      bankName: '中国银行沈阳南湖支行',
      accountNumber: '6222020012345678901',
      masked: false,
    };
    const payeeFor = async (officer: string) => (await api.get(officer, path)).body.payee;
    expect(await payeeFor('finance.heping')).toMatchObject(masked);
    await advanceTo(api, path, 'authorised');
    expect(await payeeFor('finance.heping')).toMatchObject(clear);
    for (const officer of ['handler.heping', 'head.heping', 'chief.heping', 'bureau.heping', 'supervisor.liaoning'])
      expect(await payeeFor(officer)).toMatchObject(masked);
    const dry = await api.decide('finance.heping', path, 'submission?dryRun=true');
    expect(dry).toMatchObject({ status: 200, body: { state: 'submitted', payee: masked } });
    await advanceTo(api, path, 'settled');
    expect(await payeeFor('finance.heping')).toMatchObject(masked);
    const rows = await asOwner(
      service,
      "select changed from audit_records where type = 'person.viewed' and purpose = 'disbursement.payment'",
    );
    expect(rows.length).toBeGreaterThanOrEqual(2);
    expect(rows[0]?.changed).toEqual(['payeeName', 'payeeBank', 'payeeAccount']);
  });

  test('is not there for another procuratorate, and lists hold nothing of it', async () => {
    const { api } = service;
    const path = await planned(api, await grantedCase(api));
    expect((await api.get('finance.tiexi', path)).status).toBe(404);
    expect((await api.get('chief.shenyang', path)).status).toBe(404);
    expect((await api.get('wf.heping', path)).status).toBe(403);
    const list = await api.get('finance.heping', '/v1/disbursements');
    expect(list.text).not.toMatch(/李|8901|payee/);
  });
});

describe('a payment that goes wrong', () => {
  test('fails, is sent again under its own id, is unknown for a while, and then settles', async () => {
    const { api } = service;
    const before = await balance(api);
    const path = await planned(api, await grantedCase(api));
    await advanceTo(api, path, 'submitted');
    const failed = await api.decide('finance.heping', path, 'failure', { reason: '账号有误' });
    expect(failed.body).toMatchObject({ state: 'failed', failureReason: '账号有误' });
    expect((await balance(api))[2]).toBe(before[2]);
    const again = await api.decide('finance.heping', path, 'submission');
    expect(again.body).toMatchObject({ state: 'submitted', submissions: 2 });
    expect(`/v1/disbursements/${String(again.body.id)}`).toBe(path);
    const unknown = await api.decide('finance.heping', path, 'failure', { reason: '银行未答复', outcome: 'unknown' });
    expect(unknown.body.state).toBe('unknown');
    expect((await balance(api))[2]).toBe('20000.00');
    const settled = await api.decide('finance.heping', path, 'settlement', settlement);
    expect(settled.body.state).toBe('settled');
    const disputed = await api.decide('head.heping', path, 'receipt-confirmation', { outcome: 'not_received' });
    expect(disputed.body).toMatchObject({
      state: 'receipt_disputed',
      receipt: { outcome: 'not_received', note: null },
    });
  });

  test('cannot be settled on a future day, nor twice', async () => {
    const { api } = service;
    const path = await planned(api, await grantedCase(api));
    await advanceTo(api, path, 'submitted');
    const future = await api.decide('finance.heping', path, 'settlement', { ...settlement, paidOn: '2199-01-01' });
    expect(future).toMatchObject({ status: 422, body: { errors: [{ pointer: '/paidOn', code: 'date.future' }] } });
    const early = await api.decide('finance.heping', path, 'settlement', { ...settlement, paidOn: '1999-12-31' });
    expect(early).toMatchObject({ status: 422, body: { errors: [{ pointer: '/paidOn', code: 'date.too_early' }] } });
    ok(await api.decide('finance.heping', path, 'settlement', settlement));
    const twice = await api.decide('finance.heping', path, 'settlement', settlement);
    expect(twice).toMatchObject({ status: 409, body: { code: 'disbursement.illegal_transition' } });
  });
});
