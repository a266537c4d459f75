// Rules about the contract itself: Chinese and English everywhere, bounds on every text, list and number, one manner of naming.
import { describe, expect, test } from '@jest/globals';
import { buildDocument } from '../../src/bin/document.ts';
import type { Operation } from '../../src/platform/http/document.ts';

type Node = Record<string, unknown> & {
  type?: string | string[];
  properties?: Record<string, Node>;
  description?: string;
};

const document = await buildDocument({});
const HAN = /\p{Script=Han}/u;
const LATIN = /[A-Za-z]/;
const isBilingual = (text: unknown) => typeof text === 'string' && HAN.test(text) && LATIN.test(text);
const TEXTS = ['example', 'examples', 'default', 'enum', 'const'];

/** Every schema of the document with its place; `property` where it describes one. */
function schemas(node: unknown, place: string, property?: string): { node: Node; place: string; property?: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = Array.isArray(node) ? [] : [{ node: node as Node, place, ...(property ? { property } : {}) }];
  const below = Object.entries(node).flatMap(([name, member]) => {
    if (TEXTS.includes(name)) return [];
    if (name !== 'properties') return schemas(member, `${place}/${name}`);
    return Object.entries(member as object).flatMap(([key, schema]) => schemas(schema, `${place}/${key}`, key));
  });
  return [...own, ...below];
}

const operationsOf = (paths: Record<string, Record<string, Operation>>) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ at: `${method} ${path}`, operation })),
  );
const operations = operationsOf(document.paths);
const told = operationsOf((document.webhooks ?? {}) as Record<string, Record<string, Operation>>);
const all = schemas([document.paths, document.webhooks, document.components.schemas], '#');
const has = (node: Node, type: string) =>
  (typeof node.type === 'string' || Array.isArray(node.type)) && [node.type].flat().includes(type);

describe('in Chinese and English', () => {
  test('summary and description of every operation', () => {
    const lacking = [...operations, ...told].filter(
      ({ operation }) => !isBilingual(operation.summary) || !isBilingual(operation.description),
    );
    expect(lacking.map(({ at }) => at)).toEqual([]);
  });

  test('every parameter; a new one gets its Chinese name in src/openapi-names.ts', () => {
    const lacking = operations.flatMap(({ at, operation }) =>
      (operation.parameters ?? []).filter((p) => !isBilingual(p.description)).map((p) => `${at} ${p.name}`),
    );
    expect(lacking).toEqual([]);
  });

  test('every component; a new one gets its Chinese name in src/openapi-names.ts', () => {
    const lacking = Object.entries(document.components.schemas as Record<string, Node>)
      .filter(([, schema]) => !isBilingual(schema.description))
      .map(([name]) => name);
    expect(lacking).toEqual([]);
  });

  test('every field; a new one gets its Chinese name in src/openapi-names.ts', () => {
    const lacking = all.filter(({ node, property }) => property !== undefined && !isBilingual(node.description));
    expect([...new Set(lacking.map(({ property }) => property))]).toEqual([]);
  });

  test('every tag, every answer and every header', () => {
    const texts = [
      ...(document.tags as { name: string; description: string }[]).map((tag) => [tag.name, tag.description]),
      ...Object.entries(document.components.responses as Record<string, Node>).map(([k, v]) => [k, v.description]),
      ...Object.entries(document.components.headers as Record<string, Node>).map(([k, v]) => [k, v.description]),
      ...operations.flatMap(({ at, operation }) =>
        Object.entries(operation.responses)
          .filter(([, answer]) => answer.$ref === undefined)
          .map(([status, answer]) => [`${at} ${status}`, answer.description]),
      ),
    ];
    expect(texts.filter(([, text]) => !isBilingual(text)).map(([name]) => name)).toEqual([]);
  });
});

describe('bounded', () => {
  const places = (wrong: (node: Node) => boolean) => all.filter(({ node }) => wrong(node)).map(({ place }) => place);

  test('every text by a length, or by its values', () => {
    expect(
      places((n) => has(n, 'string') && n.maxLength === undefined && n.enum === undefined && n.const === undefined),
    ).toEqual([]);
  });
  test('every list by a count', () => {
    expect(places((node) => has(node, 'array') && node.maxItems === undefined)).toEqual([]);
  });
  test('every whole number on both sides', () => {
    expect(places((n) => has(n, 'integer') && (n.minimum === undefined || n.maximum === undefined))).toEqual([]);
  });
});

describe('named', () => {
  test('operationId once and in camelCase, one tag that is introduced, paths in kebab-case', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = (document.tags as { name: string }[]).map(({ name }) => name);
    for (const { at, operation } of operations) {
      expect([at, operation.operationId]).toEqual([at, expect.stringMatching(/^[a-z][A-Za-z0-9]+$/)]);
      expect([at, operation.tags.length, tags]).toEqual([at, 1, expect.arrayContaining(operation.tags)]);
      expect(at).toMatch(/^[a-z]+ (?:\/(?:[a-z0-9.-]+|\{[A-Za-z]+\}))+$/);
    }
  });

  test('every operation declares 400, 500 and 503, and 401, 403 and 429 where a token is needed', () => {
    for (const { at, operation } of operations) {
      const wanted = ['400', '500', '503', ...(operation.security.length > 0 ? ['401', '403', '429'] : [])];
      expect([at, wanted.filter((status) => !operation.responses[status])]).toEqual([at, []]);
    }
  });
});
