// Safe contact: the rule of an endangered person, who is told what of it, from whom it hides the person, and which visits it stops.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { addDays, civilDateOf } from '../../../src/kernel/civil-date.ts';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { createWorld, type World } from '../../support/world.ts';
import { addOfficer, beneficiariesOf } from '../cases/given.ts';

const service = useService();
const REVIEW = addDays(civilDateOf(new Date(Date.now())), 90);
const SAFE = '工作日上午联系妇联王主任转达';
const NOTE = '藏身于铁西区某庇护所';
const ABUSER = '赵志刚';
const RULE = {
  reasonCode: 'domestic_violence',
  forbiddenChannels: ['home_visit', 'letter'],
  forbiddenHours: [
    { weekdays: [6, 7], from: '00:00', to: '24:00' },
    { from: '18:00', to: '24:00' },
  ],
  safeChannels: SAFE,
  hiddenAddress: true,
  blockedPersons: [{ name: ABUSER, relation: '前夫', idNumber: '210211199001011028' }],
  note: NOTE,
  reviewOn: REVIEW,
};
let world: World;
let referral: Known;
let caseId = '';
let personId = '';
let path = '';

const put = (officer: string, body: Json, send: { etag?: string; headers?: Record<string, string> } = {}, query = '') =>
  service.api.as(officer, 'PUT', `${path}${query}`, { body, ...send });
const FIRST = { headers: { 'if-none-match': '*' } };

beforeAll(async () => {
  world = createWorld(service.api, async () => {
    throw new Error('no client here');
  });
  referral = await world.referral('received');
  const asSent = await service.api.get('handler.heping', referral.path);
  caseId = String(asSent.body.assistanceCaseId);
  const { body } = await service.api.get('handler.heping', `/v1/assistance-cases/${caseId}`);
  personId = beneficiariesOf({ id: caseId, path: '', body })[0]?.personId ?? '';
  path = `/v1/persons/${personId}/safe-contact`;
});

describe('the rule', () => {
  test('is absent at first, and made only by who says so', async () => {
    expect((await service.api.get('handler.heping', path)).status).toBe(404);
    expect((await put('handler.heping', RULE)).status).toBe(428);
    expect((await put('handler.heping', RULE, { etag: '"1.x"' })).status).toBe(412);
    expect((await put('handler.tiexi', RULE, FIRST)).status).toBe(404);
    expect((await put('chief.heping', RULE, FIRST)).status).toBe(403);
    expect((await put('civil.heping', RULE, FIRST)).status).toBe(403);
    const wrong = { ...RULE, reviewOn: '2020-01-01', forbiddenHours: [{ from: '18:00', to: '08:00' }] };
    const refused = await put('handler.heping', wrong, FIRST);
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/forbiddenHours/0/to' }, { pointer: '/reviewOn' }] },
    });
    const self = await put(
      'handler.heping',
      { ...RULE, blockedPersons: [{ name: '处长' }, { name: await nameOf('handler.heping') }] },
      FIRST,
    );
    expect(self.body.errors).toMatchObject([{ pointer: '/blockedPersons/1', code: 'blocked.self' }]);
    const made = await put('handler.heping', RULE, FIRST);
    expect(made).toMatchObject({ status: 201, body: { version: 1, inForce: true, reasonCode: 'domestic_violence' } });
    expect(made.headers.location).toContain(path);
    expect(made.body.blockedPersons).toEqual([
      { name: ABUSER, relation: '前夫', idNumber: '210***********1028', officerId: null },
    ]);
    expect(await put('handler.heping', RULE, {}, '?createOnly=true')).toMatchObject({
      status: 412,
      body: { code: 'safe_contact.exists' },
    });
  });

  test('is changed with the ETag last seen, by the agency that keeps it', async () => {
    const { etag } = await service.api.get('handler.heping', path);
    const changed = await put(
      'head.heping',
      { ...RULE, forbiddenChannels: ['home_visit', 'phone', 'letter'] },
      { etag },
    );
    expect(changed).toMatchObject({ status: 200, body: { version: 2 } });
    expect((await put('head.heping', RULE, { etag })).status).toBe(412);
    const elsewhere = await put('wf.heping', RULE, { etag: changed.etag });
    expect(elsewhere).toMatchObject({ status: 403, body: { code: 'safe_contact.kept_elsewhere' } });
  });

  test('is sealed, and told by no event', async () => {
    const rows = await service.owner.query('select safe_contact_rules::text as row from safe_contact_rules');
    const events = await service.owner.query('select events::text as row from events');
    const audit = await service.owner.query(`select audit_records::text as row from audit_records`);
    for (const secret of [SAFE, NOTE, ABUSER, 'domestic_violence', '210211199001011028'])
      for (const table of [rows, events, audit]) expect(JSON.stringify(table)).not.toContain(secret);
    const feed = await service.api.get('handler.heping', '/v1/events?limit=200');
    expect(feed.text).not.toContain('safe_contact');
  });
});

async function nameOf(officer: string): Promise<string> {
  const { body } = await service.api.get(officer, '/v1/me');
  return String((body.officer as Json).name);
}

describe('every reader', () => {
  const places = () =>
    [
      ['handler.heping', `/v1/assistance-cases/${caseId}`],
      ['intake.heping', `/v1/assistance-cases/${caseId}`],
      ['civil.heping', referral.path],
      ['civil.heping', `${referral.path}/package`],
      ['handler.heping', `${referral.path}/package`],
      ['handler.heping', `/v1/persons/${personId}`],
    ] as const;

  test('is told first how to reach the person, without what is hidden', async () => {
    for (const [officer, url] of places()) {
      const read = await service.api.get(officer, url);
      expect([url, read.status, Object.keys(read.body)[0]]).toEqual([url, 200, 'safeContact']);
      expect(read.body.safeContact).toMatchObject({
        persons: [{ forbiddenChannels: ['home_visit', 'phone', 'letter'], hiddenAddress: true, safeChannels: SAFE }],
      });
      expect(read.text).toContain('禁止以下方式：上门、电话、书信');
      for (const secret of [NOTE, ABUSER, '前夫', 'domestic_violence']) expect(read.text).not.toContain(secret);
    }
    const english = await service.api.get('civil.heping', `${referral.path}/package?lang=en`);
    expect(english.text).toContain('Never by: Visit at home');
    const rule = await service.api.get('intake.heping', path);
    expect(rule.body).toMatchObject({ reasonCode: null, blockedPersons: null, note: null, safeChannels: SAFE });
  });

  test('sees neither address nor phone, not even masked, but for the team that set the rule', async () => {
    for (const [officer, url] of places()) {
      const read = await service.api.get(officer, url);
      if (officer === 'handler.heping') continue;
      expect([url, read.text.includes('13812'), read.text.includes('138****')]).toEqual([url, false, false]);
      expect(read.text).not.toContain('南湖');
    }
    const { body } = await service.api.get('handler.heping', `/v1/assistance-cases/${caseId}`);
    const [b] = body.beneficiaries as Json[];
    expect(b?.phone).toMatch(/^13812/);
    const letter = await service.api.get('civil.heping', `${referral.path}/letters/social-assistance-proposal`);
    expect([letter.status, letter.text.includes('13812')]).toEqual([200, false]);
    const file = await service.api.get('chief.heping', `/v1/assistance-cases/${caseId}/dossier`);
    expect([file.status, /13812|138\*\*\*\*/.test(file.text)]).toEqual([200, false]);
  });

  test('of the account and its visits is told as well', async () => {
    const account = await world.account();
    const person = String((account.body.person as Json).id);
    const rulePath = `/v1/persons/${person}/safe-contact?createOnly=true`;
    expect((await service.api.as('wf.heping', 'PUT', rulePath, { body: RULE })).status).toBe(201);
    const read = await service.api.get('handler.heping', account.path);
    expect(Object.keys(read.body)[0]).toBe('safeContact');
    expect(read.body.safeContact).toMatchObject({ persons: [{ personId: person }] });
    const plan = (change: Json) =>
      service.api.create('wf.heping', '/v1/visits', {
        monitoringAccountId: account.id,
        plannedOn: '2031-03-04',
        mode: 'office',
        ...change,
      });
    expect(await plan({ mode: 'home' })).toMatchObject({
      status: 409,
      body: { code: 'visit.forbidden_channel' },
    });
    expect(await plan({ plannedOn: '2031-03-08' })).toMatchObject({
      status: 409,
      body: { code: 'visit.forbidden_hours' },
    });
    const visit = await plan({});
    expect(visit).toMatchObject({ status: 201, body: { mode: 'office' } });
    expect(Object.keys(visit.body)[0]).toBe('safeContact');
    const moved = await service.api.decide('wf.heping', `/v1/visits/${String(visit.body.id)}`, 'rescheduling', {
      plannedOn: '2031-03-09',
    });
    expect(moved).toMatchObject({ status: 409, body: { code: 'visit.forbidden_hours' } });
  });
});

describe('for whom the person is hidden', () => {
  test('by name or as that officer there is nothing', async () => {
    const { api } = service;
    await addOfficer(service.database.ownerUrl, {
      code: 'handler2.heping',
      like: 'handler.heping',
      roles: ['head'],
      personKey: 'test:second',
    });
    const blocked = 'handler2.heping';
    const { etag } = await api.get('handler.heping', path);
    expect((await api.get(blocked, path)).status).toBe(200);
    const officerId = String(((await api.get(blocked, '/v1/me')).body.officer as Json).id);
    const kept = await put('handler.heping', { ...RULE, blockedPersons: [{ name: ABUSER, officerId }] }, { etag });
    expect(kept.status).toBe(200);
    const idNumber = String((await subjectOf()).idNumber);
    for (const url of [
      path,
      `/v1/persons/${personId}`,
      `/v1/assistance-cases/${caseId}`,
      `${referral.path}/package`,
      referral.path,
      `/v1/persons/${personId}/assistance-history`,
      `/v1/assistance-cases/${caseId}/comparable-cases`,
    ])
      expect([url, (await api.get(blocked, url)).status]).toEqual([url, 404]);
    const found = await api.create(blocked, '/v1/persons/lookups', { idNumber });
    expect(found.body.items).toEqual([]);
    expect((await api.create('handler.heping', '/v1/persons/lookups', { idNumber })).body.items).toHaveLength(1);
    const wish = { purpose: 'case_review', legalBasis: 'statutory_duty', fields: ['name'] };
    expect((await api.create(blocked, `/v1/persons/${personId}/disclosures`, wish)).status).toBe(404);
    const again = await put(
      'handler.heping',
      { ...RULE, blockedPersons: [{ name: await nameOf(blocked) }] },
      { etag: kept.etag },
    );
    if (again.status === 200) expect((await api.get(blocked, path)).status).toBe(404);
  });

  test('whoever files a clue with the number learns how not to call, and no way to reach the person', async () => {
    const { idNumber, name } = await subjectOf();
    const subjects = [
      { name: name ?? '李秀兰', idType: 'citizen_id', idNumber, phone: '13800001111', address: '和平区某路2号' },
    ];
    const filed = await service.api.create('wf.heping', '/v1/clues', { ...sampleClue(), subjects });
    expect([filed.status, Object.keys(filed.body)[0]]).toEqual([201, 'safeContact']);
    expect(filed.body.safeContact).toMatchObject({
      persons: [{ personId: null, safeChannels: null, hiddenAddress: true }],
    });
    for (const secret of [SAFE, NOTE, ABUSER, '138****1111']) expect(filed.text).not.toContain(secret);
    const read = await service.api.get('intake.heping', `/v1/clues/${String(filed.body.id)}`);
    expect(read.body.safeContact).toMatchObject({ persons: [{ safeChannels: SAFE }] });
    expect(read.text).not.toContain('138****1111');
  });

  test('a rule that has ended binds nobody', async () => {
    const { etag } = await service.api.get('handler.heping', path);
    const yesterday = addDays(REVIEW, -91);
    expect((await put('handler.heping', { ...RULE, validUntil: yesterday }, { etag })).body).toMatchObject({
      inForce: false,
    });
    const read = await service.api.get('civil.heping', `${referral.path}/package`);
    expect(read.body.safeContact).toBeNull();
    expect(read.text).toContain('13812');
  });
});

async function subjectOf(): Promise<Json> {
  const disclosed = await service.api.create('handler.heping', `/v1/persons/${personId}/disclosures`, {
    purpose: 'case_review',
    legalBasis: 'statutory_duty',
    fields: ['idNumber'],
  });
  return disclosed.body;
}
