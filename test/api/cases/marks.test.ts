// Beneficiaries added, the green channel, that the applicant was told, the standard of the decision, typical cases.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import { beneficiariesOf, codeOf, createGiven, errorsOf, GRANT, REFUSE, yuan } from './given.ts';

const service = useService();
const given = () => createGiven(service.api);

describe('beneficiaries', () => {
  test('a mother and the child that is aided with her, each with an own amount', async () => {
    const { api } = service;
    const { story, underReview, proposal } = given();
    const known = await underReview();
    const child = {
      name: '李小宝',
      sex: 'male',
      birthDate: '2016-05-01',
      idType: 'none',
      relationToCase: 'child',
      categories: ['C3'],
    };
    const path = `${known.path}/beneficiaries`;
    const key = `child-${known.id}`;
    const added = await api.as('handler.heping', 'POST', path, { body: { subjects: [child] }, key });
    expect([added.status, added.body.version, added.body.beneficiaryCount]).toEqual([
      201,
      Number(known.body.version) + 1,
      2,
    ]);
    expect(added.headers.location).toContain(known.path);
    const replay = await api.as('handler.heping', 'POST', path, { body: { subjects: [child] }, key });
    expect(replay.text).toBe(added.text);
    const people = beneficiariesOf({ ...known, body: added.body });
    expect(people[1]).toMatchObject({ name: '李小宝', relation: 'child', proposedAmount: null });
    expect((await api.get('handler.heping', `/v1/persons/${people[1]?.personId}`)).status).toBe(200);
    const amounts = ['20000.00', '8000.00'];
    const awards = people.map((b, i) => ({ beneficiaryId: b.id, amount: yuan(amounts[i] ?? '') }));
    await story.decide('handler.heping', known, 'proposal', proposal(known, { awards }));
    const granted = await story.decide('chief.heping', known, 'approval', GRANT);
    expect(granted.body).toMatchObject({ grantedAmount: yuan('28000.00'), paidAmount: yuan('0.00') });
    const late = await api.create('handler.heping', path, { subjects: [story.subject()] });
    expect(codeOf(late)).toBe('409 case.illegal_transition');
  });

  test('nobody twice, by the team only, and not past the limit', async () => {
    const { api } = service;
    const { story, caseInput } = given();
    const body = caseInput();
    const { body: made } = await api.create('handler.heping', '/v1/assistance-cases', body);
    const path = `/v1/assistance-cases/${String(made.id)}/beneficiaries`;
    const add = (officer: string, subjects: unknown) => api.create(officer, path, { subjects });
    expect(codeOf(await add('handler.heping', body.subjects))).toBe('409 case.beneficiary_exists');
    const one = story.subject();
    expect(errorsOf(await add('handler.heping', [one, { ...one, phone: null }]))).toEqual([
      '/subjects/1 subject.repeated',
    ]);
    expect((await add('handler.tiexi', [one])).status).toBe(404);
    expect((await add('chief.heping', [one])).status).toBe(403);
    for (const n of [20, 20, 9])
      expect((await add('handler.heping', Array.from({ length: n }, story.subject))).status).toBe(201);
    expect(codeOf(await add('handler.heping', [one]))).toBe('409 case.too_many_beneficiaries');
  });
});

test('the green channel awaits its handler, and lists find it', async () => {
  const { api } = service;
  const { story, caseInput, officerId } = given();
  const body = { ...caseInput(), greenChannel: true, campaignCode: null };
  const { body: made } = await api.create('handler.heping', '/v1/assistance-cases', body);
  const known = { id: String(made.id), path: `/v1/assistance-cases/${String(made.id)}`, body: made };
  expect(made).toMatchObject({ greenChannel: true, handler: null });
  const found = async (query: string) => {
    const { body: list } = await api.get('head.heping', `/v1/assistance-cases?limit=200&${query}`);
    return list.items?.some((item) => item.id === known.id);
  };
  expect(await found('greenChannel=true&unassigned=true')).toBe(true);
  const handlerOfficerId = await officerId('handler.heping');
  const assigned = await story.decide('head.heping', known, 'assignment', { handlerOfficerId });
  expect(assigned.body).toMatchObject({ handler: { code: 'handler.heping' } });
  expect([await found('greenChannel=true&unassigned=true'), await found('greenChannel=true&unassigned=false')]).toEqual(
    [false, true],
  );
  const { etag } = await api.get('handler.heping', known.path);
  const edited = await api.as('handler.heping', 'PATCH', known.path, { body: { greenChannel: false }, etag });
  expect(edited.body).toMatchObject({ greenChannel: false });
  expect([await found('greenChannel=true'), await found('greenChannel=false')]).toEqual([false, true]);
});

describe('the decision', () => {
  test('a refusal says on what basis, and the applicant is told once', async () => {
    const { api } = service;
    const { story, refused } = given();
    const known = await refused();
    expect(known.body.decision).toMatchObject({
      basis: 'exclusion',
      exclusionCode: 'X5',
      standard: null,
      notification: null,
    });
    const { decidedOn } = known.body.decision as { decidedOn: string };
    const told = { toldOn: decidedOn, channel: 'in_person', note: '当面说明理由' };
    const send = (body: Json) => api.decide('handler.heping', known.path, 'notification', body);
    expect(errorsOf(await send({ ...told, toldOn: '2020-01-01' }))).toEqual(['/toldOn date.too_early']);
    expect(errorsOf(await send({ ...told, toldOn: '2199-01-01' }))).toEqual(['/toldOn date.future']);
    expect((await api.decide('chief.heping', known.path, 'notification', told)).status).toBe(403);
    const after = await story.decide('handler.heping', known, 'notification', told);
    const notification = { ...told, toldBy: { code: 'handler.heping' } };
    expect(after.body).toMatchObject({ state: 'refused', decision: { notification } });
    expect(codeOf(await send(told))).toBe('409 case.told_already');
    const masked = await api.get('finance.heping', known.path);
    expect(masked.body.decision).toMatchObject({ notification: { toldOn: decidedOn, note: null } });
    await story.decide('handler.heping', known, 'reconsideration', { newFacts: '新的情况' });
    const decisions = await api.get('handler.heping', `${known.path}/decisions`);
    expect(decisions.body.items).toMatchObject([{ outcome: 'refused', basis: 'exclusion', toldOn: decidedOn }]);
  });

  test('a basis agrees with the exclusion, and belongs to a refusal', async () => {
    const { api } = service;
    const { story, proposed } = given();
    const known = await proposed();
    const send = async (body: Json) => errorsOf(await api.decide('chief.heping', known.path, 'approval', body));
    expect(await send({ ...GRANT, basis: 'other' })).toEqual(['/basis basis.not_refused']);
    expect(await send({ ...REFUSE, basis: 'other' })).toEqual(['/basis basis.contradiction']);
    expect(await send({ outcome: 'refused', opinion: '无', basis: 'exclusion' })).toEqual([
      '/basis basis.contradiction',
    ]);
    const body = { outcome: 'refused', opinion: '不属于救助情形', basis: 'eligibility_not_met' };
    const refused = await story.decide('chief.heping', known, 'approval', body);
    expect(refused.body).toMatchObject({ decision: { basis: 'eligibility_not_met', exclusionCode: null } });
  });

  test('a grant keeps the wage standard of its day', async () => {
    const { body } = await given().granted();
    const { standard } = body.decision as {
      standard: { annualAmount: { amount: string }; capAmount: { amount: string } };
    };
    expect(standard).toMatchObject({ regionCode: '210000', series: 'synthetic', months: 36 });
    expect(Number(standard.capAmount.amount)).toBe(Number(standard.annualAmount.amount) * 3);
  });
});

describe('typical cases', () => {
  test('marked, published, found, taken off; and no longer typical when revoked', async () => {
    const { api } = service;
    const { story, granted } = given();
    const known = await granted();
    const title = '李某某司法救助案';
    const marked = await story.decide('head.heping', known, 'typical-case', { title });
    expect(marked.body).toMatchObject({ state: 'granted', typicalCase: { title, publishedOn: null } });
    const { markedOn } = marked.body.typicalCase as { markedOn: string };
    const published = await story.decide('chief.heping', known, 'typical-case', { title, publishedOn: markedOn });
    expect(published.body).toMatchObject({ typicalCase: { title, markedOn, publishedOn: markedOn } });
    const list = async () => (await api.get('head.heping', '/v1/assistance-cases?typical=true&limit=200')).body.items;
    expect(await list()).toMatchObject([{ id: known.id, typicalCase: { markedOn } }]);
    expect(JSON.stringify(await list())).not.toContain(title);
    await story.decide('head.heping', known, 'typical-case-removal');
    expect(await list()).toEqual([]);
    await story.decide('head.heping', known, 'typical-case', { title });
    const revoked = await story.decide('chief.heping', known, 'revocation', { reason: '虚假材料' });
    expect(revoked.body).toMatchObject({ state: 'revoked', typicalCase: null });
  });

  test('only what was granted, by head or chief, not tomorrow', async () => {
    const { api } = service;
    const { story, granted, refused } = given();
    const known = await granted();
    const mark = (officer: string, path: string, body: Json = { title: '案例' }) =>
      api.decide(officer, path, 'typical-case', body);
    expect((await mark('handler.heping', known.path)).status).toBe(403);
    expect(errorsOf(await mark('head.heping', known.path, { title: '案例', publishedOn: '2199-01-01' }))).toEqual([
      '/publishedOn date.future',
    ]);
    expect(codeOf(await api.decide('head.heping', known.path, 'typical-case-removal'))).toBe('409 case.not_typical');
    const closed = await story.decide('head.heping', await refused(), 'closure', { summary: '不予救助' });
    expect(codeOf(await mark('head.heping', closed.path))).toBe('409 case.not_typical');
  });
});
