// Documents over real HTTP with the client every integrator has: nothing of them stands in clear on the disk (P-02), uploads that
// are too large, go wrong or end halfway leave nothing, and the process stays small.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { scanDirectory } from '../support/disk-scan.ts';
import { type Running, runBin } from '../support/process.ts';
import { sampleClue } from '../support/samples.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'ja-documents-'));
let server: Running;
let address = '';
let authorization = '';
let clue = '';

const NAME = '欧阳慕白伤情鉴定-丙卷.pdf';
const TITLE = '柏叶巷七十七号入户照片说明';
const NOTE = '当事人自述曾遭电动三轮车撞击';
const SECRET = 'canary-of-the-content-0f3a77b1';

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${address}${path}`, { ...init, headers: { authorization, ...(init.headers as Record<string, string>) } });

async function tokenOf(officer: string): Promise<string> {
  const answer = await fetch(`${address}/v1/sandbox/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ officer }),
  });
  return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`;
}

beforeAll(async () => {
  server = runBin('server.ts', { DATA_DIR: dataDir });
  address = (await server.says(/ {2}service {4}(\S+)[\s\S]*Ctrl-C/))[1] ?? '';
  authorization = await tokenOf('wf.heping');
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'documents-clue' };
  const made = await call('/v1/clues', { method: 'POST', headers, body: JSON.stringify(sampleClue()) });
  clue = ((await made.json()) as { id: string }).id;
}, 120_000);
afterAll(async () => {
  if (!server.hasEnded) await server.stop('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const spooled = () => {
  const names = readdirSync(join(dataDir, 'documents'), { encoding: 'utf8' });
  return names.includes('incoming') ? readdirSync(join(dataDir, 'documents', 'incoming')) : [];
};
/** What a request leaves is removed once it has ended. */
afterEach(async () => {
  for (let tries = 0; spooled().length > 0 && tries < 200; tries++) await sleep(25);
  expect(spooled()).toEqual([]);
});

function form(content: string | Buffer, name = NAME): FormData {
  const body = new FormData();
  for (const [field, value] of Object.entries({ kind: 'medical', title: TITLE, note: NOTE })) body.set(field, value);
  body.set('file', new Blob([content], { type: 'application/pdf' }), name);
  return body;
}

let key = 0;
const upload = (body: FormData, to = clue) => {
  key += 1;
  const headers = { 'idempotency-key': `document-${key}` };
  return call(`/v1/clues/${to}/documents`, { method: 'POST', headers, body });
};

const pdf = (bytes: number) => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(bytes - 9, `${SECRET}\n`)]);
const residentMiB = () => {
  const status = readFileSync(`/proc/${String(server.child.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
};

describe('a document', () => {
  let id = '';
  test('is uploaded as a form and comes back byte for byte under its name', async () => {
    const content = pdf(3_000_001);
    const made = await upload(form(content));
    expect(made.status).toBe(201);
    id = ((await made.json()) as { id: string }).id;
    const back = await call(`/v1/documents/${id}/content`);
    expect(back.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent(NAME)}`);
    expect(Buffer.from(await back.arrayBuffer()).equals(content)).toBe(true);
  });

  test('stands nowhere on the disk in clear: neither content, nor name, title and note', async () => {
    const { files, findings } = scanDirectory(dataDir, [SECRET, NAME, TITLE, NOTE, '欧阳慕白']);
    expect(findings).toEqual([]);
    expect(files).toBeGreaterThan(1000);
    expect(
      readdirSync(join(dataDir, 'documents'), { recursive: true, encoding: 'utf8' }).some((f) => f.endsWith(id)),
    ).toBe(true);
  }, 60_000);
});

const HEAD =
  '--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n';

/** The status of an upload that tells no length. */
function chunked(key: string, pieces: readonly (string | Uint8Array)[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'idempotency-key': key, 'content-type': 'multipart/form-data; boundary=b' };
    const sending = request(`${address}/v1/clues/${clue}/documents`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sending.on('error', reject);
    for (const piece of pieces) sending.write(piece);
    sending.end();
  });
}

test('20 MiB and a byte are refused, whether the length is told beforehand or not', async () => {
  const told = await upload(form(pdf(20 * 1_048_576 + 1)));
  expect([told.status, ((await told.json()) as { code: string }).code]).toEqual([413, 'request.too_large']);
  const pieces = Array<Uint8Array>(21).fill(pdf(1_048_576));
  expect(await chunked('chunked', [HEAD, ...pieces, '\r\n--b--\r\n'])).toBe(413);
  // Nor does what stands around the part go on for ever.
  expect(await chunked('epilogue', [HEAD, pdf(2000), '\r\n--b--\r\n', ...pieces])).toBe(413);
}, 60_000);

test('a client that goes away in the middle leaves nothing, and the service goes on', async () => {
  const headers = { authorization, 'idempotency-key': 'gone', 'content-type': 'multipart/form-data; boundary=b' };
  const sending = request(`${address}/v1/clues/${clue}/documents`, { method: 'POST', headers });
  sending.on('error', () => undefined);
  sending.write(
    '--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n',
  );
  sending.write(pdf(2_000_000));
  for (let tries = 0; spooled().length === 0 && tries < 200; tries++) await sleep(10);
  expect(spooled()).toHaveLength(1);
  sending.destroy();
  for (let tries = 0; spooled().length > 0 && tries < 200; tries++) await sleep(25);
  expect((await upload(form(pdf(100)))).status).toBe(201);
}, 60_000);

test('a parent that is not there is told before the file is read', async () => {
  const answer = await upload(form(pdf(1000)), '0198c2a4-7f00-7000-8000-000000000001');
  expect(answer.status).toBe(404);
});

test('sixteen uploads of 15 MiB at once: each is answered, those beyond the slots are told to come back, memory stays bounded', async () => {
  const before = residentMiB();
  const body = () => form(pdf(15 * 1_048_576));
  const answers = await Promise.all(
    Array.from({ length: 16 }, () =>
      upload(body()).then(
        ({ status }) => status,
        () => 0,
      ),
    ),
  );
  const taken = answers.filter((status) => status === 201).length;
  expect(taken).toBeGreaterThanOrEqual(1);
  expect(answers.every((status) => [201, 503, 0].includes(status))).toBe(true);
  // The files together have 240 MiB.
  expect(residentMiB() - before).toBeLessThan(180);
}, 120_000);
