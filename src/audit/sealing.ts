// Sealing: records below the horizon become leaves, the tree a signed checkpoint, and both leave the database.
import { hash as digestOf } from 'node:crypto';
import { join } from 'node:path';
import { serviceActor } from '../agencies/service.ts';
import { readTx, type Tx, type TxDeps, type TxRequest } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import { exportLog } from './export-file.ts';
import { replaceSigningKey, signingKeys, verifierLines } from './log-key.ts';
import {
  addCheckpoint,
  addToTree,
  hashesOf,
  lastCheckpoint,
  lastLeaf,
  leafHashes,
  lockSealing,
  markSealed,
  originOf,
  readUnsealed,
  rootsOf,
} from './log-repository.ts';
import { createFrontier, leafHash, type NodeId, subtreesOf } from './merkle.ts';
import { signCheckpoint } from './note.ts';

/** Three tries within the 60 seconds that a record may wait. */
const EVERY_MS = 20_000;
const BATCH = 5000;

export const asSealer: TxRequest = {
  actor: serviceActor(),
  requestId: 'sealer',
  language: 'zh',
  dryRun: false,
  oversight: false,
};

/** Beside the documents, unless another place is named: it should be one that the service cannot change afterwards. */
export function exportDirOf({
  auditExportDir,
  dataDir,
}: {
  auditExportDir: string | undefined;
  dataDir: string | undefined;
}): string {
  const directory = auditExportDir ?? (dataDir && join(dataDir, 'checkpoints'));
  if (!directory) throw new Error('AUDIT_EXPORT_DIR or DATA_DIR must say where checkpoints are exported to');
  return directory;
}

export type SealingSettings = { publicUrl: string; exportDir: string };

/** Schemeless, as C2SP asks, and never the same twice: a database made anew at the same address is another log. */
function proposeOrigin(publicUrl: string, random: string): (epoch: number) => string {
  const place = publicUrl.replace(/^https?:\/\//, '').replace(/[\s+]/g, '-');
  return (epoch) => `${place}/audit/${epoch}-${digestOf('sha256', random).slice(0, 12)}`;
}

/** One batch: leaves, subtrees and checkpoint in one transaction, or nothing. Answers how many were sealed; undefined = another seals. */
async function sealBatch(tx: Tx, deps: TxDeps, publicUrl: string): Promise<number | undefined> {
  if (!(await lockSealing(tx))) return undefined;
  const origin = await originOf(tx, proposeOrigin(publicUrl, tx.newId()));
  const cursor = await lastLeaf(tx);
  const records = await readUnsealed(tx, cursor, BATCH);
  if (!origin || records.length === 0) return 0;
  const edge = await hashesOf(tx, subtreesOf({ begin: 0, end: cursor.size }));
  const tree = createFrontier(cursor.size, edge);
  const nodes: (NodeId & { hash: Buffer })[] = [];
  const leaves = records.map((record) => {
    const leaf = { ...record, index: tree.size(), hash: leafHash(record.hash) };
    tree.add(leaf.hash, (node, hash) => nodes.push({ ...node, hash }));
    return leaf;
  });
  await addToTree(tx, leaves, nodes);
  const checkpoint = { origin, treeSize: tree.size(), rootHash: tree.root(), sealedAt: tx.ctx.systemNow };
  const last = await lastCheckpoint(tx);
  const note = signCheckpoint(checkpoint, ...(await signingKeys(tx, deps.keyring, last?.sealedAt)));
  const { treeSize, rootHash, sealedAt } = checkpoint;
  await addCheckpoint(tx, { treeSize, rootHash, sealedAt, note });
  return records.length;
}

/** What the export is held against, and fed from. */
async function exportAll(tx: Tx, exportDir: string): Promise<void> {
  const [origin, last] = [await originOf(tx), await lastCheckpoint(tx)];
  if (!origin) return;
  await exportLog(exportDir, {
    origin,
    size: last?.treeSize ?? 0,
    note: last?.note,
    keys: await verifierLines(tx, origin),
    leaves: (from, limit) => leafHashes(tx, from, limit),
    rootAt: async (size) => (await rootsOf(tx, [{ begin: 0, end: size }]))[0],
  });
}

/** Seals what can be sealed, exports it, and only then says so; whatever fails leaves the silence running. */
export async function sealAudit(deps: TxDeps, { publicUrl, exportDir }: SealingSettings): Promise<number> {
  let sealed = 0;
  for (;;) {
    const batch = await readTx(deps, asSealer, (tx) => sealBatch(tx, deps, publicUrl));
    if (batch === undefined) return sealed;
    sealed += batch;
    if (batch < BATCH) break;
  }
  await readTx(deps, asSealer, async (tx) => {
    await exportAll(tx, exportDir);
    await markSealed(tx);
  });
  return sealed;
}

/** A new key for checkpoints (bin/admin); undefined where nothing was ever sealed, so that there is none to replace. */
export function rotateCheckpointKey(deps: TxDeps): Promise<{ former: string | undefined; next: string } | undefined> {
  return readTx(deps, asSealer, async (tx) => {
    const origin = await originOf(tx);
    return origin === undefined ? undefined : replaceSigningKey(tx, deps.keyring, origin);
  });
}

export function sealingJobs(deps: TxDeps, settings: SealingSettings): Job[] {
  return [{ name: 'seal-audit', everyMs: EVERY_MS, run: async () => void (await sealAudit(deps, settings)) }];
}
