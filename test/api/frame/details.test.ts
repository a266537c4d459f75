// What is wrong with each field is told in the language of the answer: Chinese by default, English where asked (contract §1 Errors).
import { expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';

const service = useService();

type FieldError = { pointer: string; code: string; detail: string };

async function told(body: Json, raw?: string) {
  const ask = async (headers: Record<string, string>) => {
    const content = raw === undefined ? { body } : { raw };
    const answer = await service.api.as('wf.heping', 'POST', '/v1/clues?dryRun=true', { ...content, headers });
    expect([400, 422]).toContain(answer.status);
    return (answer.body.errors as FieldError[])[0];
  };
  const json = { 'content-type': 'application/json' };
  const [zh, en] = [await ask(json), await ask({ ...json, 'accept-language': 'en' })];
  expect([en?.pointer, en?.code]).toEqual([zh?.pointer, zh?.code]);
  return [zh?.pointer, zh?.detail, en?.detail];
}

const clue = (change: Json): Json => ({ ...sampleClue(), ...change });
const withSubject = (change: Json): Json => clue({ subjects: [{ ...sampleClue().subjects[0], ...change }] });

test.each([
  [
    'a missing member',
    clue({ facts: undefined }),
    '/facts',
    '缺少必填字段 facts',
    "must have required property 'facts'",
  ],
  ['a wrong type', clue({ facts: 7 }), '/facts', '类型须为字符串', 'must be string'],
  ['an unknown member', clue({ extra: 1 }), '/extra', '不允许有此字段', 'must NOT have additional properties'],
  ['blanks alone', clue({ facts: ' \u3000' }), '/facts', '不得只有空白字符', 'must not be blank'],
  [
    'an id whose checksum is wrong',
    withSubject({ idNumber: '210102198503154322' }),
    '/subjects/0/idNumber',
    '不是有效的居民身份证号码（GB 11643）',
    'not a valid citizen identity number (GB 11643)',
  ],
  [
    'an unknown region',
    clue({ regionCode: '110101' }),
    '/regionCode',
    '本省没有区划 110101',
    'no region 110101 in the province',
  ],
  ['a day ahead', clue({ foundOn: '2199-01-01' }), '/foundOn', '晚于今天', 'a day after today'],
])('%s', async (_name, body, pointer, zh, en) => {
  expect(await told(body)).toEqual([pointer, zh, en]);
});

test('what is not JSON', async () => {
  expect(await told({}, '{"facts"')).toEqual(['', '请求体不是有效的 JSON', 'the body is not valid JSON']);
  expect(await told({}, '{"a":1,"a":2}')).toEqual(['/a', '同一对象中键名重复', 'an object names a key twice']);
});

test('a reason of blanks alone is no reason', async () => {
  const created = await service.api.create('wf.heping', '/v1/clues', sampleClue());
  const path = `/v1/clues/${String(created.body.id)}`;
  for (const reason of ['', '  ', '\t\u3000\u00a0']) {
    const answer = await service.api.decide('wf.heping', path, 'withdrawal', { reason });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/reason' }] } });
  }
  expect((await service.api.decide('wf.heping', path, 'withdrawal', { reason: ' 重复 ' })).status).toBe(200);
});
