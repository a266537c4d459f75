// Sandbox tokens: every officer of contract.md §2 gets one without a password, nobody else does.
import { expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';

const service = useService();

const OFFICERS = `wf.heping intake.heping handler.heping head.heping chief.heping finance.heping bureau.heping
  intake.shenyang handler.shenyang head.shenyang chief.shenyang finance.shenyang intake.liaoning handler.liaoning
  head.liaoning chief.liaoning finance.liaoning supervisor.liaoning auditor.liaoning admin education.heping civil.heping
  hr.heping rural.heping medical.heping union.heping youth.heping disabled.heping veterans.heping wf.tiexi intake.tiexi
  handler.tiexi head.tiexi chief.tiexi finance.tiexi civil.tiexi wf.shenyang wf.liaoning
  deputy.heping deputy.tiexi deputy.shenyang deputy.liaoning`.split(/\s+/);

test('all 42 officers', async () => {
  expect(OFFICERS).toHaveLength(42);
  for (const officer of OFFICERS) {
    const me = await service.api.get(officer, '/v1/me');
    expect([me.status, (me.body.officer as { code: string }).code]).toEqual([200, officer]);
  }
});

test('an answer as OAuth libraries expect it', async () => {
  const answer = await service.api.request('POST', '/v1/sandbox/tokens', { body: { officer: 'admin' }, key: null });
  expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
  expect(answer.headers['cache-control']).toBe('no-store');
});

test('nobody else', async () => {
  const unknown = await service.api.request('POST', '/v1/sandbox/tokens', { body: { officer: 'nobody.heping' } });
  expect([unknown.status, unknown.body.code]).toEqual([422, 'sandbox.officer_unknown']);
  expect((await service.api.request('POST', '/v1/sandbox/tokens', { body: {} })).status).toBe(400);
});
