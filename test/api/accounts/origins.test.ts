// POST /v1/referrals and /v1/visits: a clue, a case or an account as the origin.
import { describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { codeOf, errorsOf } from '../cases/given.ts';
import { createGiven } from './given.ts';

const service = useService();

describe('POST /v1/referrals', () => {
  test('from a case and from its account, alone or in a batch', async () => {
    const { api } = service;
    const { aided, request, read } = createGiven(api);
    const { c, personId, account } = await aided(2);
    const one = await request('civil', [personId]);
    const fromCase = await api.create('handler.heping', '/v1/referrals', {
      origin: { assistanceCaseId: c.id },
      ...one,
    });
    expect(fromCase).toMatchObject({ status: 201, body: { state: 'requested', originKind: 'case' } });
    expect(fromCase.headers.location).toBe(`http://service.test/v1/referrals/${String(fromCase.body.id)}`);
    const origin = { monitoringAccountId: account.id };
    const referrals = [one, await request('education', [personId])];
    const batch = await api.create('head.heping', '/v1/referrals', { origin, referrals });
    expect(batch.status).toBe(201);
    expect(batch.body.items).toMatchObject([
      { originKind: 'account', assistanceCaseId: c.id, monitoringAccountId: account.id },
      { originKind: 'account', agency: { code: 'edu-210102' } },
    ]);
    expect((await read('wf.heping', account.path)).body.referrals).toHaveLength(3);
    const other = await request('civil', [c.beneficiaries[1]?.personId ?? '']);
    const foreign = await api.create('handler.heping', '/v1/referrals', { origin, ...other });
    expect(errorsOf(foreign)).toEqual(['/personIds/0 person.unknown']);
  });

  test('from a routed clue, and from its account even after the answer', async () => {
    const { api } = service;
    const { routed, request, story } = createGiven(api);
    const { clue, personId, account } = await routed();
    const one = await request('hr', [personId]);
    const fromClue = await api.create('handler.heping', '/v1/referrals', { origin: { clueId: clue.id }, ...one });
    expect(fromClue).toMatchObject({ status: 201, body: { originKind: 'clue', clueId: clue.id } });
    await story.decide('head.heping', clue, 'answer', { result: '已转社会救助' });
    const late = await api.create('handler.heping', '/v1/referrals', { origin: { clueId: clue.id }, ...one });
    expect(codeOf(late)).toBe('409 referral.clue_not_routed');
    const origin = { monitoringAccountId: account.id };
    const fromAccount = await api.create('handler.heping', '/v1/referrals', { origin, ...one });
    expect(fromAccount).toMatchObject({ status: 201, body: { originKind: 'account', assistanceCaseId: null } });
    await story.decide(
      'hr.heping',
      { id: '', path: `/v1/referrals/${String(fromAccount.body.id)}`, body: {} },
      'acceptance',
    );
    const { body } = await api.get('wf.heping', account.path);
    expect(body.visits).toMatchObject([{ state: 'planned' }]);
  });

  test('exactly one origin, one that the caller sees and may refer from', async () => {
    const { api } = service;
    const { aided, request, story } = createGiven(api);
    const { c, personId, account } = await aided();
    const one = await request('civil', [personId]);
    const send = (officer: string, origin: object, change: object = {}) =>
      api.create(officer, '/v1/referrals', { origin, ...one, ...change });
    expect((await send('handler.heping', {})).status).toBe(400);
    const both = { assistanceCaseId: c.id, monitoringAccountId: account.id };
    expect((await send('handler.heping', both)).status).toBe(400);
    const clue = await story.clue();
    expect(codeOf(await send('handler.heping', { clueId: clue.id }))).toBe('409 referral.clue_not_routed');
    for (const origin of [{ assistanceCaseId: c.id }, { monitoringAccountId: account.id }, { clueId: clue.id }]) {
      expect(codeOf(await send('handler.tiexi', origin))).toBe('422 request.reference_unknown');
      expect((await send('wf.heping', origin)).status).toBe(403);
    }
    const keyless = { body: { origin: { assistanceCaseId: c.id }, ...one }, key: null };
    expect((await api.as('handler.heping', 'POST', '/v1/referrals', keyless)).status).toBe(400);
    const dry = await api.create('handler.heping', '/v1/referrals?dryRun=true', {
      origin: { assistanceCaseId: c.id },
      ...one,
    });
    expect(dry.status).toBe(200);
    expect((await api.get('handler.heping', `${c.path}/referrals`)).body.items).toEqual([]);
  });
});

describe('POST /v1/visits', () => {
  test('the Federation plans a visit of its account, which counts for the case', async () => {
    const { api } = service;
    const { aided, visitsOf } = createGiven(api);
    const { c, personId, account } = await aided(2);
    const input = { plannedOn: '2027-03-08', mode: 'phone' };
    const made = await api.create('wf.heping', '/v1/visits', { monitoringAccountId: account.id, ...input });
    expect(made).toMatchObject({
      status: 201,
      body: { monitoringAccountId: account.id, assistanceCaseId: c.id, personIds: [personId], mode: 'phone' },
    });
    expect(made.headers.location).toBe(`http://service.test/v1/visits/${String(made.body.id)}`);
    expect(await visitsOf(c.path)).toMatchObject([{ id: made.body.id }]);
    const byCase = await api.create('handler.heping', '/v1/visits', { assistanceCaseId: c.id, ...input });
    expect(byCase.status).toBe(201);
    expect(byCase.body.personIds).toHaveLength(2);
  });

  test('one origin that the caller sees; people of the account only', async () => {
    const { api } = service;
    const { aided } = createGiven(api);
    const { c, account } = await aided(2);
    const input = { plannedOn: '2027-03-08', mode: 'phone' };
    const plan = (officer: string, change: object) => api.create(officer, '/v1/visits', { ...input, ...change });
    expect((await plan('handler.heping', {})).status).toBe(400);
    const byFederation = await plan('wf.heping', { assistanceCaseId: c.id });
    expect(codeOf(byFederation)).toBe('422 request.reference_unknown');
    expect(codeOf(await plan('wf.tiexi', { monitoringAccountId: account.id }))).toBe('422 request.reference_unknown');
    const personIds = [c.beneficiaries[1]?.personId];
    const wrong = await plan('wf.heping', { monitoringAccountId: account.id, personIds });
    expect(errorsOf(wrong)).toEqual(['/personIds/0 person.unknown']);
  });
});
