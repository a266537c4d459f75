// An agency keeps its own officers, many at once; suspension ends at once; departments are succeeded; townships submit.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
const ADMIN = 'keeper.heping';

const officer = (code: string, over: Json = {}) => ({
  code,
  name: '新进人员',
  roles: ['handler'],
  personKey: `staff:${code}`,
  ...over,
});
const rosterOf = async (code: string) => `/v1/agencies/${await world.agencyOf(code)}/officers`;

beforeAll(async () => {
  world = createWorld(service.api, () => addClient(service));
  const made = await service.api.create(
    'admin',
    await rosterOf('head.heping'),
    officer(ADMIN, { roles: ['agency_admin'] }),
  );
  expect(made.status).toBe(201);
});

async function township(code: string): Promise<string> {
  const made = await service.api.create('admin', '/v1/agencies', {
    code,
    name: '南湖街道妇联',
    nameEn: "Women's Federation of Nanhu Subdistrict",
    kind: 'womens_federation',
    level: 'township',
    regionCode: '210102',
    parentId: await world.agencyOf('wf.heping'),
  });
  expect(made.status).toBe(201);
  return String(made.body.id);
}

describe('the administrator of an agency', () => {
  test('adds, edits, suspends and reinstates officers of its own agency', async () => {
    const { api } = service;
    const made = await api.create(ADMIN, await rosterOf('head.heping'), officer('kept.heping'));
    expect(made).toMatchObject({ status: 201, body: { personKey: 'staff:kept.heping', absence: null } });
    const path = new URL(String(made.headers.location)).pathname;
    const edited = await api.as(ADMIN, 'PATCH', path, { body: { roles: ['intake'] }, etag: made.etag });
    expect(edited.body).toMatchObject({ roles: ['intake'] });
    expect((await api.decide(ADMIN, path, 'suspension')).body.state).toBe('suspended');
    expect((await api.decide(ADMIN, path, 'reinstatement')).body.state).toBe('active');
  });

  test('never gives what only the administrator of the service gives, nor touches who has it', async () => {
    const { api } = service;
    const path = await rosterOf('head.heping');
    for (const role of ['admin', 'agency_admin', 'auditor', 'wf_officer'])
      expect(await api.create(ADMIN, path, officer('climber.heping', { roles: [role] }))).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/roles/0', code: 'role.unfit' }] },
      });
    const other = await api.create('admin', path, officer('keeper2.heping', { roles: ['agency_admin'] }));
    const refused = await api.decide(ADMIN, `${path}/${String(other.body.id)}`, 'suspension');
    expect(refused).toMatchObject({ status: 403, body: { code: 'officer.reserved' } });
  });

  test('never changes itself, through whatever credential', async () => {
    const { api } = service;
    const path = await rosterOf('head.heping');
    const own = `${path}/${await world.officerId(ADMIN)}`;
    const { etag } = await api.get(ADMIN, own);
    const refused = { status: 403, body: { code: 'decision.four_eyes' } };
    expect(await api.as(ADMIN, 'PATCH', own, { body: { roles: ['chief'] }, etag })).toMatchObject(refused);
    const second = officer('second.heping', { personKey: `staff:${ADMIN}`, roles: ['chief'] });
    expect(await api.create(ADMIN, path, second)).toMatchObject(refused);
    const capitals = { ...second, personKey: second.personKey.toUpperCase() };
    expect(await api.create(ADMIN, path, { officers: [capitals] })).toMatchObject(refused);
  });

  test('other agencies are not there; township offices of its own are', async () => {
    const { api } = service;
    expect((await api.create(ADMIN, await rosterOf('head.tiexi'), officer('x.tiexi'))).status).toBe(404);
    expect((await api.get(ADMIN, await rosterOf('head.tiexi'))).status).toBe(404);
    const wfAdmin = officer('keeper.wf.heping', { roles: ['agency_admin'] });
    expect((await api.create('admin', await rosterOf('wf.heping'), wfAdmin)).status).toBe(201);
    const path = `/v1/agencies/${await township('wf-nanhu-1')}/officers`;
    const worker = officer('nanhu1.heping', { roles: ['wf_officer'] });
    expect((await api.create('keeper.wf.heping', path, worker)).status).toBe(201);
    expect((await api.get('keeper.wf.heping', path)).body.items).toHaveLength(1);
    expect((await api.get('wf.heping', path)).status).toBe(404);
    expect((await api.get(ADMIN, path)).status).toBe(404);
  });
});

describe('many at once', () => {
  test('two hundred officers in one request', async () => {
    const { api, owner } = service;
    const officers = Array.from({ length: 200 }, (_, i) => officer(`bulk${i}.heping`));
    const made = await api.create(ADMIN, await rosterOf('head.heping'), { officers });
    expect({ status: made.status, text: made.status === 201 || made.text }).toEqual({ status: 201, text: true });
    expect(made.body.items).toHaveLength(200);
    const [row] = await owner.query<{ n: number }>(
      `select count(*)::int as n from audit_records where type = 'agency.officer_added' and data->>'officerId' = any($1)`,
      [(made.body.items ?? []).map((item) => item.id)],
    );
    expect(row?.n).toBe(200);
    const many = { officers: [...officers, officer('bulk200.heping')] };
    expect((await api.create(ADMIN, await rosterOf('head.heping'), many)).status).toBe(400);
  });

  test('all or none, every fault with its place', async () => {
    const { api } = service;
    const path = await rosterOf('head.heping');
    const officers = [
      officer('none0.heping'),
      officer('none1.heping', { roles: ['wf_officer'] }),
      officer('none0.heping', { personKey: '13812345678' }),
    ];
    expect(await api.create(ADMIN, path, { officers })).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: '/officers/1/roles/0', code: 'role.unfit' },
          { pointer: '/officers/2/personKey', code: 'person_key.personal' },
          { pointer: '/officers/2/code', code: 'officer.code_repeated' },
        ],
      },
    });
    const taken = { officers: [officer('none2.heping'), officer('head.heping')] };
    expect(await api.create(ADMIN, path, taken)).toMatchObject({
      status: 409,
      body: { code: 'officer.code_taken', errors: [{ pointer: '/officers/1/code' }] },
    });
    const list = await api.get(ADMIN, `${path}?limit=200&state=active`);
    expect(list.text).not.toContain('none');
  });
});

describe('suspension', () => {
  test('of an officer ends a token in use at once', async () => {
    const { api } = service;
    const made = await api.create(ADMIN, await rosterOf('head.heping'), officer('brief.heping'));
    expect((await api.get('brief.heping', '/v1/clues')).status).toBe(200);
    await api.decide(ADMIN, new URL(String(made.headers.location)).pathname, 'suspension');
    expect((await api.get('brief.heping', '/v1/clues')).status).toBe(401);
  });

  test('of a role takes its permissions at once', async () => {
    const { api } = service;
    const made = await api.create(ADMIN, await rosterOf('head.heping'), officer('moved.heping'));
    expect((await api.get('moved.heping', '/v1/clues')).status).toBe(200);
    const path = new URL(String(made.headers.location)).pathname;
    await api.as(ADMIN, 'PATCH', path, { body: { roles: ['finance'] }, etag: made.etag });
    expect((await api.get('moved.heping', '/v1/clues')).status).toBe(403);
  });

  test('of an agency ends all its officers, and nothing is routed to it', async () => {
    const { api } = service;
    const path = `/v1/agencies/${await world.agencyOf('veterans.heping')}`;
    expect((await api.decide('admin', path, 'suspension')).body.state).toBe('suspended');
    expect((await api.get('veterans.heping', '/v1/me')).status).toBe(401);
    expect((await api.decide('admin', path, 'reinstatement')).body.state).toBe('active');
    expect((await api.get('veterans.heping', '/v1/me')).status).toBe(200);
    const own = `/v1/agencies/${await world.agencyOf('admin')}`;
    expect(await api.decide('admin', own, 'suspension')).toMatchObject({ status: 409, body: { code: 'agency.own' } });
  });
});

describe('successors', () => {
  async function agency(code: string, over: Json = {}): Promise<string> {
    const made = await service.api.create('admin', '/v1/agencies', {
      code,
      name: '沈阳市皇姑区乡村振兴局',
      nameEn: 'Rural revitalisation of Huanggu',
      kind: 'rural_revitalization',
      level: 'county',
      regionCode: '210105',
      ...over,
    });
    expect({ status: made.status, text: made.status === 201 || made.text }).toEqual({ status: 201, text: true });
    return String(made.body.id);
  }
  const edit = async (id: string, body: Json) => {
    const { etag } = await service.api.get('admin', `/v1/agencies/${id}`);
    return service.api.as('admin', 'PATCH', `/v1/agencies/${id}`, { body, etag });
  };

  test('carry on for an agency that has ended, and are of its kind or the heir of it', async () => {
    const old = await agency('rural-old');
    const heir = await agency('agriculture', { kind: 'other', name: '沈阳市皇姑区农业农村局' });
    const codes = async (body: Json) => ((await edit(old, body)).body.errors as Json[] | undefined)?.map((e) => e.code);
    expect(await codes({ successorId: heir })).toEqual(['successor.without_end']);
    expect(await codes({ successorId: old, validTo: '2026-01-31' })).toEqual(['successor.self']);
    const school = await world.agencyOf('education.heping');
    expect(await codes({ successorId: school, validTo: '2026-01-31' })).toEqual(['successor.unfit']);
    const done = await edit(old, { successorId: heir, validTo: '2026-01-31' });
    expect(done).toMatchObject({ status: 200, body: { successorId: heir, validTo: '2026-01-31' } });
  });

  test('in no circle', async () => {
    const [a, b, c] = [await agency('ring-a'), await agency('ring-b'), await agency('ring-c')];
    expect((await edit(a, { successorId: b, validTo: '2027-01-31' })).status).toBe(200);
    expect((await edit(b, { successorId: c, validTo: '2027-06-30' })).status).toBe(200);
    const closing = await edit(c, { successorId: a, validTo: '2027-12-31' });
    expect(closing).toMatchObject({ status: 422, body: { errors: [{ code: 'successor.circle' }] } });
  });

  test('new clues go to the successor of the procuratorate', async () => {
    const huanggu = await service.api.get('admin', '/v1/agencies?kind=procuratorate&regionCode=210105');
    const old = String(huanggu.body.items?.[0]?.id);
    const heir = await agency('proc-new', { kind: 'procuratorate', name: '沈阳市北部新区人民检察院' });
    expect((await edit(old, { successorId: heir, validTo: '2026-01-31' })).status).toBe(200);
    const clue = await world.clue('heping', { regionCode: '210105' });
    expect(clue.body.receivingAgency).toMatchObject({ id: heir });
  });
});

test('a township worker submits to the procuratorate of the county', async () => {
  const { api } = service;
  const id = await township('wf-nanhu-2');
  const worker = officer('nanhu2.heping', { roles: ['wf_officer'] });
  expect((await api.create('admin', `/v1/agencies/${id}/officers`, worker)).status).toBe(201);
  const sent = await api.create('nanhu2.heping', '/v1/clues', world.clueInput());
  expect(sent).toMatchObject({
    status: 201,
    body: { sourceAgency: { id }, receivingAgency: { id: await world.agencyOf('intake.heping') } },
  });
});
