// Two records of one human being: merged by two people as an alias, counted once, separated again within thirty days, exactly.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { beneficiariesOf, createGiven, type Given, GRANT } from '../cases/given.ts';

const service = useService();
const WHY = { reason: '户籍底册核对为同一人：李秀兰' };
const day = (date: string) => `${date}T09:00:00+08:00`;
let given: Given;
beforeAll(() => {
  given = createGiven(service.api);
});

const pathOf = (id: string) => `/v1/persons/${id}`;
const read = (officer: string, id: string) => service.api.get(officer, pathOf(id));
const merge = (officer: string, id: string, intoPersonId: string) =>
  service.api.decide(officer, pathOf(id), 'merge', { intoPersonId, ...WHY });
const reverse = (officer: string, id: string) =>
  service.api.decide(officer, pathOf(id), 'merge-reversal', { reason: '复核为两人' });

type Subject = Json & { idNumber?: string };
async function caseOf(
  subject: Subject,
  district: 'heping' | 'tiexi' = 'heping',
): Promise<Known & { personId: string }> {
  const body = { ...given.caseInput(district), subjects: [subject] };
  const made = await service.api.create(`handler.${district}`, '/v1/assistance-cases', body);
  expect(made.status).toBe(201);
  const known = { id: String(made.body.id), path: `/v1/assistance-cases/${String(made.body.id)}`, body: made.body };
  return { ...known, personId: beneficiariesOf(known)[0]?.personId ?? '' };
}

const unnumbered = (): Subject => {
  const { idNumber: _number, ...plain } = given.story.subject();
  return { ...plain, idType: 'none', birthDate: '1985-03-15' };
};

/** One woman with her document, and again without it. */
async function pair() {
  const subject = given.story.subject();
  const into = await caseOf(subject);
  const absorbed = await caseOf(unnumbered());
  return { subject, into, absorbed };
}

async function merged() {
  const two = await pair();
  await merge('handler.heping', two.absorbed.personId, two.into.personId);
  expect((await merge('head.heping', two.absorbed.personId, two.into.personId)).status).toBe(200);
  return two;
}

const everything = (id: string) =>
  service.owner.query<{ row: string }>(
    `select row from (select 'b' || b::text as row from case_beneficiaries b union all select 's' || s::text from clue_subjects s
       union all select 'p' || id || state || coalesce(merged_into_id::text, '') || absorbed_count from persons) all_rows
     where row like '%' || $1 || '%' order by row`,
    [id],
  );

describe('merging', () => {
  test('takes two people; the second call of the same request confirms', async () => {
    const { into, absorbed } = await pair();
    const proposed = await merge('handler.heping', absorbed.personId, into.personId);
    expect(proposed).toMatchObject({
      status: 200,
      body: { state: 'active', version: 2, merge: { state: 'proposed', intoPersonId: into.personId, mergedAt: null } },
    });
    const alone = await merge('handler.heping', absorbed.personId, into.personId);
    expect([alone.status, alone.body.code]).toEqual([403, 'decision.four_eyes']);
    const other = await caseOf(given.story.subject());
    expect((await merge('head.heping', absorbed.personId, other.personId)).body.code).toBe('person.merge_pending');
    const confirmed = await merge('head.heping', absorbed.personId, into.personId);
    expect(confirmed).toMatchObject({
      status: 200,
      body: { state: 'merged', mergedIntoId: into.personId, merge: { state: 'merged' } },
    });
    const again = await merge('head.heping', absorbed.personId, into.personId);
    expect([again.status, again.body.code]).toEqual([409, 'person.illegal_transition']);
    const facts = await service.owner.query<{ type: string; data: Json }>(
      `select type, data from audit_records where kind = 'person' and resource_id = $1 and type like 'person.merge%' order by sequence`,
      [absorbed.personId],
    );
    const data = { intoPersonId: into.personId };
    expect(facts).toEqual([
      { type: 'person.merge_proposed', data },
      { type: 'person.merged', data },
    ]);
    const [row] = await service.owner.query<{ row: string }>(
      'select m::text as row from person_merges m where person_id = $1',
      [absorbed.personId],
    );
    expect(row?.row).not.toContain('李秀兰');
  });

  test('takes nobody away from another procuratorate: two officers and an invented record are not enough', async () => {
    const subject = given.story.subject();
    const theirs = await caseOf(subject);
    const shared = await caseOf(subject, 'tiexi');
    expect(shared.personId).toBe(theirs.personId);
    const invented = await caseOf(unnumbered(), 'tiexi');
    const refused = await merge('handler.tiexi', shared.personId, invented.personId);
    expect(refused).toMatchObject({ status: 409, body: { code: 'person.merge_elsewhere' } });
    for (const officer of ['handler.tiexi', 'head.tiexi'])
      expect((await merge(officer, invented.personId, shared.personId)).status).toBe(200);
    expect((await read('handler.heping', theirs.personId)).body.state).toBe('active');
    expect((await read('handler.heping', invented.personId)).status).toBe(404);
  });

  test('is for who handles both; what is absent, itself, merged or has another number is refused', async () => {
    const { into, absorbed } = await pair();
    const codeOf = async (officer: string, id: string, target: string) => {
      const { status, body } = await merge(officer, id, target);
      return [status, body.code];
    };
    const elsewhere = await caseOf(given.story.subject(), 'tiexi');
    expect(await codeOf('handler.heping', absorbed.personId, elsewhere.personId)).toEqual([
      422,
      'request.reference_unknown',
    ]);
    expect(await codeOf('handler.heping', absorbed.personId, absorbed.personId)).toEqual([
      422,
      'request.rule_violated',
    ]);
    expect((await merge('handler.tiexi', absorbed.personId, elsewhere.personId)).status).toBe(404);
    expect((await merge('chief.heping', absorbed.personId, into.personId)).status).toBe(403);
    const second = await caseOf(given.story.subject());
    expect(await codeOf('handler.heping', into.personId, second.personId)).toEqual([409, 'person.two_documents']);
    const done = await merged();
    expect(await codeOf('handler.heping', absorbed.personId, done.absorbed.personId)).toEqual([
      409,
      'person.merge_target',
    ]);
    const third = await caseOf(unnumbered());
    expect(await codeOf('handler.heping', done.into.personId, third.personId)).toEqual([409, 'person.merge_target']);
  });

  test('crosswise at the same time, one of the two stands', async () => {
    const { into, absorbed } = await pair();
    const [one, two] = [into.personId, absorbed.personId];
    await merge('handler.heping', one, two);
    await merge('handler.heping', two, one);
    const both = await Promise.all([merge('head.heping', one, two), merge('head.heping', two, one)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const rows = await service.owner.query<{ state: string; absorbed_count: number }>(
      'select state, absorbed_count from persons where id in ($1, $2) order by state',
      [one, two],
    );
    expect(rows).toEqual([
      { state: 'active', absorbed_count: 1 },
      { state: 'merged', absorbed_count: 0 },
    ]);
  });

  test('searching and registering find the survivor, what was written before keeps its id', async () => {
    const { api } = service;
    const { story } = given;
    const passport = { ...unnumbered(), idType: 'passport', idNumber: 'E87654321' };
    const absorbed = await caseOf(passport);
    const into = await caseOf(story.subject());
    await merge('handler.heping', absorbed.personId, into.personId);
    await merge('head.heping', absorbed.personId, into.personId);
    const lookup = { idType: 'passport', idNumber: 'E87654321' };
    const found = await api.create('handler.heping', '/v1/persons/lookups', lookup);
    expect(found.body.items).toEqual([{ personId: into.personId }]);
    const later = await caseOf(passport);
    expect(later.personId).toBe(into.personId);
    const before = await api.get('handler.heping', absorbed.path);
    expect(beneficiariesOf({ ...absorbed, body: before.body })[0]?.personId).toBe(absorbed.personId);
  });

  test('one human being counts once in the summary', async () => {
    const { api } = service;
    const { story, officerId, proposal } = given;
    const summary = async () => {
      const { body } = await api.get(
        'supervisor.liaoning',
        '/v1/statistics/summary?from=2026-01-01&to=2027-12-31&regionCode=210102',
      );
      return [body.cases, body.persons];
    };
    const grant = async (known: Known) => {
      const handlerOfficerId = await officerId('handler.heping');
      const c = await story.decide('head.heping', known, 'assignment', { handlerOfficerId });
      await story.decide(
        'chief.heping',
        await story.decide('handler.heping', c, 'proposal', proposal(c)),
        'approval',
        GRANT,
      );
    };
    const { into, absorbed } = await pair();
    const [cases = 0, persons = 0] = (await summary()) as number[];
    await grant(into);
    await grant(absorbed);
    expect(await summary()).toEqual([cases + 2, persons + 2]);
    await merge('handler.heping', absorbed.personId, into.personId);
    expect(await summary()).toEqual([cases + 2, persons + 2]);
    await merge('head.heping', absorbed.personId, into.personId);
    expect(await summary()).toEqual([cases + 2, persons + 1]);
    await reverse('head.heping', absorbed.personId);
    expect(await summary()).toEqual([cases + 2, persons + 2]);
  });
});

describe('reversing', () => {
  test('within thirty days everything is as it was; a proposal is dropped the same way', async () => {
    const { into, absorbed } = await pair();
    const ids = [absorbed.personId, into.personId];
    const before = await Promise.all(ids.map(everything));
    await merge('handler.heping', absorbed.personId, into.personId);
    const dropped = await reverse('handler.heping', absorbed.personId);
    expect(dropped.body).toMatchObject({ state: 'active', merge: null });
    await merge('head.heping', absorbed.personId, into.personId);
    await merge('handler.heping', absorbed.personId, into.personId);
    expect((await read('handler.heping', absorbed.personId)).body.state).toBe('merged');
    const undone = await reverse('head.heping', absorbed.personId);
    expect(undone.body).toMatchObject({ state: 'active', mergedIntoId: null, merge: null });
    expect(await Promise.all(ids.map(everything))).toEqual(before);
    expect((await reverse('head.heping', absorbed.personId)).body.code).toBe('person.not_merged');
    // It can be merged again, either way round.
    expect((await merge('handler.heping', into.personId, absorbed.personId)).status).toBe(200);
  });

  test('on the thirtieth day still, on the thirty-first no more', async () => {
    const { api } = service;
    const setClock = (now: string) => api.create('admin', '/v1/sandbox/clock', { now });
    await setClock(day('2026-12-01'));
    const first = await merged();
    const second = await merged();
    const until = (await read('head.heping', first.absorbed.personId)).body.merge;
    expect(until).toMatchObject({ reversibleUntil: '2026-12-31' });
    await setClock('2026-12-31T23:59:00+08:00');
    expect((await reverse('head.heping', first.absorbed.personId)).status).toBe(200);
    await setClock('2027-01-01T00:00:30+08:00');
    const late = await reverse('head.heping', second.absorbed.personId);
    expect([late.status, late.body.code]).toEqual([409, 'person.merge_final']);
    const { body } = await read('head.heping', second.absorbed.personId);
    expect((body.availableActions as Json[]).find((one) => one.action === 'merge-reversal')).toMatchObject({
      allowed: false,
      reasons: [{ code: 'person.merge_final' }],
    });
    await api.as('admin', 'DELETE', '/v1/sandbox/clock');
  });
});

test('two records that were each aided under one original case are merged all the same, and somebody looks at it', async () => {
  const two = await pair();
  for (const known of [two.into, two.absorbed]) {
    const handlerOfficerId = await given.officerId('handler.heping');
    await given.story.decide('head.heping', known, 'assignment', { handlerOfficerId });
    await given.story.decide('handler.heping', known, 'proposal', given.proposal(known));
    await given.story.decide('chief.heping', known, 'approval', GRANT);
  }
  await merge('handler.heping', two.absorbed.personId, two.into.personId);
  expect((await merge('head.heping', two.absorbed.personId, two.into.personId)).status).toBe(200);
  const reviews = await service.api.get('head.heping', `/v1/person-reviews?personId=${two.into.personId}&state=open`);
  expect(reviews.body.items).toMatchObject([{ origin: 'merge', pointers: ['/assistanceHistory'] }]);
  const again = { ...given.caseInput(), subjects: [two.subject] };
  const refused = await service.api.create('handler.heping', '/v1/assistance-cases', again);
  expect([refused.status, refused.body.code]).toEqual([409, 'aid.given_already']);
});
