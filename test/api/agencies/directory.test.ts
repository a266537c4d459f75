// The directory of agencies: public inside the service, kept by administrators.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const agency = (over: Json = {}) => ({
  code: 'proc-railway-shenyang',
  name: '沈阳铁路运输检察院',
  nameEn: 'Shenyang Railway Transportation Procuratorate',
  kind: 'procuratorate',
  level: 'county',
  regionCode: '210100',
  ...over,
});

async function idOf(kind: string, regionCode: string): Promise<string> {
  const { body } = await service.api.get('admin', `/v1/agencies?kind=${kind}&regionCode=${regionCode}`);
  return String(body.items?.[0]?.id);
}

describe('reading', () => {
  test('filters narrow, everyone sees all', async () => {
    const { api } = service;
    const one = await api.get('civil.tiexi', '/v1/agencies?kind=procuratorate&regionCode=210102&level=county');
    expect(one.body.items).toMatchObject([
      { code: 'proc-210102', name: '沈阳市和平区人民检察院', level: 'county', validTo: null, successorId: null },
    ]);
    const cities = await api.get('bureau.heping', '/v1/agencies?level=city&kind=finance&limit=200&includeTotal=true');
    expect(cities.body).toMatchObject({ total: 14, nextCursor: null });
    const all = await api.get('wf.heping', '/v1/agencies?limit=1&includeTotal=true');
    expect(all.body.total).toBe(1380);
    expect((await api.get('wf.heping', '/v1/agencies?kind=court')).status).toBe(400);
  });

  test('pages are newest first by id and do not repeat', async () => {
    const { api } = service;
    const ids: string[] = [];
    for (let path: string | null = '/v1/agencies?level=city&limit=50'; path; ) {
      const page = await api.get('wf.heping', path);
      ids.push(...(page.body.items ?? []).map(({ id }) => String(id)));
      path = page.body.nextCursor ? `/v1/agencies?level=city&limit=50&cursor=${String(page.body.nextCursor)}` : null;
    }
    expect(ids).toHaveLength(14 * 12);
    expect(ids).toEqual(ids.toSorted().reverse());
  });

  test('one agency has an ETag; an absent one is 404', async () => {
    const { api } = service;
    const path = `/v1/agencies/${await idOf('procuratorate', '210102')}`;
    const read = await api.get('wf.tiexi', path);
    expect(read.body).toMatchObject({ parentId: await idOf('procuratorate', '210100'), version: 1, state: 'active' });
    const again = await api.as('wf.tiexi', 'GET', path, { headers: { 'if-none-match': read.etag } });
    expect(again.status).toBe(304);
    expect((await api.get('wf.tiexi', '/v1/agencies/0198c2a4-7f00-7000-8000-000000000001')).status).toBe(404);
  });
});

describe('keeping', () => {
  test('an administrator adds and edits; the fact names fields only', async () => {
    const { api, owner } = service;
    const parentId = await idOf('procuratorate', '210000');
    const made = await api.create('admin', '/v1/agencies', agency({ parentId, orgShort: '沈铁' }));
    expect(made).toMatchObject({ status: 201, body: { state: 'active', version: 1, parentId, orgShort: '沈铁' } });
    const path = `/v1/agencies/${String(made.body.id)}`;
    expect(made.headers.location).toBe(`http://service.test${path}`);
    const change = { decisionNumberTemplate: '{orgShort}检救〔{year}〕{seq}号', validTo: '2027-12-31', orgShort: null };
    const edited = await api.as('admin', 'PATCH', path, { body: change, etag: made.etag });
    expect(edited.body).toMatchObject({ version: 2, validTo: '2027-12-31', orgShort: null });
    const same = await api.as('admin', 'PATCH', path, { body: change, etag: edited.etag });
    expect(same).toMatchObject({ status: 200, body: { version: 2 } });
    const stale = await api.as('admin', 'PATCH', path, { body: { name: '甲' }, etag: made.etag });
    expect(stale.status).toBe(412);
    expect((await api.as('admin', 'PATCH', path, { body: { name: '甲' } })).status).toBe(428);
    const facts = await owner.query<{ type: string; changed: string[] }>(
      'select type, changed from audit_records where resource_id = $1 order by sequence',
      [made.body.id],
    );
    expect(facts).toEqual([
      { type: 'agency.created', changed: [] },
      { type: 'agency.edited', changed: ['decisionNumberTemplate', 'validTo', 'orgShort'] },
    ]);
  });

  test('a taken code is 409, also when only tried', async () => {
    const { api } = service;
    const body = agency({ code: 'proc-210102' });
    for (const path of ['/v1/agencies', '/v1/agencies?dryRun=true'])
      expect(await api.create('admin', path, body)).toMatchObject({ status: 409, body: { code: 'agency.code_taken' } });
    const dry = await api.create('admin', '/v1/agencies?dryRun=true', agency({ code: 'proc-tried' }));
    expect(dry).toMatchObject({ status: 200, etag: '' });
    expect((await api.create('admin', '/v1/agencies', agency({ code: 'proc-tried' }))).status).toBe(201);
  });

  test('rules of the body are 422 with their places', async () => {
    const { api } = service;
    const parentId = await idOf('education', '210100');
    const wrong = {
      code: 'wrong',
      regionCode: '999999',
      parentId,
      validFrom: '2026-02-01',
      validTo: '2026-01-31',
      decisionNumberTemplate: '{seq}号{city}',
    };
    const answer = await api.create('admin', '/v1/agencies', agency(wrong));
    expect(answer.status).toBe(422);
    expect((answer.body.errors as Json[]).map(({ code }) => code)).toEqual([
      'template.places',
      'valid_to.before_valid_from',
      'parent.unfit',
      'region.unknown',
    ]);
    const absent = await api.create(
      'admin',
      '/v1/agencies',
      agency({ successorId: '0198c2a4-7f00-7000-8000-000000000001' }),
    );
    expect(absent).toMatchObject({ status: 422, body: { code: 'request.reference_unknown' } });
    const level = await api.create(
      'admin',
      '/v1/agencies',
      agency({ parentId: await idOf('procuratorate', '210102') }),
    );
    expect(level.body.errors).toMatchObject([{ code: 'parent.unfit' }]);
    const short = await api.create('admin', '/v1/agencies', agency({ kind: 'other', orgShort: '沈' }));
    expect(short.body.errors).toMatchObject([{ code: 'org_short.procuratorates_only' }]);
  });

  test('code, kind, level and region are for life; unknown members are refused', async () => {
    const { api } = service;
    const path = `/v1/agencies/${await idOf('procuratorate', '210100')}`;
    for (const body of [
      { code: 'x' },
      { kind: 'other' },
      { level: 'city' },
      { regionCode: '210100' },
      { state: 'suspended' },
      { name: null },
    ])
      expect((await api.as('admin', 'PATCH', path, { body, etag: '"1.x"' })).status).toBe(400);
  });

  test('nobody else may', async () => {
    const { api } = service;
    for (const officer of ['head.heping', 'supervisor.liaoning', 'wf.liaoning']) {
      const made = await api.create(officer, '/v1/agencies', agency());
      expect(made).toMatchObject({ status: 403, body: { permission: 'agency:manage' } });
      const edited = await api.as(officer, 'PATCH', '/v1/agencies/0198c2a4-7f00-7000-8000-000000000001', { body: {} });
      expect(edited.status).toBe(403);
    }
  });
});
