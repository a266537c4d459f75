// Roles by two people (ADR 0016): on a database that asks for it nobody gives a role alone, and three administrators are three people.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { addAdministrator, bootstrapAdministrator, type FirstAdministrator } from '../../../src/agencies/bootstrap.ts';
import { DECISION_NUMBER_TEMPLATE, liaoningAgencies } from '../../../src/reference/agencies.ts';
import { assertionOf, CLIENT_ASSERTION, JWT_BEARER, keyOf } from '../../support/assertions.ts';
import { useService } from '../../support/service.ts';

const service = useService({ env: { ROLE_CONFIRMATION: 'true' } });
const { stringify } = JSON;
let heping = '';
let liaoning = '';

beforeAll(async () => {
  const agencyOf = async (code: string) =>
    String(((await service.api.get(code, '/v1/me')).body.agency as { id: string }).id);
  [heping, liaoning] = [await agencyOf('head.heping'), await agencyOf('admin')];
}, 60_000);

const officer = (code: string, roles: string[], personKey = `staff:${code}`) => ({
  code,
  name: '新进',
  roles,
  personKey,
});
const add = (by: string, agency: string, body: unknown) =>
  service.api.create(by, `/v1/agencies/${agency}/officers`, body);
const open = async (officerId: unknown) =>
  ((await service.api.get('security', `/v1/role-grants?state=open&officerId=${String(officerId)}`)).body.items ??
    [])[0];
const pathOf = (grant: { id?: unknown } | undefined) => `/v1/role-grants/${String(grant?.id)}`;
const permissions = async (code: string) => (await service.api.get(code, '/v1/me')).body.permissions as string[];

describe('a role', () => {
  test('is proposed with the officer and given when another person confirms it', async () => {
    const made = await add('admin', heping, officer('new.heping', ['handler', 'head']));
    expect(made).toMatchObject({ status: 201, body: { roles: [] } });
    expect(await permissions('new.heping')).toEqual([]);
    const grant = await open(made.body.id);
    expect(grant).toMatchObject({ state: 'open', roles: ['handler', 'head'], agencyId: heping });
    expect((await service.api.decide('admin', pathOf(grant), 'confirmation')).status).toBe(403);
    const done = await service.api.decide('security', pathOf(grant), 'confirmation');
    expect(done).toMatchObject({ status: 200, body: { state: 'confirmed' } });
    expect(await permissions('new.heping')).toContain('case:propose');
    expect((await service.api.decide('security', pathOf(grant), 'confirmation')).body.code).toBe('role_grant.decided');
    const records = await service.owner.query(
      `select type from audit_records where data->>'roleGrantId' = $1 order by sequence`,
      [String(grant?.id)],
    );
    expect(records).toEqual([{ type: 'agency.role_grant_proposed' }, { type: 'agency.role_grant_confirmed' }]);
  });

  test('that is taken ends at once, one that is given waits; one open grant at a time', async () => {
    const made = await add('admin', heping, officer('two.heping', ['handler', 'head']));
    await service.api.decide('security', pathOf(await open(made.body.id)), 'confirmation');
    const path = `/v1/agencies/${heping}/officers/${String(made.body.id)}`;
    const seen = await service.api.get('admin', path);
    const patch = (roles: string[], etag: string) => service.api.as('admin', 'PATCH', path, { body: { roles }, etag });
    const changed = await patch(['head', 'intake'], seen.etag);
    expect(changed).toMatchObject({ status: 200, body: { roles: ['head'] } });
    expect(await permissions('two.heping')).not.toContain('case:close_nothing');
    expect((await patch(['head', 'finance'], changed.etag)).body.code).toBe('role_grant.open');
    const refused = await service.api.decide('security', pathOf(await open(made.body.id)), 'refusal');
    expect(refused.body.state).toBe('refused');
    expect((await service.api.get('admin', path)).body.roles).toEqual(['head']);
  });

  test('is confirmed inside the agency by another agency administrator, but no administration or audit', async () => {
    for (const code of ['first.heping', 'second.heping']) {
      const made = await add('admin', heping, officer(code, ['agency_admin']));
      await service.api.decide('security', pathOf(await open(made.body.id)), 'confirmation');
    }
    const made = await add('first.heping', heping, officer('third.heping', ['intake']));
    const grant = await open(made.body.id);
    expect((await service.api.decide('first.heping', pathOf(grant), 'confirmation')).body.code).toBe(
      'decision.four_eyes',
    );
    expect((await service.api.decide('second.heping', pathOf(grant), 'confirmation')).status).toBe(200);
    const auditor = await add('admin', heping, officer('audit.heping', ['auditor']));
    const reserved = await service.api.decide('second.heping', pathOf(await open(auditor.body.id)), 'confirmation');
    expect(reserved.body.code).toBe('role_grant.reserved');
    const far = await add('admin', liaoning, officer('far.liaoning', ['intake']));
    expect((await service.api.get('second.heping', pathOf(await open(far.body.id)))).status).toBe(404);
  });

  test('is never confirmed by who gains by it, through whatever officer', async () => {
    const made = await add('admin', heping, officer('same.heping', ['intake'], 'sandbox:security'));
    const answer = await service.api.decide('security', pathOf(await open(made.body.id)), 'confirmation');
    expect(answer.body.code).toBe('decision.four_eyes');
  });

  test('of a client waits for the security administrator', async () => {
    const made = await service.api.create('admin', '/v1/clients', {
      agencyId: heping,
      name: '系统',
      roles: ['intake'],
    });
    expect(made).toMatchObject({ status: 201, body: { roles: [] } });
    const list = await service.api.get('security', `/v1/role-grants?state=open&clientId=${String(made.body.id)}`);
    const [grant] = list.body.items ?? [];
    expect((await service.api.decide('security', pathOf(grant), 'confirmation')).status).toBe(200);
    expect((await service.api.get('security', `/v1/clients/${String(made.body.id)}`)).body.roles).toEqual(['intake']);
  });
});

describe('a key of a client', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const key = keyOf('a system of the agency');
  let client = '';

  /** The system says that an officer of its agency is there. */
  const vouch = async () => {
    const mine = { iss: client };
    const raw = new URLSearchParams({
      grant_type: JWT_BEARER,
      assertion: await assertionOf(key, { ...mine, sub: 'handler.heping' }),
      client_assertion_type: CLIENT_ASSERTION,
      client_assertion: await assertionOf(key, mine),
    }).toString();
    const sent = { raw, key: null, headers: { 'content-type': FORM } };
    return (await service.api.request('POST', '/v1/oauth/token', sent)).status;
  };
  const add = async (publicKey = key.publicKey) => {
    const made = await service.api.create('admin', `/v1/clients/${client}/keys`, { publicKey });
    expect(made).toMatchObject({ status: 201, body: { confirmedAt: null } });
    const list = await service.api.get('security', `/v1/role-grants?state=open&clientId=${client}`);
    return (list.body.items ?? []).find((grant) => grant.clientKeyId === made.body.id);
  };

  beforeAll(async () => {
    const input = { agencyId: heping, name: '业务系统', roles: ['intake'] };
    client = String((await service.api.create('admin', '/v1/clients', input)).body.id);
  });

  test('speaks for nobody before another person has let it in: an administrator alone becomes no handler', async () => {
    const grant = await add();
    expect(await vouch()).toBe(401);
    expect((await service.api.decide('admin', pathOf(grant), 'confirmation')).status).toBe(403);
    expect((await service.api.decide('security', pathOf(grant), 'confirmation')).body).toMatchObject({
      state: 'confirmed',
      clientKeyId: expect.any(String),
    });
    expect(await vouch()).toBe(200);
    // It brings no roles along: those that wait for their own confirmation wait on.
    expect((await service.api.get('security', `/v1/clients/${client}`)).body.roles).toEqual([]);
  });

  test('that the security administrator has registered waits for another one; a refused one is gone', async () => {
    const made = await service.api.create('security', `/v1/clients/${client}/keys`, {
      publicKey: keyOf('second').publicKey,
    });
    const list = await service.api.get('security', `/v1/role-grants?state=open&clientId=${client}`);
    const own = (list.body.items ?? []).find((grant) => grant.clientKeyId === made.body.id);
    expect((await service.api.decide('security', pathOf(own), 'confirmation')).body.code).toBe('decision.four_eyes');
    const grant = await add(keyOf('third').publicKey);
    expect((await service.api.decide('security', pathOf(grant), 'refusal')).body.state).toBe('refused');
    const gone = await service.api.get('security', `/v1/clients/${client}/keys/${String(grant?.clientKeyId)}`);
    expect(gone.body.removedAt).toEqual(expect.any(String));
  });
});

describe('administration, security and audit', () => {
  test('are no roles of one officer', async () => {
    const answer = await add('admin', liaoning, officer('both.liaoning', ['admin', 'auditor']));
    expect([answer.status, stringify(answer.body.errors)]).toEqual([422, expect.stringContaining('role.separation')]);
  });

  test.each([
    ['sandbox:auditor.liaoning', 'security_admin'],
    ['SANDBOX:SECURITY', 'auditor'],
    ['sandbox:auditor.liaoning', 'admin'],
  ])('nor of one human being: %s as %s', async (personKey, role) => {
    const code = `x${personKey.length}.${role.replace('_', '')}`;
    const answer = await add('admin', liaoning, officer(code, [role], personKey));
    expect([answer.status, answer.body.code]).toEqual([409, 'role.separation']);
  });

  test('two grants that are apart when they are proposed are not when they are confirmed', async () => {
    const grants = [];
    for (const [code, role] of [
      ['p.liaoning', 'admin'],
      ['q.liaoning', 'auditor'],
    ] as const)
      grants.push(await open((await add('admin', liaoning, officer(code, [role], 'staff:one'))).body.id));
    const answers = await Promise.all(
      grants.map((grant) => service.api.decide('security', pathOf(grant), 'confirmation')),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe('the beginning of a live database', () => {
  const root = { tree: liaoningAgencies(), decisionNumberTemplate: DECISION_NUMBER_TEMPLATE, rootCode: 'proc-210000' };
  const first = (role: 'admin' | 'security_admin', word: string, over: Partial<FirstAdministrator> = {}) =>
    addAdministrator(service.tx, {
      ...{ role, code: `${word}.live`, name: '首任', personKey: `live:${word}`, publicJwk: keyOf(word).publicKey },
      ...{ rootCode: 'proc-210000', recover: false, ...over },
    });

  test('has two people with keys of their own, and the credential of the first client decides nothing', async () => {
    const { client } = await bootstrapAdministrator(service.tx, root);
    const one = await first('admin', 'one');
    expect(one).toEqual({ officerId: expect.any(String) });
    await expect(first('security_admin', 'two', { personKey: 'live:one' })).rejects.toMatchObject({
      code: 'role.separation',
    });
    expect(await first('security_admin', 'two')).toEqual({ officerId: expect.any(String) });
    expect(await first('admin', 'three')).toBe('role_held');
    expect(await first('admin', 'one', { recover: true })).toBe('code_taken');
    const form = async (fields: Record<string, string>) => {
      const raw = new URLSearchParams(fields).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return String(
        (await service.api.request('POST', '/v1/oauth/token', { raw, headers, key: null })).body.access_token,
      );
    };
    const own = async (word: string) =>
      form({ grant_type: JWT_BEARER, assertion: await assertionOf(keyOf(word), { iss: `${word}.live` }) });
    const [admin, security] = [await own('one'), await own('two')];
    expect(decodeJwt(admin).acr).toBe('officer_key');
    const as = (token: string, method: string, path: string, body?: unknown, etag?: string) =>
      service.api.request(method, path, {
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body }),
        ...(etag ? { etag } : {}),
      });
    const made = await as(admin, 'POST', `/v1/agencies/${heping}/officers`, officer('live.heping', ['chief']));
    expect(made).toMatchObject({ status: 201, body: { roles: [] } });
    const grant = pathOf(await open(made.body.id));
    const seen = await as(security, 'GET', grant);
    expect((await as(security, 'POST', `${grant}/confirmation`, {}, seen.etag)).status).toBe(200);
    const system = await form({
      ...{ grant_type: 'client_credentials' },
      ...{ client_id: client?.clientId ?? '', client_secret: client?.clientSecret ?? '' },
    });
    const alone: [string, string, unknown][] = [
      ['POST', `/v1/agencies/${heping}/officers`, officer('hole.heping', ['chief'])],
      ['POST', '/v1/clients', { agencyId: heping, name: 'x', roles: ['handler'] }],
      ['POST', `/v1/clients/${client?.clientId}/keys`, { publicKey: keyOf('hole').publicKey }],
      ['POST', `/v1/agencies/${heping}/officers/${String(made.body.id)}/role-grants`, { roles: ['head'] }],
      [
        'POST',
        `/v1/agencies/${heping}/officers/${String(made.body.id)}/credentials`,
        { publicKey: keyOf('h').publicKey },
      ],
    ];
    for (const [method, path, body] of alone) {
      const answer = await as(system, method, path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'auth.factor_required']);
    }
    expect((await as(system, 'GET', '/v1/clients')).status).toBe(200);
  });
});
