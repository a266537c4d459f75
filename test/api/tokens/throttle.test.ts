// S-11, S-09, S-08, S-07: guesses are counted by who is named and from where; certificates; what a secret that ends takes with it.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { purgeIdentity } from '../../../src/agencies/assertion-repository.ts';
import { serviceActor } from '../../../src/agencies/service.ts';
import { createApiThrottle } from '../../../src/agencies/throttle.ts';
import { askForToken } from '../../../src/agencies/token-issue.ts';
import { readTx } from '../../../src/platform/db/tx.ts';
import { ISSUER } from '../../support/assertions.ts';
import { useService } from '../../support/service.ts';

const env = { TRUST_PROXY: '10.0.0.1', CLIENT_CERT_HEADER: 'Client-Cert' };
const service = useService({ env });
const FORM = 'application/x-www-form-urlencoded';
type Client = { id: string; secret: string };
let victim: Client;

async function makeClient(name: string): Promise<Client> {
  const agencyId = String(((await service.api.get('wf.heping', '/v1/me')).body.agency as { id: string }).id);
  const made = await service.api.create('admin', '/v1/clients', { agencyId, name, roles: ['wf_officer'] });
  return { id: String(made.body.id), secret: String(made.body.secret) };
}

type From = { remoteAddress?: string; headers?: Record<string, string> };
async function inject(method: 'GET' | 'POST', url: string, payload: string | undefined, from: From) {
  const type: Record<string, string> = payload === undefined ? {} : { 'content-type': FORM };
  const headers = { ...type, ...from.headers };
  const { remoteAddress = '127.0.0.1' } = from;
  const answer = await service.app.inject({ method, url, headers, remoteAddress, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() as Record<string, unknown> };
}
const ask = ({ id, secret }: Client, from: From = {}) => {
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
  return inject('POST', '/v1/oauth/token', new URLSearchParams(form).toString(), from);
};
const me = (token: unknown, from: From = {}) =>
  inject('GET', '/v1/me', undefined, {
    ...from,
    headers: { ...from.headers, authorization: `Bearer ${String(token)}` },
  });

beforeAll(async () => {
  victim = await makeClient('被猜测的系统');
}, 60_000);

describe('at the token endpoint', () => {
  test('twenty wrong guesses from a source are answered 401, then 429; its own source goes on for the victim', async () => {
    const from = { remoteAddress: '198.51.100.7' };
    const wrong = { ...victim, secret: 'guess' };
    for (let i = 0; i < 20; i++) expect((await ask(wrong, from)).status).toBe(401);
    const refused = await ask(wrong, from);
    expect([refused.status, refused.body.code, refused.body.error]).toEqual([
      429,
      'auth.throttled',
      'temporarily_unavailable',
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(200);
    // Not even the right secret passes from there: a guess must not tell that it was right.
    expect((await ask(victim, from)).status).toBe(429);
    expect((await ask(victim, { remoteAddress: '198.51.100.8' })).status).toBe(200);
    expect((await ask(await makeClient('同一出口的系统'), from)).status).toBe(200);
    const records = await service.owner.query<{ n: number }>(
      `select count(*)::int as n from audit_records where type = 'agency.authentication_failed' and data->>'source' = $1`,
      [from.remoteAddress],
    );
    expect(records[0]?.n).toBe(20);
  });

  test('addresses of one /64 are one source, those of another are not; a mapped IPv4 address is that address', async () => {
    const wrong = { ...victim, secret: 'guess' };
    const from = (i: number) => ({ remoteAddress: `2001:db8:5:6:${i.toString(16)}::${i}` });
    for (let i = 1; i <= 20; i++) expect((await ask(wrong, from(i))).status).toBe(401);
    expect((await ask(wrong, from(21))).status).toBe(429);
    expect((await ask(victim, { remoteAddress: '2001:db8:5:7::1' })).status).toBe(200);
    expect((await ask(victim, { remoteAddress: '::ffff:198.51.100.7' })).status).toBe(429);
  });

  test('the count is shared by the replicas and forgotten after five minutes', async () => {
    await service.owner.query(`update auth_failures set since = since - interval '6 minutes'`);
    expect((await ask(victim, { remoteAddress: '198.51.100.7' })).status).toBe(200);
    const request = { actor: serviceActor(), requestId: 't', language: 'zh', dryRun: false, oversight: false } as const;
    await readTx(service.tx, request, purgeIdentity);
    expect(await service.owner.query('select 1 from auth_failures')).toEqual([]);
  });

  test('a source that has failed with many names is told so; a right credential from there passes', async () => {
    const deps = { tx: service.tx, audience: [ISSUER], sourceLimit: 20 };
    const from = { source: '198.51.100.9', requestId: 't', certificate: undefined };
    const id = (i: number) => `01a20893-ccc7-79df-bc07-${String(i).padStart(12, '0')}`;
    const attempt = (given: Client) =>
      askForToken(deps, { credentials: { method: 'client_secret', ...given }, assertion: undefined }, from);
    for (let i = 0; i < 20; i++)
      expect(await attempt({ id: id(i), secret: 'x' })).toMatchObject({ refused: 'client', problem: undefined });
    expect(await attempt({ id: id(20), secret: 'x' })).toMatchObject({ problem: { code: 'auth.throttled' } });
    expect(await attempt(victim)).toMatchObject({ sub: victim.id });
  });
});

test('at the API a forged token counts against its source, an expired or missing one does not', async () => {
  const rows = () =>
    service.owner.query<{ n: number }>(`select failures as n from auth_failures where subject = 'api'`);
  await service.owner.query('delete from auth_failures');
  const from = { remoteAddress: '203.0.113.5' };
  expect((await inject('GET', '/v1/me', undefined, from)).status).toBe(401);
  expect(await rows()).toEqual([]);
  for (const token of ['nonsense', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])
    expect((await me(token, from)).status).toBe(401);
  expect(await rows()).toEqual([{ n: 3 }]);
  const { failed } = createApiThrottle(service.tx, Date.now, 4);
  expect(await failed(from.remoteAddress, 't')).toBeUndefined();
  expect(await failed(from.remoteAddress, 't')).toMatchObject({ code: 'auth.throttled' });
  // Known by now: no further statement, whatever comes.
  expect(await failed(from.remoteAddress, 't')).toMatchObject({ code: 'auth.throttled' });
  expect(await rows()).toEqual([{ n: 5 }]);
});

test('an unknown client, a wrong secret and a suspended agency differ in nothing', async () => {
  const body = async (given: Client) => {
    const answer = await ask(given, { remoteAddress: '203.0.113.9' });
    return { ...answer.body, requestId: '', length: JSON.stringify(answer.body).length, status: answer.status };
  };
  const known = await body({ ...victim, secret: 'x'.repeat(47) });
  expect(known.status).toBe(401);
  expect(await body({ id: '01a20893-ccc7-79df-bc07-86622be37fc1', secret: 'x'.repeat(47) })).toEqual(known);
  await service.owner.query(`update agencies set state = 'suspended' where code = 'wf-210102'`);
  expect(await body(victim)).toEqual(known);
  await service.owner.query(`update agencies set state = 'active' where code = 'wf-210102'`);
});

describe('a secret that ends', () => {
  test('at once, with the tokens it got before; with an overlap they live on', async () => {
    const client = await makeClient('轮换密钥');
    const path = `/v1/clients/${client.id}`;
    const first = (await ask(client)).body.access_token;
    const rotated = await service.api.decide('security', path, 'secret-rotation', { overlapHours: 24 });
    expect((await me(first)).status).toBe(200);
    expect((await ask(client)).status).toBe(200);
    const again = await service.api.as('security', 'POST', `${path}/secret-rotation`, {
      body: { overlapHours: 0 },
      etag: rotated.etag,
    });
    expect(again.status).toBe(200);
    expect((await me(first)).status).toBe(401);
    expect((await ask(client)).status).toBe(401);
    const used = await ask({ ...client, secret: String(again.body.secret) });
    expect(used.status).toBe(200);
    expect((await service.api.get('admin', path)).body.secretUsedAt).toEqual(expect.any(String));
  });
});

describe('a client that is bound to a certificate', () => {
  const der = Buffer.from('a certificate as the proxy saw it');
  const header = { 'client-cert': `:${der.toString('base64')}:` };
  const thumbprint = createHash('sha256').update(der).digest('base64url');
  const proxy = '10.0.0.1';
  let client: Client;
  let token: unknown;

  test('gets tokens that carry it, with that certificate only', async () => {
    client = await makeClient('绑定证书');
    const bound = await service.api.decide('admin', `/v1/clients/${client.id}`, 'certificate', { thumbprint });
    expect(bound.body.certificateThumbprint).toBe(thumbprint);
    expect((await ask(client)).status).toBe(401);
    const answer = await ask(client, { remoteAddress: proxy, headers: header });
    expect(answer.status).toBe(200);
    token = answer.body.access_token;
    const claims = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8'));
    expect(claims.cnf).toEqual({ 'x5t#S256': thumbprint });
  });

  test('is nobody without it, with another one, or with a header from elsewhere', async () => {
    expect((await me(token, { remoteAddress: proxy, headers: header })).status).toBe(200);
    const other = { 'client-cert': `:${Buffer.from('another').toString('base64')}:` };
    const wrong: From[] = [
      {},
      { remoteAddress: proxy },
      { headers: header },
      { remoteAddress: '10.0.0.2', headers: header },
      { remoteAddress: proxy, headers: other },
      { remoteAddress: proxy, headers: { 'client-cert': 'rubbish' } },
      { remoteAddress: '10.0.0.2', headers: { ...header, 'x-forwarded-for': proxy } },
    ];
    for (const from of wrong) expect([from, (await me(token, from)).status]).toEqual([from, 401]);
    const pem = der.toString('base64').replaceAll('+', '%2B').replaceAll('/', '%2F').replaceAll('=', '%3D');
    const nginx = { 'client-cert': `-----BEGIN%20CERTIFICATE-----%0A${pem}%0A-----END%20CERTIFICATE-----%0A` };
    expect((await me(token, { remoteAddress: proxy, headers: nginx })).status).toBe(200);
  });

  test('a header from elsewhere is a 401 for whoever is bound to nothing, too', async () => {
    const plain = await service.api.token('wf.heping');
    expect((await me(plain, { headers: header })).status).toBe(401);
    expect((await me(plain, { remoteAddress: proxy, headers: header })).status).toBe(200);
  });
});
