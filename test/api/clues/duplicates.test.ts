// Possible duplicates of a clue across agencies: the receiver learns agency, dates and state; nobody learns more, and filing probes nothing.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { createStory, type Known, type Story } from '../../support/story.ts';

const service = useService();
let story: Story;
beforeAll(() => {
  story = createStory(service.api);
});

const MEMBERS = ['agency', 'candidateId', 'decidedOn', 'grounds', 'kind', 'openedOn', 'resource', 'state', 'verdict'];
const own = (n: number) => ({ ...sampleClue().linkedCase, number: `独立案件${n}号` });

async function candidates(officer: string, { path }: Known): Promise<Json[]> {
  const { status, body, text } = await service.api.get(officer, `${path}/duplicate-candidates`);
  if (status !== 200) throw new Error(text);
  return body.items ?? [];
}

const judge = (officer: string, { path }: Known, candidateId: unknown, verdict = 'same_matter') =>
  service.api.create(officer, `${path}/duplicate-verdict`, { candidateId, verdict, reason: '同一起伤害案件' });

describe('candidates', () => {
  test('the same person elsewhere: agency, dates and state, no personal field and no id', async () => {
    const [subject] = [story.subject()];
    const first = await story.clue('tiexi', { subjects: [subject], linkedCase: own(1) });
    const later = await story.clue('heping', { subjects: [subject], linkedCase: own(2) });
    const answer = await service.api.get('intake.heping', `${later.path}/duplicate-candidates`);
    expect(answer.body.items).toMatchObject([
      { kind: 'clue', agency: { code: 'proc-210106' }, state: 'submitted', grounds: ['person'], resource: null },
    ]);
    expect(Object.keys(answer.body.items?.[0] ?? {}).sort()).toEqual(MEMBERS);
    for (const told of [first.id, String(first.body.number), '李', subject.idNumber, subject.phone, '南湖'])
      expect(answer.text).not.toContain(told);
  });

  test('the same original case in another writing, and the case that a clue became instead of the clue', async () => {
    const linkedCase = { type: 'criminal', number: '沈刑初（2026）77号', handlingOrgan: '沈阳市中级人民法院' };
    const first = await story.clue('tiexi', { linkedCase: { ...linkedCase, number: '沈刑初〔2026〕77号' } });
    const later = await story.clue('heping', { linkedCase });
    const [before] = await candidates('intake.heping', later);
    expect(before).toMatchObject({ kind: 'clue', grounds: ['linked_case'] });
    await story.decide('intake.tiexi', first, 'acceptance');
    const [after, ...more] = await candidates('intake.heping', later);
    expect(after).toMatchObject({ kind: 'case', state: 'opened', candidateId: before?.candidateId, resource: null });
    expect(more).toEqual([]);
    // The other way round: the case shows the clue of Heping to Tiexi's receiver, and never itself.
    const back = await candidates('intake.tiexi', first);
    expect(back).toMatchObject([{ kind: 'clue', agency: { code: 'proc-210102' } }]);
  });

  test('within one agency the other record is named, since it is seen anyway', async () => {
    const subjects = [story.subject()];
    const first = await story.clue('heping', { subjects, linkedCase: own(3) });
    const later = await story.clue('heping', { subjects, linkedCase: own(4) });
    const [one] = await candidates('intake.heping', later);
    expect(one?.resource).toEqual({ id: first.id, number: first.body.number });
  });

  test('somebody without a document is suggested by name and birth date, two documents are two people', async () => {
    const { idNumber, ...subject } = story.subject();
    const birthDate = `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;
    await story.clue('tiexi', { subjects: [{ ...subject, name: '钱无证', idNumber }], linkedCase: own(5) });
    const bare = { name: '钱无证', sex: 'female', birthDate };
    const later = await story.clue('heping', { subjects: [bare], linkedCase: own(6) });
    expect(await candidates('intake.heping', later)).toMatchObject([{ grounds: ['name_and_birth_date'] }]);
    const twin = { ...story.subject(), name: '钱无证' };
    const other = await story.clue('heping', { subjects: [twin], linkedCase: own(7) });
    expect(await candidates('intake.heping', other)).toEqual([]);
  });

  test('for the receiver alone: the source, strangers and who handed it on are refused; each call is on record', async () => {
    const subjects = [story.subject()];
    await story.clue('tiexi', { subjects });
    const later = await story.clue('heping', { subjects });
    const path = `${later.path}/duplicate-candidates`;
    const statuses = async (officers: string[]) =>
      Promise.all(officers.map(async (officer) => (await service.api.get(officer, path)).status));
    expect(await statuses(['wf.heping', 'chief.heping', 'intake.tiexi', 'intake.shenyang'])).toEqual([
      403, 403, 404, 404,
    ]);
    const looks = `select data from audit_records where type = 'person.looked_up' and purpose = 'clue.duplicate_check'
      and data ->> 'clueId' = '${later.id}'`;
    expect(await service.owner.query(looks)).toEqual([]);
    expect(await statuses(['intake.heping', 'head.heping', 'handler.heping'])).toEqual([200, 200, 200]);
    expect(await service.owner.query(looks)).toHaveLength(3);
    await story.decide('intake.heping', later, 'rerouting', {
      agencyId: await story.agencyOf('intake.tiexi'),
      reason: '原案在铁西',
    });
    expect(await statuses(['intake.heping', 'intake.tiexi'])).toEqual([403, 200]);
  });
});

describe('verdicts', () => {
  test('stand on later lists, the latest counts; neither the source nor the other agency is told', async () => {
    const subjects = [story.subject()];
    const first = await story.clue('tiexi', { subjects });
    const later = await story.clue('heping', { subjects });
    const before = await service.api.get('wf.heping', later.path);
    const [one] = await candidates('intake.heping', later);
    expect(one?.verdict).toBeNull();
    const given = await judge('intake.heping', later, one?.candidateId, 'same_person_other_matter');
    expect([given.status, given.body.verdict]).toMatchObject([201, { verdict: 'same_person_other_matter' }]);
    await judge('head.heping', later, one?.candidateId);
    expect((await candidates('intake.heping', later))[0]?.verdict).toMatchObject({ verdict: 'same_matter' });
    // The other side has its own list and no verdict of it.
    expect((await candidates('intake.tiexi', first))[0]?.verdict).toBeNull();
    const after = await service.api.get('wf.heping', later.path);
    expect(after.text).toBe(before.text);
    await service.eventsSettled();
    for (const officer of ['wf.heping', 'intake.heping', 'intake.tiexi', 'wf.tiexi']) {
      const feed = await service.api.get(officer, '/v1/events?limit=200');
      expect(feed.text).not.toContain('duplicate');
    }
    const [row] = await service.owner.query<{ row: string }>(
      `select v::text as row from clue_duplicate_verdicts v where clue_id = '${later.id}' limit 1`,
    );
    expect(row?.row).not.toContain('同一起伤害案件');
  });

  test('an id that is no candidate of this clue is 422', async () => {
    const subjects = [story.subject()];
    const first = await story.clue('tiexi', { subjects });
    const later = await story.clue('heping', { subjects });
    const [foreign] = await candidates('intake.tiexi', first);
    const wrong = await judge('intake.heping', later, foreign?.candidateId);
    expect(wrong).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/candidateId', code: 'candidate.unknown' }] },
    });
  });
});
