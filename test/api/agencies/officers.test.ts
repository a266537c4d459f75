// Officers: read by their own agency, kept by administrators, never by themselves; the person key stays hidden.
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const ABSENT = '0198c2a4-7f00-7000-8000-000000000001';

async function agencyOf(officer: string): Promise<string> {
  const { body } = await service.api.get(officer, '/v1/me');
  return String((body.agency as Json).id);
}

async function officer(as: string, code: string): Promise<{ path: string; etag: string; body: Json }> {
  const agencyId = await agencyOf(code);
  const list = await service.api.get(as, `/v1/agencies/${agencyId}/officers?limit=200`);
  const path = `/v1/agencies/${agencyId}/officers/${String(list.body.items?.find((o) => o.code === code)?.id)}`;
  const { etag, body } = await service.api.get(as, path);
  return { path, etag, body };
}

const added = (over: Json = {}) => ({
  code: 'handler2.heping',
  name: '钱若水',
  roles: ['handler'],
  personKey: 'staff:0042',
  ...over,
});

describe('reading', () => {
  test('colleagues see each other, without person keys', async () => {
    const { api } = service;
    const path = `/v1/agencies/${await agencyOf('head.heping')}/officers`;
    const list = await api.get('head.heping', `${path}?includeTotal=true`);
    expect(list.body.total).toBe(6);
    expect(list.text).not.toContain('personKey');
    const handlers = await api.get('head.heping', `${path}?role=handler&state=active`);
    expect(handlers.body.items).toMatchObject([{ code: 'handler.heping', roles: ['handler'] }]);
    const one = await officer('head.heping', 'handler.heping');
    expect(one.body).toMatchObject({ name: '陈思远', personKey: null });
    expect((await officer('admin', 'handler.heping')).body.personKey).toBe('sandbox:handler.heping');
  });

  test('officers of another agency are not there, byte for byte', async () => {
    const { api } = service;
    const strip = (text: string) => text.replace(/"(instance|requestId)":"[^"]*"/g, '');
    const other = await api.get('head.tiexi', `/v1/agencies/${await agencyOf('head.heping')}/officers`);
    const none = await api.get('head.tiexi', `/v1/agencies/${ABSENT}/officers`);
    expect(other.status).toBe(404);
    expect(strip(other.text)).toBe(strip(none.text));
    const one = await officer('admin', 'handler.heping');
    expect((await api.get('head.tiexi', one.path)).status).toBe(404);
    const elsewhere = one.path.replace(await agencyOf('head.heping'), await agencyOf('head.tiexi'));
    expect((await api.get('head.tiexi', elsewhere)).status).toBe(404);
    expect((await api.get('admin', `/v1/agencies/${ABSENT}/officers`)).status).toBe(404);
  });
});

describe('keeping', () => {
  test('an officer is added, can act, is edited, suspended and reinstated', async () => {
    const { api } = service;
    const made = await api.create('admin', `/v1/agencies/${await agencyOf('head.heping')}/officers`, added());
    expect(made).toMatchObject({ status: 201, body: { state: 'active', version: 1, personKey: 'staff:0042' } });
    const path = new URL(String(made.headers.location)).pathname;
    expect((await api.get('handler2.heping', '/v1/me')).body).toMatchObject({ officer: { name: '钱若水' } });
    const edit = { body: { roles: ['handler', 'intake'] }, etag: made.etag };
    const edited = await api.as('admin', 'PATCH', path, edit);
    expect(edited.body).toMatchObject({ version: 2, roles: ['handler', 'intake'], name: '钱若水' });
    expect((await api.as('admin', 'PATCH', path, edit)).status).toBe(412);
    const suspended = await api.decide('admin', path, 'suspension');
    expect(suspended.body).toMatchObject({ state: 'suspended', version: 3 });
    const again = await api.decide('admin', path, 'suspension');
    expect(again.body).toMatchObject({ state: 'suspended', version: 3 });
    const token = await api.request('POST', '/v1/sandbox/tokens', { body: { officer: 'handler2.heping' } });
    expect(token.status).toBe(422);
    expect((await api.decide('admin', path, 'reinstatement')).body).toMatchObject({ state: 'active', version: 4 });
    const facts = await service.owner.query<{ type: string; data: Json }>(
      `select type, data from audit_records where kind = 'agency' and data->>'officerId' = $1 order by sequence`,
      [made.body.id],
    );
    expect(facts.map(({ type }) => type)).toEqual([
      'agency.officer_added',
      'agency.officer_edited',
      'agency.officer_suspended',
      'agency.officer_reinstated',
    ]);
    expect(JSON.stringify(facts)).not.toMatch(/staff:0042|钱若水/);
  });

  test('a decision on an officer needs its ETag', async () => {
    const { path } = await officer('admin', 'intake.tiexi');
    expect((await service.api.as('admin', 'POST', `${path}/suspension`, { body: {} })).status).toBe(428);
    expect((await service.api.as('admin', 'POST', `${path}/suspension`)).status).toBe(428);
    expect((await service.api.as('admin', 'POST', `${path}/suspension`, { body: { until: 'x' } })).status).toBe(400);
    const stale = await service.api.as('admin', 'POST', `${path}/suspension`, { body: {}, etag: '"9.x"' });
    expect(stale.status).toBe(412);
  });

  test.each([
    ['a role of another kind of agency', { roles: ['wf_officer'] }, 422, 'role.unfit'],
    ['an unknown role', { roles: ['mayor'] }, 400, undefined],
    ['no role', { roles: [] }, 400, undefined],
    ['no person key', { personKey: undefined }, 400, undefined],
    ['an identity number as key', { personKey: '210102198503154321' }, 422, 'person_key.personal'],
    ['a telephone number as key', { personKey: '13812345678' }, 422, 'person_key.personal'],
    ['an unknown member', { password: 'x' }, 400, undefined],
  ])('%s is refused', async (_name, over, status, code) => {
    const path = `/v1/agencies/${await agencyOf('head.tiexi')}/officers`;
    const answer = await service.api.create('admin', path, added({ code: 'new.tiexi', ...over }));
    expect(answer.status).toBe(status);
    if (code) expect(answer.body.errors).toMatchObject([{ code }]);
  });

  test('a taken code is 409', async () => {
    const path = `/v1/agencies/${await agencyOf('head.tiexi')}/officers`;
    const answer = await service.api.create('admin', path, added({ code: 'handler.heping' }));
    expect(answer).toMatchObject({ status: 409, body: { code: 'officer.code_taken' } });
  });

  test('nobody gives, changes or ends rights of their own', async () => {
    const { api } = service;
    const refused = { status: 403, body: { code: 'decision.four_eyes' } };
    const own = await officer('admin', 'admin');
    const roles = { body: { roles: ['admin', 'chief'] }, etag: own.etag };
    expect(await api.as('admin', 'PATCH', own.path, roles)).toMatchObject(refused);
    expect(await api.decide('admin', own.path, 'suspension')).toMatchObject(refused);
    const second = added({ code: 'chief2.liaoning', roles: ['chief'], personKey: 'sandbox:admin' });
    const path = own.path.slice(0, own.path.lastIndexOf('/'));
    expect(await api.create('admin', path, second)).toMatchObject(refused);
  });

  test('an officer without the permission is 403 for every id', async () => {
    const { api } = service;
    const own = await agencyOf('head.heping');
    for (const id of [own, ABSENT]) {
      const answer = await api.create('head.heping', `/v1/agencies/${id}/officers`, added());
      expect(answer).toMatchObject({ status: 403, body: { permission: 'officer:manage_own' } });
    }
  });
});
