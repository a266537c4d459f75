// S-01, S-02, S-03: tokens that are nearly right. Every one is a 401, none reaches a handler, and none makes the service ask anybody.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { useService } from '../../support/service.ts';

const service = useService();
const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const parts = (token: string) => token.split('.') as [string, string, string];
type Claims = Record<string, unknown>;

let good = '';
let header: Claims;
let claims: Claims;
let asked = 0;
let sentinel: Server;
let url = '';
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  good = await service.api.token('handler.heping');
  header = decodeProtectedHeader(good) as Claims;
  claims = JSON.parse(Buffer.from(parts(good)[1], 'base64url').toString('utf8')) as Claims;
  sentinel = createServer((_req, res) => {
    asked += 1;
    res.end(JSON.stringify({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256' }] }));
  });
  await new Promise<void>((resolve) => sentinel.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(sentinel.address() as AddressInfo).port}`;
}, 60_000);
afterAll(() => void sentinel?.close());

const use = (token: string) => service.api.request('GET', '/v1/me', { headers: { authorization: `Bearer ${token}` } });

/** Signed by the attacker's key, as the header asks. */
async function forge(over: Claims, body: Claims = claims): Promise<string> {
  const head = { ...header, ...over };
  const text = `${part(head)}.${part(body)}`;
  const { sign } = await import('node:crypto');
  const rs = String(head.alg).startsWith('RS') || String(head.alg).startsWith('PS');
  const signature = rs
    ? sign('sha256', Buffer.from(text), rsa.privateKey)
    : sign('sha256', Buffer.from(text), { key: own.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** Signed by the service itself. */
async function signedByUs(over: Claims, typ = 'at+jwt'): Promise<string> {
  const { rows } = {
    rows: await service.pool.query<{ kid: string; sealed: Buffer }>(
      'select kid, private_sealed as sealed from signing_keys',
    ),
  };
  const { decrypt } = await import('../../../src/platform/crypto/suite.ts');
  const { importJWK, SignJWT } = await import('jose');
  const [row] = rows;
  if (!row) throw new Error('no key');
  const text = decrypt(service.tx.keyring.service('token'), `signing_keys|private|${row.kid}`, row.sealed).toString(
    'utf8',
  );
  const key = await importJWK(JSON.parse(text), 'ES256');
  return new SignJWT({ ...claims, ...over }).setProtectedHeader({ alg: 'ES256', typ, kid: row.kid }).sign(key);
}

const now = Math.floor(Date.now() / 1000);

describe('a forged token is a 401', () => {
  const unsigned = ['none', 'None', 'NONE', 'nOnE', '', ' none', 'ES256 ', 'es256', 'null'];
  test.each(unsigned)('alg %j, with and without a signature', async (alg) => {
    const [, body, signature] = parts(good);
    const head = part({ ...header, alg });
    for (const token of [`${head}.${body}.`, `${head}.${body}.${signature}`, `${head}.${body}`])
      expect((await use(token)).status).toBe(401);
  });

  test.each(['HS256', 'HS384', 'HS512'])('%s with our public key as the secret', async (alg) => {
    const { body } = await service.api.request('GET', '/.well-known/jwks.json');
    const [jwk] = body.keys as object[];
    const { createPublicKey } = await import('node:crypto');
    const pem = createPublicKey({ key: jwk as never, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
    const text = `${part({ ...header, alg })}.${part(claims)}`;
    for (const secret of [pem, JSON.stringify(jwk), '']) {
      const mac = createHmac(`sha${alg.slice(2)}`, secret)
        .update(text)
        .digest('base64url');
      expect((await use(`${text}.${mac}`)).status).toBe(401);
    }
  });

  test.each(['RS256', 'PS256', 'RS512', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519', 'ES256'])(
    '%s by a key of the attacker',
    async (alg) => expect((await use(await forge({ alg }))).status).toBe(401),
  );

  test('a signature that is empty, stripped, cut, padded, zero, repeated or of another token', async () => {
    const [head, body, signature] = parts(good);
    const other = parts(await service.api.token('head.heping'));
    const zero = Buffer.alloc(64).toString('base64url');
    const der = Buffer.from(signature, 'base64url').toString('base64');
    const tokens = [
      ...['', 'A', signature.slice(0, -2), `${signature}A`, zero, signature + signature, other[2], der].map(
        (one) => `${head}.${body}.${one}`,
      ),
      ...[`${head}.${body}`, `${head}..${signature}`, `.${body}.${signature}`, '..', '.', `${good}.`, `${good}.x`],
      ...[`${head}.${other[1]}.${signature}`, `${other[0]}.${body}.${other[2]}`, `${body}.${head}.${signature}`],
      ...[part('{}'), part({ ...header, kid: undefined }), part('[]'), part('null'), '%%%'].map(
        (one) => `${one}.${body}.${signature}`,
      ),
    ];
    for (const token of tokens) expect([token, (await use(token)).status]).toEqual([token, 401]);
  });
});

test('keys are never taken from the token, and nobody is asked for them (S-02)', async () => {
  const jwk = own.publicKey.export({ format: 'jwk' });
  const odd = ['../../etc/passwd', `${url}/key`, "' or 1=1 --", 'file:///dev/null', 'mine', '', 'x'.repeat(300)];
  const heads: Claims[] = [
    ...[{ jku: `${url}/jwks` }, { jku: `${url}/jwks`, kid: 'mine' }, { jwk }, { jwk, kid: undefined }],
    ...[{ x5u: `${url}/cert` }, { x5c: ['MIIB'] }, { crit: ['exp'] }, { b64: false, crit: ['b64'] }, { zip: 'DEF' }],
    ...odd.map((kid) => ({ kid })),
    ...[{ kid: 7 }, { kid: ['mine'] }, { typ: 7 }, { alg: ['ES256'] }],
  ];
  for (const head of heads) expect([head, (await use(await forge(head))).status]).toEqual([head, 401]);
  const elsewhere = await use(await forge({}, { ...claims, iss: url }));
  expect([elsewhere.status, asked]).toEqual([401, 0]);
});

describe('a token of ours that is not good (S-03)', () => {
  test.each<[string, Claims, string?]>([
    ['expired', { iat: now - 7200, exp: now - 3600 }],
    ['not yet good', { nbf: now + 3600 }],
    ['without exp', { exp: undefined }],
    ['without iat', { iat: undefined }],
    ['without sub', { sub: undefined }],
    ['of another issuer', { iss: 'https://elsewhere.test' }],
    ['without issuer', { iss: undefined }],
    ['for somebody else', { aud: 'https://elsewhere.test' }],
    ['without audience', { aud: undefined }],
    ['living for more than an hour', { iat: now, exp: now + 3700 }],
    ['issued in the future', { iat: now + 600, exp: now + 1200 }],
    ['with exp as text', { exp: String(now + 600) }],
    ['an id token', {}, 'JWT'],
    ['a receipt', {}, 'clue-receipt+jwt'],
    ['of an unknown kind', { kind: 'root' }],
    ['of an officer who does not exist', { sub: '01a20893-ccc7-79df-bc07-86622be37fc1' }],
    ['of a client that is an officer', { kind: 'client' }],
    ['through a client that does not exist', { client_id: '01a20893-ccc7-79df-bc07-86622be37fc1', gen: 1 }],
    ['on a credential that does not exist', { cred: '01a20893-ccc7-79df-bc07-86622be37fc1' }],
    ['bound to a certificate through nobody', { cnf: { 'x5t#S256': 'x' }, client_id: 'x' }],
  ])('%s is a 401', async (_name, over, typ) => {
    const answer = await use(await signedByUs(over, typ));
    expect([answer.status, answer.body.code]).toEqual([401, 'auth.token_invalid']);
  });

  test('half a minute of difference between clocks is allowed, a minute is not', async () => {
    expect((await use(await signedByUs({ iat: now - 3000, exp: now - 10 }))).status).toBe(200);
    expect((await use(await signedByUs({ iat: now - 3000, exp: now - 61 }))).status).toBe(401);
  });

  test('the same claims, signed as they should be, are good', async () => {
    expect((await use(await signedByUs({}))).status).toBe(200);
    expect((await use(good)).status).toBe(200);
  });
});
