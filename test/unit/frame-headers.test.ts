// Idempotency-Key syntax (vectors of httpwg structured-field-tests string.json), canonical JSON, ETags and If-Match.
import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { etagMatches, makeEtag, parseIfMatch } from '../../src/platform/http/conditional.ts';
import { parseIdempotencyKey } from '../../src/platform/http/idempotency.ts';
import { requestLanguage } from '../../src/platform/http/problem.ts';

const invalid = expect.objectContaining({ code: 'idempotency.key_invalid', status: 400 });
const refused = (header: string | string[]) => {
  try {
    return parseIdempotencyKey(header);
  } catch (error) {
    return error;
  }
};

describe('Idempotency-Key', () => {
  test.each([
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"foo\\"bar\\\\baz"', 'foo"bar\\baz'],
    ['"a,b;c=d"', 'a,b;c=d'],
    ["'foo'", "'foo'"],
    ['~', '~'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ])('%s', (header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  // Must fail by RFC 9651 (its eighth, 'foo', is a bare key here); from the ninth on strings there, but not 1-255 visible characters.
  test.each([
    ['non-ascii string', '"f\u00fc\u00fc"'],
    ['tab in string', '"\t"'],
    ['newline in string', '" \n "'],
    ['single quote inside double', '"foo\'" bar'],
    ['unbalanced string', '"foo'],
    ['bad string quoting', '"foo \\,"'],
    ['ending string quote', '"foo \\"'],
    ['abruptly ending string quote', '"foo \\'],
    ['basic string with a blank', '"foo bar"'],
    ['empty string', '""'],
    ['whitespace string', '"   "'],
    ['string quoting with blanks', '"foo \\"bar\\" \\\\ baz"'],
    ['two lines string', '"foo, bar"'],
    ['long string', `"${'foo '.repeat(64)}"`],
    ['256 characters', 'x'.repeat(256)],
    ['256 quoted characters', `"${'x'.repeat(256)}"`],
    ['parameters', '"foo";a=1'],
    ['empty', ''],
    ['a blank', 'a b'],
    ['a control character', 'a\u0007b'],
  ])('refuses %s', (_name, header) => {
    expect(refused(header)).toEqual(invalid);
  });

  test('refuses two headers; an absent one is no key', () => {
    expect(refused(['a', 'b'])).toEqual(invalid);
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  test('orders members at every level and keeps arrays, types and nulls', () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: '1' }], a: true })).toBe('{"a":true,"b":[2,1,{"c":"1","d":null}]}');
    expect(canonicalJson({ a: 1 })).not.toBe(canonicalJson({ a: '1' }));
    expect(canonicalJson([])).not.toBe(canonicalJson({}));
  });

  test('writes the same text for every order of members', () => {
    const a = { z: { y: 1, x: [{ q: 1, p: 2 }] }, é: '中', A: 0, a: 1 };
    const b = { a: 1, A: 0, é: '中', z: { x: [{ p: 2, q: 1 }], y: 1 } };
    expect(canonicalJson(a)).toBe(canonicalJson(b));
    expect(JSON.parse(canonicalJson(a))).toEqual(a);
  });
});

describe('conditional requests', () => {
  const etag = makeEtag(7, '{"a":1}');

  test('an ETag holds the version and the hash of this body', () => {
    expect(etag).toMatch(/^"7\.[\w-]{22}"$/);
    expect(makeEtag(7, '{"a":1}')).toBe(etag);
    expect(makeEtag(7, '{"a":2}')).not.toBe(etag);
  });

  test.each([
    [undefined, undefined],
    [etag, [7]],
    [`${etag}, "8.abc"`, [7, 8]],
    ['"7"', []],
    ['7.abc', []],
    ['W/"7.abc"', []],
    ['*', []],
    ['"-1.a"', []],
    ['"9999999999.a"', []],
    ['', []],
  ])('If-Match %s → %j', (header, versions) => {
    expect(parseIfMatch(header)).toEqual(versions);
  });

  test('If-None-Match compares the whole, weakly', () => {
    expect(etagMatches(etag, etag)).toBe(true);
    expect(etagMatches(`"1.x", W/${etag}`, etag)).toBe(true);
    expect(etagMatches('*', etag)).toBe(true);
    expect(etagMatches('"7.other"', etag)).toBe(false);
    expect(etagMatches(undefined, etag)).toBe(false);
  });
});

describe('language', () => {
  test.each([
    [{}, undefined, 'zh'],
    [{}, 'en', 'en'],
    [{}, 'en-GB,en;q=0.9', 'en'],
    [{}, 'fr, en;q=0.4, zh;q=0.5', 'zh'],
    [{}, 'en;q=0', 'zh'],
    [{}, 'de', 'zh'],
    [{}, 'english', 'zh'],
    [{ lang: 'en' }, 'zh-CN', 'en'],
    [{ lang: 'zh' }, 'en', 'zh'],
    [{ lang: 'de' }, 'en', 'en'],
  ])('%j and %s → %s', (query, header, language) => {
    expect(requestLanguage(query, header)).toBe(language);
  });
});
