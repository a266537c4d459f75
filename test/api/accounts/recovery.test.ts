// Money that comes back is taken off where it was counted: in the summary part by part, and in the account that counted it.
import { expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { advanceTo, ok, planned, yuan } from '../disbursements/flow.ts';
import { createGiven } from './given.ts';

const service = useService();
const because = { reason: '生活稳定，措施落实' };

const amountOf = (body: Json, name: string) => (body[name] as { amount: string }).amount;

async function summed(): Promise<string> {
  const answer = await service.api.get('supervisor.liaoning', '/v1/statistics/summary?from=2026-01-01&to=2026-12-31');
  return amountOf(ok(answer).body, 'amount');
}

test('in parts, and from an account that was closed and taken up again in between', async () => {
  const { api } = service;
  const { aided, accountOf, story, refer, read } = createGiven(api);
  const { c, personId, account } = await aided();
  const before = Number(await summed());
  const line = await planned(api, { ...c, beneficiaries: c.beneficiaries.map((b) => b.id) }, '20000.00');
  await advanceTo(api, line, 'settled');
  expect(Number(await summed()) - before).toBe(20_000);

  await story.decide('handler.heping', account, 'stabilisation', because);
  await story.decide('handler.heping', account, 'closure', because);
  await story.decide('wf.heping', account, 'closure', because);
  await refer(c);
  const later = await accountOf(personId);
  expect(later).toMatchObject({ id: account.id, body: { state: 'open' } });

  ok(await api.decide('chief.heping', line, 'recovery', { reason: '重复领取', amount: yuan('8000.00') }));
  ok(await api.decide('finance.heping', line, 'recovery', { reason: '首笔', amount: yuan('3000.00') }));
  expect(Number(await summed()) - before).toBe(17_000);
  const last = ok(await api.decide('finance.heping', line, 'recovery', { reason: '余款' }));
  expect(last.body.state).toBe('recovered');
  expect(Number(await summed()) - before).toBe(12_000);
  expect(amountOf((await read('handler.heping', account.path)).body, 'paidAmount')).toBe('12000.00');
});
