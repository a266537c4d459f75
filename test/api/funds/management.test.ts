// Keeping a fund over HTTP: opened empty, endowed by a paper that is booked once, closed once a year, reversed by another person.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { grant, ok, proposedCase, yuan } from '../disbursements/flow.ts';

const service = useService();
const paper = (n: number) => ({ documentNumber: `沈和财行〔2026〕${n}号`, receivedOn: '2026-11-16' });
let fund = '';

const amounts = async (path = fund) => {
  const { body } = await service.api.get('finance.heping', `${path}/balance`);
  return ['available', 'reserved', 'posted', 'allocated'].map((name) => (body[name] as { amount: string }).amount);
};

beforeAll(async () => {
  const body = { now: '2026-12-02T09:00:00+08:00' };
  ok(await service.api.as('admin', 'POST', '/v1/sandbox/clock', { body, key: null }));
  const opened = await service.api.create('finance.heping', '/v1/funds', { code: 'minors', name: '未成年人救助' });
  fund = `/v1/funds/${String(ok(opened).body.id)}`;
});

describe('a fund', () => {
  test('is opened empty; its code is taken then, and so is the place of the default fund', async () => {
    const { api } = service;
    expect(await amounts()).toEqual(['0.00', '0.00', '0.00', '0.00']);
    const again = await api.create('finance.heping', '/v1/funds', { code: 'minors', name: '又一个' });
    expect(again).toMatchObject({ status: 409, body: { code: 'fund.code_taken' } });
    const second = await api.create('finance.heping', '/v1/funds', { code: 'second', name: '默认', isDefault: true });
    expect(second).toMatchObject({ status: 409, body: { code: 'fund.default_exists' } });
    expect((await api.create('chief.heping', '/v1/funds', { code: 'other', name: '他人' })).status).toBe(403);
    const seen = await api.get('finance.heping', '/v1/funds');
    expect(seen.body.items?.length).toBe(2);
    expect((await api.get('finance.tiexi', fund)).status).toBe(404);
  });

  test('gets money by a paper of the treasury, each booked once; the entry shows debit and credit', async () => {
    const { api } = service;
    const body = { amount: yuan('500000.00'), ...paper(1) };
    const booked = ok(await api.create('finance.heping', `${fund}/allocations`, body));
    expect(booked.body).toMatchObject({
      ...{ kind: 'allocation', position: 1, documentNumber: paper(1).documentNumber },
      postings: [
        { account: 'treasury', direction: 'credit', amount: yuan('500000.00') },
        { account: 'available', direction: 'debit', amount: yuan('500000.00') },
      ],
    });
    expect((await api.get('chief.heping', `${fund}/entries/${String(booked.body.id)}`)).body).toEqual(booked.body);
    const twice = await api.create('finance.heping', `${fund}/allocations`, { ...body, amount: yuan('1.00') });
    expect(twice).toMatchObject({ status: 409, body: { code: 'allocation.document_taken' } });
    const later = await api.create('finance.heping', `${fund}/allocations`, { ...body, receivedOn: '2026-12-03' });
    expect(later.status).toBe(422);
    const nothing = await api.create('finance.heping', `${fund}/allocations`, { ...body, amount: yuan('0.00') });
    expect(nothing.status).toBe(422);
    expect(await amounts()).toEqual(['500000.00', '0.00', '0.00', '500000.00']);
  });

  test('is set right by a reversal of another person, once, and the paper may be booked anew', async () => {
    const { api } = service;
    const wrong = { amount: yuan('90000.00'), ...paper(2) };
    const { body } = ok(await api.create('finance.heping', `${fund}/allocations`, wrong));
    const path = `${fund}/entries/${String(body.id)}/reversal`;
    expect((await api.create('finance.heping', path, { reason: 'wrong_amount' })).status).toBe(403);
    const reversed = ok(await api.create('chief.heping', path, { reason: 'wrong_amount' }));
    expect(reversed.body).toMatchObject({ kind: 'reversal', reversesId: body.id, from: 'available', to: 'treasury' });
    const again = await api.create('chief.heping', path, { reason: 'wrong_amount' });
    expect(again).toMatchObject({ status: 409, body: { code: 'entry.not_reversible' } });
    const ofReversal = `${fund}/entries/${String(reversed.body.id)}/reversal`;
    expect((await api.create('chief.heping', ofReversal, { reason: 'wrong_amount' })).status).toBe(409);
    ok(await api.create('finance.heping', `${fund}/allocations`, { ...wrong, amount: yuan('9000.00') }));
    expect(await amounts()).toEqual(['509000.00', '0.00', '0.00', '509000.00']);
  });
});

describe('at the same moment', () => {
  test('a paper is booked once, an entry reversed once, and what is spent already is not taken back', async () => {
    const { api } = service;
    const before = await amounts();
    const body = { amount: yuan('1000.00'), ...paper(9) };
    const booked = await Promise.all([1, 2, 3, 4].map(() => api.create('finance.heping', `${fund}/allocations`, body)));
    expect(booked.map((a) => a.status).toSorted()).toEqual([201, 409, 409, 409]);
    const entry = `${fund}/entries/${String(booked.find((a) => a.status === 201)?.body.id)}/reversal`;
    const reversed = await Promise.all(
      [1, 2, 3].map(() => api.create('chief.heping', entry, { reason: 'booked_twice' })),
    );
    expect(reversed.map((a) => a.status).toSorted()).toEqual([201, 409, 409]);
    expect(await amounts()).toEqual(before);
    const narrow = `/v1/funds/${String(ok(await api.create('finance.heping', '/v1/funds', { code: 'n', name: '窄' })).body.id)}`;
    const given = ok(
      await api.create('finance.heping', `${narrow}/allocations`, { amount: yuan('20000.00'), ...paper(1) }),
    );
    const found = await proposedCase(api, ['20000.00'], narrow.split('/').at(-1) ?? '');
    ok(await api.decide('chief.heping', found.path, 'approval', grant));
    const spent = `${narrow}/entries/${String(given.body.id)}/reversal`;
    const refused = await api.create('chief.heping', spent, { reason: 'wrong_fund' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'fund.insufficient', missing: '20000.00' } });
    const elsewhere = await api.create('chief.heping', spent.replace(narrow, fund), { reason: 'wrong_fund' });
    expect(elsewhere.status).toBe(404);
    expect((await api.create('chief.tiexi', spent, { reason: 'wrong_fund' })).status).toBe(404);
  });
});

describe('the end of a year', () => {
  test('sends back what nobody holds; what is reserved stays, and the year is closed', async () => {
    const { api } = service;
    const fundId = fund.split('/').at(-1) ?? '';
    const found = await proposedCase(api, ['20000.00'], fundId);
    ok(await api.decide('chief.heping', found.path, 'approval', grant));
    const close = (body: object, officer = 'chief.heping') => api.decide(officer, fund, 'year-end-closing', body);
    expect((await close({ year: 2026, outcome: 'returned' }, 'finance.heping')).status).toBe(403);
    const early = await close({ year: 2027, outcome: 'carried_over' });
    expect(early).toMatchObject({ status: 409, body: { code: 'fund.year_not_over' } });
    const much = await close({ year: 2026, outcome: 'returned', amount: yuan('489000.01') });
    expect(much).toMatchObject({ status: 409, body: { code: 'fund.insufficient', missing: '0.01' } });
    const closed = ok(await close({ year: 2026, outcome: 'returned' }));
    expect(closed.body.closings).toMatchObject([{ year: 2026, outcome: 'returned', returned: yuan('489000.00') }]);
    expect(await amounts()).toEqual(['0.00', '20000.00', '0.00', '20000.00']);
    const twice = await close({ year: 2026, outcome: 'carried_over' });
    expect(twice).toMatchObject({ status: 409, body: { code: 'fund.year_closed' } });
    ok(await close({ year: 2025, outcome: 'carried_over' }));
    const before = await api.get('chief.heping', `${fund}/balance?asOf=2026-12-02T08:59:59%2B08:00`);
    expect(before.body).toMatchObject({ available: yuan('0.00'), allocated: yuan('0.00') });
  });
});
