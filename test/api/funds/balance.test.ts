// Funds over HTTP: whose they are, their balance now and earlier, and the seeded amount.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';

const service = useService();

describe('the default fund of a procuratorate', () => {
  test('is one, with the seeded amount available, and its first entry says where from', async () => {
    const { api } = service;
    const { body } = await api.get('finance.heping', '/v1/funds?includeTotal=true');
    expect(body).toMatchObject({ total: 1, items: [{ code: 'judicial-aid', isDefault: true, version: 2 }] });
    const path = `/v1/funds/${String(body.items?.[0]?.id)}`;
    const fund = await api.get('finance.heping', path);
    expect(fund).toMatchObject({ status: 200, body: { name: '司法救助专项资金' } });
    const balance = await api.get('chief.heping', `${path}/balance`);
    expect(balance.body).toMatchObject({
      available: { amount: '10000000.00', currency: 'CNY' },
      reserved: { amount: '0.00' },
      inTransit: { amount: '0.00' },
      posted: { amount: '0.00' },
    });
    const entries = await api.get('finance.heping', `${path}/entries?includeTotal=true`);
    expect(entries.body).toMatchObject({
      total: 1,
      items: [
        { position: 1, kind: 'allocation', from: 'treasury', to: 'available', amount: { amount: '10000000.00' } },
      ],
    });
    const before = await api.get('finance.heping', `${path}/balance?asOf=2001-01-01T00:00:00%2B08:00`);
    expect(before.body).toMatchObject({ available: { amount: '0.00' }, asOf: '2000-12-31T16:00:00.000Z' });
  });

  test('is not there for another procuratorate, a department or a role without the permission', async () => {
    const { api } = service;
    const { body } = await api.get('finance.heping', '/v1/funds');
    const path = `/v1/funds/${String(body.items?.[0]?.id)}`;
    for (const part of ['', '/balance', '/entries']) {
      expect((await api.get('finance.tiexi', `${path}${part}`)).status).toBe(404);
      expect((await api.get('chief.shenyang', `${path}${part}`)).status).toBe(404);
      expect((await api.get('civil.heping', `${path}${part}`)).status).toBe(403);
    }
    expect((await api.get('supervisor.liaoning', `${path}/balance`)).status).toBe(200);
  });
});
