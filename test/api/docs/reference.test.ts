// /docs: everything from this host, under a policy of its own, for whom DOCS says (contract.md §5).
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { type Service, startService, useService } from '../../support/service.ts';

const service = useService({ env: { DOCS: 'public' } });
let database: TestDatabase;
const others: Service[] = [];

beforeAll(async () => {
  database = await createDatabase();
}, 60_000);
afterAll(async () => {
  for (const other of others) await other.stop();
  await database?.drop();
});

async function withDocs(docs: string): Promise<Service> {
  const started = await startService({ database, env: { DOCS: docs } });
  others.push(started);
  return started;
}

test('the page names no other host, and its policy lets only its own inline script run', async () => {
  const page = await service.api.request('GET', '/docs');
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.text.match(/https?:\/\//g)).toBeNull();
  expect(page.text).toContain('"telemetry": false');
  expect(page.text).toContain('"withDefaultFonts": false');
  const policy = page.headers['content-security-policy'] ?? '';
  const inline = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(page.text)?.[1] ?? '';
  expect(policy).toContain(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`);
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
});

test('addresses are relative, so that a path prefix holds; script and document are there', async () => {
  const page = (await service.api.request('GET', '/docs')).text;
  for (const path of ['docs/reference.js', 'v1/openapi.json']) {
    expect(page).toContain(`"${path}"`);
    expect((await service.api.request('GET', `/${path}`)).status).toBe(200);
  }
  const slash = await service.api.request('GET', '/docs/');
  expect([slash.status, slash.headers.location]).toEqual([308, '../docs']);
});

test('every other answer keeps the strict policy', async () => {
  for (const path of ['/livez', '/docs/none', '/v1/openapi.json']) {
    const answer = await service.api.request('GET', path);
    expect(answer.headers['content-security-policy']).toBe(
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
  }
});

test('asks for a token where DOCS=authenticated, and is not there where it is off', async () => {
  const closed = await withDocs('authenticated');
  for (const path of ['/docs', '/docs/reference.js']) {
    expect((await closed.api.request('GET', path)).status).toBe(401);
    expect((await closed.api.get('wf.heping', path)).status).toBe(200);
  }
  const off = await withDocs('off');
  expect((await off.api.request('GET', '/docs')).status).toBe(404);
}, 60_000);
