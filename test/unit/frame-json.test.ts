// The JSON body parser: what JSON.parse lets through is refused (S-26, S-28, S-33); a sample of JSONTestSuite by hand.
import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../src/kernel/problem.ts';
import { parseJsonBody } from '../../src/platform/http/json.ts';

function codeOf(body: string | Buffer): string {
  try {
    parseJsonBody(Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8'));
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return error.errors[0]?.code ?? error.code;
    throw error;
  }
  return 'accepted';
}
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('refused', () => {
  test.each([
    ['{"a":1,"a":1}', 'json.duplicate_key'],
    ['{"a":1,"\\u0061":2}', 'json.duplicate_key'],
    ['{"x":[{"a":{"b":1,"b":2}}]}', 'json.duplicate_key'],
    ['{"":1,"":2}', 'json.duplicate_key'],
    ['{"__proto__":{}}', 'json.forbidden_key'],
    ['{"a":{"\\u005f_proto__":1}}', 'json.forbidden_key'],
    ['{"a":"\\u0000"}', 'string.nul'],
    ['{"\\u0000":1}', 'string.nul'],
    ['["\\ud800"]', 'string.surrogate'],
    ['["\\udc00\\ud800"]', 'string.surrogate'],
    ['{"\\udfff":1}', 'string.surrogate'],
    [nested(21), 'json.depth'],
    ['{"a":'.repeat(21) + 1 + '}'.repeat(21), 'json.depth'],
    [nested(400_000), 'json.depth'],
  ])('%.40s', (body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  test.each([
    '{',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '[NaN]',
    '[-Infinity]',
    '[01]',
    '[1.]',
    '[.5]',
    '[+1]',
    '["\t"]',
    '["a\nb"]',
    '["\\x00"]',
    '["\\u00"]',
    '[1] x',
    '// c\n[1]',
    'nul',
    '\ufeff{}',
    '{"a" 1}',
    '[1 2]',
    '"',
    '[1e]',
    ' \n',
    '\ufeff',
    '\u00a0',
  ])('%j is a syntax error', (body) => {
    expect(codeOf(body)).toBe('json.syntax');
  });

  test.each([
    ['overlong', [0x22, 0xc0, 0xaf, 0x22]],
    ['cut off', [0x22, 0xe4, 0xb8, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['Latin-1', [0x22, 0xe9, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x22, 0x00, 0x22, 0x00]],
    ['beyond Unicode', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
  ])('%s is not valid UTF-8', (_name, bytes) => {
    expect(codeOf(Buffer.from(bytes))).toBe('json.encoding');
  });

  test('a duplicate is named by its pointer, shortened', () => {
    const key = 'k'.repeat(300);
    try {
      parseJsonBody(Buffer.from(`{"${key}":1,"${key}":2}`));
      throw new Error('accepted');
    } catch (error) {
      expect((error as Problem).errors[0]?.pointer).toBe(`/${'k'.repeat(100)}`);
    }
  });
});

describe('accepted', () => {
  test.each([
    ['', {}],
    ['{}', {}],
    ['{"a":{"b":1},"c":{"b":1}}', { a: { b: 1 }, c: { b: 1 } }],
    ['[{"a":1},{"a":1}]', [{ a: 1 }, { a: 1 }]],
    ['["{\\"a\\":1,\\"a\\":2}"]', ['{"a":1,"a":2}']],
    ['["\\ud83d\\ude00 中文 \\" \\\\"]', ['😀 中文 " \\']],
    ['[1e3,-0.5,true,null]', [1000, -0.5, true, null]],
    ['"text"', 'text'],
    [nested(20), JSON.parse(nested(20))],
  ])('%.40s', (body, value) => {
    expect(parseJsonBody(Buffer.from(body, 'utf8'))).toEqual(value);
  });

  test('nothing reaches the prototype', () => {
    parseJsonBody(Buffer.from('{"constructor":{"prototype":{"polluted":true}}}'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
