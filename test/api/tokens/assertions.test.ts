// private_key_jwt and the jwt-bearer grant: who may speak for whom, each assertion once, and what a vouched token cannot do (S-21).
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, type JWTPayload } from 'jose';
import { assertionOf, CLIENT_ASSERTION, ISSUER, JWT_BEARER, keyOf, type TestKey } from '../../support/assertions.ts';
import { useService } from '../../support/service.ts';
import { createStory } from '../../support/story.ts';

const service = useService();
const FORM = 'application/x-www-form-urlencoded';
const clientKey = keyOf('client of heping');
const officerKey = keyOf('chief of heping');
type Client = { id: string; secret: string; etag: string };
let client: Client;
let stranger: Client;
let agency = '';
const ids: Record<string, string> = {};

const ask = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  service.api.request('POST', '/v1/oauth/token', {
    raw: new URLSearchParams(fields).toString(),
    key: null,
    headers: { 'content-type': FORM, ...headers },
  });
const byKey = async (id: string, key: TestKey, claims: JWTPayload = {}, seconds = 60) => ({
  client_assertion_type: CLIENT_ASSERTION,
  client_assertion: await assertionOf(key, { iss: id, ...claims }, seconds),
});
const bySecret = ({ id, secret }: Client) => ({ client_id: id, client_secret: secret });
const bearer = (token: unknown) => ({ headers: { authorization: `Bearer ${String(token)}` } });
const me = (token: unknown) => service.api.request('GET', '/v1/me', bearer(token));

async function makeClient(of: string, name: string, roles: string[], key: TestKey): Promise<Client> {
  const agencyId = String(((await service.api.get(of, '/v1/me')).body.agency as { id: string }).id);
  const made = await service.api.create('admin', '/v1/clients', { agencyId, name, roles });
  expect(made.status).toBe(201);
  const path = `/v1/clients/${String(made.body.id)}`;
  const added = await service.api.create('security', `${path}/keys`, { publicKey: key.publicKey });
  expect(added.status).toBe(201);
  return { id: String(made.body.id), secret: String(made.body.secret), etag: made.etag };
}

beforeAll(async () => {
  client = await makeClient('head.heping', '办案系统', ['handler'], clientKey);
  stranger = await makeClient('head.tiexi', '他院系统', ['handler'], keyOf('client of tiexi'));
  for (const code of ['chief.heping', 'handler.heping', 'chief.tiexi']) {
    const { body } = await service.api.get(code, '/v1/me');
    ids[code] = (body.officer as { id: string }).id;
    if (code === 'chief.heping') agency = (body.agency as { id: string }).id;
  }
}, 60_000);

describe('private_key_jwt', () => {
  test('authenticates by a registered key, beside the secret, for the issuer and the token endpoint', async () => {
    for (const aud of [ISSUER, `${ISSUER}/v1/oauth/token`, ['https://elsewhere.test', ISSUER]]) {
      const answer = await ask({ grant_type: 'client_credentials', ...(await byKey(client.id, clientKey, { aud })) });
      expect([aud, answer.status]).toEqual([aud, 200]);
      expect((await me(answer.body.access_token)).body).toMatchObject({ officer: null, client: { id: client.id } });
    }
    expect((await ask({ grant_type: 'client_credentials', ...bySecret(client) })).status).toBe(200);
  });

  test('is good once', async () => {
    const fields = { grant_type: 'client_credentials', ...(await byKey(client.id, clientKey)) };
    const both = await Promise.all([ask(fields), ask(fields)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    expect((await ask(fields)).body.error).toBe('invalid_client');
  });

  test.each<[string, JWTPayload, number]>([
    ['for somebody else', { aud: 'https://elsewhere.test' }, 60],
    ['about somebody else', { sub: 'other' }, 60],
    ['expired', {}, -60],
    ['living too long', {}, 301],
    ['early', { nbf: Math.floor(Date.now() / 1000) + 600 }, 60],
    ['without jti', { jti: undefined as never }, 60],
    ['without exp', { exp: undefined as never }, 60],
    ['without aud', { aud: undefined as never }, 60],
    ['with a jti that is no text', { jti: 7 as never }, 60],
    ['issued in the future', { iat: Math.floor(Date.now() / 1000) + 200 }, 250],
  ])('refuses one %s', async (_name, claims, seconds) => {
    const answer = await ask({
      grant_type: 'client_credentials',
      ...(await byKey(client.id, clientKey, claims, seconds)),
    });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });

  test('refuses the key of another client, a key that was never registered, and two ways at once', async () => {
    for (const key of [keyOf('client of tiexi'), keyOf('nobody')]) {
      const answer = await ask({ grant_type: 'client_credentials', ...(await byKey(client.id, key)) });
      expect(answer.status).toBe(401);
    }
    const both = { grant_type: 'client_credentials', ...bySecret(client), ...(await byKey(client.id, clientKey)) };
    expect((await ask(both)).body.error).toBe('invalid_request');
  });

  test('a second key overlaps the first; a removed one ends with the tokens of before', async () => {
    const [first, second] = [keyOf('first'), keyOf('second')];
    const own = await makeClient('head.heping', '轮换', ['handler'], first);
    const path = `/v1/clients/${own.id}`;
    const added = await service.api.create('admin', `${path}/keys`, { publicKey: second.publicKey });
    expect(added).toMatchObject({ status: 201, body: { kid: second.kid, algorithm: 'EdDSA' } });
    expect((await service.api.create('admin', `${path}/keys`, { publicKey: second.publicKey })).body.code).toBe(
      'key.taken',
    );
    const tokens = [first, second].map(async (key) =>
      ask({ grant_type: 'client_credentials', ...(await byKey(own.id, key)) }),
    );
    const [one, two] = await Promise.all(tokens);
    expect([one?.status, two?.status]).toEqual([200, 200]);
    const keys = (await service.api.get('security', `${path}/keys`)).body.items as { id: string; kid: string }[];
    const old = keys.find(({ kid }) => kid === first.kid)?.id;
    const removed = await service.api.decide('security', `${path}/keys/${old}`, 'removal');
    expect([removed.status, removed.body.removedAt]).toEqual([200, expect.any(String)]);
    expect((await me(two?.body.access_token)).status).toBe(401);
    const again = await ask({ grant_type: 'client_credentials', ...(await byKey(own.id, first)) });
    const other = await ask({ grant_type: 'client_credentials', ...(await byKey(own.id, second)) });
    expect([again.status, other.status]).toEqual([401, 200]);
  });

  test.each([
    [
      'a private key',
      { kty: 'OKP', crv: 'Ed25519', x: clientKey.publicKey.kty === 'OKP' ? 'x'.repeat(43) : '', d: 'x' },
      400,
    ],
    ['a point off the curve', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }, 422],
    ['another curve', { kty: 'EC', crv: 'P-384', x: 'A'.repeat(43), y: 'A'.repeat(43) }, 400],
    ['a short modulus', { kty: 'RSA', n: 'A'.repeat(100), e: 'AQAB' }, 400],
  ])('registers no %s', async (_name, publicKey, status) => {
    const answer = await service.api.create('admin', `/v1/clients/${client.id}/keys`, { publicKey });
    expect(answer.status).toBe(status);
  });
});

const vouch = async (by: Client, key: TestKey, sub: string, claims: JWTPayload = {}) =>
  ask({ grant_type: JWT_BEARER, ...bySecret(by), assertion: await assertionOf(key, { iss: by.id, sub, ...claims }) });

describe('jwt-bearer', () => {
  test('a system vouches for its own officer, by code or id; the token names both', async () => {
    for (const sub of ['chief.heping', ids['chief.heping'] ?? '']) {
      const answer = await vouch(client, clientKey, sub);
      expect(answer.status).toBe(200);
      const claims = decodeJwt(String(answer.body.access_token));
      expect(claims).toMatchObject({ sub: ids['chief.heping'], acr: 'vouched', act: { sub: client.id } });
      const { body } = await me(answer.body.access_token);
      expect(body).toMatchObject({ officer: { code: 'chief.heping' }, client: { id: client.id } });
    }
  });

  test('not for an officer of another agency, an unknown or suspended one, and not without authenticating', async () => {
    for (const sub of ['chief.tiexi', ids['chief.tiexi'] ?? '', 'nobody.heping', '', client.id]) {
      const answer = await vouch(client, clientKey, sub);
      expect([sub, answer.status, answer.body.error]).toEqual([sub, 400, 'invalid_grant']);
    }
    const assertion = await assertionOf(clientKey, { iss: client.id, sub: 'chief.heping' });
    expect((await ask({ grant_type: JWT_BEARER, assertion })).body.error).toBe('invalid_grant');
    // Handed over by another client: its own name does not stand in it.
    expect((await ask({ grant_type: JWT_BEARER, ...bySecret(stranger), assertion })).body.error).toBe('invalid_grant');
  });

  test('what is vouched for decides nothing, and every action says so', async () => {
    const story = createStory(service.api);
    const token = String((await vouch(client, clientKey, 'chief.heping')).body.access_token);
    const known = await service.api.create('handler.heping', '/v1/assistance-cases', {
      initiation: 'ex_officio',
      regionCode: '210102',
      linkedCase: { type: 'criminal', handlingOrgan: '和平区人民检察院' },
      facts: '被害人重伤。',
      subjects: [story.subject()],
    });
    const path = `/v1/assistance-cases/${String(known.body.id)}`;
    const seen = await service.api.request('GET', path, bearer(token));
    const actions = seen.body.availableActions as { action: string; allowed: boolean; reasons: { code: string }[] }[];
    expect(actions.find(({ action }) => action === 'revocation')?.allowed).toBe(false);
    for (const act of ['approval', 'revocation', 'emergency-advance', 'joint-share']) {
      const answer = await service.api.request('POST', `${path}/${act}`, {
        ...bearer(token),
        etag: seen.etag,
        body: {},
      });
      expect([act, answer.status, answer.body.code]).toEqual([act, 403, 'auth.factor_required']);
      expect(answer.headers['www-authenticate']).toBe(
        'Bearer error="insufficient_user_authentication", acr_values="officer_key sandbox"',
      );
    }
  });

  test('ends with the client that vouched', async () => {
    const key = keyOf('ending');
    const own = await makeClient('head.heping', '停用', ['handler'], key);
    const token = (await vouch(own, key, 'handler.heping')).body.access_token;
    expect((await me(token)).status).toBe(200);
    expect((await service.api.decide('security', `/v1/clients/${own.id}`, 'suspension')).status).toBe(200);
    expect((await me(token)).status).toBe(401);
  });
});

const credentials = () => `/v1/agencies/${agency}/officers/${ids['chief.heping']}/credentials`;
const own = async (key: TestKey, iss: string, by: Record<string, string> = {}) =>
  ask({ grant_type: JWT_BEARER, ...by, assertion: await assertionOf(key, { iss }) });

describe('a key of the officer', () => {
  test('is registered by one person and confirmed by another; then it decides', async () => {
    const made = await service.api.create('admin', credentials(), { publicKey: officerKey.publicKey });
    expect(made).toMatchObject({ status: 201, body: { state: 'proposed', kid: officerKey.kid } });
    expect((await own(officerKey, 'chief.heping')).body.error).toBe('invalid_grant');
    const path = `${credentials()}/${String(made.body.id)}`;
    expect((await service.api.decide('admin', path, 'confirmation')).body.code).toBe('decision.four_eyes');
    const colleague = await service.api.as('head.heping', 'POST', `${path}/confirmation`, {
      body: {},
      etag: made.etag,
    });
    expect(colleague.body.code).toBe('credential.not_yours');
    expect((await service.api.decide('security', path, 'confirmation')).body.state).toBe('active');
    const answer = await own(officerKey, 'chief.heping');
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ acr: 'officer_key' });
    const refused = await service.api.request('POST', `/v1/assistance-cases/${ids['chief.heping']}/approval`, {
      ...bearer(answer.body.access_token),
      etag: '"1.x"',
      body: { outcome: 'granted', opinion: '同意' },
    });
    expect([refused.status, refused.body.code]).toEqual([404, 'resource.not_found']);
  });

  test('names the system that handed it over, which must be of the same agency', async () => {
    const answer = await own(officerKey, ids['chief.heping'] ?? '', bySecret(client));
    expect(decodeJwt(String(answer.body.access_token))).toMatchObject({ acr: 'officer_key', act: { sub: client.id } });
    expect((await own(officerKey, 'chief.heping', bySecret(stranger))).body.error).toBe('invalid_grant');
  });

  test('speaks for nobody else, and nobody else signs for it', async () => {
    expect((await own(officerKey, 'handler.heping')).body.error).toBe('invalid_grant');
    expect((await own(clientKey, 'chief.heping')).body.error).toBe('invalid_grant');
    const about = await assertionOf(officerKey, { iss: 'chief.heping', sub: 'head.heping' });
    expect((await ask({ grant_type: JWT_BEARER, assertion: about })).body.error).toBe('invalid_grant');
  });

  test('a second one by the officer in person is in force at once; removed, it ends its tokens', async () => {
    const second = keyOf('second of the chief');
    const token = (await own(officerKey, 'chief.heping')).body.access_token;
    const made = await service.api.request('POST', credentials(), {
      ...bearer(token),
      body: { publicKey: second.publicKey },
    });
    expect(made).toMatchObject({ status: 201, body: { state: 'active' } });
    const its = (await own(second, 'chief.heping')).body.access_token;
    expect((await me(its)).status).toBe(200);
    const removed = await service.api.decide('chief.heping', `${credentials()}/${String(made.body.id)}`, 'removal');
    expect(removed.body.state).toBe('removed');
    expect((await me(its)).status).toBe(401);
    expect((await own(second, 'chief.heping')).body.error).toBe('invalid_grant');
  });

  test('a vouched session registers none, nor does a colleague', async () => {
    const vouched = (await vouch(client, clientKey, 'chief.heping')).body.access_token;
    const body = { publicKey: keyOf('of the attacker').publicKey };
    const answer = await service.api.request('POST', credentials(), { ...bearer(vouched), body });
    expect([answer.status, answer.body.code]).toEqual([403, 'auth.factor_required']);
    expect((await service.api.create('head.heping', credentials(), body)).body.code).toBe('credential.not_yours');
    expect((await service.api.create('head.tiexi', credentials(), body)).status).toBe(404);
  });
});
