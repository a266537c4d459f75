// The error catalogue is whole: every code has cause, remedy and an example in both languages, and fits what is promised (C-01).
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import '../../src/app.ts';
import { problemCodes, problemSpec } from '../../src/kernel/problem.ts';
import { hasSample, namesIn, problemExample } from '../../src/platform/http/problem-examples.ts';
import { namedSchemas } from '../../src/platform/http/schema.ts';

const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
for (const schema of namedSchemas()) ajv.addSchema(schema, String((schema as { $id?: string }).$id));
const HAN = /\p{Script=Han}/u;

test('there are hundreds of them, each with a fitting status', () => {
  expect(problemCodes().length).toBeGreaterThan(200);
  for (const code of problemCodes()) {
    expect(code).toMatch(/^[a-z_]+\.[a-z_]+$/);
    expect([400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 414, 415, 422, 428, 429, 431, 500, 503]).toContain(
      problemSpec(code).status,
    );
  }
});

test('title, cause and remedy in Chinese and in English, with the same places to fill', () => {
  for (const code of problemCodes()) {
    const { zh, en } = problemSpec(code);
    for (const text of zh) expect([code, HAN.test(text)]).toEqual([code, true]);
    for (const text of en) expect([code, HAN.test(text), /[a-z]{2}/.test(text)]).toEqual([code, false, true]);
  }
});

test('an example of each in both languages, nothing left to fill, as the schema says', () => {
  const validate = ajv.compile({ $ref: 'Problem#' });
  for (const code of problemCodes()) {
    expect([code, namesIn(code).filter((name) => !hasSample(name))]).toEqual([code, []]);
    for (const language of ['zh', 'en'] as const) {
      const example = problemExample(code, language, 'https://aid.example');
      expect([code, validate(example), validate.errors]).toEqual([code, true, null]);
      expect(example).toMatchObject({ type: `https://aid.example/v1/problems/${code}`, code });
      expect([code, JSON.stringify([example.title, example.detail, example.remedy])]).toEqual([
        code,
        expect.not.stringMatching(/\{\w+\}|undefined/),
      ]);
    }
  }
});
