// The record of a visit: what it holds, what it refuses, who sees it, and the visit that follows.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { actionOf, createGiven } from '../accounts/given.ts';
import { codeOf, errorsOf } from '../cases/given.ts';
import { asOwner } from '../disbursements/flow.ts';

const service = useService();

describe('recording', () => {
  test('the Federation records needs, measures and risk, and the next visit is planned in the same act', async () => {
    const { api } = service;
    const { aided, refer, story, visitsOf, read, record } = createGiven(api);
    const { c } = await aided();
    const referral = await refer(c);
    await story.decide('civil.heping', referral, 'acceptance');
    const [first] = await visitsOf(c.path);
    const visit = await read('wf.heping', `/v1/visits/${String(first?.id)}`);
    const measures = [{ referralId: referral.id, status: 'partly' }];
    expect(visit.body.measuresToCheck).toMatchObject([{ referralId: referral.id, measures: ['MCA3'] }]);
    const done = await story.decide('wf.heping', visit, 'record', record({ measures, nextVisitOn: '2026-07-10' }));
    expect(done.body).toMatchObject({
      state: 'done',
      version: 2,
      doneOn: '2026-01-10',
      riskLevel: 'medium',
      livingConditions: '与子女同住，住房安全，饮食有保障。',
      useOfFunds: '用于医疗与子女学费。',
      needs: ['心理疏导'],
      measures,
      measuresToCheck: [],
    });
    const next = await read('handler.heping', `/v1/visits/${String(done.body.nextVisitId)}`);
    expect(next.body).toMatchObject({ state: 'planned', plannedOn: '2026-07-10', assistanceCaseId: c.id });
    expect(next.body.personIds).toEqual(done.body.personIds);
    expect(next.body.jointAgencies).toEqual(done.body.jointAgencies);
    expect(await visitsOf(c.path)).toHaveLength(2);
  });

  test('oversight sees that a visit was made, and none of its texts', async () => {
    const { api } = service;
    const { aided, plannedVisit, story, record } = createGiven(api);
    const { c } = await aided();
    const visit = await plannedVisit(c);
    await story.decide('handler.heping', visit, 'record', record());
    const { body } = await api.get('supervisor.liaoning', visit.path);
    expect(body).toMatchObject({ state: 'done', riskLevel: 'medium', livingConditions: null, needs: [] });
    const views = `select purpose, changed from audit_records where type = 'person.viewed' and purpose = 'visit.party'`;
    expect((await asOwner(service, views)).length).toBeGreaterThan(0);
    const sealed = `select encode(record_sealed, 'escape') as text from visits where id = $1`;
    expect(JSON.stringify(await asOwner(service, sealed, [visit.id]))).not.toContain('住房');
    const facts = await asOwner(service, `select data::text from events where resource_id = $1`, [visit.id]);
    expect(JSON.stringify(facts)).not.toContain('心理');
  });

  test('a day to come, a next visit before it and a foreign referral are refused', async () => {
    const { api } = service;
    const { aided, plannedVisit, refer, record } = createGiven(api);
    const { c } = await aided();
    const visit = await plannedVisit(c);
    const foreign = await refer((await aided()).c);
    const tryIt = (change: Json) => api.decide('handler.heping', visit.path, 'record', record(change));
    expect(errorsOf(await tryIt({ doneOn: '2099-01-01', nextVisitOn: '2098-01-01' }))).toEqual([
      '/doneOn date.future',
      '/nextVisitOn date.order',
    ]);
    const measures = [{ referralId: foreign.id, status: 'arrived' }];
    const unknown = await tryIt({ measures });
    expect(codeOf(unknown)).toBe('422 request.reference_unknown');
    expect(errorsOf(unknown)).toEqual(['/measures/0/referralId referral.unknown']);
    const absent = await tryIt({ measures: [{ referralId: visit.id, status: 'arrived' }] });
    expect(errorsOf(absent)).toEqual(errorsOf(unknown));
    const twice = [measures[0], measures[0]];
    expect(errorsOf(await tryIt({ measures: twice }))).toEqual(['/measures/1/referralId referral.repeated']);
    expect((await tryIt({ riskLevel: 'severe' })).status).toBe(400);
    expect((await tryIt({ photo: 'x' })).status).toBe(400);
  });
});

describe('who may', () => {
  test('handling procuratorate, Federation of region and level, joint agencies; nobody else', async () => {
    const { api } = service;
    const { aided, plannedVisit, story, record } = createGiven(api);
    const { c } = await aided();
    const jointAgencyIds = [await story.agencyOf('wf.shenyang')];
    const visit = await plannedVisit(c, { jointAgencyIds });
    for (const officer of ['head.heping', 'wf.heping', 'wf.shenyang']) {
      const { body } = await api.get(officer, visit.path);
      expect(actionOf(body, 'record')).toMatchObject({ allowed: true });
    }
    const { body } = await api.get('supervisor.liaoning', visit.path);
    expect(body.availableActions).toEqual([]);
    expect((await api.get('handler.shenyang', visit.path)).status).toBe(404);
    expect((await api.decide('chief.heping', visit.path, 'record', record())).status).toBe(403);
    expect((await api.get('wf.tiexi', visit.path)).status).toBe(404);
    await story.decide('wf.shenyang', visit, 'record', record());
  });
});
