// POST /v1/oauth/token: the standard form, one answer for every bad credential, and a token that cannot decide.
import { beforeAll, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import pg from 'pg';
import { bootstrapAdministrator } from '../../../src/agencies/bootstrap.ts';
import { createClient, type NewClient } from '../../../src/agencies/clients.ts';
import { findAgencyFor, serviceActor } from '../../../src/agencies/service.ts';
import { type Tx, writeTx } from '../../../src/platform/db/tx.ts';
import { DECISION_NUMBER_TEMPLATE, liaoningAgencies } from '../../../src/reference/agencies.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();
const FORM = 'application/x-www-form-urlencoded';
const asTest = { actor: serviceActor(), requestId: 'test', language: 'zh', dryRun: false, oversight: false } as const;

let client: NewClient;

function addClient(): Promise<NewClient> {
  const verb = async (tx: Tx) => {
    const agency = await findAgencyFor(tx, 'womens_federation', '210102', 'county');
    const input = { agencyId: agency?.id ?? '', name: 'Federation system', roles: ['wf_officer'] } as const;
    return createClient(tx, service.tx.keyring, input);
  };
  return writeTx<NewClient>(service.tx, asTest, { verb, finish: async (_tx, value) => value as NewClient });
}

beforeAll(async () => {
  client = await addClient();
}, 60_000);

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const ask = (raw: string, headers: Record<string, string> = {}) =>
  service.api.request('POST', '/v1/oauth/token', { raw, key: null, headers: { 'content-type': FORM, ...headers } });
const credentials = (over: Record<string, string> = {}) =>
  form({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret, ...over });
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

async function asOwner(text: string): Promise<void> {
  const owner = new pg.Client({ connectionString: service.database.ownerUrl });
  await owner.connect();
  await owner.query(text);
  await owner.end();
}

test('gives a token for the secret in the body or by HTTP Basic, and it speaks for the client', async () => {
  const ways = [
    await ask(credentials()),
    await ask('grant_type=client_credentials', { authorization: basic(client.clientId, client.clientSecret) }),
    await ask(credentials({ scope: 'anything' })),
  ];
  for (const answer of ways) {
    expect([answer.status, answer.body.token_type, answer.body.expires_in]).toEqual([200, 'Bearer', 3600]);
    expect(answer.headers['cache-control']).toBe('no-store');
    const authorization = `Bearer ${answer.body.access_token}`;
    const me = await service.api.request('GET', '/v1/me', { headers: { authorization } });
    expect(me.body).toMatchObject({ officer: null, client: { id: client.clientId }, agency: { code: 'wf-210102' } });
    const clue = await service.api.request('POST', '/v1/clues', { headers: { authorization }, body: sampleClue() });
    expect(clue.status).toBe(201);
  }
});

test('its tokens verify against the published keys, under the published issuer', async () => {
  const metadata = await service.api.request('GET', '/.well-known/oauth-authorization-server');
  expect(metadata.body).toMatchObject({
    issuer: 'http://service.test',
    token_endpoint: 'http://service.test/v1/oauth/token',
    jwks_uri: 'http://service.test/.well-known/jwks.json',
  });
  const token = String((await ask(credentials())).body.access_token);
  const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`));
  const verified = await jwtVerify(token, keys, {
    issuer: 'http://service.test',
    typ: 'at+jwt',
    algorithms: ['ES256'],
  });
  expect(verified.payload).toMatchObject({ sub: client.clientId, client_id: client.clientId, kind: 'client' });
  const published = (await service.api.request('GET', '/.well-known/jwks.json')).body.keys as object[];
  for (const key of published) expect(Object.keys(key)).not.toContain('d');
});

test('unknown client, wrong secret, suspended and expired client get the same 401', async () => {
  const suspended = await addClient();
  const expired = await addClient();
  await asOwner(`update clients set state = 'suspended' where id = '${suspended.clientId}'`);
  await asOwner(`update clients set secret_expires_at = now() where id = '${expired.clientId}'`);
  const bad: Record<string, string>[] = [
    { client_id: '01a20893-ccc7-79df-bc07-86622be37fc1' },
    { client_id: 'no-uuid' },
    { client_secret: `${client.clientSecret}x` },
    { client_id: suspended.clientId, client_secret: suspended.clientSecret },
    { client_id: expired.clientId, client_secret: expired.clientSecret },
  ];
  const answers = await Promise.all(bad.map((over) => ask(credentials(over))));
  const alike = answers.map(({ status, headers, body }) => ({
    status,
    challenge: headers['www-authenticate'],
    body: { ...body, requestId: '' },
  }));
  expect(alike[0]).toMatchObject({ status: 401, challenge: 'Basic realm="oauth"', body: { error: 'invalid_client' } });
  for (const answer of alike) expect(answer).toEqual(alike[0]);
});

test('a suspension ends a token that was given before', async () => {
  const other = await addClient();
  const given = await ask(credentials({ client_id: other.clientId, client_secret: other.clientSecret }));
  await asOwner(`update clients set state = 'suspended' where id = '${other.clientId}'`);
  const headers = { authorization: `Bearer ${given.body.access_token}` };
  expect((await service.api.request('GET', '/v1/me', { headers })).status).toBe(401);
});

test.each([
  ['an unsupported grant', 'grant_type=password', 400, 'unsupported_grant_type'],
  ['no grant', 'client_id=x', 400, 'invalid_request'],
  ['an empty body', '', 400, 'invalid_request'],
  ['a parameter twice', 'grant_type=client_credentials&grant_type=client_credentials', 400, 'invalid_request'],
  ['an unknown parameter', 'grant_type=client_credentials&user=me', 400, 'invalid_request'],
  ['broken percent-encoding', 'grant_type=%E0%A4', 400, 'invalid_request'],
  ['NUL', 'grant_type=client_credentials%00', 400, 'invalid_request'],
  ['a prototype', '__proto__=x', 400, 'invalid_request'],
  ['no credentials', 'grant_type=client_credentials', 401, 'invalid_client'],
])('%s is a problem with the code of RFC 6749', async (_name, raw, status, error) => {
  const answer = await ask(raw);
  expect([answer.status, answer.body.error]).toEqual([status, error]);
  expect(answer.headers['content-type']).toContain('application/problem+json');
});

test('two ways of authenticating at once, and a broken Basic header, are refused', async () => {
  const authorization = basic(client.clientId, client.clientSecret);
  expect((await ask(credentials(), { authorization })).body.error).toBe('invalid_request');
  for (const broken of ['Basic !!', 'Bearer x', basic('%', '%')]) {
    const answer = await ask('grant_type=client_credentials', { authorization: broken });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  }
});

test('a form is understood here only, and JSON everywhere else only (S-30)', async () => {
  const token = await service.api.token('wf.heping');
  const elsewhere = await service.api.request('POST', '/v1/clues', {
    raw: 'source=wf_visit',
    headers: { 'content-type': FORM, authorization: `Bearer ${token}` },
  });
  expect(elsewhere.status).toBe(415);
  const types = ['application/json', `${FORM};charset=utf-7`, `${FORM}, application/json`, ` ${FORM}\t`, 'text/plain'];
  for (const type of types.slice(0, 3).concat(types.slice(4))) {
    const answer = await ask(credentials(), { 'content-type': type });
    expect([type, answer.status]).toEqual([type, 415]);
  }
});

test('the first administrator is made once, its secret kept as a digest only', async () => {
  const input = { tree: liaoningAgencies(), decisionNumberTemplate: DECISION_NUMBER_TEMPLATE, rootCode: 'proc-210000' };
  const first = await bootstrapAdministrator(service.tx, input);
  expect(first.client?.clientSecret).toMatch(/^jas_[\w-]{43}$/);
  expect((await bootstrapAdministrator(service.tx, input)).client).toBeUndefined();
  const id = first.client?.clientId ?? '';
  const secret = first.client?.clientSecret ?? '';
  expect((await ask(credentials({ client_id: id, client_secret: secret }))).status).toBe(200);
  const stored = await service.pool.query<{ hash: Buffer }>('select secret_hash as hash from clients where id = $1', [
    id,
  ]);
  expect(stored[0]?.hash).toHaveLength(32);
  const audited = await service.owner.query(
    `select from audit_records where type = 'agency.client_created' and data->>'clientId' = $1`,
    [id],
  );
  expect(audited).toHaveLength(1);
});
