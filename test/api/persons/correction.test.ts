// Correcting an identity: gaps are filled, differences wait for somebody else, and an agency that guesses is told nothing.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { completeCitizenId } from '../../../src/kernel/citizen-id.ts';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { beneficiariesOf, createGiven, type Given } from '../cases/given.ts';

const service = useService();
const REASON = { reason: '已核对身份证原件' };
let given: Given;
beforeAll(() => {
  given = createGiven(service.api);
});

type District = 'heping' | 'tiexi';
async function personOf(subject: Json, district: District = 'heping'): Promise<string> {
  const body = { ...given.caseInput(district), subjects: [subject] };
  const made = await service.api.create(`handler.${district}`, '/v1/assistance-cases', body);
  if (made.status !== 201) throw new Error(made.text);
  const known = { id: String(made.body.id), path: `/v1/assistance-cases/${String(made.body.id)}`, body: made.body };
  const handlerOfficerId = await given.officerId(`handler.${district}`);
  await given.story.decide(`head.${district}`, known, 'assignment', { handlerOfficerId });
  return beneficiariesOf(known)[0]?.personId ?? '';
}

async function patch(officer: string, personId: string, body: Json) {
  const path = `/v1/persons/${personId}`;
  const { etag } = await service.api.get(officer, path);
  return service.api.as(officer, 'PATCH', path, { body, etag });
}

async function reviewsOf(officer: string, personId: string): Promise<Json[]> {
  const { body } = await service.api.get(officer, `/v1/person-reviews?state=open&personId=${personId}`);
  return body.items ?? [];
}

const resolve = (officer: string, review: Json | undefined, outcome: string) =>
  service.api.decide(officer, `/v1/person-reviews/${String(review?.id)}`, 'resolution', { outcome, ...REASON });

const unknown = { nameUnknown: true, relationToCase: 'self', categories: ['W2'] };

describe('what was empty', () => {
  test('is filled in at once by the handling team, and the former values are kept', async () => {
    const id = await personOf(unknown);
    const done = await patch('handler.heping', id, { name: '郑玉兰', sex: 'female', birthDate: '1990-05-06' });
    expect(done).toMatchObject({
      status: 200,
      body: { name: '郑*', sex: 'female', birthYear: 1990, version: 2, pendingCorrections: [] },
    });
    expect(done.text).not.toContain('郑玉兰');
    const same = await patch('handler.heping', id, { name: '郑玉兰' });
    expect(same.body).toMatchObject({ version: 2, pendingCorrections: [] });
    const kept = await service.owner.query<{ pointers: string[]; row: string }>(
      'select pointers, v::text as row from person_versions v where person_id = $1',
      [id],
    );
    expect(kept.map((row) => row.pointers)).toEqual([['/name', '/sex', '/birthDate']]);
    const facts = await service.owner.query<{ changed: string[] }>(
      `select changed from audit_records where type = 'person.corrected' and resource_id = $1`,
      [id],
    );
    expect(facts).toEqual([{ changed: ['name', 'sex', 'birthDate'] }]);
  });

  test('by the handling team of an open case alone', async () => {
    const id = await personOf(unknown);
    expect((await patch('chief.heping', id, { name: '甲' })).status).toBe(403);
    expect((await patch('handler.tiexi', id, { name: '甲' })).status).toBe(404);
    const { path, body } = await service.api
      .get('handler.heping', '/v1/assistance-cases?limit=1')
      .then((list) => ({ path: `/v1/assistance-cases/${String(list.body.items?.[0]?.id)}`, body: list.body }));
    expect(body.items).toHaveLength(1);
    await service.api.decide('handler.heping', path, 'withdrawal', { reason: '撤回' });
    expect((await patch('handler.heping', id, { name: '甲' })).body.code).toBe('person.not_handled');
  });

  test('rules of the body are 422, unknown members 400', async () => {
    const id = await personOf(unknown);
    const wrong = await patch('handler.heping', id, { idType: 'citizen_id', idNumber: '210102198503154320' });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/idNumber' }] } });
    expect((await patch('handler.heping', id, { birthDate: '2999-01-01' })).status).toBe(400);
    expect((await patch('handler.heping', id, { phone: '13812345678' })).status).toBe(400);
  });
});

describe('what differs', () => {
  test('waits for a second person; adopted, the old value stays on record', async () => {
    const subject = given.story.subject();
    const id = await personOf(subject);
    const proposed = await patch('handler.heping', id, { name: '刘秀兰' });
    expect(proposed.body).toMatchObject({ name: '李*', version: 1, pendingCorrections: ['/name'] });
    const [review] = await reviewsOf('head.heping', id);
    expect(review).toMatchObject({ origin: 'correction', pointers: ['/name'], personId: id });
    const own = await resolve('handler.heping', review, 'adopted');
    expect([own.status, own.body.code]).toEqual([403, 'decision.four_eyes']);
    const seen = await service.api.get('head.heping', `/v1/person-reviews/${String(review?.id)}`);
    expect(seen.body.proposed).toMatchObject({ name: '刘*', idNumber: null });
    const done = await resolve('head.heping', review, 'adopted');
    expect(done.body).toMatchObject({ state: 'resolved', outcome: 'adopted', reason: REASON.reason, version: 2 });
    expect((await service.api.get('handler.heping', `/v1/persons/${id}`)).body).toMatchObject({
      name: '刘*',
      version: 2,
      pendingCorrections: [],
    });
    const [count] = await service.owner.query<{ n: number; row: string }>(
      `select count(*)::int as n, string_agg(v::text, '') as row from person_versions v where person_id = $1 and review_id = $2`,
      [id, review?.id],
    );
    expect(count?.n).toBe(1);
    expect(count?.row).not.toContain('李秀兰');
    expect((await resolve('head.heping', review, 'kept')).status).toBe(409);
  });

  test('kept, nothing changes', async () => {
    const id = await personOf(given.story.subject());
    await patch('handler.heping', id, { name: '刘秀兰' });
    const [review] = await reviewsOf('head.heping', id);
    expect((await resolve('head.heping', review, 'kept')).body).toMatchObject({ outcome: 'kept' });
    expect((await service.api.get('handler.heping', `/v1/persons/${id}`)).body).toMatchObject({
      name: '李*',
      version: 1,
    });
  });

  test('a document always waits; its birth date and sex come with it, a number of somebody else is refused', async () => {
    const id = await personOf({ ...unknown, nameUnknown: undefined, name: '白云霞' });
    const idNumber = completeCitizenId('21010219920304124');
    await patch('handler.heping', id, { idType: 'citizen_id', idNumber });
    const [review] = await reviewsOf('head.heping', id);
    expect((await resolve('head.heping', review, 'adopted')).status).toBe(200);
    const { body } = await service.api.get('handler.heping', `/v1/persons/${id}`);
    expect(body).toMatchObject({ idType: 'citizen_id', birthYear: 1992, sex: 'female' });
    const other = await personOf({ ...unknown, nameUnknown: undefined, name: '白云霞' });
    expect((await patch('handler.heping', other, { idType: 'citizen_id', idNumber })).status).toBe(200);
    const [second] = await reviewsOf('head.heping', other);
    expect((await resolve('head.heping', second, 'adopted')).body.code).toBe('person.number_taken');
  });
});

describe('an agency that guesses', () => {
  test('is answered the same whether it is right or wrong, and cannot settle its own contradiction', async () => {
    const subject = given.story.subject();
    const id = await personOf({ ...subject, name: '李秀兰' });
    expect(await personOf({ ...subject, name: '王试探' }, 'tiexi')).toBe(id);
    const shapes = [];
    for (const name of ['李秀兰', '王试探', '张三']) {
      const { status, body } = await patch('handler.tiexi', id, { name });
      shapes.push({ status, name: body.name, version: body.version, pending: body.pendingCorrections });
    }
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
    expect(shapes[0]).toMatchObject({ status: 200, name: '*', pending: ['/name'] });
    // What it filed is settled by others; what it proposed as well, since another agency handles the person too.
    const reviews = await reviewsOf('head.tiexi', id);
    expect(reviews.map(({ origin }) => origin)).toEqual(['correction', 'correction', 'correction']);
    const own = await resolve('head.tiexi', reviews[0], 'adopted');
    expect([own.status, own.body.code]).toEqual([403, 'person.other_agency_decides']);
    const all = await reviewsOf('head.heping', id);
    expect(all.map(({ origin }) => origin).sort()).toEqual(['correction', 'correction', 'correction', 'submission']);
    const filed = all.find(({ origin }) => origin === 'submission');
    expect((await service.api.get('head.tiexi', `/v1/person-reviews/${String(filed?.id)}`)).status).toBe(404);
    const nothing = await resolve('head.heping', filed, 'adopted');
    expect(nothing).toMatchObject({ status: 422, body: { errors: [{ code: 'review.nothing_proposed' }] } });
    expect((await resolve('head.heping', filed, 'kept')).status).toBe(200);
  });

  test('sees no review of persons it does not see', async () => {
    await service.api.create('wf.heping', '/v1/clues', sampleClue());
    const { body } = await service.api.get('head.tiexi', '/v1/person-reviews');
    const heping = await service.api.get('head.heping', '/v1/person-reviews?includeTotal=true');
    const seen = new Set((body.items ?? []).map(({ id }) => id));
    expect(heping.body.total).toBe(heping.body.items?.length);
    expect((heping.body.items ?? []).filter(({ id }) => seen.has(id)).length).toBeLessThan(Number(heping.body.total));
  });
});
