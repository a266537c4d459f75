// Each rule of docs/compatibility.md: what breaks a client is found, what does not break one is left alone (C-05).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { breakingChanges, type Contract, lastRelease, mayBreak } from '../../scripts/check/compat.ts';
import { ROOT } from '../support/settings.ts';

type Json = Record<string, unknown>;

const thing = (properties: Json, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const REF = { $ref: '#/components/schemas/Thing' };

/** One operation that takes and answers a thing. */
function contract(schema: unknown, operation: Json = {}, more: Json = {}): Contract {
  const post = {
    operationId: 'makeThing',
    security: [{ bearer: [] }],
    parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 200 } }],
    requestBody: { required: true, ...json(REF) },
    responses: { 201: { ...json(REF), headers: { ETag: {} } }, 409: {} },
    ...operation,
  };
  const document = { info: { version: '0.1.0' }, paths: { '/v1/things': { post } }, ...more };
  return { ...document, components: { schemas: { Thing: schema } } } as unknown as Contract;
}

const request = (schema: unknown) => contract(schema, { responses: {} });
const response = (schema: unknown) => contract(schema, { requestBody: undefined });
const one = (schema: unknown, required: string[] = []) => thing({ a: schema }, required);
const text = { type: 'string', maxLength: 10 };
const nullable = { anyOf: [text, { type: 'null' }] };

describe('what a client sends', () => {
  test.each([
    ['a field is gone', one(text), thing({}), 'Thing/a: is gone from a request'],
    ['a field is required', one(text), one(text, ['a']), 'Thing/a: is required in a request now'],
    ['a new field is required', thing({}), one(text, ['a']), 'Thing/a: is required in a request now'],
    ['the type is another', one(text), one({ type: 'integer' }), 'Thing/a: type string became integer in a request'],
    ['null is refused', one(nullable), one(text), 'Thing/a: type null became string in a request'],
    ['maxLength fell', one(text), one({ ...text, maxLength: 9 }), 'Thing/a: maxLength fell from 10 to 9'],
    ['a bound is new', one({ type: 'string' }), one(text), 'Thing/a: maxLength fell from none to 10'],
    ['minLength rose', one(text), one({ ...text, minLength: 1 }), 'Thing/a: minLength rose from none to 1'],
    [
      'minimum is new',
      one({ type: 'integer' }),
      one({ type: 'integer', minimum: -5 }),
      'Thing/a: minimum rose from none to -5',
    ],
    [
      'a value is refused',
      one({ enum: ['x', 'y'] }),
      one({ enum: ['x'] }),
      'Thing/a: the value "y" is no longer accepted',
    ],
    ['values are listed', one(text), one({ ...text, enum: ['x'] }), 'Thing/a: only ["x"] are accepted now'],
    ['a pattern is new', one(text), one({ ...text, pattern: '^a' }), 'Thing/a: pattern undefined became "^a"'],
    [
      'a format is new',
      one(text),
      one({ ...text, format: 'date' }),
      'Thing/a: format undefined became "date" in a request',
    ],
    [
      'items are narrower',
      one({ type: 'array', items: text }),
      one({ type: 'array', items: { ...text, maxLength: 1 } }),
      'Thing/a[]: maxLength fell from 10 to 1',
    ],
    [
      'an alternative is gone',
      one({ oneOf: [text, { type: 'integer' }] }),
      one({ oneOf: [text] }),
      'Thing/a: type integer became string in a request',
    ],
    ['it is closed', { type: 'object', properties: {} }, thing({}), 'Thing: further members are refused now'],
  ])('%s', (_name, old, now, fault) => {
    expect(breakingChanges(request(old), request(now))).toEqual([fault]);
  });

  test.each([
    ['a field may be left out', one(text, ['a']), one(text)],
    ['an optional field is new', thing({}), one(text)],
    ['a value is new', one({ enum: ['x'] }), one({ enum: ['x', 'y'] })],
    ['bounds are wider', one({ ...text, minLength: 2 }), one({ type: 'string', maxLength: 20 })],
    ['integers may be broken numbers', one({ type: 'integer' }), one({ type: 'number' })],
    ['null is accepted', one(text), one(nullable)],
  ])('%s: nothing breaks', (_name, old, now) => {
    expect(breakingChanges(request(old), request(now))).toEqual([]);
  });
});

describe('what a client reads', () => {
  test.each([
    ['a field is gone', one(text), thing({}), 'Thing/a: is gone from a response'],
    ['a field may be absent', one(text, ['a']), one(text), 'Thing/a: may be absent from a response now'],
    ['the type is another', one(text), one({ type: 'integer' }), 'Thing/a: type string became integer in a response'],
    ['null is new', one(text), one(nullable), 'Thing/a: type string became null in a response'],
    [
      'the format is another',
      one({ ...text, format: 'date' }),
      one({ ...text, format: 'date-time' }),
      'Thing/a: format "date" became "date-time" in a response',
    ],
    [
      'items are another',
      one({ type: 'array', items: text }),
      one({ type: 'array', items: { type: 'integer' } }),
      'Thing/a[]: type string became integer in a response',
    ],
  ])('%s', (_name, old, now, fault) => {
    expect(breakingChanges(response(old), response(now))).toEqual([fault]);
  });

  test.each([
    ['a field is new', thing({}), one(text, ['a'])],
    ['a value is new', one({ enum: ['x'] }), one({ enum: ['x', 'y'] })],
    ['a bound grew', one(text), one({ ...text, maxLength: 20 })],
    ['null is gone', one(nullable), one(text)],
  ])('%s: nothing breaks', (_name, old, now) => {
    expect(breakingChanges(response(old), response(now))).toEqual([]);
  });
});

describe('operations', () => {
  const old = contract(thing({}));
  const changed = (operation: Json) => breakingChanges(old, contract(thing({}), operation));
  const limit = { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 200 } };

  test.each<[string, Json, string]>([
    ['another operationId', { operationId: 'x' }, 'POST /v1/things: operationId makeThing became x'],
    ['a parameter is gone', { parameters: [] }, 'POST /v1/things: query limit is gone'],
    [
      'a parameter is required',
      { parameters: [{ ...limit, required: true }] },
      'POST /v1/things: query limit is required now',
    ],
    [
      'a new one is',
      { parameters: [limit, { name: 'If-Match', in: 'header', required: true }] },
      'POST /v1/things: header if-match is required now',
    ],
    [
      'a narrower one',
      { parameters: [{ ...limit, schema: { type: 'integer', maximum: 100 } }] },
      'POST /v1/things query limit: maximum fell from 200 to 100',
    ],
    ['no body', { requestBody: undefined }, 'POST /v1/things: takes no body any more'],
    [
      'another content type',
      { requestBody: { content: { 'text/csv': {} } } },
      'POST /v1/things body: application/json is gone from the request',
    ],
    ['another success', { responses: { 202: json(REF) } }, 'POST /v1/things: 201 is gone'],
    ['a header less', { responses: { 201: json(REF) } }, 'POST /v1/things: header ETag of 201 is gone'],
  ])('%s', (_name, operation, fault) => {
    expect(changed(operation)).toEqual([fault]);
  });

  test('a removed operation, a token that is needed, a body that is, a webhook that is gone', () => {
    const open = contract(thing({}), { security: [], requestBody: json(REF) });
    expect(breakingChanges(open, old)).toEqual([
      'POST /v1/things: needs a token now',
      'POST /v1/things: a body is required now',
    ]);
    expect(breakingChanges(old, { ...old, paths: {} })).toEqual(['POST /v1/things: is gone']);
    const told = contract(thing({}), {}, { webhooks: { 'thing.made': { post: { requestBody: json(REF) } } } });
    expect(breakingChanges(told, old)).toEqual(['webhook thing.made: is gone']);
  });

  test('new operations, refusals, parameters, headers: nothing breaks; components may move', () => {
    const moved = {
      409: { $ref: '#/components/responses/Problem409' },
      201: { ...json(thing({})), headers: { ETag: {}, Link: {} } },
    };
    expect(changed({ responses: { ...moved, 422: {} }, parameters: [limit, { name: 'q', in: 'query' }] })).toEqual([]);
    expect(
      breakingChanges(old, { ...old, paths: { ...old.paths, '/v1/more': old.paths['/v1/things'] ?? {} } }),
    ).toEqual([]);
  });
});

test('a schema that contains itself is compared once', () => {
  const tree = (schema: Json) => contract(thing({ children: { type: 'array', items: REF }, a: schema }));
  expect(breakingChanges(tree(text), tree({ ...text, maxLength: 1 }))).toEqual([
    'Thing/a: maxLength fell from 10 to 1',
  ]);
});

test('seeded breaks in the released document itself are found, each once', () => {
  const released = JSON.parse(readFileSync(`${ROOT}openapi/released/0.1.0.json`, 'utf8')) as Contract;
  const now = structuredClone(released);
  expect(breakingChanges(released, now)).toEqual([]);
  const { Clue, ClueInput } = (now.components?.schemas ?? {}) as Record<
    string,
    { properties: Json; required: string[] }
  >;
  delete Clue?.properties.regionCode;
  ClueInput?.required.push('hardship');
  delete now.paths['/v1/clues/{id}/return'];
  expect(breakingChanges(released, now)).toEqual([
    'ClueInput/hardship: is required in a request now',
    'Clue/regionCode: is gone from a response',
    'POST /v1/clues/{id}/return: is gone',
  ]);
});

test('a new major version may break, before 1.0 a new minor one; the last release counts', () => {
  expect([mayBreak('0.1.0', '0.1.9'), mayBreak('0.1.0', '0.2.0')]).toEqual([false, true]);
  expect([mayBreak('1.4.0', '1.5.0'), mayBreak('1.4.0', '2.0.0')]).toEqual([false, true]);
  expect(lastRelease(['0.9.1', '0.10.0', '0.2.3'])).toBe('0.10.0');
});
