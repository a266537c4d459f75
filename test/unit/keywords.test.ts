// What a schema refuses is said in both languages: every keyword that Ajv can refuse by has its Chinese sentence.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { KEYWORDS, keywordDetail, NOT_BLANK } from '../../src/platform/http/keywords.ts';

const ajv = new Ajv({ allErrors: false, strict: false });
formats.default(ajv, { mode: 'full' });

function detailOf(schema: object, data: unknown) {
  const validate = ajv.compile(schema);
  expect(validate(data)).toBe(false);
  const error = validate.errors?.at(-1);
  return keywordDetail(error?.keyword, error?.params ?? {}, error?.message);
}

test('no keyword of Ajv is without a Chinese sentence', () => {
  const refusing = Object.values(ajv.RULES.all).flatMap((rule) =>
    typeof rule === 'object' && 'error' in rule.definition && rule.definition.error ? [rule.keyword] : [],
  );
  expect(refusing.length).toBeGreaterThan(20);
  expect(refusing.filter((keyword) => !Object.hasOwn(KEYWORDS, keyword))).toEqual([]);
});

test('no sentence lacks a language', () => {
  for (const keyword of [...Object.keys(KEYWORDS), 'unheard of', undefined]) {
    const [zh, en] = keywordDetail(keyword, {}, 'must be otherwise');
    expect([keyword, zh]).toEqual([keyword, expect.stringMatching(/\p{Script=Han}/u)]);
    expect(en).toBe('must be otherwise');
  }
});

describe('what the sentences say', () => {
  test.each([
    [{ type: 'integer' }, 'x', '类型须为整数', 'must be integer'],
    [{ type: ['string', 'null'] }, 1, '类型须为字符串或空值 null', 'must be string,null'],
    [{ required: ['name'] }, {}, '缺少必填字段 name', "must have required property 'name'"],
    [{ additionalProperties: false }, { a: 1 }, '不允许有此字段', 'must NOT have additional properties'],
    [{ enum: ['a'] }, 'b', '不是允许的值', 'must be equal to one of the allowed values'],
    [{ const: 'a' }, 'b', '不是规定的值', 'must be equal to constant'],
    [{ minLength: 1 }, '', '不得少于 1 个字符', 'must NOT have fewer than 1 characters'],
    [{ maxLength: 1 }, 'ab', '不得超过 1 个字符', 'must NOT have more than 1 characters'],
    [{ pattern: '^a$' }, 'b', '格式须符合 "^a$"', 'must match pattern "^a$"'],
    [{ pattern: NOT_BLANK }, ' \u3000\t', '不得只有空白字符', 'must not be blank'],
    [{ format: 'date' }, 'x', '格式须为 "date"', 'must match format "date"'],
    [{ minimum: 1 }, 0, '不得小于 1', 'must be >= 1'],
    [{ maximum: 1 }, 2, '不得大于 1', 'must be <= 1'],
    [{ multipleOf: 2 }, 3, '须为 2 的倍数', 'must be multiple of 2'],
    [{ minItems: 1 }, [], '不得少于 1 项', 'must NOT have fewer than 1 items'],
    [{ maxItems: 1 }, [1, 2], '不得超过 1 项', 'must NOT have more than 1 items'],
    [{ minProperties: 1 }, {}, '不得少于 1 个字段', 'must NOT have fewer than 1 properties'],
    [
      { uniqueItems: true },
      ['a', 'b', 'a'],
      '第 1 项与第 3 项重复',
      'must NOT have duplicate items (items ## 0 and 2 are identical)',
    ],
    [{ anyOf: [{ type: 'null' }] }, 1, '不符合任何一种允许的形式', 'must match a schema in anyOf'],
    [{ oneOf: [{}, {}] }, 1, '须恰好符合一种允许的形式', 'must match exactly one schema in oneOf'],
  ])('%j', (schema, data, zh, en) => {
    expect(detailOf(schema, data)).toEqual([zh, en]);
  });
});

test('no field error is written in one language alone', () => {
  const sources = globSync('src/**/*.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const single = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/\bdetail(?: =|:)\s*['"`].*|\bbad\('[a-z._]+', ['"`].*/g)].map(([found]) => `${file} ${found}`),
  );
  expect(single).toEqual([]);
});
