// Work on documents that waits for nobody: the virus scan, and the sweep of what no document has in the store and the spool.
import { serviceActor } from '../agencies/service.ts';
import { scanWithClamd } from '../platform/clamd.ts';
import { openStream } from '../platform/crypto/stream.ts';
import { readTx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Storage } from '../platform/objects/storage.ts';
import { absentDocuments, type DocumentRow, leaseForScan, openContentKey, recordScan } from './service.ts';

export type DocumentJobDeps = {
  tx: TxDeps;
  storage: Storage;
  scannerUrl: string | undefined;
  systemNow: () => number;
  log: Log;
};

const HOUR = 3_600_000;
/** Longer than any upload takes from its first byte to its commit. */
const FORGOTTEN_MS = HOUR;
const BATCH = 200;
const SCANS = 5;

const asWorker = {
  actor: serviceActor(),
  requestId: 'documents',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;

async function scanOne({ tx: deps, storage }: DocumentJobDeps, row: DocumentRow, scannerUrl: string): Promise<void> {
  const key = await readTx(deps, asWorker, (tx) => openContentKey(tx, row));
  if (!key) return;
  const verdict = await scanWithClamd(scannerUrl, openStream(await storage.store.get(row.id), key));
  const verb = (tx: Parameters<typeof recordScan>[0]) => recordScan(tx, row, verdict);
  await writeTx(deps, asWorker, { verb, finish: async () => undefined });
}

/** No transaction is open while the scanner works; who fails is tried again when its lease ends. */
export async function scanDocuments(deps: DocumentJobDeps): Promise<void> {
  const { scannerUrl, tx, log } = deps;
  if (scannerUrl === undefined) return;
  for (;;) {
    const rows = await readTx(tx, asWorker, (open) => leaseForScan(open, SCANS));
    for (const row of rows)
      await scanOne(deps, row, scannerUrl).catch((error: unknown) => log.warn('scan failed', errorFields(error)));
    if (rows.length < SCANS) return;
  }
}

async function removeAbsent({ tx, storage }: DocumentJobDeps, names: readonly string[]): Promise<number> {
  const absent = await readTx(tx, asWorker, (open) => absentDocuments(open, names));
  for (const name of absent) await storage.store.remove(name);
  return absent.length;
}

/** Objects whose upload never came to its commit. */
export async function sweepDocuments(deps: DocumentJobDeps): Promise<void> {
  const before = new Date(deps.systemNow() - FORGOTTEN_MS);
  let count = await deps.storage.spool.sweep(before);
  let names: string[] = [];
  for await (const { name, modifiedAt } of deps.storage.store.list()) {
    if (!(modifiedAt < before)) continue;
    names.push(name);
    if (names.length < BATCH) continue;
    count += await removeAbsent(deps, names);
    names = [];
  }
  count += await removeAbsent(deps, names);
  if (count > 0) deps.log.info('forgotten uploads removed', { count });
}

export function documentJobs(deps: DocumentJobDeps): Job[] {
  const scan = { name: 'scan-documents', everyMs: 5000, run: () => scanDocuments(deps) };
  const sweep = { name: 'sweep-documents', everyMs: 6 * HOUR, run: () => sweepDocuments(deps) };
  return deps.scannerUrl === undefined ? [sweep] : [scan, sweep];
}
