// Who may do what on a case, what a body may say, and what each reader sees.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { addOfficer, beneficiariesOf, codeOf, createGiven, errorsOf, GRANT, yuan } from './given.ts';

const service = useService();

describe('four eyes and competence', () => {
  test('who proposed never decides, by person and not by credential', async () => {
    const { api, database } = service;
    const { story, underReview, proposal } = createGiven(api);
    const roles = ['handler', 'chief'];
    await addOfficer(database.ownerUrl, { code: 'both.heping', like: 'head.heping', roles, personKey: 'test:both' });
    await addOfficer(database.ownerUrl, {
      code: 'other.heping',
      like: 'head.heping',
      roles: ['chief'],
      personKey: 'test:both',
    });
    const known = await underReview();
    const { body } = await api.get('both.heping', '/v1/me');
    const handlerOfficerId = (body.officer as { id: string }).id;
    await story.decide('head.heping', known, 'assignment', { handlerOfficerId });
    await story.decide('both.heping', known, 'proposal', proposal(known));
    for (const officer of ['both.heping', 'other.heping']) {
      expect(codeOf(await api.decide(officer, known.path, 'approval', GRANT))).toBe('403 decision.four_eyes');
      const seen = await api.get(officer, known.path);
      const approval = (seen.body.availableActions as Json[]).find((a) => a.action === 'approval');
      expect(approval).toMatchObject({ allowed: false, reasons: [{ code: 'decision.four_eyes' }] });
    }
    const granted = await story.decide('chief.heping', known, 'approval', GRANT);
    expect(granted.body.state).toBe('granted');
  });

  test('proposals are for the assigned handler or the head', async () => {
    const { api, database } = service;
    const { story, underReview, proposal } = createGiven(api);
    await addOfficer(database.ownerUrl, {
      code: 'handler2.heping',
      like: 'head.heping',
      roles: ['handler'],
      personKey: 'test:h2',
    });
    const known = await underReview();
    const refused = await api.decide('handler2.heping', known.path, 'proposal', proposal(known));
    expect(codeOf(refused)).toBe('403 case.not_assigned');
    const byHead = await story.decide('head.heping', known, 'proposal', proposal(known));
    expect(byHead.body.proposal).toMatchObject({ proposedBy: { code: 'head.heping' } });
  });

  test('intake cannot assign, a colleague without the post cannot be assigned, re-assignment keeps the state', async () => {
    const { api } = service;
    const { story, opened, officerId } = createGiven(api);
    const known = await opened();
    const handlerOfficerId = await officerId('handler.heping');
    const byIntake = await api.decide('intake.heping', known.path, 'assignment', { handlerOfficerId });
    expect(byIntake.status).toBe(403);
    expect(byIntake.body.permission).toBe('case:assign');
    const chief = { handlerOfficerId: await officerId('chief.heping') };
    expect(errorsOf(await api.decide('head.heping', known.path, 'assignment', chief))).toEqual([
      '/handlerOfficerId officer.not_handler',
    ]);
    for (const officer of [known.id, await officerId('handler.tiexi')]) {
      const unknown = await api.decide('head.heping', known.path, 'assignment', { handlerOfficerId: officer });
      expect(codeOf(unknown)).toBe('422 request.reference_unknown');
    }
    await story.decide('head.heping', known, 'assignment', { handlerOfficerId });
    await story.decide('handler.heping', known, 'document-request', { items: ['户口簿'], reason: '核实' });
    const head = await officerId('head.heping');
    const moved = await story.decide('head.heping', known, 'assignment', { handlerOfficerId: head });
    expect(moved.body).toMatchObject({ state: 'awaiting_documents', handler: { code: 'head.heping' } });
  });

  test('a superior procuratorate reads and does not act', async () => {
    const { api } = service;
    const { proposed } = createGiven(api);
    const known = await proposed();
    expect((await api.get('chief.shenyang', known.path)).status).toBe(404);
    const seen = await api.get('supervisor.liaoning', known.path);
    expect(seen.status).toBe(200);
    expect(seen.body).toMatchObject({
      facts: null,
      hardship: null,
      proposal: { opinion: null, exclusions: [] },
      beneficiaries: [{ name: '李*', phone: expect.stringContaining('****'), birthDate: null, masked: true }],
    });
  });
});

describe('what a body may say', () => {
  test('opening a case outside the region, with a wrong number or the same person twice', async () => {
    const { api } = service;
    const { caseInput, story } = createGiven(api);
    const create = (body: Json) => api.create('handler.heping', '/v1/assistance-cases', body);
    expect(errorsOf(await create({ ...caseInput(), regionCode: '210106' }))).toEqual(['/regionCode region.outside']);
    expect(errorsOf(await create({ ...caseInput(), regionCode: '999999' }))).toEqual(['/regionCode region.unknown']);
    expect(errorsOf(await create({ ...caseInput(), campaignCode: 'none' }))).toEqual(['/campaignCode code.unknown']);
    const one = story.subject();
    expect(errorsOf(await create({ ...caseInput(), subjects: [one, { ...one, phone: null }] }))).toEqual([
      '/subjects/1 subject.repeated',
    ]);
    const city = await api.create('handler.shenyang', '/v1/assistance-cases', { ...caseInput(), regionCode: '210106' });
    expect(city.status).toBe(201);
    expect(city.headers.location).toBe(`http://service.test/v1/assistance-cases/${String(city.body.id)}`);
    expect(city.body).toMatchObject({
      handlingAgency: { code: 'proc-210100' },
      initiation: 'ex_officio',
      state: 'opened',
    });
    expect(
      (await api.as('handler.heping', 'POST', '/v1/assistance-cases', { body: caseInput(), key: null })).status,
    ).toBe(400);
    expect((await create({ ...caseInput(), linkedCase: null })).status).toBe(400);
  });

  test('a proposal with wrong codes, amounts or people', async () => {
    const { api } = service;
    const { underReview, proposal } = createGiven(api);
    const known = await underReview();
    const beneficiaryId = beneficiariesOf(known)[0]?.id;
    const send = (change: Json) => api.decide('handler.heping', known.path, 'proposal', proposal(known, change));
    const exclusions = [
      { code: 'X9', applies: false },
      { code: 'X1', applies: false },
      { code: 'X1', applies: false },
    ];
    expect(errorsOf(await send({ eligibilityCode: 'E8', exclusions }))).toEqual([
      '/exclusions/0/code code.unknown',
      '/exclusions/2/code exclusion.repeated',
      '/eligibilityCode code.unknown',
    ]);
    const twice = [yuan('1.00'), yuan('0.00')].map((amount) => ({ beneficiaryId, amount }));
    expect(errorsOf(await send({ awards: twice }))).toEqual([
      '/awards/1/beneficiaryId beneficiary.repeated',
      '/awards/1/amount/amount amount.not_positive',
    ]);
    const foreign = await send({ awards: [{ beneficiaryId: known.id, amount: yuan('1.00') }] });
    expect(codeOf(foreign)).toBe('422 request.reference_unknown');
    expect((await send({ awards: [{ beneficiaryId, amount: yuan('1.001') }] })).status).toBe(400);
  });

  test('a grant against an exclusion, without awards, or with the code of a refusal', async () => {
    const { api } = service;
    const { proposed } = createGiven(api);
    const excluded = await proposed('heping', { exclusions: [{ code: 'X4', applies: true, note: '放弃赔偿' }] });
    const answer = await api.decide('chief.heping', excluded.path, 'approval', GRANT);
    expect(codeOf(answer)).toBe('409 case.exclusion_applies');
    expect(answer.body.conflicts).toEqual(['X4']);
    const empty = await proposed('heping', { awards: [] });
    expect(codeOf(await api.decide('chief.heping', empty.path, 'approval', GRANT))).toBe('409 case.awards_missing');
    const coded = await api.decide('chief.heping', empty.path, 'approval', { ...GRANT, exclusionCode: 'X1' });
    expect(errorsOf(coded)).toEqual(['/exclusionCode exclusion.not_refused']);
  });

  test('edits before the decision: merge patch, nothing changed, too late', async () => {
    const { api } = service;
    const { underReview, granted } = createGiven(api);
    const known = await underReview();
    const patch = async (path: string, body: Json) => {
      const { etag } = await api.get('handler.heping', path);
      return api.as('handler.heping', 'PATCH', path, { body, etag });
    };
    const edited = await patch(known.path, { hardship: null, facts: '补充后的事实' });
    expect(edited.body).toMatchObject({ version: 3, hardship: null, facts: '补充后的事实' });
    expect((await patch(known.path, { facts: '补充后的事实' })).body.version).toBe(3);
    expect((await patch(known.path, { regionCode: '210106' })).status).toBe(400);
    const linked = edited.body.linkedCase as Json;
    const renumbered = await patch(known.path, { linkedCase: { number: '（2026）辽0102刑初99号' } });
    expect(renumbered.body.linkedCase).toEqual({ ...linked, number: '（2026）辽0102刑初99号' });
    expect((await patch(known.path, { linkedCase: { number: null } })).body.linkedCase).toEqual({
      ...linked,
      number: null,
    });
    const late = await patch((await granted()).path, { facts: '再改' });
    expect(codeOf(late)).toBe('409 case.illegal_transition');
    expect((await api.as('handler.heping', 'PATCH', known.path, { body: {} })).status).toBe(428);
  });
});

describe('what each reader sees', () => {
  test('the team in clear and audited while the case is open, the rest of the agency masked', async () => {
    const { api, owner } = service;
    const { underReview, story } = createGiven(api);
    const known = await underReview();
    const clear = { name: '李秀兰', address: '沈阳市和平区南湖街道样例路1号', masked: false };
    for (const officer of ['handler.heping', 'head.heping']) {
      const seen = await api.get(officer, known.path);
      expect(seen.body.beneficiaries).toMatchObject([
        { ...clear, idNumber: expect.stringMatching(/^210\*+\d{4}$|^210\*+\d{3}X$/) },
      ]);
    }
    for (const officer of ['chief.heping', 'intake.heping', 'finance.heping']) {
      const seen = await api.get(officer, known.path);
      const facts = officer === 'finance.heping' ? null : expect.any(String);
      expect(seen.body).toMatchObject({ facts, beneficiaries: [{ name: '李*', masked: true }] });
    }
    const personId = beneficiariesOf(known)[0]?.personId;
    const [views] = await owner.query<{ n: number }>(
      `select count(*)::int as n from audit_records where resource_id = $1 and type = 'person.viewed' and purpose = 'case.handling'`,
      [personId],
    );
    expect(views?.n).toBeGreaterThanOrEqual(2);
    await story.decide('handler.heping', known, 'withdrawal', {});
    const ended = await api.get('handler.heping', known.path);
    expect(ended.body.beneficiaries).toMatchObject([{ name: '李*', masked: true }]);
  });

  test('another district finds nothing, by id or in its list; filters narrow the list', async () => {
    const { api } = service;
    const { underReview } = createGiven(api);
    const known = await underReview('tiexi');
    for (const path of [known.path, `${known.path}/timeline`, `${known.path}/decisions`])
      expect((await api.get('handler.heping', path)).status).toBe(404);
    const list = await api.get('handler.heping', '/v1/assistance-cases?limit=200');
    expect(list.body.items?.some((item) => item.id === known.id)).toBe(false);
    const mine = await api.get(
      'head.tiexi',
      '/v1/assistance-cases?state=under_review&regionCode=210106&includeTotal=true',
    );
    expect(mine.body).toMatchObject({ items: [{ id: known.id, decision: null }], nextCursor: null, total: 1 });
    expect(JSON.stringify(mine.body)).not.toContain('李');
    const handlerOfficerId = String(mine.body.items?.[0]?.handlerOfficerId);
    const path = `/v1/assistance-cases?handlerOfficerId=${handlerOfficerId}&updatedSince=2020-01-01T00:00:00Z`;
    expect((await api.get('supervisor.liaoning', path)).body.items).toMatchObject([{ id: known.id }]);
    expect((await api.get('head.tiexi', '/v1/assistance-cases?state=granted')).body.items).toEqual([]);
  });
});
