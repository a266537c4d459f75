// A plan arises at the first settled payment or the first accepted referral, exactly once; and who may plan.
import { describe, expect, test } from '@jest/globals';
import { addMonths, civilDateOf } from '../../../src/kernel/civil-date.ts';
import { useService } from '../../support/service.ts';
import { createGiven } from '../accounts/given.ts';
import { codeOf, errorsOf } from '../cases/given.ts';
import { advanceTo, grantedCase, planned } from '../disbursements/flow.ts';

const service = useService();
const due = () => addMonths(civilDateOf(new Date()), 3);

describe('the first visit', () => {
  test('arises at the first settlement, jointly with the Federation, and not again', async () => {
    const { api } = service;
    const { visitsOf, read } = createGiven(api);
    const found = await grantedCase(api, ['20000.00']);
    const [first, second] = [await planned(api, found, '5000.00'), await planned(api, found, '15000.00')];
    await advanceTo(api, first, 'submitted');
    expect(await visitsOf(found.path)).toEqual([]);
    await advanceTo(api, first, 'settled');
    const [visit, ...others] = await visitsOf(found.path);
    expect(others).toEqual([]);
    expect(visit).toMatchObject({ state: 'planned', plannedOn: due(), mode: 'home', assistanceCaseId: found.id });
    expect(visit?.number).toMatch(/^FV-210102-\d{4}-\d+$/);
    await advanceTo(api, second, 'settled');
    expect(await visitsOf(found.path)).toHaveLength(1);
    const seen = await read('wf.heping', `/v1/visits/${String(visit?.id)}`);
    expect(seen.body).toMatchObject({ jointAgencies: [{ code: 'wf-210102' }], partnerAgency: { code: 'wf-210102' } });
    expect(seen.body.personIds).toHaveLength(1);
  });

  test('arises at the first accepted referral of a case; payment and further referrals add none', async () => {
    const { api } = service;
    const { aided, refer, story, visitsOf } = createGiven(api);
    const { c } = await aided(2);
    const referral = await refer(c);
    expect(await visitsOf(c.path)).toEqual([]);
    await story.decide('civil.heping', referral, 'acceptance');
    expect(await visitsOf(c.path)).toMatchObject([{ plannedOn: due() }]);
    await story.decide('education.heping', await refer(c, 'education'), 'acceptance');
    const beneficiaries = c.beneficiaries.map((b) => b.id);
    await advanceTo(api, await planned(api, { ...c, beneficiaries }), 'settled');
    expect(await visitsOf(c.path)).toHaveLength(1);
  });

  test('of a clue without a case is planned for the account', async () => {
    const { api } = service;
    const { routed, story, read } = createGiven(api);
    const { referral, account, personId } = await routed();
    await story.decide('civil.heping', referral, 'acceptance');
    const { body } = await read('wf.heping', account.path);
    expect(body).toMatchObject({ nextAction: { kind: 'visit', dueOn: due() }, visits: [{ state: 'planned' }] });
    const [visit] = body.visits as { id: string }[];
    const seen = await read('wf.heping', `/v1/visits/${visit?.id}`);
    expect(seen.body).toMatchObject({
      assistanceCaseId: null,
      monitoringAccountId: account.id,
      handlingAgency: { code: 'proc-210102' },
      personIds: [personId],
    });
  });

  test('many settlements and acceptances at once still plan one', async () => {
    const { api } = service;
    const { aided, referMany, story, visitsOf } = createGiven(api);
    const { c } = await aided();
    const referrals = await referMany(c, 6);
    await Promise.all(referrals.map((referral) => story.decide('civil.heping', referral, 'acceptance')));
    expect(await visitsOf(c.path)).toHaveLength(1);
  });
});

describe('planning by hand', () => {
  test('is for the handling procuratorate; the people must be of the case', async () => {
    const { api } = service;
    const { aided, plannedVisit, visitInput } = createGiven(api);
    const { c, personId } = await aided(2);
    const visit = await plannedVisit(c, { personIds: [personId] });
    expect(visit.body).toMatchObject({ state: 'planned', version: 1, personIds: [personId], mode: 'home' });
    const all = await plannedVisit(c, { mode: 'phone' });
    expect(all.body.personIds).toHaveLength(2);
    const path = `${c.path}/visits`;
    const unknown = await api.create('handler.heping', path, visitInput({ personIds: [visit.id] }));
    expect(codeOf(unknown)).toBe('422 request.reference_unknown');
    expect(errorsOf(unknown)).toEqual(['/personIds/0 person.unknown']);
    const joint = await api.create('handler.heping', path, visitInput({ jointAgencyIds: [visit.id] }));
    expect(errorsOf(joint)).toEqual(['/jointAgencyIds/0 agency.unknown']);
    expect((await api.create('wf.heping', path, visitInput())).status).toBe(404);
    expect((await api.create('handler.tiexi', path, visitInput())).status).toBe(404);
    expect((await api.create('intake.heping', path, visitInput())).status).toBe(403);
  });

  test('a dry run shows the plan and writes nothing; a stale ETag is honoured', async () => {
    const { api } = service;
    const { aided, visitInput, visitsOf } = createGiven(api);
    const { c } = await aided();
    const dry = await api.create('handler.heping', `${c.path}/visits?dryRun=true`, visitInput());
    expect(dry).toMatchObject({ status: 200, body: { state: 'planned' } });
    expect(await visitsOf(c.path)).toEqual([]);
    const stale = { body: visitInput(), etag: '"1.x"' };
    expect((await api.as('handler.heping', 'POST', `${c.path}/visits`, stale)).status).toBe(412);
  });

  test('lists are filtered and hold no texts', async () => {
    const { api } = service;
    const { aided, plannedVisit } = createGiven(api);
    const { c } = await aided();
    await plannedVisit(c, { plannedOn: '2031-05-01' });
    const late = await plannedVisit(c, { plannedOn: '2031-06-01' });
    const path = `/v1/visits?assistanceCaseId=${c.id}`;
    const before = await api.get('wf.heping', `${path}&plannedBefore=2031-05-31&state=planned`);
    expect(before.body.items).toMatchObject([{ plannedOn: '2031-05-01' }]);
    const all = await api.get('handler.heping', `${path}&limit=1&includeTotal=true`);
    expect(all.body).toMatchObject({ items: [{ id: late.id }], total: 2 });
    expect(all.body.items?.[0]).not.toHaveProperty('availableActions');
    expect((await api.get('handler.tiexi', path)).body.items).toEqual([]);
    expect((await api.get('handler.tiexi', late.path)).status).toBe(404);
    // Departments see the visits to which they are invited.
    expect((await api.get('civil.heping', late.path)).status).toBe(404);
    expect((await api.get('bureau.heping', late.path)).status).toBe(403);
  });
});
