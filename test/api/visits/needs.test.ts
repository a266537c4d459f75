// Each referred measure is answered for, and a need becomes a referral or a clue in the same call (issue 3, point 4).
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { actionOf, createGiven } from '../accounts/given.ts';
import { codeOf, errorsOf } from '../cases/given.ts';
import { asOwner } from '../disbursements/flow.ts';

const service = useService();
const handler = 'handler.heping';

async function accepted(department: 'civil' | 'education', people = 1) {
  const { aided, refer, plannedVisit, story } = createGiven(service.api);
  const { c, personId } = await aided(people);
  const referral = await refer(c, department);
  await story.decide(`${department}.heping`, referral, 'acceptance');
  return { c, personId, referral, visit: await plannedVisit(c) };
}

const toCheck = (body: Json) => (body.measuresToCheck as { referralId: string }[]).map((m) => m.referralId);

describe('measures', () => {
  test('that the record leaves open stay a duty of the two owners until each is answered for', async () => {
    const { api } = service;
    const { refer, story, record, read } = createGiven(api);
    const { c, referral, visit } = await accepted('civil');
    const second = await refer(c, 'education');
    await story.decide('education.heping', second, 'acceptance');
    const waiting = await refer(c, 'hr');
    const planned = await read('wf.heping', visit.path);
    expect(toCheck(planned.body).sort()).toEqual([referral.id, second.id].sort());
    const measures = [{ referralId: waiting.id, status: 'arrived' }];
    const done = await story.decide('wf.heping', visit, 'record', record({ measures }));
    expect(toCheck(done.body).sort()).toEqual([referral.id, second.id].sort());
    expect(actionOf(done.body, 'measure-check')).toMatchObject({ allowed: true });

    const strange = await api.decide('wf.heping', visit.path, 'measure-check', { measures });
    expect(errorsOf(strange)).toEqual(['/measures/0/referralId referral.unknown']);
    const partly = { measures: [{ referralId: referral.id, status: 'not_arrived' }] };
    const left = await story.decide('wf.heping', visit, 'measure-check', partly);
    expect(toCheck(left.body)).toEqual([second.id]);
    const out = { measures: [{ referralId: second.id, leftOutReason: '子女未在家，下次核查' }] };
    const checked = await story.decide(handler, visit, 'measure-check', out);
    expect(checked.body.measures).toContainEqual({
      ...{ referralId: second.id, status: null, leftOutReason: '子女未在家，下次核查' },
    });
    expect(checked.body.measuresToCheck).toEqual([]);
    expect(codeOf(await api.decide(handler, visit.path, 'measure-check', out))).toBe('409 visit.measures_checked');
    expect((await api.get('supervisor.liaoning', visit.path)).text).not.toContain('下次核查');
    const stored = `select encode(left_out_sealed, 'escape') as text from visit_measures where visit_id = $1`;
    expect(JSON.stringify(await asOwner(service, stored, [visit.id]))).not.toContain('核查');
  });

  test('are asked about until a completed one was found arrived or refused', async () => {
    const { plannedVisit, story, record } = createGiven(service.api);
    const { c, referral, visit } = await accepted('civil');
    await story.decide('civil.heping', referral, 'start');
    await story.decide('civil.heping', referral, 'completion', { outcome: 'delivered' });
    const found = (status: string) => record({ measures: [{ referralId: referral.id, status }] });
    await story.decide(handler, visit, 'record', found('not_arrived'));
    const second = await plannedVisit(c);
    expect(toCheck(second.body)).toEqual([referral.id]);
    await story.decide(handler, second, 'record', found('arrived'));
    expect(toCheck((await plannedVisit(c)).body)).toEqual([]);
  });

  test('a rejected referral, one of other people, and a half answer are refused', async () => {
    const { api } = service;
    const { aided, refer, plannedVisit, story, record } = createGiven(api);
    const { c, personId } = await aided(2);
    const other = c.beneficiaries[1]?.personId ?? '';
    const visit = await plannedVisit(c, { personIds: [personId] });
    const rejected = await refer(c);
    await story.decide('civil.heping', rejected, 'rejection', { reasonCode: 'other', reason: '不符合' });
    const ofOther = await refer(c, 'education', { personIds: [other] });
    const tryIt = (measure: Json) => api.decide(handler, visit.path, 'record', record({ measures: [measure] }));
    for (const { id } of [rejected, ofOther])
      expect(errorsOf(await tryIt({ referralId: id, status: 'arrived' }))).toEqual([
        '/measures/0/referralId referral.unknown',
      ]);
    expect((await tryIt({ referralId: ofOther.id })).status).toBe(400);
    expect((await tryIt({ referralId: ofOther.id, status: 'arrived', leftOutReason: '无' })).status).toBe(400);
  });
});

describe('needs', () => {
  const referral = (agencyId: string, change: Json = {}): Json => ({
    ...{ agencyId, measures: ['EDU2'], legalBasis: 'statutory_duty', ...change },
  });

  test('become a referral and a clue in the same call, or nothing is written', async () => {
    const { api } = service;
    const { aided, plannedVisit, story, record, read } = createGiven(api);
    const { c, personId } = await aided();
    const visit = await plannedVisit(c);
    const agencyId = await story.agencyOf('education.heping');
    const { source, regionCode, facts, subjects } = story.clueInput();
    const clue = { source, regionCode, facts, subjects };
    const needs = [
      '心理疏导',
      { text: '子女学费有缺口', measure: 'EDU2', referral: referral(agencyId) },
      { text: '邻居母女亦陷困境', clue },
    ];
    const wrong = [needs[2], { text: '学费', referral: referral(agencyId, { measures: ['MCA1'] }) }];
    const refused = await api.decide(handler, visit.path, 'record', record({ needs: wrong }));
    expect(errorsOf(refused)).toEqual(['/needs/1/referral/measures/0 measure.wrong_agency']);
    const bad = [{ text: '邻居', clue: { ...clue, regionCode: '999999' } }];
    const unknown = await api.decide(handler, visit.path, 'record', record({ needs: bad }));
    expect([unknown.status, errorsOf(unknown)[0]]).toEqual([422, expect.stringContaining('/needs/0/clue/regionCode')]);
    const before = await asOwner(
      service,
      `select (select count(*) from clues)::int + (select count(*) from referrals)::int as n`,
    );

    const done = await story.decide(handler, visit, 'record', record({ needs }));
    const [plain, second, third] = done.body.needs as [string, Json, Json];
    expect(plain).toBe('心理疏导');
    expect(second).toMatchObject({ text: '子女学费有缺口', measure: 'EDU2', clueId: null });
    expect(third).toMatchObject({ text: '邻居母女亦陷困境', measure: null, referralId: null });
    const sent = await read(handler, `/v1/referrals/${String(second.referralId)}`);
    expect(sent.body).toMatchObject({
      ...{ state: 'requested', originKind: 'case', assistanceCaseId: c.id, proposal: '子女学费有缺口' },
      persons: [{ personId }],
    });
    expect((await api.get('education.heping', sent.path)).status).toBe(200);
    const submitted = await read('intake.heping', `/v1/clues/${String(third.clueId)}`);
    expect(submitted.body).toMatchObject({ state: 'submitted', sourceAgency: { code: 'proc-210102' } });
    const after = await asOwner(
      service,
      `select (select count(*) from clues)::int + (select count(*) from referrals)::int as n`,
    );
    expect(Number(after[0]?.n) - Number(before[0]?.n)).toBe(2);
    expect((await read('wf.heping', visit.path)).body.needs).toEqual(done.body.needs);
  });

  test('found by the Federation become clues; referring is for the procuratorate', async () => {
    const { api } = service;
    const { story, record, aided, plannedVisit } = createGiven(api);
    const { c } = await aided();
    const visit = await plannedVisit(c);
    const agencyId = await story.agencyOf('education.heping');
    const needs = [{ text: '学费', referral: referral(agencyId) }];
    expect(codeOf(await api.decide('wf.heping', visit.path, 'record', record({ needs })))).toBe(
      '403 visit.may_not_refer',
    );
    const clue = { ...story.clueInput(), externalId: undefined };
    const done = await story.decide('wf.heping', visit, 'record', record({ needs: [{ text: '邻居', clue }] }));
    const [need] = done.body.needs as [Json];
    expect((await api.get('wf.heping', `/v1/clues/${String(need.clueId)}`)).body.state).toBe('submitted');
  });

  test('of an account without a case are referred from its routed clue', async () => {
    const { api } = service;
    const { routed, story, record, read, visitInput } = createGiven(api);
    const { account, personId } = await routed();
    const planned = await api.create(handler, '/v1/visits', visitInput({ monitoringAccountId: account.id }));
    const visit: Known = {
      id: String(planned.body.id),
      path: `/v1/visits/${String(planned.body.id)}`,
      body: planned.body,
    };
    const agencyId = await story.agencyOf('education.heping');
    const needs = [{ text: '学费', referral: referral(agencyId) }];
    const done = await story.decide(handler, visit, 'record', record({ needs }));
    const [need] = done.body.needs as [Json];
    const sent = await read(handler, `/v1/referrals/${String(need.referralId)}`);
    expect(sent.body).toMatchObject({
      ...{ originKind: 'account', monitoringAccountId: account.id, persons: [{ personId }] },
    });
  });
});
