// Uploads: recognised, sealed before they are stored, once for each key, and never more than the request says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json, Send } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { PDF } from '../../support/fixtures/documents.ts';
import { multipart } from '../../support/multipart.ts';
import { useService } from '../../support/service.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
let world: World;
let path = '';
beforeAll(async () => {
  world = createWorld(service.api, () => addClient(service));
  path = `${(await world.clue()).path}/documents`;
});

const filesIn = (name: string): string[] => {
  try {
    const entries = readdirSync(join(service.dataDir, 'documents', name), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
};
/** What a request leaves is removed once its answer has gone out. */
async function objects(): Promise<string[]> {
  for (let tries = 0; filesIn('incoming').length > 0 && tries < 100; tries++) await sleep(10);
  expect(filesIn('incoming')).toEqual([]);
  return filesIn('objects');
}

const post = (send: Send, more: Send = {}, officer = 'wf.heping', at = path) =>
  service.api.as(officer, 'POST', at, { ...send, ...more, headers: { ...send.headers, ...more.headers } });

const other = { ...PDF, content: PDF.content.replace('1.4', '1.5') };
const FIELDS = { kind: 'medical', title: '诊断证明', note: '李秀兰的诊断' };

test('a document is answered with what was recognised, and its object holds none of its content', async () => {
  const before = await objects();
  const answer = await post(multipart(FIELDS, PDF));
  expect(answer.status).toBe(201);
  expect(answer.headers.location).toBe(`http://service.test/v1/documents/${String(answer.body.id)}`);
  expect(answer.etag).toMatch(/^"1\./);
  expect(answer.body).toMatchObject({
    kind: 'medical',
    mediaType: 'application/pdf',
    bytes: Buffer.byteLength(PDF.content),
    scan: 'unscanned',
    fileName: PDF.name,
    title: '诊断证明',
    note: '李秀兰的诊断',
    parent: { kind: 'clue' },
    agency: { name: expect.stringContaining('妇女联合会') },
    uploadedBy: { code: 'wf.heping' },
  });
  const added = (await objects()).filter((file) => !before.includes(file));
  expect(added.map((file) => file.split('/').at(-1))).toEqual([answer.body.id]);
  const content = readFileSync(String(added[0]));
  expect(content.subarray(0, 2).toString()).toBe('A1');
  expect(content.includes('%PDF')).toBe(false);
  const [row] = await service.owner.query<{ data: Json; kind: string }>(
    `select kind, data from audit_records where type = 'document.added' and resource_id = $1`,
    [answer.body.id],
  );
  expect(row).toMatchObject({ kind: 'document', data: { parentKind: 'clue', bytes: PDF.content.length } });
  expect(JSON.stringify(row)).not.toMatch(/诊断|李秀兰/);
});

test('a repeat of a key is the first answer and no second object, whatever its boundary; another file is a 422', async () => {
  const first = await post(multipart(FIELDS, PDF), { key: 'upload-once' });
  const before = await objects();
  const again = await post(multipart(FIELDS, PDF, 'another-boundary'), { key: 'upload-once' });
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  const changes = [
    multipart(FIELDS, other),
    multipart({ ...FIELDS, title: '别的' }, PDF),
    multipart(FIELDS, { ...PDF, name: 'b.pdf' }),
  ];
  for (const changed of changes) {
    const answer = await post(changed, { key: 'upload-once' });
    expect([answer.status, answer.body.code]).toEqual([422, 'idempotency.key_reused']);
  }
  expect(await objects()).toEqual(before);
});

test('two at once with one key: one document, one object', async () => {
  const before = (await objects()).length;
  const answers = await Promise.all([1, 2].map(() => post(multipart(FIELDS, PDF), { key: 'upload-race' })));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  for (let tries = 0; (await objects()).length > before + 1 && tries < 100; tries++) await sleep(10);
  expect(await objects()).toHaveLength(before + 1);
});

test('a dry run validates and keeps nothing', async () => {
  const before = await objects();
  const answer = await post(multipart(FIELDS, PDF), {}, 'wf.heping', `${path}?dryRun=true`);
  expect([answer.status, answer.body.mediaType]).toEqual([200, 'application/pdf']);
  const wrong = await post(multipart(FIELDS, { ...PDF, content: 'text' }), {}, 'wf.heping', `${path}?dryRun=true`);
  expect(wrong.status).toBe(415);
  expect(await objects()).toEqual(before);
});

test('If-Match is accepted: a stale version of the parent is a 412 that keeps nothing', async () => {
  const before = await objects();
  expect((await post(multipart(FIELDS, PDF), { etag: '"999.stale"' })).status).toBe(412);
  expect(await objects()).toEqual(before);
});

describe('is refused and leaves nothing', () => {
  const boundary = 'multipart/form-data; boundary=b';
  const part = (head: string, content: string) =>
    `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const file = (content = PDF.content) =>
    part('name="file"; filename="a.pdf"\r\nContent-Type: application/pdf', content);
  const kind = part('name="kind"', 'other');
  const raw = (text: string): Send => ({ raw: text, headers: { 'content-type': boundary } });
  const cases: readonly (readonly [string, Send, number, string, string?])[] = [
    [
      'a type that is not on the list',
      multipart(FIELDS, { ...PDF, content: '<svg/>' }),
      415,
      'document.type_unsupported',
    ],
    ['an empty file', multipart(FIELDS, { ...PDF, content: '' }), 415, 'document.type_unsupported'],
    ['a wrong Content-Type', multipart(FIELDS, { ...PDF, type: 'image/png' }), 422, 'document.type_mismatch', '/file'],
    ['a wrong extension', multipart(FIELDS, { ...PDF, name: 'a.exe' }), 422, 'document.type_mismatch', '/file'],
    ['an unknown kind', multipart({ kind: 'secret' }, PDF), 400, 'request.invalid', '/kind'],
    ['no kind', multipart({}, PDF), 400, 'request.invalid', '/kind'],
    ['an unknown field', multipart({ ...FIELDS, agencyId: 'x' }, PDF), 400, 'request.invalid', '/agencyId'],
    ['a prototype', multipart({ ...FIELDS, constructor: 'x' }, PDF), 400, 'request.invalid', '/constructor'],
    ['a long title', multipart({ ...FIELDS, title: 'x'.repeat(201) }, PDF), 400, 'request.invalid', '/title'],
    ['U+0000 in a field', multipart({ ...FIELDS, note: 'a\u0000b' }, PDF), 400, 'request.invalid', '/note'],
    [
      'a field that is very long',
      multipart({ ...FIELDS, note: 'x'.repeat(20_000) }, PDF),
      400,
      'request.invalid',
      '/note',
    ],
    ['no file', raw(`${kind}--b--\r\n`), 400, 'request.invalid', '/file'],
    ['a file as text', raw(`${kind}${part('name="file"', '%PDF-1.4')}--b--\r\n`), 400, 'request.invalid', '/file'],
    ['two files', raw(`${kind}${file()}${file()}--b--\r\n`), 400, 'request.invalid', '/file'],
    [
      'a file of another name',
      raw(`${kind}${file().replace('name="file"', 'name="doc"')}--b--\r\n`),
      400,
      'request.invalid',
      '/file',
    ],
    ['a field twice', raw(`${kind}${kind}${file()}--b--\r\n`), 400, 'request.invalid', '/kind'],
    ['a body cut off', raw(`${kind}${file()}`), 400, 'request.invalid', ''],
    ['a body cut off in the file', raw(`${kind}${file().slice(0, -20)}`), 400, 'request.invalid', ''],
    ['another boundary', raw(`${kind}${file()}--b--\r\n`.replaceAll('--b', '--c')), 400, 'request.invalid'],
    ['nothing', raw(''), 400, 'request.invalid'],
    [
      'too many fields',
      raw(`${Array.from({ length: 12 }, (_, i) => part(`name="f${i}"`, 'x')).join('')}${file()}--b--\r\n`),
      400,
      'request.invalid',
    ],
  ];
  test.each(cases)('%s', async (...[, send, status, code, pointer]) => {
    const before = await objects();
    const answer = await post(send);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    const errors = (answer.body.errors ?? []) as { pointer: string }[];
    if (pointer !== undefined) expect(errors.map((error) => error.pointer)).toContain(pointer);
    expect(await objects()).toEqual(before);
  });

  test('the problem says which types are accepted', async () => {
    const { body } = await post(
      { ...multipart(FIELDS, { ...PDF, content: 'x' }) },
      { headers: { 'accept-language': 'en' } },
    );
    expect(String(body.remedy)).toContain('pdf, jpg, png, tif, heic, docx, xlsx, ofd');
  });
});

describe('20 MiB', () => {
  const LIMIT = 20 * 1_048_576;
  const sized = (bytes: number) => ({
    ...PDF,
    name: 'large.pdf',
    content: PDF.content + ' '.repeat(bytes - PDF.content.length),
  });

  test('are taken, one byte more is a 413 with the limit', async () => {
    const before = (await objects()).length;
    const most = await post(multipart(FIELDS, sized(LIMIT)));
    expect([most.status, most.body.bytes]).toEqual([201, LIMIT]);
    const more = await post(multipart(FIELDS, sized(LIMIT + 1)));
    expect([more.status, more.body.code, more.body.limit]).toEqual([413, 'request.too_large', LIMIT]);
    expect(await objects()).toHaveLength(before + 1);
  });
});

describe('Content-Type (S-30)', () => {
  const { raw } = multipart(FIELDS, PDF, 'bb');
  test.each([
    'application/json',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data;  boundary=bb',
    'multipart/form-data;\tboundary=bb',
    ' multipart/form-data; boundary=bb',
    'multipart/form-data; boundary=bb; boundary=cc',
    'multipart/form-data, application/json; boundary=bb',
    'multipart/form-data; boundary=bb; charset=utf-7',
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
    'Multipart/Form-Data; boundary=bb',
    'multipart/mixed; boundary=bb',
    'text/plain',
  ])('%j is a 415 that names what is accepted', async (type) => {
    const answer = await post({ raw: raw as string, headers: { 'content-type': type } });
    // A leading space is no part of a header's value: what is left is the right type.
    if (type.startsWith(' ')) return expect(answer.status).toBeLessThan(500);
    expect([answer.status, answer.body.code]).toEqual([415, 'request.unsupported_media_type']);
    expect(String(answer.body.detail)).toContain('multipart/form-data');
  });

  test.each([
    'multipart/form-data; boundary="bb"',
    'multipart/form-data;boundary=bb',
    'multipart/form-data; boundary=bb; charset=UTF-8',
  ])('%j is taken', async (type) => {
    expect((await post({ raw: raw as string, headers: { 'content-type': type } })).status).toBe(201);
  });

  test('elsewhere a multipart body is a 415', async () => {
    const answer = await service.api.as('wf.heping', 'POST', '/v1/clues', multipart({}, PDF));
    expect([answer.status, answer.body.code]).toEqual([415, 'request.unsupported_media_type']);
  });
});
