// The watch over all answers of the test run finds what a route does not declare (C-05).
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { registerOpenApi } from '../../src/platform/http/openapi.ts';
import { registerProblems } from '../../src/platform/http/problem.ts';
import { createServer } from '../../src/platform/http/server.ts';
import { createChecks } from '../support/answer-check.ts';

const publicUrl = 'https://aid.example';

test('a status, a type and a field that are not declared, a refusal that is no problem; nothing else', async () => {
  const app = createServer({ publicUrl, trustProxy: [], newRequestId: () => 'r' });
  const { watch, faults } = createChecks();
  registerProblems(app, publicUrl, () => undefined);
  watch(app);
  await registerOpenApi(app, { title: 't', version: '1.0.0', description: 'd', publicUrl, tags: [] });
  const answers: Record<string, [number, string, string]> = {
    good: [200, 'application/json', '{"a":"x"}'],
    field: [200, 'application/json', '{"a":"x","b":1}'],
    status: [202, 'application/json', '{"a":"x"}'],
    type: [200, 'text/plain', 'x'],
    bare: [400, 'application/json', '{}'],
    unknown: [418, 'application/problem+json', '{}'],
    broken: [400, 'application/problem+json', '{"type":"x"}'],
  };
  const response = { 200: Type.Object({ a: Type.String() }, { additionalProperties: false }) };
  for (const [name, [status, type, text]] of Object.entries(answers)) {
    const schema = { operationId: name, tags: ['x'], summary: 's', response: { ...response } };
    app.get(`/${name}`, { config: { permission: 'public' }, schema }, async (_req, reply) =>
      reply
        .code(status as 200)
        .header('content-type', type)
        .serializer(String)
        .send(text as never),
    );
  }
  for (const name of [...Object.keys(answers), 'absent', 'good?wrong=1']) await app.inject(`/${name}`);
  await app.inject({ method: 'HEAD', url: '/good' });
  await app.close();
  expect(faults().map((fault) => fault.slice(0, 46))).toEqual([
    'GET /field 200 does not fit its schema: data m',
    'GET /status 202 is not declared',
    'GET /type 200 is text/plain',
    'GET /bare 400 is no problem+json',
    'GET /unknown 418 is not declared',
    'problem does not fit its schema: data must hav',
  ]);
});
