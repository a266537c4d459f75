// Two agencies share a person and never a contact datum: everything that either may read is searched, before and after a merge.
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { District, Known } from '../../support/story.ts';
import { beneficiariesOf, createGiven, type Given, GRANT, REFUSE } from '../cases/given.ts';

const service = useService();
let given: Given;
beforeAll(() => {
  given = createGiven(service.api);
});

/** What each district wrote of the same woman, and of nobody else. */
const WRITTEN: Readonly<
  Record<District, { phone: string; address: string; facts: string; hardship: string; masked: string }>
> = {
  heping: {
    phone: '13711110001',
    masked: '137****0001',
    address: '和平区文化路甲一号三单元',
    facts: '和平所记案情：被害人头部重伤。',
    hardship: '和平所记困难：欠医院押金。',
  },
  tiexi: {
    phone: '13722220002',
    masked: '137****0002',
    address: '铁西区兴华街乙二号五单元',
    facts: '铁西所记案情：追索抚养费未果。',
    hardship: '铁西所记困难：租房被清退。',
  },
};
const OFFICERS = (district: District) =>
  ['wf', 'intake', 'handler', 'head', 'chief', 'finance', 'civil'].map((post) => `${post}.${district}`);
const LISTS = [
  'clues',
  'assistance-cases',
  'monitoring-accounts',
  'referrals',
  'visits',
  'disbursements',
  'person-reviews',
  'work-items',
  'case-notices',
];
const PARTS = [
  'duplicate-candidates',
  'receipt',
  'timeline',
  'history',
  'entries',
  'dossier',
  'comparable-cases',
  'documents',
  'decisions',
  'deadlines',
  'package',
  'field-changes',
  'corrections',
];
const PERSON_PARTS = ['', '/assistance-history'];

/** Every text that an officer can read: lists, resources, their parts, the feed, and every person. */
async function everythingOf(officer: string): Promise<string> {
  const { api } = service;
  const texts: string[] = [];
  const read = async (path: string): Promise<Json[]> => {
    const { status, text, body } = await api.get(officer, path);
    if (status === 200) texts.push(text);
    return status === 200 ? (body.items ?? []) : [];
  };
  await read('/v1/events?limit=200');
  for (const list of LISTS)
    for (const { id } of await read(`/v1/${list}?limit=200`)) {
      await read(`/v1/${list}/${String(id)}`);
      for (const part of PARTS) await read(`/v1/${list}/${String(id)}/${part}`);
    }
  for (const { id } of await service.owner.query<{ id: string }>('select id from persons'))
    for (const part of PERSON_PARTS) await read(`/v1/persons/${id}${part}`);
  return texts.join('\n');
}

async function expectApart(district: District): Promise<void> {
  const other = WRITTEN[district === 'heping' ? 'tiexi' : 'heping'];
  const own = WRITTEN[district];
  const texts = await Promise.all(OFFICERS(district).map(everythingOf));
  for (const [i, text] of texts.entries()) {
    const found = Object.values(other).filter((told) => text.includes(told));
    expect([OFFICERS(district)[i], found]).toEqual([OFFICERS(district)[i], []]);
  }
  // The search finds what is there: the handler reads what its own agency was told.
  expect(texts.join('\n')).toContain(own.phone);
  expect(texts.join('\n')).toContain(own.facts);
}

async function accepted(district: District, subject: Json): Promise<Known> {
  const { story, officerId } = given;
  const { phone, address, facts, hardship } = WRITTEN[district];
  const linkedCase = { type: 'criminal', number: `〔2026〕${district}号`, handlingOrgan: '沈阳市人民检察院' };
  const clue = await story.clue(district, { facts, hardship, linkedCase, subjects: [{ ...subject, phone, address }] });
  const handlerOfficerId = await officerId(`handler.${district}`);
  const done = await story.decide(`intake.${district}`, clue, 'acceptance', { handlerOfficerId });
  const path = `/v1/assistance-cases/${String(done.body.assistanceCaseId)}`;
  const { body } = await service.api.get(`handler.${district}`, path);
  return { id: String(body.id), path, body };
}

test('neither sees what the other was told, while both work on her and after two records of her are merged', async () => {
  const { story, proposal } = given;
  const { idNumber, ...plain } = story.subject();
  const subject = { ...plain, idNumber };
  const cases = { heping: await accepted('heping', subject), tiexi: await accepted('tiexi', subject) };
  const [shared, same] = [cases.heping, cases.tiexi].map((known) => beneficiariesOf(known)[0]?.personId ?? '');
  expect(same).toBe(shared);
  const proposed = await story.decide('handler.heping', cases.heping, 'proposal', proposal(cases.heping));
  await story.decide('chief.heping', proposed, 'approval', GRANT);
  await service.eventsSettled();
  await expectApart('heping');
  await expectApart('tiexi');

  // Tiexi met her before, without her document; its two records become one, and Heping is told of neither.
  const before = await accepted('tiexi', { ...plain, idType: 'none', birthDate: '1985-03-15' });
  const unnumbered = beneficiariesOf(before)[0]?.personId ?? '';
  const path = `/v1/persons/${unnumbered}`;
  const body = { intoPersonId: shared, reason: '户籍核对为同一人' };
  await service.api.decide('handler.tiexi', path, 'merge', body);
  expect((await service.api.decide('head.tiexi', path, 'merge', body)).body.state).toBe('merged');
  expect((await service.api.get('handler.heping', path)).status).toBe(404);
  const refused = await story.decide('handler.tiexi', cases.tiexi, 'proposal', proposal(cases.tiexi));
  await story.decide('chief.tiexi', refused, 'approval', REFUSE);
  await service.eventsSettled();
  await expectApart('heping');
  await expectApart('tiexi');
}, 120_000);
