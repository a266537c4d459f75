// Sending referrals from a granted case: batches, references, rules, who may, and what strangers see.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { codesOf, createGiven, type Given, type GrantedCase, steps } from './given.ts';

const service = useService();
let given: Given;
let granted: GrantedCase;
let persons: string[];

beforeAll(async () => {
  given = createGiven(service.api);
  granted = await given.grantedCase(2);
  persons = granted.beneficiaries.map((b) => b.personId);
}, 60_000);

const send = (body: unknown, officer = 'handler.heping') =>
  service.api.create(officer, `${granted.path}/referrals`, body);

describe('sending from a case', () => {
  test('one referral answers itself with Location, ETag and the answer day', async () => {
    const made = await send(await given.request('civil', persons));
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`http://service.test/v1/referrals/${String(made.body.id)}`);
    expect(made.etag).toMatch(/^"1\./);
    expect(made.body).toMatchObject({
      state: 'requested',
      version: 1,
      originKind: 'case',
      assistanceCaseId: granted.id,
      agency: { code: 'civ-210102' },
      senderAgency: { code: 'proc-210102' },
      responseOverdue: false,
      reminders: 0,
      personCount: 2,
      measures: ['MCA3'],
      outputs: [],
    });
    expect(made.body.number).toMatch(/^RF-210102-\d{4}-\d+$/);
    expect(String(made.body.respondBy) > String(made.body.sentOn)).toBe(true);
    expect(made.body.persons).toMatchObject([{ name: '李*' }, { name: '李*' }]);
  });

  test('three departments at once; one rejects; the case lists all of them', async () => {
    const { api } = service;
    const referrals = [
      await given.request('civil', persons),
      await given.request('education', persons.slice(0, 1)),
      await given.request('wf', [], { personIds: undefined, beneficiaryIds: [granted.beneficiaries[1]?.id] }),
    ];
    const made = await send({ referrals });
    expect([made.status, made.body.items?.length]).toEqual([201, 3]);
    expect(made.headers.location).toBe(`http://service.test${granted.path}/referrals`);
    const [, education, wf] = made.body.items ?? [];
    expect(wf).toMatchObject({ personCount: 1, persons: [{ personId: persons[1] }] });
    const path = `/v1/referrals/${String(education?.id)}`;
    const rejected = await api.decide('education.heping', path, 'rejection', {
      reasonCode: 'not_eligible',
      reason: '不符合资助条件',
    });
    expect(rejected.body).toMatchObject({
      state: 'rejected',
      rejection: { reasonCode: 'not_eligible', reason: '不符合资助条件' },
    });
    const sender = await api.get('handler.heping', path);
    expect(sender.body.rejection).toMatchObject({ reasonCode: 'not_eligible', reason: '不符合资助条件' });
    const list = await api.get('handler.heping', `${granted.path}/referrals?includeTotal=true`);
    expect(list.body.total).toBe(4);
    const onlyRejected = await api.get('handler.heping', `${granted.path}/referrals?state=rejected`);
    expect(onlyRejected.body.items).toMatchObject([{ id: education?.id, state: 'rejected' }]);
  });

  test('a batch is sent whole or not at all', async () => {
    const { api } = service;
    const count = async () =>
      (await api.get('handler.heping', `${granted.path}/referrals?includeTotal=true`)).body.total;
    const before = await count();
    const good = await given.request('civil', persons);
    const bad = await send({ referrals: [good, { ...good, measures: ['MCA3', 'EDU1'] }] });
    expect([bad.status, codesOf(bad)]).toEqual([422, ['measure.wrong_agency']]);
    expect(bad.body.errors).toMatchObject([{ pointer: '/referrals/1/measures/1' }]);
    const dry = await api.create('handler.heping', `${granted.path}/referrals?dryRun=true`, good);
    expect([dry.status, dry.body.state]).toEqual([200, 'requested']);
    expect(await count()).toBe(before);
  });

  test('bad input: shape 400, references and rules 422', async () => {
    const good = await given.request('civil', persons);
    const { personIds: _, ...nobody } = good;
    const absent = '0198c2a4-7f00-7000-8000-000000000001';
    expect((await send(nobody)).status).toBe(400);
    expect((await send({ ...good, note: 'x' })).status).toBe(400);
    expect((await send({ referrals: Array.from({ length: 21 }, () => good) })).status).toBe(400);
    const agency = await send({ ...good, agencyId: absent });
    expect([agency.status, agency.body.code, codesOf(agency)]).toEqual([
      422,
      'request.reference_unknown',
      ['agency.unknown'],
    ]);
    const other = await given.grantedCase();
    const foreign = await send({ ...good, personIds: other.beneficiaries.map((b) => b.personId) });
    expect([foreign.status, foreign.body.code]).toEqual([422, 'request.reference_unknown']);
    const wrong = [
      [{ measures: ['HR1'] }, 'measure.wrong_agency'],
      [{ measures: ['NOPE1'] }, 'code.unknown'],
      [{ respondBy: '2020-01-01' }, 'date.past'],
      [{ agencyId: await given.story.agencyOf('intake.tiexi') }, 'agency.not_department'],
    ] as const;
    for (const [change, code] of wrong) {
      const answer = await send({ ...good, ...change });
      expect([answer.status, answer.body.code, codesOf(answer)]).toEqual([422, 'request.rule_violated', [code]]);
    }
  });

  test('only after the grant, and only by the handling team', async () => {
    const { api } = service;
    const early = await given.reviewedCase();
    const personIds = early.beneficiaries.map((b) => b.personId);
    const body = await given.request('civil', personIds);
    const refused = await api.create('handler.heping', `${early.path}/referrals`, body);
    expect([refused.status, refused.body.code]).toEqual([409, 'referral.case_not_granted']);
    const mine = await given.request('civil', persons);
    expect((await send(mine, 'civil.heping')).status).toBe(403);
    expect((await send(mine, 'handler.tiexi')).status).toBe(404);
    expect((await send(mine, 'head.heping')).status).toBe(201);
    const closed = await given.grantedCase();
    await given.story.decide('handler.heping', closed, 'closure', { summary: '已办结' });
    expect((await given.refer(closed)).body.state).toBe('requested');
    const revoked = await given.grantedCase();
    await given.story.decide('chief.heping', revoked, 'revocation', { reason: '骗取救助' });
    const late = await api.create('handler.heping', `${revoked.path}/referrals`, {
      ...body,
      personIds: revoked.beneficiaries.map((b) => b.personId),
    });
    expect([late.status, late.body.code]).toEqual([409, 'referral.case_not_granted']);
  });

  test('a replay repeats the answer; a key is required', async () => {
    const { api } = service;
    const body = await given.request('civil', persons);
    const path = `${granted.path}/referrals`;
    expect((await api.as('handler.heping', 'POST', path, { body, key: null })).status).toBe(400);
    const first = await api.as('handler.heping', 'POST', path, { body, key: 'referral-replay-1' });
    const again = await api.as('handler.heping', 'POST', path, { body, key: 'referral-replay-1' });
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, first.text, 'true']);
  });
});

describe('who sees a referral', () => {
  test('strangers and other departments get 404, superiors only with oversight', async () => {
    const { api } = service;
    const referral = await given.refer(granted);
    for (const officer of ['handler.tiexi', 'civil.tiexi', 'education.heping', 'wf.heping', 'head.shenyang'])
      expect([officer, (await api.get(officer, referral.path)).status]).toEqual([officer, 404]);
    const supervisor = await api.get('supervisor.liaoning', referral.path);
    expect(supervisor.body).toMatchObject({ proposal: null, persons: [{ name: '李*' }, { name: '李*' }] });
    expect((await api.get('admin', referral.path)).status).toBe(403);
    const recipient = await api.get('civil.heping', referral.path);
    expect(recipient.body).toMatchObject({
      assistanceCaseId: null,
      clueId: null,
      proposal: '家庭生活困难，建议给予救助',
      persons: [{ beneficiaryId: null }, {}],
    });
    expect((await api.get('civil.heping', granted.path)).status).toBe(403);
    expect((await api.get('civil.heping', `${granted.path}/referrals`)).status).toBe(404);
    expect((await api.get('civil.heping', `/v1/persons/${persons[0]}`)).status).toBe(404);
  });

  test('lists filter by direction, agency, state and overdue answers', async () => {
    const { api } = service;
    const referral = await given.refer(granted, 'hr');
    const late = await given.refer(granted, 'hr');
    const ids = async (officer: string, query: string) =>
      ((await api.get(officer, `/v1/referrals?${query}`)).body.items ?? []).map((item) => item.id);
    expect(await ids('hr.heping', 'direction=received')).toEqual([late.id, referral.id]);
    expect(await ids('hr.heping', 'direction=sent')).toEqual([]);
    const agencyId = await given.story.agencyOf('hr.heping');
    expect(await ids('handler.heping', `direction=sent&agencyId=${agencyId}`)).toEqual([late.id, referral.id]);
    expect(await ids('hr.heping', 'responseOverdue=true')).toEqual([]);
    expect(await ids('hr.heping', 'responseOverdue=false&state=requested')).toEqual([late.id, referral.id]);
    await steps(given.story, 'hr.heping', referral, [['acceptance']]);
    expect(await ids('hr.heping', 'state=requested')).toEqual([late.id]);
    expect(await ids('hr.heping', 'updatedSince=2100-01-01T00:00:00Z')).toEqual([]);
    expect((await api.get('hr.heping', '/v1/referrals?state=nope')).status).toBe(400);
  });
});
