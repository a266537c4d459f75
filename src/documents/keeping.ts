// The object of an upload: in the store before the transaction that names it, and gone again where that never came to it.
import type { NewId } from '../kernel/ids.ts';
import type { SuiteId } from '../platform/crypto/suite.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Storage } from '../platform/objects/storage.ts';
import { documentProblems } from './domain.ts';
import type { ReceivedFile } from './reception.ts';

export type DocumentDeps = {
  storage: Storage;
  newId: NewId;
  systemNow: () => number;
  log: Log;
  /** A scanner is set: what it has not found clean is for the uploading agency alone. */
  scanning: boolean;
  /** Of new content. */
  suite: SuiteId;
};

export const unavailable = (log: Log, error: unknown) => {
  log.warn('document store failed', errorFields(error));
  return documentProblems['document.content_unavailable']({ retryAfter: 5 });
};

/**
 * Runs `work` with the object in its place. Where the verb never ran to its end (a replay, a refusal) the object is removed;
 * where it did, only the database knows how the transaction ended, and the sweep takes an object that no document has.
 */
export async function keepWhile(
  { storage, log }: { storage: Storage; log: Log },
  { id, sealed }: ReceivedFile,
  work: (kept: () => void) => Promise<void>,
): Promise<void> {
  if (!sealed) return work(() => undefined);
  await storage.store.put(id, sealed).catch((error: unknown) => {
    throw unavailable(log, error);
  });
  let kept = false;
  try {
    await work(() => {
      kept = true;
    });
  } finally {
    if (!kept) await storage.store.remove(id).catch((error: unknown) => void unavailable(log, error));
  }
}
