// What a deprecated route says, on a sample route of a test app: the service itself has none (C-03, ADR 0033).
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { readConfig } from '../../../src/platform/config.ts';
import type { DeprecatedRoute } from '../../../src/platform/http/deprecation.ts';
import { finishDocument } from '../../../src/platform/http/document.ts';
import { registerOpenApi } from '../../../src/platform/http/openapi.ts';
import { httpProblems, registerProblems } from '../../../src/platform/http/problem.ts';
import { type App, createServer } from '../../../src/platform/http/server.ts';

const { publicUrl } = readConfig({ PUBLIC_URL: 'https://aid.example/judicial' });
const announced: DeprecatedRoute = {
  since: '2026-01-01',
  sunset: '2026-12-31',
  successor: '/v1/new-things',
  guide: '/docs/compatibility',
};

async function sampleApp(deprecated: Partial<DeprecatedRoute>): Promise<App> {
  const app = createServer({ publicUrl, trustProxy: [], newRequestId: () => 'r' });
  registerProblems(app, publicUrl, () => undefined);
  await registerOpenApi(app, { title: 't', version: '1.0.0', description: 'd', publicUrl, tags: [] });
  const schemaOf = (operationId: string) => ({
    operationId,
    tags: ['x'],
    summary: 's',
    response: { 200: Type.Object({}) },
  });
  const config = { permission: 'public' as const, deprecated: deprecated as DeprecatedRoute };
  app.get('/v1/old-things', { config, schema: schemaOf('old') }, async (_req, reply) => {
    reply.header('link', '<https://aid.example/judicial/v1/old-things?cursor=x>; rel="next"');
    return {};
  });
  app.get('/v1/old-errors', { config, schema: schemaOf('oldErrors') }, async () => {
    throw httpProblems['resource.not_found']();
  });
  app.get('/v1/new-things', { config: { permission: 'public' }, schema: schemaOf('new') }, async () => ({}));
  return app;
}

let app: App;
beforeAll(async () => {
  app = await sampleApp(announced);
  await app.ready();
});
afterAll(() => app.close());

test('every answer of a deprecated route announces it, beside its own links; others announce nothing', async () => {
  const links = [
    '<https://aid.example/judicial/docs/compatibility>; rel="deprecation"',
    '<https://aid.example/judicial/docs/compatibility>; rel="sunset"',
    '<https://aid.example/judicial/v1/new-things>; rel="successor-version"',
  ].join(', ');
  const said = { deprecation: '@1767225600', sunset: 'Thu, 31 Dec 2026 00:00:00 GMT' };
  const next = '<https://aid.example/judicial/v1/old-things?cursor=x>; rel="next"';
  const good = await app.inject('/v1/old-things');
  expect([good.statusCode, good.headers]).toMatchObject([200, { ...said, link: `${next}, ${links}` }]);
  const head = await app.inject({ method: 'HEAD', url: '/v1/old-things' });
  expect([head.statusCode, head.headers]).toMatchObject([200, said]);
  const bad = await app.inject('/v1/old-errors');
  expect([bad.statusCode, bad.headers]).toMatchObject([404, { ...said, link: links }]);
  const { headers } = await app.inject('/v1/new-things');
  for (const name of ['deprecation', 'sunset', 'link']) expect(headers[name]).toBeUndefined();
});

test('the document marks it and tells when, until when and what instead', () => {
  const { paths } = finishDocument(app.swagger());
  expect(paths['/v1/old-things']?.get).toMatchObject({ deprecated: true, 'x-deprecated': announced });
  expect(paths['/v1/new-things']?.get?.deprecated).toBeUndefined();
});

describe('a route that announces it incompletely does not boot', () => {
  test.each([
    ['no day', { ...announced, since: 'soon' }, /no day since which/],
    ['no sunset', { since: announced.since, successor: '/v1/x', guide: '/docs' }, /no day of its sunset/],
    ['sunset before it', { ...announced, sunset: '2025-12-31' }, /less than 180 days/],
    ['short notice', { ...announced, sunset: '2026-06-29' }, /less than 180 days/],
    ['no successor', { ...announced, successor: '' }, /names no successor/],
    ['no guide', { ...announced, guide: 'somewhere' }, /no page that explains it/],
  ])('%s', async (_name, deprecated, fault) => {
    await expect(sampleApp(deprecated)).rejects.toThrow(fault);
  });
});
