// The virus scan against a server that speaks clamd's protocol, and the sweep of uploads that never came to their commit.
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type DocumentJobDeps, scanDocuments, sweepDocuments } from '../../../src/documents/jobs.ts';
import { createLog } from '../../../src/platform/log.ts';
import { openStorage } from '../../../src/platform/objects/storage.ts';
import { addClient } from '../../support/clients.ts';
import { PDF } from '../../support/fixtures/documents.ts';
import { type Service, startService } from '../../support/start.ts';
import type { Known } from '../../support/story.ts';
import { createWorld, type World } from '../../support/world.ts';

const EICAR_LIKE = { ...PDF, content: `${PDF.content}THIS-IS-A-VIRUS` };

/** clamd as its manual describes INSTREAM: chunks with their length before them, the verdict when an empty one ends them. */
let mood: 'honest' | 'confused' | 'gone' = 'honest';
let scanned = 0;
function clamd(socket: Socket): void {
  let held = Buffer.alloc(0);
  let content = '';
  let begun = false;
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    held = Buffer.concat([held, data]);
    if (mood === 'gone') return void socket.destroy();
    if (!begun) {
      if (held.length < 10) return;
      if (held.subarray(0, 10).toString() !== 'zINSTREAM\0') return void socket.end('UNKNOWN COMMAND\0');
      held = held.subarray(10);
      begun = true;
    }
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const length = held.readUInt32BE(0);
      content += held.subarray(4, 4 + length).toString('latin1');
      held = held.subarray(4 + length);
      if (length > 0) continue;
      scanned += 1;
      if (mood === 'confused') socket.end('INSTREAM size limit exceeded. ERROR\0');
      else socket.end(content.includes('THIS-IS-A-VIRUS') ? 'stream: Test-Signature FOUND\0' : 'stream: OK\0');
    }
  });
}

let server: Server;
let service: Service;
let world: World;
let deps: DocumentJobDeps;
const lines: string[] = [];
beforeAll(async () => {
  server = createServer(clamd);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const scannerUrl = `tcp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  service = await startService({ env: { SCANNER_URL: scannerUrl } });
  world = createWorld(service.api, () => addClient(service));
  const log = createLog(
    'info',
    (line) => void lines.push(line),
    () => new Date(),
  );
  const storage = openStorage({ s3: undefined, dataDir: service.dataDir });
  deps = { tx: service.tx, storage, scannerUrl, systemNow: Date.now, log };
}, 60_000);
afterAll(async () => {
  await service.stop();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  mood = 'honest';
  lines.length = 0;
});

const read = (officer: string, known: Known) => service.api.get(officer, `${known.path}/content`);
const scanOf = async (known: Known) => (await service.api.get('wf.heping', known.path)).body.scan;
const endLeases = () => service.owner.query(`update documents set scan_lease = now() - interval '1 second'`);

describe('the virus scan', () => {
  test('until it says clean, the uploading agency alone reads the document', async () => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF);
    expect(document.body.scan).toBe('scanning');
    expect((await read('wf.heping', document)).status).toBe(200);
    const early = await read('intake.heping', document);
    expect([early.status, early.body.code]).toEqual([409, 'document.not_scanned']);
    await scanDocuments(deps);
    expect((await read('intake.heping', document)).text).toBe(PDF.content);
    expect((await service.api.get('wf.heping', document.path)).body).toMatchObject({ scan: 'clean', version: 2 });
    const [row] = await service.owner.query<{ data: unknown }>(
      `select data from audit_records where type = 'document.scanned' and resource_id = $1`,
      [document.id],
    );
    expect(row?.data).toMatchObject({ scan: 'clean', parentKind: 'clue' });
  });

  test('what is infected nobody reads any more, the uploading agency neither', async () => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, EICAR_LIKE);
    await scanDocuments(deps);
    expect(await scanOf(document)).toBe('infected');
    for (const officer of ['wf.heping', 'intake.heping']) {
      const answer = await read(officer, document);
      expect([answer.status, answer.body.code]).toEqual([409, 'document.infected']);
    }
  });

  test.each(['confused', 'gone'] as const)(
    'a scanner that is %s leaves it closed, and it is scanned again later',
    async (how) => {
      const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF);
      mood = how;
      await scanDocuments(deps);
      expect(await scanOf(document)).toBe('scanning');
      expect(lines.join()).toContain('scan failed');
      expect((await read('intake.heping', document)).status).toBe(409);
      mood = 'honest';
      const before = scanned;
      // Another worker leaves it alone while the lease lasts.
      await scanDocuments(deps);
      expect(scanned).toBe(before);
      await endLeases();
      await scanDocuments(deps);
      expect(await scanOf(document)).toBe('clean');
    },
  );

  test('two workers scan each document once', async () => {
    const { path } = await world.clue();
    const made = await Promise.all(Array.from({ length: 6 }, () => world.uploaded('wf.heping', path, PDF)));
    const before = scanned;
    await Promise.all([scanDocuments(deps), scanDocuments(deps)]);
    expect(scanned - before).toBe(made.length);
  });

  test('what came before there was a scanner waits for it as well', async () => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF);
    await service.owner.query(`update documents set scan = 'unscanned' where id = $1`, [document.id]);
    expect((await read('intake.heping', document)).status).toBe(409);
    await scanDocuments(deps);
    expect((await read('intake.heping', document)).status).toBe(200);
  });
});

describe('the sweep', () => {
  const root = () => join(service.dataDir, 'documents');
  const old = new Date('2026-01-01');

  test('takes old objects and spool files that no document has, and nothing else', async () => {
    const document = await world.uploaded('wf.heping', (await world.clue()).path, PDF);
    const orphan = '0198c2a4-7f00-7000-8000-0000000000aa';
    const fresh = '0198c2a4-7f00-7000-8000-0000000000ab';
    for (const id of [orphan, fresh]) {
      mkdirSync(join(root(), 'objects', id.slice(-2)), { recursive: true });
      writeFileSync(join(root(), 'objects', id.slice(-2), id), 'sealed');
    }
    const forgotten = join(root(), 'incoming', 'f'.repeat(32));
    writeFileSync(forgotten, 'sealed');
    const kept = join(root(), 'objects', document.id.slice(-2), document.id);
    for (const file of [forgotten, join(root(), 'objects', 'aa', orphan), kept]) utimesSync(file, old, old);
    await sweepDocuments(deps);
    const left = readdirSync(root(), { recursive: true, encoding: 'utf8' });
    expect(left.some((name) => name.endsWith(orphan))).toBe(false);
    expect(left.some((name) => name.endsWith(fresh))).toBe(true);
    expect([existsSync(kept), existsSync(forgotten)]).toEqual([true, false]);
    expect(JSON.parse(String(lines.find((line) => line.includes('forgotten'))))).toMatchObject({ count: 2 });
    expect((await read('wf.heping', document)).status).toBe(200);
  });
});
