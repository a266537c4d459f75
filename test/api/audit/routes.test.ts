// /v1/audit-records, checkpoints and proofs: who may see what, and that an outsider can check the answers without the service.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isConsistent, leafHash, rootFromInclusion } from '../../../src/audit/merkle.ts';
import { isSignedBy, parseCheckpoint, parseVerifierKey } from '../../../src/audit/note.ts';
import { hashOfRecord, type WireRecord } from '../../../src/audit/wire.ts';
import { sampleClue } from '../../support/samples.ts';
import { sealEverything } from '../../support/sealed.ts';
import { useService } from '../../support/service.ts';
import { asAgency, withClient } from '../../support/sql.ts';
import { absentId } from '../../support/sweep.ts';

const service = useService();
let clueId = '';
let submitted = '';

type Checkpoint = { origin: string; treeSize: number; rootHash: string; note: string; verifierKeys: string[] };
type Proof = {
  checkpoint: Checkpoint;
  inclusion: {
    leafIndex: number;
    leafHash: string;
    recordHash: string;
    hashes: string[];
    record: WireRecord | null;
  } | null;
  consistency: { fromSize: number; fromRootHash: string; hashes: string[] } | null;
};
const bytes = (text: string) => Buffer.from(text, 'base64');

const submit = async (key: string) =>
  service.api
    .as('wf.heping', 'POST', '/v1/clues', { body: sampleClue(), key })
    .then((answer) => String(answer.body.id));
const listed = async (officer: string, query: string) =>
  (await service.api.get(officer, `/v1/audit-records?${query}`)).body.items as WireRecord[];
const prove = async (officer: string, query: string) =>
  (await service.api.get(officer, `/v1/audit/proofs?${query}`)).body as unknown as Proof;

/** Throws unless the note is signed by the key that is published beside it. */
function signed({ note, verifierKeys, treeSize, rootHash, origin }: Checkpoint) {
  const checkpoint = parseCheckpoint(note);
  const key = parseVerifierKey(verifierKeys[0] ?? '');
  expect(checkpoint && key && isSignedBy(checkpoint, key)).toBe(true);
  expect(checkpoint).toMatchObject({ treeSize, origin, rootHash: bytes(rootHash) });
}

beforeAll(async () => {
  await submit('first');
  await sealEverything(service);
  clueId = await submit('second');
  await sealEverything(service);
  const [row] = await service.owner.query<{ id: string }>(
    `select id from audit_records where kind = 'clue' and resource_id = $1 and sequence = 1`,
    [clueId],
  );
  submitted = row?.id ?? '';
});

describe('audit records', () => {
  test('are whole: each gives its hash again', async () => {
    const items = await listed('auditor.liaoning', 'limit=200');
    expect(items.length).toBeGreaterThanOrEqual(5);
    for (const item of items) expect(hashOfRecord(item)?.toString('base64')).toBe(item.hash);
    expect(items.some((item) => item.viewSequence !== null && item.type === 'person.viewed')).toBe(true);
  });

  test('are narrowed by kind, resource, type, officer and day, and paged', async () => {
    const mine = await listed('auditor.liaoning', `kind=clue&resourceId=${clueId}`);
    expect(mine.map((item) => item.id)).toContain(submitted);
    expect(new Set(mine.map((item) => item.resourceId))).toEqual(new Set([clueId]));
    const views = await listed('auditor.liaoning', 'type=person.viewed');
    expect(new Set(views.map((item) => item.type))).toEqual(new Set(['person.viewed']));
    const officer = mine[0]?.officerId ?? '';
    const his = await listed('auditor.liaoning', `officerId=${officer}`);
    expect(new Set(his.map((item) => item.officerId))).toEqual(new Set([officer]));
    expect(await listed('auditor.liaoning', 'to=2020-01-01')).toEqual([]);
    expect((await listed('auditor.liaoning', 'from=2020-01-01')).length).toBeGreaterThan(5);
    const first = await service.api.get('auditor.liaoning', '/v1/audit-records?kind=clue&limit=1&includeTotal=true');
    expect(first.body.total).toBe((await listed('auditor.liaoning', 'kind=clue')).length);
    const next = await listed('auditor.liaoning', `kind=clue&limit=1&cursor=${String(first.body.nextCursor)}`);
    expect(next[0]?.id).not.toBe((first.body.items as WireRecord[])[0]?.id);
  });

  test('end at the territory of the agency that audits, in the code and in the database', async () => {
    const role = (officer: string, roles: string) =>
      service.owner.query(`update officers set roles = '{${roles}}', version = version + 1 where code = $1`, [officer]);
    await role('head.tiexi', 'auditor');
    const there = await listed('head.tiexi', 'kind=clue');
    expect(there).toEqual([]);
    expect((await listed('auditor.liaoning', 'kind=clue')).length).toBeGreaterThan(0);
    const [own] = await service.owner.query<{ id: string }>(
      `select agency_id as id from officers where code = 'head.tiexi'`,
    );
    await withClient(service.database.appUrl, async (client) => {
      await asAgency(client, own?.id ?? '');
      await client.query(`select set_config('app.audit', 'on', false)`);
      expect((await client.query(`select from audit_records where kind = 'clue'`)).rowCount).toBe(0);
      expect((await client.query('select from audit_records')).rowCount).toBeGreaterThan(0);
    });
  });

  test('are for auditors, and reading them is a record', async () => {
    for (const officer of ['admin', 'chief.heping', 'supervisor.liaoning', 'wf.heping'])
      expect([officer, (await service.api.get(officer, '/v1/audit-records')).status]).toEqual([officer, 403]);
    await listed('auditor.liaoning', `kind=clue&resourceId=${clueId}`);
    const [row] = await service.owner.query<{ data: unknown; view_sequence: number }>(
      `select data, view_sequence from audit_records where type = 'audit.read' order by view_sequence desc limit 1`,
    );
    expect(row?.data).toEqual({ kind: 'clue', resourceId: clueId });
    expect(row?.view_sequence).toBeGreaterThan(1);
  });
});

describe('checkpoints and proofs', () => {
  test('are signed, newest first', async () => {
    const answer = await service.api.get('wf.heping', '/v1/audit/checkpoints');
    const items = answer.body.items as Checkpoint[];
    expect(items.length).toBeGreaterThanOrEqual(2);
    for (const item of items) signed(item);
    expect(items.map((item) => item.treeSize)).toEqual(items.map((item) => item.treeSize).sort((a, b) => b - a));
  });

  test('of a record lead from its content to the signed root', async () => {
    for (const officer of ['auditor.liaoning', 'wf.heping']) {
      const { checkpoint, inclusion } = await prove(officer, `recordId=${submitted}`);
      signed(checkpoint);
      if (!inclusion?.record) throw new Error('no proof');
      const hash = hashOfRecord(inclusion.record);
      expect(hash?.toString('base64')).toBe(inclusion.recordHash);
      const leaf = leafHash(hash ?? Buffer.alloc(0));
      const root = rootFromInclusion(inclusion.leafIndex, checkpoint.treeSize, leaf, inclusion.hashes.map(bytes));
      expect(root?.toString('base64')).toBe(checkpoint.rootHash);
    }
  });

  test('of a submission are reached from its signed receipt', async () => {
    const { body } = await service.api.get('wf.heping', `/v1/clues/${clueId}/receipt`);
    expect(body.auditRecordId).toBe(submitted);
    const claims = JSON.parse(Buffer.from(String(body.receipt).split('.')[1] ?? '', 'base64url').toString()) as {
      auditRecord: { id: string; hash: string };
    };
    const { inclusion } = await prove('wf.heping', `recordId=${claims.auditRecord.id}`);
    expect(inclusion?.recordHash).toBe(claims.auditRecord.hash);
    expect(inclusion?.record).toMatchObject({ type: 'clue.submitted', resourceId: clueId });
  });

  test('are given without the content to another party, and not at all to strangers', async () => {
    const { inclusion } = await prove('intake.heping', `recordId=${submitted}`);
    expect(inclusion).toMatchObject({ record: null, recordHash: expect.any(String) });
    for (const officer of ['intake.tiexi', 'admin', 'finance.heping', 'bureau.heping'])
      expect([officer, (await service.api.get(officer, `/v1/audit/proofs?recordId=${submitted}`)).status]).toEqual([
        officer,
        404,
      ]);
    expect((await service.api.get('auditor.liaoning', `/v1/audit/proofs?recordId=${absentId(1)}`)).status).toBe(404);
  });

  test('of a tree show that every checkpoint goes on from every earlier one', async () => {
    const answer = await service.api.get('wf.heping', '/v1/audit/checkpoints');
    const items = (answer.body.items as Checkpoint[]).toReversed();
    for (const [i, older] of items.entries())
      for (const newer of items.slice(i)) {
        const proof = await prove('wf.heping', `fromSize=${older.treeSize}&toSize=${newer.treeSize}`);
        expect(proof.consistency?.fromRootHash).toBe(older.rootHash);
        const path = (proof.consistency?.hashes ?? []).map(bytes);
        const good = isConsistent(older.treeSize, newer.treeSize, bytes(older.rootHash), bytes(newer.rootHash), path);
        expect([older.treeSize, newer.treeSize, good]).toEqual([older.treeSize, newer.treeSize, true]);
      }
  });

  test('say what is missing: nothing asked, not sealed yet, no such checkpoint', async () => {
    const code = async (query: string) => {
      const answer = await service.api.get('auditor.liaoning', `/v1/audit/proofs${query}`);
      return [answer.status, answer.body.code];
    };
    expect(await code('')).toEqual([422, 'request.rule_violated']);
    expect(await code('?fromSize=1&toSize=999999')).toEqual([409, 'audit.not_sealed']);
    const fresh = await submit('third');
    const [row] = await service.owner.query<{ id: string }>(
      `select id from audit_records where resource_id = $1 and sequence = 1`,
      [fresh],
    );
    expect(await code(`?recordId=${row?.id}`)).toEqual([409, 'audit.not_sealed']);
  });
});
