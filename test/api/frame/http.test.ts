// Manners of HTTP on every route: methods, content types, sizes, conditional reads, language (C-02, S-30, S-33, S-36).
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sendRaw } from '../../support/raw.ts';
import { sampleClue } from '../../support/samples.ts';
import { useService } from '../../support/service.ts';
import { createStory, type Known } from '../../support/story.ts';
import { headerFaults } from '../../support/sweep.ts';

const service = useService();
let clue: Known;
beforeAll(async () => {
  clue = await createStory(service.api).clue();
});

describe('methods', () => {
  test.each([
    ['DELETE', '/v1/clues', 'GET, POST, HEAD'],
    ['PUT', '/v1/clues', 'GET, POST, HEAD'],
    ['POST', '/v1/me', 'GET, HEAD'],
    ['DELETE', '/livez', 'GET, HEAD'],
    ['GET', '/v1/sandbox/tokens', 'POST'],
    ['POST', '/v1/clues/0198c2a4-7f00-7000-8000-000000000001', 'GET, PATCH, HEAD'],
    ['GET', '/v1/clues/by-external-id/abc', 'PUT'],
  ])('%s %s is 405 and names what is allowed', async (method, path, allow) => {
    const answer = await service.api.as('wf.heping', method, path, { body: {} });
    expect(answer).toMatchObject({ status: 405, body: { code: 'request.method_not_allowed' } });
    expect(answer.headers.allow).toBe(allow);
  });

  test('an overriding header overrides nothing', async () => {
    const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    expect((await service.api.as('wf.heping', 'GET', clue.path, { headers })).status).toBe(200);
  });

  test('HEAD is GET without its body', async () => {
    const get = await service.api.get('wf.heping', clue.path);
    const head = await service.api.as('wf.heping', 'HEAD', clue.path);
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control'])
      expect(head.headers[name]).toBe(get.headers[name]);
    const hidden = await service.api.as('wf.tiexi', 'HEAD', clue.path);
    expect([hidden.status, hidden.text]).toEqual([404, '']);
    expect((await service.api.as(null, 'HEAD', clue.path)).status).toBe(401);
  });
});

describe('content types: exactly the listed spellings reach a parser', () => {
  const body = JSON.stringify(sampleClue());
  const post = (type: string) =>
    service.api.as('wf.heping', 'POST', '/v1/clues?dryRun=true', { raw: body, headers: { 'content-type': type } });

  test.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8'])(
    '%s is accepted',
    async (type) => {
      expect((await post(type)).status).toBe(200);
    },
  );

  test.each([
    'application/json\t; charset=utf-8',
    'application/json ;charset=utf-8',
    'application/json;',
    'application/json; charset=utf-7',
    'application/json; charset="utf-8"',
    'application/json; charset=utf-8; a=b',
    'application/json, text/plain',
    'application/json,application/json',
    'Application/JSON',
    'application/jsonx',
    'application/json\u00a0',
    'application/problem+json',
    'application/merge-patch+json',
    'text/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    '*/*',
    ';',
    'json',
  ])('%j is 415', async (type) => {
    const answer = await post(type);
    expect(answer).toMatchObject({ status: 415, body: { code: 'request.unsupported_media_type' } });
    expect(headerFaults(answer)).toEqual([]);
  });

  test('a body without a type, two types, and a leading blank or tab', async () => {
    const token = await service.api.token('wf.heping');
    const start = `POST /v1/clues?dryRun=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`;
    const sent = (types: string) =>
      sendRaw(
        service.url,
        `${start}${types}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${Buffer.from(body).toString('latin1')}`,
      );
    expect((await sent('')).status).toBe(415);
    expect((await sent('Content-Type: application/json\r\nContent-Type: application/json\r\n')).status).toBe(415);
    expect((await sent('Content-Type: text/plain\r\nContent-Type: application/json\r\n')).status).toBe(415);
    // Blanks around a value are no part of it (RFC 9110 §5.5): validated as usual.
    expect((await sent('Content-Type:\t application/json \r\n')).status).toBe(200);
  });

  test('PATCH takes a merge patch and says so', async () => {
    const { etag } = await service.api.get('wf.heping', clue.path);
    const patch = (type: string) =>
      service.api.as('wf.heping', 'PATCH', clue.path, { raw: '{}', etag, headers: { 'content-type': type } });
    expect((await patch('application/merge-patch+json')).status).toBe(200);
    expect((await patch('application/json')).status).toBe(200);
    const refused = await patch('application/json-patch+json');
    expect(refused.status).toBe(415);
    expect(refused.headers['accept-patch']).toBe('application/merge-patch+json, application/json');
  });
});

describe('sizes', () => {
  test('a body of 1 MiB is read, one byte more is 413', async () => {
    const of = (size: number) => `{"facts":"${'a'.repeat(size - 12)}"}`;
    const post = (raw: string) => service.api.as('wf.heping', 'POST', '/v1/clues', { raw });
    expect((await post(of(1_048_576))).status).toBe(400);
    const over = await post(of(1_048_577));
    expect(over).toMatchObject({ status: 413, body: { code: 'request.too_large' } });
    expect(over.body.detail).toContain('1048576');
  });

  test('a body that announces more than it may is refused before it is read', async () => {
    const token = await service.api.token('wf.heping');
    const answer = await sendRaw(
      service.url,
      `POST /v1/clues HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nIdempotency-Key: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{`,
    );
    expect([answer.status, answer.body.code]).toEqual([413, 'request.too_large']);
  });

  test('an address of 8 KiB is read, a longer one is 414; an over-long page is 400', async () => {
    const path = (length: number) => `/v1/clues?cursor=${'a'.repeat(length - 18)}`;
    expect((await service.api.get('wf.heping', path(8192))).status).toBe(400);
    expect((await service.api.get('wf.heping', path(8200))).status).toBe(414);
    expect((await service.api.get('wf.heping', '/v1/clues?limit=201')).status).toBe(400);
  });
});

describe('conditional reads', () => {
  test('304 while nothing changed for this caller, and only for this caller', async () => {
    const seen = await service.api.get('wf.heping', clue.path);
    const ask = (officer: string, etag: string) =>
      service.api.as(officer, 'GET', clue.path, { headers: { 'if-none-match': etag } });
    const same = await ask('wf.heping', seen.etag);
    expect([same.status, same.text, same.etag]).toEqual([304, '', seen.etag]);
    expect(headerFaults(same)).toEqual([]);
    expect((await ask('wf.heping', `"0.x", W/${seen.etag}`)).status).toBe(304);
    // The receiver sees another body (masked names): the source's ETag is no proof for it.
    const other = await ask('intake.heping', seen.etag);
    expect([other.status, other.etag === seen.etag]).toEqual([200, false]);
    expect((await ask('wf.tiexi', seen.etag)).status).toBe(404);
    expect((await ask('wf.tiexi', '*')).status).toBe(404);
  });
});

describe('language', () => {
  const title = async (path: string, headers: Record<string, string>) => {
    const { body, headers: got } = await service.api.as('wf.heping', 'GET', path, { headers });
    return [body.title, got['content-language']];
  };
  const absent = '/v1/clues/0198c2a4-7f00-7000-8000-000000000001';

  test('Chinese by default, English when asked by header or ?lang', async () => {
    expect(await title(absent, {})).toEqual(['未找到', 'zh-CN']);
    expect(await title(absent, { 'accept-language': 'en-US,en;q=0.8' })).toEqual(['Not found', 'en']);
    expect(await title(`${absent}?lang=en`, {})).toEqual(['Not found', 'en']);
    expect(await title(`${absent}?lang=zh`, { 'accept-language': 'en' })).toEqual(['未找到', 'zh-CN']);
    expect(await title('/v1/nowhere?lang=en', {})).toEqual(['Not found', 'en']);
    expect((await service.api.get('wf.heping', `${absent}?lang=de`)).status).toBe(400);
  });

  test('labels of actions follow it too', async () => {
    const read = async (lang: string) => (await service.api.get('wf.heping', `${clue.path}?lang=${lang}`)).body;
    const labels = (body: Awaited<ReturnType<typeof read>>) =>
      (body.availableActions as { action: string; label: string }[]).find((a) => a.action === 'withdrawal')?.label;
    expect([labels(await read('zh')), labels(await read('en'))]).toEqual(['撤回', 'Withdraw']);
  });
});
