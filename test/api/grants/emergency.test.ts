// Sight in an emergency: for one officer, one resource, some hours; masked, read only, on record, told at once, reviewed (ADR 0017).
import { beforeAll, describe, expect, test } from '@jest/globals';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { core } from '../../support/sweep.ts';
import { beneficiariesOf, createWorld, type World } from '../../support/world.ts';

const service = useService();
const PATH = '/v1/break-glass-grants';
const ASKER = 'chief.heping';
const WHY = { reasonCode: 'imminent_danger', reason: '当事人王某求助，需核对承办机关的安排' };

let world: World;
let known: Known;
beforeAll(async () => {
  world = createWorld(service.api, () => addClient(service));
  known = await world.granted('tiexi');
});

const ask = (kind: string, id: string, officer = ASKER) =>
  service.api.create(officer, PATH, { subject: { kind, id }, ...WHY });
const codeOf = (answer: { status: number; body: Record<string, unknown> }) =>
  `${answer.status} ${String(answer.body.code ?? '')}`;

/** The grant as if its hours had passed. */
const expire = (id: string) =>
  Promise.all([
    service.owner.query(`update break_glass_grants set expires_at = now() - interval '1 second' where id = $1`, [id]),
    service.owner.query(`update access set until = now() - interval '1 second' where agency_id = $1`, [id]),
  ]);

describe('a grant', () => {
  let grant: Known;
  beforeAll(async () => {
    expect((await service.api.get(ASKER, known.path)).status).toBe(404);
    const made = await ask('case', known.id);
    expect(codeOf(made)).toBe('201 ');
    grant = { id: String(made.body.id), path: `${PATH}/${String(made.body.id)}`, body: made.body };
    expect(made.body).toMatchObject({ active: true, reviewOverdue: false, state: 'granted', reason: WHY.reason });
  });

  test('opens the one case to the officer at once: masked, with what hangs on it, and nothing else', async () => {
    const seen = await service.api.get(ASKER, known.path);
    expect(seen.status).toBe(200);
    expect(seen.body).toMatchObject({ id: known.id, facts: null, disbursements: [] });
    expect(JSON.stringify(seen.body.beneficiaries)).not.toContain('李秀兰');
    expect(JSON.stringify(seen.body.availableActions)).not.toContain('"allowed":true');
    expect((await service.api.get(ASKER, `${known.path}/timeline`)).status).toBe(200);
    const personId = beneficiariesOf(known)[0]?.personId;
    expect((await service.api.get(ASKER, `/v1/persons/${personId}`)).status).toBe(404);
    const list = await service.api.get(ASKER, '/v1/assistance-cases?limit=200');
    expect(list.body.items?.map((item) => item.id)).not.toContain(known.id);
    expect((await service.api.get(ASKER, (await world.opened('tiexi')).path)).status).toBe(404);
  });

  test('opens nothing to a colleague, and no write to the officer', async () => {
    const etag = '"1.x"';
    const colleague = await service.api.get('deputy.heping', known.path);
    const absent = await service.api.get('deputy.heping', '/v1/assistance-cases/0198c2a4-7f00-7000-8000-000000000001');
    expect(core(colleague)).toBe(core(absent));
    for (const [verb, body] of [
      ['approval', { outcome: 'granted', opinion: '同意' }],
      ['revocation', { reason: '错误' }],
    ] as const)
      expect((await service.api.as(ASKER, 'POST', `${known.path}/${verb}`, { body, etag })).status).toBe(404);
    expect((await ask('case', known.id)).body.code).toBe('break_glass.not_needed');
  });

  test('leaves a record of each read under the grant, where the case has its audit', async () => {
    const rows = await service.owner.query<{ n: number }>(
      `select count(*)::int as n from audit_records where kind = 'case' and resource_id = $1
       and type = 'break_glass.used' and data->>'grantId' = $2`,
      [known.id, grant.id],
    );
    expect(rows[0]?.n).toBe(2);
  });

  test('is told at once to the home agency and the auditors: event, list and work item, the words to reviewers only', async () => {
    for (const officer of ['head.tiexi', 'auditor.liaoning']) {
      const { body } = await service.api.get(officer, `${PATH}?state=granted`);
      expect([officer, body.items?.map((item) => item.id)]).toEqual([officer, [grant.id]]);
      expect((await service.api.get(officer, grant.path)).body.reason).toBe(WHY.reason);
      const work = await service.api.get(officer, '/v1/work-items?assignee=agency&kind=break_glass_grant');
      expect([officer, work.body.items?.map((item) => item.action)]).toEqual([officer, ['review']]);
    }
    await service.eventsSettled();
    const feed = await service.api.get('head.tiexi', '/v1/events?types=break_glass.granted');
    expect(feed.body.items).toMatchObject([
      { data: { subjectId: known.id, homeAgencyId: await world.agencyOf('head.tiexi') } },
    ]);
    expect(feed.text).not.toContain(WHY.reason);
    expect((await service.api.get('deputy.heping', grant.path)).body.reason).toBeNull();
    expect((await service.api.get('head.shenyang', grant.path)).status).toBe(404);
  });

  test('is not reviewed by the officer, nor by their agency; by the home agency once, and ends where it was not justified', async () => {
    const review = { outcome: 'unjustified', opinion: '承办人当时在岗，可以直接联系' };
    expect(codeOf(await service.api.decide(ASKER, grant.path, 'review', review))).toBe('403 decision.four_eyes');
    const colleague = await service.api.decide('head.heping', grant.path, 'review', review);
    expect(codeOf(colleague)).toBe('403 break_glass.not_reviewer');
    const done = await service.api.decide('head.tiexi', grant.path, 'review', review);
    expect(done.body).toMatchObject({ state: 'unjustified', active: false, review: { opinion: review.opinion } });
    expect((await service.api.get(ASKER, known.path)).status).toBe(404);
    expect((await service.api.decide('auditor.liaoning', grant.path, 'review', review)).status).toBe(409);
    expect(codeOf(await ask('case', known.id))).toBe('403 break_glass.refuted');
    expect(codeOf(await ask('case', known.id, 'head.heping'))).toBe('201 ');
  });
});

test('a grant ends at its hour in both walls, and counts as overdue when nobody has reviewed it in time', async () => {
  const clue = await world.clue('tiexi');
  const made = await ask('clue', clue.id, 'head.heping');
  expect((await service.api.get('head.heping', clue.path)).status).toBe(200);
  await expire(String(made.body.id));
  expect((await service.api.get('head.heping', clue.path)).status).toBe(404);
  const overdue = () => service.api.get('auditor.liaoning', `${PATH}?reviewOverdue=true`);
  expect((await overdue()).body.items).toEqual([]);
  await service.owner.query(`update break_glass_grants set review_due_on = '2020-01-01' where id = $1`, [made.body.id]);
  expect((await overdue()).body.items).toMatchObject([{ id: made.body.id, active: false, reviewOverdue: true }]);
});

test.each(['account', 'person', 'referral', 'visit', 'disbursement'])(
  '%s: the view under a grant is a mask',
  async (kind) => {
    const plural = {
      account: 'monitoring-accounts',
      person: 'persons',
      referral: 'referrals',
      visit: 'visits',
      disbursement: 'disbursements',
    };
    const made = {
      account: () => world.account('tiexi'),
      person: async () => ({ id: beneficiariesOf(known)[0]?.personId ?? '' }),
      referral: () => world.referral('accepted', 'tiexi'),
      visit: () => world.visit('tiexi'),
      disbursement: () => world.line('submitted', 'tiexi'),
    };
    const { id } = await made[kind as keyof typeof made]();
    expect(codeOf(await ask(kind, id, 'supervisor.liaoning'))).toBe('409 break_glass.not_needed');
    expect(codeOf(await ask(kind, id))).toBe('201 ');
    const seen = await service.api.get(ASKER, `/v1/${plural[kind as keyof typeof plural]}/${id}`);
    expect([kind, seen.status]).toEqual([kind, 200]);
    expect(seen.text).not.toMatch(/李秀兰|6222020012345678901|1381234\d{4}/);
  },
);

test('a dry run would tell of what is not seen, and nobody of the asking: there is none', async () => {
  for (const id of [known.id, '0198c2a4-7f00-7000-8000-000000000009']) {
    const body = { subject: { kind: 'case', id }, ...WHY };
    expect((await service.api.create(ASKER, `${PATH}?dryRun=true`, body)).status).toBe(400);
  }
});

test('nobody else asks: a department, a token without an officer, for what is not there', async () => {
  expect(codeOf(await ask('case', known.id, 'civil.heping'))).toBe('403 auth.forbidden');
  expect(codeOf(await ask('case', known.id, 'handler.heping'))).toBe('403 auth.forbidden');
  expect(codeOf(await ask('case', '0198c2a4-7f00-7000-8000-000000000009'))).toBe('422 request.reference_unknown');
});
