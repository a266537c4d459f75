// Outside issuers (S-02, S-05, S-06) and the rotation of our own signing key: whose keys are believed, and for how long.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { remoteKeys } from '../../../src/agencies/outside.ts';
import { destroyRetiredKeys, rotateSigningKey } from '../../../src/agencies/signing-keys.ts';
import { openSigner } from '../../../src/agencies/tokens.ts';
import { type Service, startService } from '../../support/start.ts';

type Pair = { kid: string; key: CryptoKey; jwk: JWK };
let service: Service;
let idp: Server;
let issuer = '';
let asked = 0;
let down = false;
const shown: JWK[] = [];
let first: Pair;
let ids: { agency: string; officer: string };

async function newPair(kid: string): Promise<Pair> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  return { kid, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

beforeAll(async () => {
  first = await newPair('a');
  shown.push(first.jwk);
  idp = createServer((req, res) => {
    asked += 1;
    if (down) return void req.socket.destroy();
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ keys: shown }));
  });
  await new Promise<void>((resolve) => idp.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(idp.address() as AddressInfo).port}`;
  const config = { issuer, jwksUri: `${issuer}/jwks`, audience: 'http://service.test', algorithms: ['ES256', 'EdDSA'] };
  const file = join(mkdtempSync(join(tmpdir(), 'issuers-')), 'issuers.json');
  writeFileSync(file, JSON.stringify([{ ...config, officerClaim: 'employee', agencyClaim: 'org', acr: 'idp_mfa' }]));
  service = await startService({ env: { ISSUERS_FILE: file } });
  const { body } = await service.api.get('chief.heping', '/v1/me');
  ids = { agency: (body.agency as { id: string }).id, officer: (body.officer as { id: string }).id };
  const path = `/v1/agencies/${ids.agency}/officers/${ids.officer}/credentials`;
  const made = await service.api.create('admin', path, { issuer, subject: 'E-0042' });
  expect(made).toMatchObject({ status: 201, body: { kind: 'external_subject', state: 'proposed' } });
  expect((await me(await token(first))).status).toBe(401);
  const confirmed = await service.api.decide('security', `${path}/${String(made.body.id)}`, 'confirmation');
  expect(confirmed.body.state).toBe('active');
  const unknown = await service.api.create('admin', path, { issuer: 'https://other.test', subject: 'x' });
  expect(unknown.body.code).toBe('request.reference_unknown');
}, 60_000);
afterAll(async () => {
  await service?.stop();
  idp?.close();
});

type Over = { claims?: Record<string, unknown>; header?: Record<string, unknown> };
let counter = 0;
function token({ kid, key }: Pair, { claims = {}, header = {} }: Over = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const good = { iss: issuer, aud: 'http://service.test', sub: 'x', employee: 'E-0042', org: 'proc-210102' };
  return new SignJWT({ ...good, iat: now, exp: now + 600, n: ++counter, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
    .sign(key);
}
const me = (text: string) => service.api.request('GET', '/v1/me', { headers: { authorization: `Bearer ${text}` } });

describe('a token of a configured issuer', () => {
  test('is the officer whom its claim names, strong enough to decide', async () => {
    const good = await token(first);
    expect((await me(good)).body).toMatchObject({ officer: { code: 'chief.heping' }, client: null });
    const answer = await service.api.request('POST', `/v1/assistance-cases/${ids.officer}/revocation`, {
      headers: { authorization: `Bearer ${good}` },
      etag: '"1.x"',
      body: { reason: '测试' },
    });
    expect(answer.status).toBe(404);
  });

  test.each<[string, Over]>([
    ['an unknown subject', { claims: { employee: 'E-0043' } }],
    ['no subject', { claims: { employee: undefined } }],
    ['a subject that is no text', { claims: { employee: ['E-0042'] } }],
    ['another agency', { claims: { org: 'proc-210106' } }],
    ['no agency', { claims: { org: undefined } }],
    ['another audience', { claims: { aud: 'https://other.test' } }],
    ['a longer life than an hour', { claims: { exp: Math.floor(Date.now() / 1000) + 7200 } }],
    ['no iat', { claims: { iat: undefined } }],
    ['a certificate that is not shown', { claims: { cnf: { 'x5t#S256': 'x'.repeat(43) } } }],
    ['a key of possession', { claims: { cnf: { jkt: 'x'.repeat(43) } } }],
    ['the type of an id token', { header: { typ: 'JWT' } }],
    ['an address of keys', { header: { jku: 'http://127.0.0.1:9/jwks' } }],
    ['an odd kid', { header: { kid: '../a' } }],
  ])('with %s is a 401', async (_name, over) => {
    expect((await me(await token(first, over))).status).toBe(401);
  });

  test('ends with the credential', async () => {
    const good = await token(first);
    expect((await me(good)).status).toBe(200);
    await service.owner.query(`update officers set state = 'suspended' where code = 'chief.heping'`);
    expect((await me(await token(first))).status).toBe(401);
    await service.owner.query(`update officers set state = 'active' where code = 'chief.heping'`);
  });
});

describe('the keys of an issuer', () => {
  test('are asked for once in thirty seconds at most, whatever key a token names', async () => {
    const before = asked;
    for (let i = 0; i < 50; i++) await me(await token(first, { header: { kid: `random-${i}` } }));
    expect(asked - before).toBeLessThanOrEqual(1);
  });

  test('a new one is found, one that was removed is refused within five minutes, and nobody down is believed for ever', async () => {
    let now = Date.now();
    const keyOf = remoteKeys(`${issuer}/jwks`, () => now);
    const header = (kid: string) => ({ alg: 'ES256', kid });
    await keyOf(header('a'));
    const second = await newPair('b');
    shown.push(second.jwk);
    shown.shift();
    // Within five minutes of the last look the removed key may still be believed.
    await keyOf(header('a'));
    now += 290_000;
    await keyOf(header('b'));
    await expect(keyOf(header('a'))).rejects.toMatchObject({ name: 'Forged' });
    down = true;
    now += 3_500_000;
    await keyOf(header('b'));
    now += 600_000;
    await expect(keyOf(header('b'))).rejects.toMatchObject({ code: 'auth.issuer_unavailable', status: 503 });
    const before = asked;
    for (let i = 0; i < 20; i++) await keyOf(header(`c${i}`)).catch(() => undefined);
    expect(asked).toBe(before);
    down = false;
    now += 31_000;
    await keyOf(header('b'));
  });
});

test('our own key: the new one is published before it signs, the former verifies as long as its tokens live, then is gone', async () => {
  const { pool, tx } = service;
  const elsewhere = await openSigner(pool, tx.keyring, 'http://service.test', Date.now);
  const kids = async () => {
    const { body } = await service.api.request('GET', '/.well-known/jwks.json');
    return (body.keys as { kid: string }[]).map(({ kid }) => kid);
  };
  const [old] = await kids();
  const before = await service.api.token('head.heping');
  const { kid } = await rotateSigningKey(pool, tx.keyring);
  expect(await kids()).toEqual([kid, old]);
  const kidOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString('utf8')).kid;
  const later = async () => openSigner(pool, tx.keyring, 'http://service.test', Date.now);
  const subject = { kind: 'officer' as const, sub: ids.officer, factor: 'sandbox' };
  expect(kidOf(await (await later()).sign(subject))).toBe(old);
  // Ten minutes pass, then an hour.
  const pass = (text: string) =>
    service.owner.query(`update signing_keys set signs_from = signs_from - interval '${text}'`);
  await pass('11 minutes');
  const signer = await later();
  const after = await signer.sign(subject);
  expect(kidOf(after)).toBe(kid);
  expect(await signer.verify(before)).toMatchObject({ factor: 'sandbox' });
  expect(await elsewhere.verify(before)).toMatchObject({ factor: 'sandbox' });
  await pass('62 minutes');
  expect(await kids()).toEqual([kid]);
  await destroyRetiredKeys(pool);
  const kept = await pool.query('select kid from signing_keys where private_sealed is not null');
  expect(kept).toEqual([{ kid }]);
  const aged = await later();
  await expect(aged.verify(before)).rejects.toMatchObject({ name: 'Forged' });
  expect(await aged.verify(after)).toMatchObject({ factor: 'sandbox' });
  const retired = (await service.api.request('GET', '/.well-known/retired-jwks.json')).body.keys as { kid: string }[];
  expect(retired.map((key) => key.kid)).toEqual([old]);
  const compromised = await rotateSigningKey(pool, tx.keyring, true);
  expect(await kids()).toEqual([compromised.kid]);
  await expect((await later()).verify(after)).rejects.toMatchObject({ name: 'Forged' });
});
