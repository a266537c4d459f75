// npm run verify-audit from outside, as a third party runs it: an export under two keys, kept copies, proofs; a fork and a rollback are refused.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportRecords } from '../../../src/audit/export.ts';
import { exportName } from '../../../src/audit/export-file.ts';
import { splitNotes } from '../../../src/audit/note.ts';
import { rotateCheckpointKey } from '../../../src/audit/sealing.ts';
import { sampleClue } from '../../support/samples.ts';
import { exportDirOf, sealEverything } from '../../support/sealed.ts';
import { useService } from '../../support/service.ts';
import { ROOT } from '../../support/settings.ts';

const service = useService();
const folder = mkdtempSync(join(tmpdir(), 'verify-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const put = (name: string, text: string) => {
  writeFileSync(at(name), text);
  return at(name);
};

function verify(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'src/bin/verify-audit.ts'), ...args], { env: {} });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

let lines: string[];
let notes: string[];
let keys: string[];

beforeAll(async () => {
  const submit = async (key: string) => {
    await service.api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key });
    await sealEverything(service);
  };
  await submit('verify-1');
  await submit('verify-2');
  await rotateCheckpointKey(service.tx);
  await submit('verify-3');
  await submit('verify-4');
  const [log] = await service.owner.query<{ origin: string }>('select origin from audit_logs');
  const base = join(exportDirOf(service), exportName(log?.origin ?? ''));
  for (const end of ['checkpoints', 'leaves', 'vkey']) copyFileSync(`${base}.${end}`, at(`log.${end}`));
  let text = '';
  for await (const page of exportRecords(service.tx)) text += page;
  lines = text.trimEnd().split('\n');
  put('records.ndjson', text);
  notes = splitNotes(readFileSync(at('log.checkpoints'), 'utf8'));
  keys = readFileSync(at('log.vkey'), 'utf8').trimEnd().split('\n');
}, 60_000);

/** Each a run of its own, all at the same time. */
const runs = (all: Readonly<Record<string, readonly string[]>>) =>
  Promise.all(Object.entries(all).map(async ([name, args]) => [name, await verify(...args)] as const)).then(
    (done) => Object.fromEntries(done) as Record<string, { code: number | null; text: string }>,
  );
const log = () => ['--checkpoints', at('log.checkpoints')];
const withRecords = (name: string, change: (line: string) => string) => [
  '--records',
  put(name, `${lines.map((line, n) => (n === 3 ? change(line) : line)).join('\n')}\n`),
  ...log(),
];

test('an export under two keys verifies; the first checkpoint of the new one bears the former too', async () => {
  expect(keys).toHaveLength(2);
  const signatures = notes.map((note) => note.split('\u2014').length - 1);
  expect([signatures.length > 3, signatures.filter((n) => n === 2).length, signatures.at(-1)]).toEqual([true, 1, 1]);
  const [former = '', next = ''] = keys.map((line) => line.split(' ')[0] ?? '');
  const found = await runs({
    records: ['--records', at('records.ndjson'), ...log()],
    checkpoints: [...log(), '--key', at('log.vkey')],
    former: [...log(), '--key', former],
    exchanged: [
      ...log(),
      '--key',
      put('exchanged.vkey', `${next} 2026-01-01T00:00:00Z\n${former} 2026-01-02T00:00:00Z\n`),
    ],
  });
  expect(found.records).toMatchObject({ code: 0, text: expect.stringContaining(`${lines.length} records in`) });
  expect(found.checkpoints?.code).toBe(0);
  expect(found.former).toMatchObject({ code: 1, text: expect.stringContaining('is not signed by the key given') });
  expect(found.exchanged).toMatchObject({ code: 1, text: expect.stringContaining('a key that was not in use then') });
});

test('a line that was changed is named, also where no hash covers the change', async () => {
  const found = await runs({
    twice: withRecords('twice', (line) => line.replace('{', '{"type":"clue.withdrawn",')),
    more: withRecords('more', (line) => line.replace('{', '{"officerName":"张三",')),
    none: withRecords('none', () => 'null'),
    text: withRecords('text', (line) => line.replace(/"sequence":(\d+|null)/, '"sequence":"1"')),
    code: withRecords('code', (line) => line.replace(/"type":"[a-z_]+/, '"type":"x')),
    hash: withRecords('hash', (line) => line.replace('"sha-256"', '"none"')),
  });
  for (const [name, { code, text }] of Object.entries(found))
    expect([name, code, text]).toEqual([name, 1, expect.stringContaining('first bad position: leaf 3')]);
  expect(found.code?.text).toContain('(record ');
});

async function proofOf(query: string): Promise<string> {
  const { status, body } = await service.api.get('auditor.liaoning', `/v1/audit/proofs?${query}`);
  expect(status).toBe(200);
  return put(`${query}.json`, JSON.stringify(body));
}

test('a proof shows that the log goes on from what was kept; a fork and a rollback are refused', async () => {
  const kept = put('kept.checkpoints', `${notes[0]}\n`);
  const from = Number(notes[0]?.split('\n')[1]);
  const [key, records] = [['--key', at('log.vkey')], { id: JSON.parse(lines[2] ?? '').id as string }];
  const proof = await proofOf(`recordId=${records.id}&fromSize=${from}`);
  const answer = JSON.parse(readFileSync(proof, 'utf8'));
  const forged = { ...answer, consistency: { ...answer.consistency, hashes: answer.consistency.hashes.toReversed() } };
  const hidden = { ...answer, consistency: null, inclusion: { ...answer.inclusion, record: null } };
  // The service begins anew from a backup of the time of the first checkpoint, and writes other things.
  for (const sql of [
    ...['checkpoints', 'leaves', 'nodes', 'records'].map((name) => `alter table audit_${name} disable trigger user`),
    `delete from audit_checkpoints where tree_size > ${from}`,
    `delete from audit_leaves where leaf_index >= ${from}`,
    `delete from audit_nodes where (node_index + 1) * 2 ^ level > ${from}`,
    'delete from audit_records r where not exists (select from audit_leaves l where l.record_id = r.id)',
  ])
    await service.owner.query(sql);
  const last = Number(notes.at(-1)?.split('\n')[1]);
  for (let size = from; size <= last; ) {
    await service.api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key: `anew-${size}` });
    await sealEverything(service, at('anew'));
    const [row] = await service.owner.query<{ size: string }>('select max(tree_size) as size from audit_checkpoints');
    size = Number(row?.size);
  }
  const [young, anew] = [await proofOf(`fromSize=${from}`), await proofOf(`fromSize=${last}`)];
  const found = await runs({
    good: ['--proof', proof, ...key, '--checkpoints', kept],
    hidden: ['--proof', put('hidden.json', JSON.stringify(hidden)), ...key],
    unkept: ['--proof', proof, ...key],
    forged: ['--proof', put('forged.json', JSON.stringify(forged)), ...key, '--checkpoints', kept],
    // Good for whoever has kept the first one alone; not for whoever has kept a later one.
    young: ['--proof', young, ...key, '--checkpoints', kept],
    before: ['--proof', young, ...key, '--checkpoints', kept, ...log()],
    anew: ['--proof', anew, ...key, '--checkpoints', kept, ...log()],
  });
  expect(found.good).toMatchObject({
    code: 0,
    text: expect.stringContaining(`goes on from the checkpoint of ${from}`),
  });
  expect(found.good?.text).toContain(`Record ${records.id} is leaf 2`);
  expect(found.hidden).toMatchObject({ code: 0, text: expect.stringContaining('only that it was sealed there') });
  expect(found.unkept).toMatchObject({ code: 1, text: expect.stringContaining('the checkpoints that you have kept') });
  expect(found.forged).toMatchObject({ code: 1, text: expect.stringContaining('fork: the tree') });
  expect(found.young?.code).toBe(0);
  // Two trees of one size, or a proof that leaves out what was kept later.
  expect(found.before).toMatchObject({
    code: 1,
    text: expect.stringMatching(/^fork|was kept: ask for the proof from/),
  });
  expect(found.anew).toMatchObject({ code: 1, text: expect.stringMatching(/^fork/) });
});
