// Networks as they are: gateways that pass GET and POST alone, browsers of other origins, path prefixes and proxies (contract.md §1, §5).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildDocument } from '../../../src/bin/document.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { sampleClue } from '../../support/samples.ts';
import { type Service, startService } from '../../support/service.ts';
import { headerFaults } from '../../support/sweep.ts';

const PORTAL = 'https://portal.example';
let database: TestDatabase;
let plain: Service;
/** Behind a gateway: a path prefix, two methods, one portal, one trusted proxy. */
let gated: Service;

beforeAll(async () => {
  database = await createDatabase();
  plain = await startService({ database });
  const env = {
    METHODS: 'get-post',
    CORS_ORIGINS: PORTAL,
    PUBLIC_URL: 'https://aid.example/judicial',
    TRUST_PROXY: '127.0.0.1',
  };
  gated = await startService({ database, env });
}, 60_000);
afterAll(async () => {
  await gated?.stop();
  await plain?.stop();
  await database?.drop();
});

type Actions = { action: string; method: string; href: string; allowed: boolean }[];
const actionOf = (body: Record<string, unknown>, name: string) =>
  (body.availableActions as Actions).find(({ action }) => action === name);
const { subjects, ...described } = sampleClue();

describe('METHODS=get-post', () => {
  test('a story from the first clue to the edited case needs no other method and three headers', async () => {
    const { api } = gated;
    const address = '/v1/clues/by-external-id/gp-1/replacement';
    const input = { ...described, subjects };
    const made = await api.as('wf.heping', 'POST', `${address}?createOnly=true`, { body: input });
    expect(made).toMatchObject({ status: 201, body: { state: 'submitted', externalId: 'gp-1' } });
    expect(made.headers.location).toBe(`https://aid.example/judicial/v1/clues/${String(made.body.id)}`);
    expect((await api.as('wf.heping', 'POST', `${address}?createOnly=true`, { body: input })).status).toBe(412);
    const other = await api.as('wf.heping', 'POST', address, { body: { ...input, hardship: '独自抚养幼子' } });
    expect(other).toMatchObject({ status: 200, body: { version: 2 } });

    const clue = `/v1/clues/${String(made.body.id)}`;
    const edit = actionOf(other.body, 'edit') ?? { method: '', href: '' };
    expect([edit.method, edit.href]).toEqual(['POST', `/judicial${clue}/amendment`]);
    const patch = (headers: Record<string, string>, key?: string) =>
      api.as('wf.heping', 'POST', edit.href, {
        body: { facts: '被丈夫故意伤害致重伤' },
        headers,
        ...(key ? { key } : {}),
      });
    expect((await patch({})).status).toBe(428);
    expect((await patch({ 'if-match': '"1.stale"' })).status).toBe(412);
    const amended = await patch({ 'if-match': other.etag, 'content-type': 'application/merge-patch+json' }, 'gp-key');
    expect(amended).toMatchObject({ status: 200, body: { version: 3, facts: '被丈夫故意伤害致重伤' } });
    const again = await patch({ 'if-match': other.etag }, 'gp-key');
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([200, 'true']);
    const stranger = await api.as('wf.tiexi', 'POST', `${clue}/amendment`, { body: {}, etag: amended.etag });
    expect(stranger.status).toBe(404);
    expect((await api.as('auditor.liaoning', 'POST', `${clue}/amendment`, { body: {} })).status).toBe(403);

    const accepted = await api.decide('head.heping', clue, 'acceptance');
    const path = `/v1/assistance-cases/${String(accepted.body.assistanceCaseId)}`;
    const assigned = await api.get('head.heping', path);
    const named = actionOf(assigned.body, 'edit')?.href;
    expect(named).toBe(`/judicial${path}/amendment`);
  });

  test('PATCH, PUT and DELETE are 405 and say what stands for them', async () => {
    const id = '0198c2a4-7f00-7000-8000-000000000001';
    const rows = [
      ['PATCH', `/v1/clues/${id}`, 'GET, HEAD', 'amendment'],
      ['PUT', '/v1/clues/by-external-id/x', '', 'replacement'],
      ['DELETE', '/v1/sandbox/clock', 'POST', 'removal'],
    ] as const;
    for (const [method, path, allow, suffix] of rows) {
      const answer = await gated.api.as('wf.heping', method, `${path}?lang=en`, { body: {} });
      expect(answer).toMatchObject({ status: 405, body: { code: 'request.method_replaced' } });
      expect([answer.headers.allow, answer.body.remedy]).toEqual([
        allow,
        `send POST /judicial${path}/${suffix} instead, all else the same`,
      ]);
    }
    expect((await gated.api.as('admin', 'POST', '/v1/sandbox/clock/removal')).status).toBe(200);
    expect((await plain.api.as('admin', 'POST', '/v1/sandbox/clock/removal')).status).toBe(404);
  });

  test('its document has the same operations, each a GET or a POST, and names no prefix twice', async () => {
    const [all, gp] = [await buildDocument({}), await buildDocument({}, { METHODS: 'get-post' })];
    const operations = (document: typeof all) =>
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, o]) => ({ path, method, id: o.operationId, o })),
      );
    expect(
      operations(gp)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      operations(all)
        .map(({ id }) => id)
        .sort(),
    );
    expect([...new Set(operations(gp).map(({ method }) => method))].sort()).toEqual(['get', 'post']);
    const suffix: Record<string, string> = { patch: 'amendment', put: 'replacement', delete: 'removal' };
    for (const { method, path, id, o } of operations(all).filter((one) => suffix[one.method])) {
      const alias = operations(gp).find((one) => one.id === id);
      expect(alias?.path).toBe(`${path}/${suffix[method]}`);
      const { parameters: _own, 'x-replaces': replaces, responses, ...rest } = alias?.o ?? o;
      const { parameters: _other, responses: former, ...same } = o;
      expect([replaces, rest]).toEqual([method.toUpperCase(), same]);
      expect(Object.keys(responses)).toEqual(Object.keys(former));
    }
  });
});

describe('CORS_ORIGINS', () => {
  const ask = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,if-match' };
  const preflight = (service: Service, origin: string, path = '/v1/clues') =>
    service.api.request('OPTIONS', path, { headers: { origin, ...ask } });

  test('empty: no page of another origin may read or ask', async () => {
    const answer = await plain.api.as('wf.heping', 'GET', '/v1/clues', { headers: { origin: PORTAL } });
    for (const { headers } of [answer, await preflight(plain, PORTAL)]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.vary).not.toMatch(/Origin/);
    }
    expect((await preflight(plain, PORTAL)).status).toBe(405);
  });

  test('a preflight is answered for a configured origin and an address that exists', async () => {
    const answer = await preflight(gated, PORTAL);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(headerFaults(answer)).toEqual([]);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': PORTAL,
      'access-control-allow-methods': 'GET, POST, HEAD',
      'access-control-allow-headers': expect.stringMatching(/Authorization.*Idempotency-Key.*If-Match/),
    });
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect((await preflight(gated, PORTAL, '/v1/nowhere')).status).toBe(404);
    for (const origin of ['https://portal.example.evil.example', 'http://portal.example', 'null', `${PORTAL}:8443`]) {
      const refused = await preflight(gated, origin);
      expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([405, undefined]);
    }
  });

  test('every answer to it, errors too, may be read with the headers of the contract; to others it may not', async () => {
    const read = (origin: string, officer: string | null, path = '/v1/clues') =>
      gated.api.as(officer, 'GET', path, { headers: { origin } });
    for (const answer of [await read(PORTAL, 'wf.heping'), await read(PORTAL, null), await read(PORTAL, null, '/x')]) {
      expect(answer.headers['access-control-allow-origin']).toBe(PORTAL);
      const shown = (answer.headers['access-control-expose-headers'] ?? '').split(', ');
      for (const name of ['ETag', 'Location', 'RateLimit', 'Retry-After', 'Idempotency-Replayed', 'Link'])
        expect(shown).toContain(name);
      expect(answer.headers.vary).toBe('Authorization, Accept-Language, Origin');
    }
    const other = await read('https://other.example', 'wf.heping');
    expect([other.status, other.headers['access-control-allow-origin']]).toEqual([200, undefined]);
    expect(other.headers.vary).toMatch(/Origin$/);
  });
});

describe('path prefix', () => {
  test('reaches the same route whether the proxy passes it on or cuts it; links carry it', async () => {
    for (const path of ['/v1/agencies?limit=1', '/judicial/v1/agencies?limit=1']) {
      const answer = await gated.api.get('wf.heping', path);
      expect(answer.status).toBe(200);
      expect(answer.headers.link).toMatch(
        /^<https:\/\/aid\.example\/judicial\/v1\/agencies\?limit=1&cursor=.*rel="next"$/,
      );
    }
    const absent = await gated.api.get('wf.heping', '/judicial/v1/nowhere');
    expect(absent.body).toMatchObject({
      type: 'https://aid.example/judicial/v1/problems/resource.not_found',
      instance: '/judicial/v1/nowhere',
    });
    expect((await plain.api.get('wf.heping', '/judicial/v1/agencies')).status).toBe(404);
    const { body } = await gated.api.request('GET', '/.well-known/oauth-authorization-server');
    expect(body).toMatchObject({ issuer: 'https://aid.example/judicial' });
  });
});
