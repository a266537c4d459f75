// An agency that files somebody else's identity number under another name learns nothing and changes nothing (contract §1 Persons).
import { expect, test } from '@jest/globals';
import { completeCitizenId } from '../../../src/kernel/citizen-id.ts';
import { createPool } from '../../../src/platform/db/client.ts';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const [original] = sampleClue().subjects;
const hostile = {
  ...sampleClue(),
  regionCode: '210106',
  facts: '另案。',
  hardship: null,
  subjects: [{ name: '王试探', idType: 'citizen_id', idNumber: original?.idNumber }],
};
/** The same filing about somebody nobody has filed before. */
const harmless = {
  ...hostile,
  subjects: [{ ...hostile.subjects[0], idNumber: completeCitizenId('21010219850315446') }],
};

async function asOwner<R extends Record<string, unknown>>(text: string): Promise<R[]> {
  const owner = createPool({ url: service.database.ownerUrl, max: 1 });
  try {
    return await owner.query<R>(text);
  } finally {
    await owner.end();
  }
}

const PERSON = `select id, version, name_masked, encode(name_sealed, 'hex') as name, encode(birth_date_sealed, 'hex') as birth,
  updated_at from persons order by id`;

/** What an answer says apart from ids, numbers and times. */
const shape = (body: Json) =>
  JSON.stringify(body)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replace(/CL-\d+-\d+-\d+/g, 'NUMBER')
    .replace(/\d{4}-\d{2}-\d{2}T[^"]+/g, 'TIME')
    .replace(/210\*+\d{3}[\dX]/g, 'MASK');

test('B sees what B wrote, A keeps what A has, and a review waits', async () => {
  const { api } = service;
  const first = await api.create('wf.heping', '/v1/clues', sampleClue());
  const before = await asOwner(PERSON);
  expect(before).toHaveLength(1);

  const second = await api.create('wf.tiexi', '/v1/clues', hostile);
  expect(second.status).toBe(201);
  expect(second.body.subjects).toMatchObject([{ name: '王试探', phone: null, address: null, categories: [] }]);
  expect(second.text).not.toMatch(/personId|李|138\*|和平区南湖|conflict|review/);
  expect(await asOwner(PERSON)).toEqual(before);
  const reviews = await asOwner(`select person_id, source_id, pointers, state from person_reviews`);
  expect(reviews).toEqual([
    { person_id: before[0]?.id, source_id: second.body.id, pointers: ['/name'], state: 'open' },
  ]);
  const persons = await asOwner('select distinct person_id from clue_subjects');
  expect(persons).toEqual([{ person_id: before[0]?.id }]);

  const control = await api.create('wf.tiexi', '/v1/clues', harmless);
  expect(shape(second.body)).toBe(shape(control.body));
  const own = await api.get('wf.heping', `/v1/clues/${String(first.body.id)}`);
  expect(own.body.subjects).toMatchObject([{ name: '李秀兰' }]);
  expect(own.body).toMatchObject({ version: 1, updatedAt: first.body.updatedAt });
});

test('neither the receiver of B nor its feed, searches or guesses lead to A', async () => {
  const { api } = service;
  const [person] = await asOwner<{ id: string }>(`select person_id as id from person_reviews`);
  for (const officer of ['wf.tiexi', 'intake.tiexi', 'head.tiexi', 'head.heping', 'wf.heping'])
    expect((await api.get(officer, `/v1/persons/${String(person?.id)}`)).status).toBe(404);
  await service.eventsSettled();
  const feed = await api.get('intake.tiexi', '/v1/events');
  const types = (feed.body.items ?? []).map(({ type }) => String(type)).filter((type) => /^(clue|person)\./.test(type));
  expect(new Set(types)).toEqual(new Set(['clue.submitted']));
  expect(feed.text).not.toContain(String(person?.id));
  const lookup = { idType: 'citizen_id', idNumber: original?.idNumber };
  expect((await api.create('intake.tiexi', '/v1/persons/lookups', lookup)).body).toEqual({ items: [] });
  const seen = await api.get('intake.tiexi', '/v1/clues');
  expect(seen.text).not.toContain(String(person?.id));
});

test('the other name does not become the person by repetition', async () => {
  const { api } = service;
  const before = await asOwner(PERSON);
  await api.create('wf.tiexi', '/v1/clues', hostile);
  await api.create('wf.tiexi', '/v1/clues?dryRun=true', hostile);
  expect(await asOwner(PERSON)).toEqual(before);
  expect(await asOwner('select 1 from person_reviews')).toHaveLength(2);
});

test('both cases are about one person, of whom B is told nothing that it contradicted', async () => {
  const { api } = service;
  const clues = await asOwner<{ id: string; region_code: string }>('select id, region_code from clues order by id');
  const accept = async (place: string, code: string) => {
    const id = String(clues.find((clue) => clue.region_code === code)?.id);
    const accepted = await api.decide(`intake.${place}`, `/v1/clues/${id}`, 'acceptance', {});
    expect(accepted.body.state).toBe('accepted');
  };
  await accept('heping', '210102');
  await accept('tiexi', '210106');
  const persons = await asOwner<{ person_id: string }>('select distinct person_id from case_beneficiaries');
  expect(persons).toHaveLength(1);
  const path = `/v1/persons/${String(persons[0]?.person_id)}`;
  expect((await api.get('head.heping', path)).body).toMatchObject({ name: '李*', birthYear: 1985 });
  const seen = await api.get('head.tiexi', path);
  expect(seen.body).toMatchObject({ name: '*', birthYear: 1985, idNumber: '210***********4321' });
  const ask = { purpose: 'case_review', legalBasis: 'statutory_duty' };
  const refused = await api.create('head.tiexi', `${path}/disclosures`, { ...ask, fields: ['idNumber', 'name'] });
  expect(refused).toMatchObject({ status: 409, body: { code: 'person.identity_disputed', pointers: ['/name'] } });
  const own = await api.create('head.tiexi', `${path}/disclosures`, { ...ask, fields: ['idNumber'] });
  expect(own.body.idNumber).toBe(original?.idNumber);
  const clear = await api.create('head.heping', `${path}/disclosures`, { ...ask, fields: ['name'] });
  expect(clear.body.name).toBe('李秀兰');
});

test('neither feed tells that or since when the other agency knows the person', async () => {
  const { api } = service;
  await service.eventsSettled();
  for (const officer of ['head.heping', 'head.tiexi', 'wf.heping', 'wf.tiexi']) {
    const { items = [] } = (await api.get(officer, '/v1/events?limit=200')).body;
    expect(items.filter(({ type }) => /^person\.(registered|linked|unlinked)$/.test(String(type)))).toEqual([]);
  }
  const known = await asOwner(`select 1 from events where type = 'person.linked'`);
  expect(known.length).toBeGreaterThan(1);
});

test('a case with nothing but the number is told neither name nor birth date that others wrote', async () => {
  const { api } = service;
  const idNumber = completeCitizenId('21010219870923442');
  const filed = { ...sampleClue().subjects[0], name: '周玉珍', idNumber };
  await api.create('wf.heping', '/v1/clues', { ...sampleClue(), subjects: [filed] });
  const passport = {
    name: '陈海燕',
    idType: 'passport',
    idNumber: 'E12345678',
    birthDate: '1987-09-23',
    sex: 'female',
  };
  await api.create('wf.heping', '/v1/clues', { ...sampleClue(), subjects: [passport] });
  const bare = [
    { nameUnknown: true, idType: 'citizen_id', idNumber },
    { nameUnknown: true, idType: 'passport', idNumber: 'E12345678' },
  ];
  const linkedCase = { type: 'criminal', handlingOrgan: '铁西区人民法院' };
  const input = { initiation: 'ex_officio', regionCode: '210106', linkedCase, facts: '另案。', subjects: bare };
  const opened = await api.create('intake.tiexi', '/v1/assistance-cases', input);
  expect(opened.status).toBe(201);
  const [first, second] = opened.body.beneficiaries as { personId: string }[];
  const paths = [`/v1/persons/${String(first?.personId)}`, `/v1/persons/${String(second?.personId)}`];
  // The number itself says when a citizen was born; a passport does not.
  expect((await api.get('head.tiexi', paths[0] ?? '')).body).toMatchObject({ name: '*', birthYear: 1987 });
  expect((await api.get('head.tiexi', paths[1] ?? '')).body).toMatchObject({
    name: '*',
    birthYear: null,
    sex: 'unknown',
  });
  const ask = { purpose: 'case_review', legalBasis: 'statutory_duty', fields: ['name'] };
  for (const path of paths)
    expect((await api.create('head.tiexi', `${path}/disclosures`, ask)).body.code).toBe('person.identity_disputed');
  const silent = await asOwner(`select state from person_reviews where pointers = '{}'`);
  expect(silent).toEqual([{ state: 'resolved' }, { state: 'resolved' }]);
});
