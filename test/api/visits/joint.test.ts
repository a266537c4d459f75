// Joint visits are confirmed by both sides: the plan before, the record after, by people of another agency (domain §8).
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { actionOf, createGiven } from '../accounts/given.ts';
import { codeOf } from '../cases/given.ts';
import { asOwner } from '../disbursements/flow.ts';

const service = useService();
const handler = 'handler.heping';
const reason = { reason: '当日不能到场' };

/** Planned by the procuratorate together with the Federation and the education bureau. */
async function joint(): Promise<Known> {
  const { aided, plannedVisit, story } = createGiven(service.api);
  const jointAgencyIds = [await story.agencyOf('wf.heping'), await story.agencyOf('education.heping')];
  return plannedVisit((await aided()).c, { jointAgencyIds });
}

const codesOf = (agencies: unknown) => (agencies as { code: string }[]).map((a) => a.code).sort();
const answer = (officer: string, { path }: Known, verb = 'confirmation', body: Json = {}) =>
  service.api.decide(officer, path, verb, body);

describe('the plan', () => {
  test('is confirmed by each invited agency once, and never by the side that planned', async () => {
    const { read } = createGiven(service.api);
    const visit = await joint();
    expect(codesOf(visit.body.awaitingConfirmation)).toEqual(['edu-210102', 'wf-210102']);
    expect(codeOf(await answer(handler, visit))).toBe('403 visit.not_other_side');
    const seen = await read('education.heping', visit.path);
    expect(actionOf(seen.body, 'confirmation')).toMatchObject({ allowed: true });
    expect(actionOf(seen.body, 'record')).toBeUndefined();
    // A guest of the visit learns nothing of the case behind it, nor of what the others referred.
    expect(seen.body).toMatchObject({ assistanceCaseId: null, monitoringAccountId: null, measuresToCheck: [] });
    const listed = await service.api.get('education.heping', '/v1/visits?limit=1');
    expect(listed.body.items).toMatchObject([{ id: visit.id, assistanceCaseId: null }]);
    const first = await answer('education.heping', visit);
    expect(first.body).toMatchObject({
      state: 'planned',
      version: 2,
      confirmations: [
        {
          ...{ agency: { code: 'edu-210102' }, officer: { code: 'education.heping' } },
          ...{ phase: 'plan', outcome: 'confirmed', reason: null, current: true },
        },
      ],
    });
    expect(codeOf(await answer('education.heping', visit))).toBe('409 visit.answered');
    const second = await answer('wf.heping', visit);
    expect(second.body.awaitingConfirmation).toEqual([]);
    expect((await answer('civil.heping', visit)).status).toBe(404);
    expect((await answer('chief.heping', visit)).status).toBe(403);
  });

  test('is not called off or moved by an agency that was only invited', async () => {
    const { aided, plannedVisit, story } = createGiven(service.api);
    const visit = await plannedVisit((await aided()).c, { jointAgencyIds: [await story.agencyOf('wf.tiexi')] });
    expect(codeOf(await answer('wf.tiexi', visit, 'cancellation', reason))).toBe('403 visit.not_competent');
    const day = { ...reason, plannedOn: '2027-03-01' };
    expect(codeOf(await answer('wf.tiexi', visit, 'rescheduling', day))).toBe('403 visit.not_competent');
    expect((await answer('wf.tiexi', visit)).status).toBe(200);
  });

  test('an objection asks for another day, which is confirmed anew; the former day stays', async () => {
    const { story } = createGiven(service.api);
    const visit = await joint();
    await answer('wf.heping', visit);
    const objected = await answer('education.heping', visit, 'objection', reason);
    expect(objected.body.confirmations).toMatchObject([{ outcome: 'objected', reason: '当日不能到场' }, {}]);
    const moved = await story.decide(handler, visit, 'rescheduling', { plannedOn: '2027-03-01', reason: '教育局要求' });
    expect(moved.body).toMatchObject({
      plannedOn: '2027-03-01',
      formerDates: [{ plannedOn: '2027-01-10', missedReasonCode: null, reason: '教育局要求' }],
      confirmations: [{ current: false }, { current: false }],
    });
    expect(codesOf(moved.body.awaitingConfirmation)).toEqual(['edu-210102', 'wf-210102']);
    expect((await answer('education.heping', visit)).status).toBe(200);
    const above = await service.api.get('supervisor.liaoning', visit.path);
    expect(above.text).not.toMatch(/当日不能到场|教育局要求/);
    const stored = `select encode(reason_sealed, 'escape') as text from visit_confirmations where visit_id = $1`;
    expect(JSON.stringify(await asOwner(service, stored, [visit.id]))).not.toContain('当日');
  });

  test('moved by the Federation is for the procuratorate to confirm', async () => {
    const { story } = createGiven(service.api);
    const visit = await joint();
    const moved = await story.decide('wf.heping', visit, 'rescheduling', { plannedOn: '2027-03-01' });
    expect(codesOf(moved.body.awaitingConfirmation)).toEqual(['edu-210102', 'proc-210102']);
    expect((await answer(handler, visit)).status).toBe(200);
  });

  test('of a visit by one agency alone is nobody’s to confirm', async () => {
    const { aided, plannedVisit } = createGiven(service.api);
    const alone = await plannedVisit((await aided()).c);
    expect(alone.body.awaitingConfirmation).toEqual([]);
    expect(codeOf(await answer('wf.heping', alone))).toBe('409 visit.nothing_to_confirm');
  });

  test('that arises by itself is for the Federation to confirm', async () => {
    const { aided, refer, story, visitsOf, read } = createGiven(service.api);
    const { c } = await aided();
    await story.decide('wf.heping', await refer(c, 'wf'), 'acceptance');
    const [first] = await visitsOf(c.path);
    const visit = await read('wf.heping', `/v1/visits/${String(first?.id)}`);
    expect(codesOf(visit.body.awaitingConfirmation)).toEqual(['wf-210102']);
    expect((await answer('wf.heping', visit)).status).toBe(200);
  });
});

describe('the record', () => {
  test('is confirmed by the other side, which reads it; its objection is answered by an amendment', async () => {
    const { story, record, read } = createGiven(service.api);
    const visit = await joint();
    const done = await story.decide('wf.heping', visit, 'record', record());
    expect(done.body.recordedBy).toMatchObject({ code: 'wf-210102' });
    expect(codesOf(done.body.awaitingConfirmation)).toEqual(['edu-210102', 'proc-210102']);
    expect(codeOf(await answer('wf.heping', visit))).toBe('403 visit.not_other_side');
    const seen = await read('education.heping', visit.path);
    expect(seen.body).toMatchObject({ livingConditions: expect.stringContaining('住房安全'), measuresToCheck: [] });
    expect((await answer(handler, visit)).body).toMatchObject({
      confirmations: [{ phase: 'record', outcome: 'confirmed' }],
    });
    const text = { text: '经复核，子女学费尚未解决。', riskLevel: 'high' };
    expect(codeOf(await answer('wf.heping', visit, 'amendment', text))).toBe('409 visit.no_objection');
    await answer('education.heping', visit, 'objection', { reason: '学费未解决' });
    expect(codeOf(await answer(handler, visit, 'amendment', text))).toBe('403 visit.not_competent');
    const amended = await answer('wf.heping', visit, 'amendment', text);
    expect(amended.body).toMatchObject({
      state: 'done',
      riskLevel: 'high',
      livingConditions: expect.stringContaining('住房安全'),
      amendments: [{ text: text.text }],
    });
    expect(codesOf(amended.body.awaitingConfirmation)).toEqual(['edu-210102', 'proc-210102']);
    for (const officer of [handler, 'education.heping']) expect((await answer(officer, visit)).status).toBe(200);
    expect((await read(handler, visit.path)).body.awaitingConfirmation).toEqual([]);
  });

  test('is not confirmed by the person who wrote it, in whatever office', async () => {
    const { aided, plannedVisit, story, record } = createGiven(service.api);
    // Before the service has met the officer, so that it knows the person as this says.
    const same = `update officers set person_key = (select person_key from officers where code = 'wf.heping') where code = 'union.heping'`;
    await asOwner(service, same);
    const jointAgencyIds = [await story.agencyOf('union.heping')];
    const visit = await plannedVisit((await aided()).c, { jointAgencyIds });
    await story.decide('wf.heping', visit, 'record', record());
    expect(codeOf(await answer('union.heping', visit))).toBe('403 decision.four_eyes');
    expect(codeOf(await answer('union.heping', visit, 'objection', reason))).toBe('403 decision.four_eyes');
  });

  test('a missed visit has nothing to confirm; its day and reason stay after rescheduling', async () => {
    const { story } = createGiven(service.api);
    const visit = await joint();
    const missed = await story.decide(handler, visit, 'missed', { reasonCode: 'in_hospital', note: '住院' });
    expect(missed.body.awaitingConfirmation).toEqual([]);
    expect(codeOf(await answer('wf.heping', visit))).toBe('409 visit.nothing_to_confirm');
    const again = await story.decide(handler, visit, 'rescheduling', { plannedOn: '2027-02-01' });
    expect(again.body).toMatchObject({
      ...{ missedReasonCode: null, missedNote: null },
      formerDates: [{ plannedOn: '2027-01-10', missedReasonCode: 'in_hospital', missedNote: '住院', reason: null }],
    });
  });
});
