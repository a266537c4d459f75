// Persons: masked to whom they are shown, absent to everyone else; searches and disclosures leave a trace.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createPool } from '../../../src/platform/db/client.ts';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { addOfficer } from '../cases/given.ts';

const service = useService();
const ABSENT = '0198c2a4-7f00-7000-8000-000000000001';
const ID_NUMBER = '210102198503154321';
let personId = '';

async function asOwner<R extends Record<string, unknown>>(text: string, values: unknown[] = []): Promise<R[]> {
  const owner = createPool({ url: service.database.ownerUrl, max: 1 });
  try {
    return await owner.query<R>(text, values);
  } finally {
    await owner.end();
  }
}

async function agencyOf(officer: string): Promise<string> {
  const { body } = await service.api.get(officer, '/v1/me');
  return String((body.agency as Json).id);
}

type Trace = { type: string; resource_id: string; purpose: string; changed: string[]; data: Json };
const traces = (type: string) =>
  service.owner.query<Trace>(
    'select type, resource_id, purpose, changed, data from audit_records where type = $1 order by id',
    [type],
  );

/** A case or an account shows a person to its agency; here the owner of the database does. */
beforeAll(async () => {
  await service.api.create('wf.heping', '/v1/clues', sampleClue());
  const [row] = await asOwner<{ person_id: string }>('select person_id from clue_subjects');
  personId = String(row?.person_id);
  await asOwner(`insert into access (kind, agency_id, resource_id, relation) values ('person', $1, $2, 'handler')`, [
    await agencyOf('handler.heping'),
    personId,
  ]);
});

describe('reading', () => {
  test('is masked, even to the handling agency', async () => {
    const read = await service.api.get('handler.heping', `/v1/persons/${personId}`);
    expect(read.body).toMatchObject({
      id: personId,
      state: 'active',
      idNumber: '210***********4321',
      name: '李*',
      birthYear: 1985,
      sex: 'female',
    });
    expect(read.etag).toMatch(/^"1\./);
    expect(read.text).not.toMatch(/李秀兰|1985-03-15|0315/);
  });

  test('of an unknown id and of a person one may not see is the same 404', async () => {
    const { api } = service;
    const strip = (text: string) => text.replace(/"(instance|requestId)":"[^"]*"/g, '');
    for (const officer of ['handler.tiexi', 'wf.heping', 'head.shenyang']) {
      const hidden = await api.get(officer, `/v1/persons/${personId}`);
      expect(hidden.status).toBe(404);
      expect(strip(hidden.text)).toBe(strip((await api.get(officer, `/v1/persons/${ABSENT}`)).text));
    }
    expect((await api.get('finance.heping', `/v1/persons/${personId}`)).status).toBe(403);
  });
});

describe('looking up', () => {
  const lookUp = (officer: string, idNumber: string, idType = 'citizen_id') =>
    service.api.create(officer, '/v1/persons/lookups', { idType, idNumber });

  test("finds persons of the own agency's cases only", async () => {
    expect((await lookUp('handler.heping', ID_NUMBER)).body).toEqual({ items: [{ personId }] });
    expect((await lookUp('handler.heping', ' ２１０１０２１９８５０３１５４３２１ ')).body.items).toHaveLength(1);
    const hidden = await lookUp('handler.tiexi', ID_NUMBER);
    const none = await lookUp('handler.tiexi', '210106199002020026');
    expect([hidden.status, hidden.text]).toEqual([none.status, none.text]);
    expect(none.body).toEqual({ items: [] });
    expect((await lookUp('handler.heping', ID_NUMBER, 'passport')).body.items).toEqual([]);
  });

  test('is audited each time, found or not, without the number, and stores no reply', async () => {
    const { api, owner } = service;
    const former = (await traces('person.looked_up')).length;
    const send = { body: { idType: 'citizen_id', idNumber: ID_NUMBER }, key: 'lookup-twice' };
    for (const officer of ['head.heping', 'head.heping', 'head.tiexi']) {
      const answer = await api.as(officer, 'POST', '/v1/persons/lookups', send);
      expect(answer.headers['idempotency-replayed']).toBeUndefined();
    }
    const left = (await traces('person.looked_up')).slice(former);
    expect(left.map(({ data, purpose }) => [data.found, purpose])).toEqual([
      [true, 'person.lookup'],
      [true, 'person.lookup'],
      [false, 'person.lookup'],
    ]);
    expect(left[0]?.resource_id).toBe(personId);
    expect(left[2]?.resource_id).not.toBe(personId);
    expect(JSON.stringify(left)).not.toContain(ID_NUMBER);
    expect(await owner.query(`select 1 from idempotency_keys where key = 'lookup-twice'`)).toEqual([]);
    expect(await owner.query(`select 1 from events where type like 'person.look%'`)).toEqual([]);
  });

  test('refuses wrong numbers, unknown types and roles without the permission', async () => {
    expect((await lookUp('head.heping', '210102198503154322')).body.errors).toMatchObject([
      { pointer: '/idNumber', code: 'id_number.checksum' },
    ]);
    expect((await lookUp('head.heping', ID_NUMBER, 'none')).status).toBe(400);
    expect((await service.api.create('head.heping', '/v1/persons/lookups', { idNumber: ID_NUMBER })).status).toBe(200);
    for (const officer of ['chief.heping', 'wf.heping', 'auditor.liaoning', 'admin'])
      expect(await lookUp(officer, ID_NUMBER)).toMatchObject({ status: 403, body: { permission: 'person:lookup' } });
  });
});

describe('disclosing', () => {
  const disclose = (officer: string, over: Json = {}, id = personId) =>
    service.api.create(officer, `/v1/persons/${id}/disclosures`, {
      purpose: 'payment',
      legalBasis: 'statutory_duty',
      fields: ['name', 'idNumber'],
      ...over,
    });

  test('answers the fields asked for, once per call, audited with purpose and basis', async () => {
    const { api, owner } = service;
    const answer = await disclose('handler.heping');
    expect(answer.body).toEqual({ personId, name: '李秀兰', idNumber: ID_NUMBER });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.etag).toBe('');
    const birth = await disclose('head.heping', { fields: ['birthDate'], purpose: 'emergency', legalBasis: 'consent' });
    expect(birth.body).toEqual({ personId, birthDate: '1985-03-15' });
    expect(await traces('person.disclosed')).toMatchObject([
      {
        resource_id: personId,
        purpose: 'payment',
        changed: ['name', 'idNumber'],
        data: { legalBasis: 'statutory_duty' },
      },
      { resource_id: personId, purpose: 'emergency', changed: ['birthDate'], data: { legalBasis: 'consent' } },
    ]);
    const send = { purpose: 'payment', legalBasis: 'statutory_duty', fields: ['name'] };
    for (const _ of [1, 2])
      await api.as('head.heping', 'POST', `/v1/persons/${personId}/disclosures`, { body: send, key: 'disclose-twice' });
    expect(await traces('person.disclosed')).toHaveLength(4);
    expect(await owner.query(`select 1 from idempotency_keys where key = 'disclose-twice'`)).toEqual([]);
    expect((await api.get('head.heping', `/v1/persons/${personId}`)).body.name).toBe('李*');
  });

  test('who sees the person from above, or no longer handles it, keeps the mask whatever other roles it has', async () => {
    const roles = ['supervisor', 'head', 'handler'];
    const person = { code: 'both.shenyang', like: 'head.shenyang', roles, personKey: 'test:both' };
    await addOfficer(service.database.ownerUrl, person);
    const agencyId = await agencyOf('head.shenyang');
    for (const relation of ['oversight', 'partner']) {
      await asOwner(
        `insert into access (kind, agency_id, resource_id, relation) values ('person', $1, $2, $3)
          on conflict (kind, agency_id, resource_id) do update set relation = excluded.relation`,
        [agencyId, personId, relation],
      );
      expect((await service.api.get('both.shenyang', `/v1/persons/${personId}`)).body.name).toBe('李*');
      const refused = await disclose('both.shenyang');
      expect(refused).toMatchObject({ status: 403, body: { code: 'person.not_handled' } });
    }
    await asOwner(`delete from access where agency_id = $1 and resource_id = $2`, [agencyId, personId]);
  });

  test("the caller's own words are recorded as other and kept sealed", async () => {
    const words = '核对李秀兰本人收款账户';
    expect((await disclose('head.heping', { purpose: words })).status).toBe(200);
    const last = (await traces('person.disclosed')).at(-1);
    expect(last?.purpose).toBe('other');
    expect(String(last?.data.purposeSealed)).toMatch(/^[\w+/]+=*$/);
    expect(JSON.stringify(last)).not.toContain('李秀兰');
  });

  test('is refused without purpose, basis or fields, to other roles and other agencies', async () => {
    const wrong: Json[] = [
      { purpose: undefined },
      { purpose: '' },
      { legalBasis: 'curiosity' },
      { fields: [] },
      { fields: ['phone'] },
      { fields: ['name', 'name'] },
      { note: 'x' },
    ];
    const former = (await traces('person.disclosed')).length;
    for (const over of wrong) expect((await disclose('head.heping', over)).status).toBe(400);
    expect((await disclose('head.tiexi')).status).toBe(404);
    expect((await disclose('head.heping', {}, ABSENT)).status).toBe(404);
    for (const officer of ['chief.heping', 'intake.heping', 'supervisor.liaoning', 'wf.heping'])
      expect((await disclose(officer)).status).toBe(403);
    expect(await traces('person.disclosed')).toHaveLength(former);
  });
});

test('nothing of it reaches the log', () => {
  expect(service.logLines.join('\n')).not.toMatch(/李秀兰|210102198503154321/);
});
