// Money in custody over HTTP: plan and agreement, request with a paper, release by another person, until it is exhausted or recalled.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PDF } from '../../support/fixtures/documents.ts';
import { multipart } from '../../support/multipart.ts';
import { useService } from '../../support/service.ts';
import { advanceTo, asOwner, fundPath, grantedCase, ok, planned, yuan } from './flow.ts';

const service = useService();
const plan = (first = '8000.00', second = '12000.00') => ({
  agreement: { number: '三方监管〔2026〕1号', signedOn: '2026-01-10', custodian: '和平区民政局' },
  instalments: [
    { dueOn: '2026-12-01', amount: yuan(first), purpose: 'living' },
    { dueOn: '2027-03-01', amount: yuan(second), purpose: 'education' },
  ],
});

beforeAll(async () => {
  const body = { now: '2026-11-16T09:00:00+08:00' };
  ok(await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null }));
});

const held = async () => {
  const { api } = service;
  const { body } = ok(await api.get('finance.heping', `${await fundPath(api)}/balance`));
  return ['paid', 'custody', 'receivable', 'posted'].map((name) => Number((body[name] as { amount: string }).amount));
};
const heldSince = async (before: readonly number[]) =>
  (await held()).map((amount, i) => Math.round((amount - (before[i] ?? 0)) * 100) / 100);

async function inCustody() {
  const { api } = service;
  const found = await grantedCase(api);
  const line = await planned(api, found, '20000.00', { kind: 'custody', payee: trustee });
  await advanceTo(api, line, 'submitted');
  const paid = { paidOn: '2026-11-16', bankReference: 'BOC-CUSTODY' };
  ok(await api.decide('finance.heping', line, 'settlement', paid));
  const { body } = ok(await api.as('handler.heping', 'POST', `${line}/documents`, multipart({ kind: 'other' }, PDF)));
  return { found, line, paper: String(body.id) };
}
const trustee = {
  type: 'trustee',
  name: '和平区民政局',
  bankName: '中国银行沈阳分行',
  accountNumber: '6222020012345678999',
};
type Item = { action: string; resource: { id: string } };
const awaitedBy = async (officer: string, line: string) => {
  const list = '/v1/work-items?assignee=me&kind=disbursement&order=newest&limit=200';
  const items = ((await service.api.get(officer, list)).body.items ?? []) as Item[];
  return items.filter(({ resource }) => line.endsWith(resource.id)).map(({ action }) => action);
};
const want = (amount: string, paper: string) => ({
  ...{ amount: yuan(amount), purpose: 'living', use: '生活费', evidenceDocumentIds: [paper] },
});

describe('a line in custody', () => {
  test('is released in two parts by two people, each a journal of its own, and is settled when nothing is left', async () => {
    const { api } = service;
    const before = await held();
    const { line, paper } = await inCustody();
    expect(await heldSince(before)).toEqual([0, 20000, 0, 20000]);
    const early = await api.create('handler.heping', `${line}/releases`, want('8000.00', paper));
    expect(early).toMatchObject({ status: 409, body: { code: 'custody.no_plan' } });
    const wrong = await api.create('handler.heping', `${line}/custody-plan`, plan('8000.00', '12000.01'));
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ code: 'instalments.sum' }] } });
    expect((await api.create('handler.heping', `${line}/custody-plan`, plan('10000.00', '10000.00'))).status).toBe(201);
    const { body: replaced, status } = await api.create('handler.heping', `${line}/custody-plan`, plan());
    expect([status, replaced.remaining]).toEqual([200, yuan('20000.00')]);
    const asked = ok(await api.create('handler.heping', `${line}/releases`, want('8000.00', paper)));
    expect((await api.create('handler.heping', `${line}/custody-plan`, plan())).body.code).toBe('custody.plan_fixed');
    const much = await api.create('handler.heping', `${line}/releases`, want('12000.01', paper));
    expect(much).toMatchObject({ status: 409, body: { code: 'custody.exceeded', limit: '12000.00' } });
    const foreign = await api.create('handler.heping', `${line}/releases`, want('1.00', String(asked.body.id)));
    expect(foreign).toMatchObject({ status: 422, body: { code: 'request.reference_unknown' } });
    const release = `${line}/releases/${String(asked.body.id)}`;
    // Another person finds it among their work, with the address to send to; who asked does not.
    expect(await awaitedBy('head.heping', line)).toEqual(['release-approval']);
    expect(await awaitedBy('handler.heping', line)).toEqual([]);
    const { availableActions } = (await api.get('head.heping', line)).body as { availableActions: { href: string }[] };
    expect(availableActions).toContainEqual(
      expect.objectContaining({ action: 'release-approval', allowed: true, href: `${release}/approval` }),
    );
    expect((await api.decide('handler.heping', release, 'approval', { outcome: 'released' })).status).toBe(403);
    expect((await api.decide('finance.heping', release, 'approval', { outcome: 'released' })).status).toBe(403);
    expect((await api.as('head.heping', 'POST', `${release}/approval`, { body: { outcome: 'released' } })).status).toBe(
      428,
    );
    const many = await Promise.all(
      ['head.heping', 'chief.heping', 'head.heping', 'chief.heping'].map((officer) =>
        api.decide(officer, release, 'approval', { outcome: 'released' }),
      ),
    );
    expect(many.filter((a) => a.status === 200).length).toBe(1);
    expect(many.every((a) => [200, 409, 412].includes(a.status))).toBe(true);
    expect(await heldSince(before)).toEqual([8000, 12000, 0, 20000]);
    expect(await awaitedBy('head.heping', line)).toEqual([]);
    const twice = await api.decide('chief.heping', release, 'approval', { outcome: 'released' });
    expect(twice).toMatchObject({ status: 409, body: { code: 'release.illegal_transition' } });
    const byHead = ok(await api.create('head.heping', `${line}/releases`, want('12000.00', paper)));
    const second = `${line}/releases/${String(byHead.body.id)}`;
    const own = await api.decide('head.heping', second, 'approval', { outcome: 'released' });
    expect(own).toMatchObject({ status: 403, body: { code: 'decision.four_eyes' } });
    ok(await api.decide('chief.heping', second, 'approval', { outcome: 'released', opinion: '同意' }));
    expect(await heldSince(before)).toEqual([20000, 0, 0, 20000]);
    const ended = ok(await api.get('handler.heping', line));
    expect(ended.body).toMatchObject({
      state: 'settled',
      custody: { released: yuan('20000.00'), remaining: yuan('0.00') },
    });
    const journals = await asOwner(
      service,
      'select kind, release_id from ledger_journals where disbursement_id = $1 order by position',
      [line.split('/').at(-1)],
    );
    expect(journals.map((row) => row.kind)).toEqual([
      ...['submission', 'settlement', 'custody_deposit', 'custody_release', 'custody_release'],
    ]);
    ok(await api.decide('handler.heping', line, 'receipt-confirmation', { outcome: 'received' }));
  });

  test('refused requests leave the money where it is; a recovery recalls what is held and ends the releases', async () => {
    const { api } = service;
    const before = await held();
    const { line, paper } = await inCustody();
    ok(await api.create('handler.heping', `${line}/custody-plan`, plan()));
    const ask = async (amount: string) =>
      `${line}/releases/${String(ok(await api.create('handler.heping', `${line}/releases`, want(amount, paper))).body.id)}`;
    ok(
      await api.decide('chief.heping', await ask('20000.00'), 'approval', { outcome: 'refused', opinion: '凭证不足' }),
    );
    ok(await api.decide('chief.heping', await ask('5000.00'), 'approval', { outcome: 'released' }));
    const open = await ask('100.00');
    const low = await api.decide('chief.heping', line, 'recovery', { reason: '查明虚假', amount: yuan('14999.99') });
    expect(low).toMatchObject({
      status: 409,
      body: { code: 'disbursement.recovery_below_custody', limit: '15000.00' },
    });
    ok(await api.decide('chief.heping', line, 'recovery', { reason: '查明虚假', returnTo: 'treasury' }));
    expect(await heldSince(before)).toEqual([0, 0, 20000, 20000]);
    const late = await api.decide('chief.heping', open, 'approval', { outcome: 'released' });
    expect(late).toMatchObject({ status: 409, body: { code: 'disbursement.illegal_transition' } });
    const elsewhere = { reason: '入账', returnTo: 'fund' };
    const other = await api.decide('finance.heping', line, 'recovery', elsewhere);
    expect(other).toMatchObject({ status: 409, body: { code: 'disbursement.recovery_destination' } });
    const allocated = async () => (await api.get('finance.heping', `${await fundPath(api)}/balance`)).body.allocated;
    const given = Number(((await allocated()) as { amount: string }).amount);
    ok(await api.decide('finance.heping', line, 'recovery', { reason: '入账', amount: yuan('15000.00') }));
    expect(Number(((await allocated()) as { amount: string }).amount)).toBe(given - 15000);
    expect(await heldSince(before)).toEqual([0, 0, 5000, 5000]);
  });

  test('spends nothing more once the case is revoked; only lines in custody have a plan', async () => {
    const { api } = service;
    const { found, line, paper } = await inCustody();
    ok(await api.create('handler.heping', `${line}/custody-plan`, plan()));
    const asked = ok(await api.create('handler.heping', `${line}/releases`, want('100.00', paper)));
    ok(await api.decide('chief.heping', found.path, 'revocation', { reason: '撤销' }));
    const release = `${line}/releases/${String(asked.body.id)}`;
    const late = await api.decide('chief.heping', release, 'approval', { outcome: 'released' });
    expect(late).toMatchObject({ status: 409, body: { code: 'disbursement.case_ended' } });
    expect((await api.create('handler.heping', `${line}/releases`, want('1.00', paper))).status).toBe(409);
    const lump = await planned(api, await grantedCase(api));
    const none = await api.create('handler.heping', `${lump}/custody-plan`, plan());
    expect(none).toMatchObject({ status: 409, body: { code: 'disbursement.not_custodial' } });
    expect((await api.get('finance.tiexi', `${line}/custody-plan`)).status).toBe(404);
  });
});
