// Who may do what with a line: four eyes by person, the right office, the right role.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { advanceTo, asOwner, grantedCase, line, ok, planned, yuan } from './flow.ts';

const service = useService();

/** Gives officers further roles, or the person behind another credential, as an administrator would. */
async function setOfficer(code: string, roles: string[], personKey = `sandbox:${code}`): Promise<void> {
  await asOwner(service, 'update officers set roles = $2, person_key = $3 where code = $1', [code, roles, personKey]);
}

const four = { status: 403, body: { code: 'decision.four_eyes' } };
const settlement = { paidOn: '2026-01-15', bankReference: 'BOC1' };

describe('three different people', () => {
  // head plans, authorises and pays; chief authorises and pays; intake is the planner's second credential.
  beforeAll(async () => {
    await setOfficer('head.heping', ['head', 'finance']);
    await setOfficer('chief.heping', ['chief', 'finance']);
    await setOfficer('intake.heping', ['intake', 'head', 'finance'], 'sandbox:handler.heping');
  });

  test('the planner does not authorise, whatever the credential', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const path = await planned(api, found, '5000.00');
    expect(await api.decide('intake.heping', path, 'authorisation')).toMatchObject(four);
    const own = await api.create('head.heping', `${found.path}/disbursements`, line(found, '5000.00'));
    expect(own.status).toBe(201);
    const ownPath = `/v1/disbursements/${String(own.body.id)}`;
    const refused = await api.decide('head.heping', ownPath, 'authorisation');
    expect(refused).toMatchObject(four);
    const seen = await api.get('head.heping', ownPath);
    expect(seen.body.availableActions).toContainEqual(
      expect.objectContaining({
        action: 'authorisation',
        allowed: false,
        reasons: [expect.objectContaining({ code: 'decision.four_eyes' })],
      }),
    );
  });

  test('neither the planner nor the authoriser submits, settles or fails', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const path = await planned(api, found);
    ok(await api.decide('chief.heping', path, 'authorisation'));
    expect(await api.decide('intake.heping', path, 'submission')).toMatchObject(four);
    expect(await api.decide('chief.heping', path, 'submission')).toMatchObject(four);
    ok(await api.decide('finance.heping', path, 'submission'));
    for (const officer of ['intake.heping', 'chief.heping']) {
      expect(await api.decide(officer, path, 'settlement', settlement)).toMatchObject(four);
      expect(await api.decide(officer, path, 'failure', { reason: '退票' })).toMatchObject(four);
    }
    // A third person may settle what another has submitted.
    ok(await api.decide('head.heping', path, 'settlement', settlement));
  });

  test('the database refuses it too', async () => {
    const { api } = service;
    const path = await planned(api, await grantedCase(api));
    const id = path.split('/').at(-1);
    const forged = asOwner(
      service,
      "update disbursements set state = 'authorised', authorised_by_person_key = planned_by_person_key where id = $1",
      [id],
    );
    await expect(forged).rejects.toMatchObject({ constraint: 'disbursements_four_eyes' });
  });
});

describe('the right office and role', () => {
  test('only the handling team plans; roles without the permission get 403 before any lookup', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    const plan = (officer: string) => api.create(officer, `${found.path}/disbursements`, line(found));
    expect((await plan('finance.heping')).status).toBe(403);
    expect((await plan('chief.liaoning')).status).toBe(403);
    expect((await plan('handler.tiexi')).status).toBe(404);
    const path = await planned(api, found);
    expect((await api.decide('handler.heping', path, 'authorisation')).status).toBe(403);
    expect((await api.decide('handler.heping', path, 'submission')).status).toBe(403);
    expect((await api.decide('bureau.heping', path, 'void')).status).toBe(403);
  });

  test('a case that is not granted takes no line', async () => {
    const { api } = service;
    const found = await grantedCase(api);
    ok(await api.decide('chief.heping', found.path, 'revocation', { reason: '决定有误' }));
    const late = await api.create('handler.heping', `${found.path}/disbursements`, line(found));
    expect(late).toMatchObject({ status: 409, body: { code: 'case.illegal_transition' } });
  });

  test('the chief orders a recovery, finance records it, in parts', async () => {
    const { api } = service;
    const path = await planned(api, await grantedCase(api));
    await advanceTo(api, path, 'settled');
    const order = { reason: '虚报材料', amount: { amount: '8000.00', currency: 'CNY' } };
    const early = await api.decide('finance.heping', path, 'recovery', order);
    expect(early).toMatchObject({ status: 403, body: { code: 'disbursement.not_competent' } });
    const over = await api.decide('chief.heping', path, 'recovery', {
      reason: '虚报材料',
      amount: { amount: '20000.01', currency: 'CNY' },
    });
    expect(over).toMatchObject({ status: 409, body: { code: 'disbursement.recovery_exceeded', limit: '20000.00' } });
    const ordered = await api.decide('chief.heping', path, 'recovery', order);
    expect(ordered.body).toMatchObject({ state: 'recovering', recovery: { amount: { amount: '8000.00' } } });
    expect(await api.decide('chief.heping', path, 'recovery', order)).toMatchObject(four);
    const part = { reason: '首次退回', amount: { amount: '3000.00', currency: 'CNY' } };
    const first = await api.decide('finance.heping', path, 'recovery', part);
    expect(first.body).toMatchObject({ state: 'recovering', recovery: { recovered: { amount: '3000.00' } } });
    const last = await api.decide('finance.heping', path, 'recovery', { reason: '余款' });
    expect(last.body).toMatchObject({ state: 'recovered', recovery: { recovered: { amount: '8000.00' } } });
  });

  test('what cannot be recovered is written off by two people', async () => {
    const { api } = service;
    const path = await planned(api, await grantedCase(api));
    await advanceTo(api, path, 'receipt_confirmed');
    ok(await api.decide('chief.heping', path, 'recovery', { reason: '决定撤销' }));
    const alone = await api.decide('chief.heping', path, 'write-off', { reason: '无法追回' });
    expect(alone).toMatchObject({ status: 403, body: { code: 'decision.four_eyes' } });
    const asked = await api.decide('finance.heping', path, 'write-off', { reason: '无法追回' });
    expect(asked.body).toMatchObject({ state: 'recovering', recovery: { writeOffProposed: true } });
    // Something came back after all: what is left is another sum, and is proposed anew.
    ok(await api.decide('finance.heping', path, 'recovery', { reason: '退回', amount: yuan('500.00') }));
    expect((await api.decide('chief.heping', path, 'write-off', { reason: '同意' })).status).toBe(403);
    ok(await api.decide('finance.heping', path, 'write-off', { reason: '确已无法追回' }));
    const written = await api.decide('chief.heping', path, 'write-off', { reason: '同意核销' });
    const recovery = { writeOffReason: '确已无法追回', writeOffOpinion: '同意核销', recovered: yuan('500.00') };
    expect(written.body).toMatchObject({ state: 'written_off', recovery });
  });
});
