// sealing below the horizon, signed checkpoints outside the database, and no writes where it stays silent.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exportName } from '../../../src/audit/export-file.ts';
import { createFrontier } from '../../../src/audit/merkle.ts';
import { hasForeign, isSignedBy, parseCheckpoint, splitNotes } from '../../../src/audit/note.ts';
import { sealAudit } from '../../../src/audit/sealing.ts';
import { parseKeys } from '../../../src/audit/verify-log.ts';
import { createSealingWatch } from '../../../src/audit/watch.ts';
import { sampleClue } from '../../support/samples.ts';
import { exportDirOf, sealEverything } from '../../support/sealed.ts';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';

const service = useService();

const submit = (key: string) => service.api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key });
const settings = () => ({ publicUrl: 'http://service.test', exportDir: exportDirOf(service) });

async function files() {
  const [log] = await service.owner.query<{ origin: string }>('select origin from audit_logs');
  const base = join(exportDirOf(service), exportName(log?.origin ?? ''));
  const read = (end: string) => readFileSync(`${base}.${end}`);
  return { base, origin: log?.origin ?? '', notes: splitNotes(read('checkpoints').toString()), read };
}

describe('sealing', () => {
  test('makes every record a leaf, in the order of transactions, and signs the tree', async () => {
    await submit('seal-1');
    await sealEverything(service);
    const leaves = await service.owner.query<{ leaf_index: string; leaf_hash: Buffer; place: string }>(
      `select l.leaf_index, l.leaf_hash, row_number() over (order by r.xid, r.id) - 1 as place
       from audit_leaves l join audit_records r on r.id = l.record_id order by l.leaf_index`,
    );
    expect(leaves.length).toBeGreaterThan(3);
    expect(leaves.map((row) => row.leaf_index)).toEqual(leaves.map((row) => row.place));
    const tree = createFrontier();
    for (const row of leaves) tree.add(row.leaf_hash);
    const { notes, read, origin } = await files();
    const last = parseCheckpoint(notes.at(-1) ?? '');
    expect(last).toMatchObject({ origin, treeSize: leaves.length });
    expect(last?.rootHash).toEqual(tree.root());
    const [key] = parseKeys(read('vkey').toString());
    expect(last && key && isSignedBy(last, key)).toBe(true);
    expect(last && key && isSignedBy({ ...last, body: last.body.replace('time 2', 'time 3') }, key)).toBe(false);
    expect(read('leaves')).toEqual(Buffer.concat(leaves.map((row) => row.leaf_hash)));
  });

  test('waits for a transaction that still runs, and leaves no gap behind it', async () => {
    await withClient(service.database.ownerUrl, async (slow) => {
      await slow.query('begin');
      await slow.query('select pg_current_xact_id()');
      await submit('seal-2');
      const before = await service.owner.query('select from audit_leaves');
      await sealAudit(service.tx, settings());
      expect((await service.owner.query('select from audit_leaves')).length).toBe(before.length);
      await slow.query('rollback');
    });
    await sealEverything(service);
  });

  test('by several at once gives one checkpoint for each size', async () => {
    for (let n = 0; n < 4; n++) {
      await submit(`seal-many-${n}`);
      await Promise.all(Array.from({ length: 4 }, () => sealAudit(service.tx, settings())));
    }
    await sealEverything(service);
    const [row] = await service.owner.query(
      `select count(*)::int as n, (max(leaf_index) + 1)::int as size,
         (select max(tree_size)::int from audit_checkpoints) as sealed from audit_leaves`,
    );
    expect(row?.n).toBe(row?.size);
    expect(row?.sealed).toBe(row?.size);
  });

  test('goes on behind a note that a crash has cut off', async () => {
    const { base } = await files();
    const whole = readFileSync(`${base}.checkpoints`);
    const known = splitNotes(whole.toString()).length;
    writeFileSync(`${base}.checkpoints`, Buffer.concat([whole, whole.subarray(0, whole.length / known - 30)]));
    await submit('seal-torn');
    await sealEverything(service);
    const text = readFileSync(`${base}.checkpoints`, 'utf8');
    expect([splitNotes(text).length > known, hasForeign(text), text.startsWith(whole.toString())]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('ends where the export knows better: a record less, or another root', async () => {
    const { base } = await files();
    const kept = readFileSync(`${base}.checkpoints`);
    await submit('seal-5');
    await sealEverything(service);
    const ahead = readFileSync(`${base}.checkpoints`);
    // A younger database under the older export is fine; the reverse, a restored backup, is not.
    await service.owner.query('alter table audit_checkpoints disable trigger user');
    await service.owner.query(
      `delete from audit_checkpoints where tree_size = (select max(tree_size) from audit_checkpoints)`,
    );
    await expect(sealAudit(service.tx, settings())).rejects.toThrow(/the export has a checkpoint of \d+ records/);
    rmSync(`${base}.checkpoints`);
    writeFileSync(`${base}.checkpoints`, kept.toString().replace(/\n[A-Za-z0-9+/]{43}=\n/g, `\n${'A'.repeat(43)}=\n`));
    await expect(sealAudit(service.tx, settings())).rejects.toThrow(/contradicts the exported checkpoint/);
    writeFileSync(`${base}.checkpoints`, ahead);
  });
});

describe('silence', () => {
  test('of more than four hours refuses writes, says why, and lets reads go on', async () => {
    const other = await service.api.as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key: 'silent-0' });
    expect(other.status).toBe(201);
    await service.owner.query(`update audit_sealing set sealed_at = now() - interval '241 minutes'`);
    // What the service knows is at most five seconds old.
    let refused = await submit('silent-1');
    for (let n = 2; refused.status === 201 && n < 100; n++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      refused = await submit(`silent-${n}`);
    }
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('60');
    expect(refused.body).toMatchObject({ code: 'audit.sealing_stopped' });
    expect(String(refused.body.remedy)).toContain('npm run worker');
    expect((await service.api.get('wf.heping', '/v1/clues')).status).toBe(200);
    expect((await service.api.get('wf.heping', `/v1/clues/${String(other.body.id)}`)).status).toBe(200);
    await service.sealing.check();
    expect(service.logLines.join('')).toContain('audit sealing is silent');
    const metrics = await service.metrics.registry.metrics();
    expect(Number(/^audit_sealing_silence_seconds ([\d.]+)$/m.exec(metrics)?.[1])).toBeGreaterThan(14_400);
    await service.owner.query('update audit_sealing set sealed_at = now()');
    expect((await submit('silent-again')).status).toBe(201);
  });

  test('is asked for once in five seconds, alarms after five minutes and refuses after the limit', async () => {
    let now = 0;
    let seconds = 0;
    let asked = 0;
    const lines: string[] = [];
    const say = (message: string) => void lines.push(message);
    const watch = createSealingWatch({
      read: async () => {
        asked += 1;
        return seconds;
      },
      now: () => now,
      log: { debug: say, info: say, warn: say, error: say },
      limitSeconds: 14_400,
    });
    await watch.ensure();
    for (let n = 0; n < 1000; n++) expect(watch.ensure()).toBeUndefined();
    expect(asked).toBe(1);
    for (const [at, silent, alarms] of [
      [6000, 299, 0],
      [12_000, 301, 1],
      [18_000, 14_399, 2],
    ] as const) {
      now = at;
      seconds = silent;
      await watch.ensure();
      await watch.check();
      expect([silent, lines.length]).toEqual([silent, alarms]);
    }
    // Two seconds later, although nobody has told it.
    now += 2000;
    seconds = 14_401;
    await expect(watch.ensure()).rejects.toMatchObject({ code: 'audit.sealing_stopped' });
    seconds = 1;
    await watch.ensure();
    expect(watch.ensure()).toBeUndefined();
  });
});
