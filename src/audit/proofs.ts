// Proofs by API: that a record is in the signed tree, and that a tree goes on from an earlier one.
import { may, type Permission } from '../kernel/actor.ts';
import { defineProblems } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { verifierKeys } from './log-key.ts';
import { type CheckpointRow, findCheckpoint, lastCheckpoint, originOf, rootsOf } from './log-repository.ts';
import { consistencySpans, inclusionSpans, leafHash } from './merkle.ts';
import { findRecord, openAudit } from './records-repository.ts';
import type { WireRecord } from './wire.ts';

export const proofProblems = defineProblems({
  'audit.not_sealed': {
    status: 409,
    zh: ['尚未封存', '该记录尚未进入封存树，或没有该规模的检查点', '最迟一分钟后重试，或使用已公布检查点的规模'],
    en: [
      'Not sealed yet',
      'the record is not in the tree yet, or there is no checkpoint of that size',
      'retry after a minute, or name the size of a published checkpoint',
    ],
  },
});

/** Whose proofs a role may ask for that is no auditor's: facts of what it may read; who came to know a person is told to nobody. */
const READING: Readonly<Record<string, Permission>> = {
  clue: 'clue:read',
  case: 'case:read',
  fund: 'fund:read',
  disbursement: 'disbursement:read',
  referral: 'referral:read',
  visit: 'visit:read',
  account: 'account:read',
  notice: 'notice:read',
};

/** The record if the caller may have a proof of it; its content for auditors, and for the agency that did it. */
async function findProvable(tx: Tx, id: string): Promise<{ record: WireRecord; shown: boolean } | undefined> {
  const { actor } = tx.ctx;
  const audits = may(actor, 'audit:read');
  if (audits) openAudit(tx);
  const record = await findRecord(tx, id);
  if (!record) return undefined;
  if (audits) return { record, shown: true };
  const permission = READING[record.kind];
  if (!permission || !may(actor, permission) || record.sequence === null) return undefined;
  return { record, shown: record.agencyId === actor.agency.id };
}

const base64 = (hash: Buffer) => hash.toString('base64');

export async function viewCheckpoints(tx: Tx, rows: readonly CheckpointRow[]) {
  const origin = (await originOf(tx)) ?? '';
  const keys = await verifierKeys(tx, origin);
  return rows.map(({ treeSize, rootHash, sealedAt, note }) => ({
    id: String(treeSize),
    origin,
    treeSize,
    rootHash: base64(rootHash),
    sealedAt: sealedAt.toISOString(),
    note,
    verifierKeys: keys,
  }));
}

async function proveInclusion(tx: Tx, id: string, treeSize: number) {
  const found = await findProvable(tx, id);
  if (!found) throw httpProblems['resource.not_found']();
  const { record, shown } = found;
  const { leafIndex, hash } = record;
  if (leafIndex === null || hash === null || leafIndex >= treeSize)
    throw proofProblems['audit.not_sealed']({ retryAfter: 20 });
  const hashes = (await rootsOf(tx, inclusionSpans(leafIndex, treeSize))).map(base64);
  const leaf = base64(leafHash(Buffer.from(hash, 'base64')));
  return { leafIndex, leafHash: leaf, recordHash: hash, hashes, record: shown ? record : null };
}

async function proveConsistency(tx: Tx, fromSize: number, toSize: number) {
  if (fromSize > toSize) throw proofProblems['audit.not_sealed']({ retryAfter: 20 });
  const [root, ...hashes] = await rootsOf(tx, [{ begin: 0, end: fromSize }, ...consistencySpans(fromSize, toSize)]);
  return { fromSize, fromRootHash: base64(root ?? Buffer.alloc(0)), hashes: hashes.map(base64) };
}

export type ProofAsked = { recordId?: string | undefined; fromSize?: number | undefined; toSize?: number | undefined };

/** O(log n) stored hashes for each; the tree is never computed again. */
export async function proveAudit(tx: Tx, { recordId, fromSize, toSize }: ProofAsked) {
  if (recordId === undefined && fromSize === undefined)
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '#query/recordId',
        code: 'field.required',
        detail: ['须给出 recordId 或 fromSize', 'recordId or fromSize is needed'],
      },
    ]);
  const row = await (toSize === undefined ? lastCheckpoint(tx) : findCheckpoint(tx, toSize));
  // A record that the caller does not see is a 404 whatever has been sealed.
  const visible = recordId === undefined || (await findProvable(tx, recordId));
  if (!visible) throw httpProblems['resource.not_found']();
  const [checkpoint] = row ? await viewCheckpoints(tx, [row]) : [];
  if (!checkpoint) throw proofProblems['audit.not_sealed']({ retryAfter: 20 });
  const { id: _id, ...view } = checkpoint;
  return {
    checkpoint: view,
    inclusion: recordId === undefined ? null : await proveInclusion(tx, recordId, view.treeSize),
    consistency: fromSize === undefined ? null : await proveConsistency(tx, fromSize, view.treeSize),
  };
}
