// The watch over bulk reading (S-49): who is shown more people in an hour than the limit is reported within a minute, and may be stopped.
import { serviceActor } from '../agencies/service.ts';
import { readTx, type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import type { BulkReadSettings } from '../platform/quota-settings.ts';
import { findBulkReaders, findOpenAlert, insertAlert, type Reader, saveAlert } from './bulk-read-repository.ts';

const EVERY_MS = 20_000;
const asWatch = {
  actor: serviceActor(),
  requestId: 'bulk-read-watch',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;

async function raise(tx: Tx, { credential, agencyId, persons }: Reader, settings: BulkReadSettings): Promise<boolean> {
  const { limit, block } = settings;
  const id = tx.newId();
  const { systemNow } = tx.ctx;
  const times = { createdAt: systemNow, updatedAt: systemNow };
  const row = { id, credential, agencyId, persons, personLimit: limit, blocked: block };
  if (!(await insertAlert(tx, { ...row, ...times, state: 'open' }))) {
    tx.unchanged();
    return false;
  }
  const data = { alertId: id, credential, persons, limit, blocked: block };
  tx.record({ type: 'agency.bulk_read_alerted', kind: 'agency', id: agencyId, data });
  return true;
}

/** Reports every credential over the limit once; answers how many. */
export async function watchBulkReading(deps: TxDeps, settings: BulkReadSettings, log: Log): Promise<number> {
  if (settings.limit === 0) return 0;
  const readers = await readTx(deps, asWatch, (tx) => findBulkReaders(tx, settings.limit));
  let raised = 0;
  for (const reader of readers) {
    const verb = (tx: Tx) => raise(tx, reader, settings);
    const fresh = await writeTx<boolean>(deps, asWatch, { verb, finish: async (_tx, value) => value === true });
    if (!fresh) continue;
    raised += 1;
    const [kind, id] = reader.credential.split(':');
    const who = kind === 'client' ? { clientId: id } : { officerId: id };
    log.warn('one credential is shown unusually many people', {
      ...who,
      agencyId: reader.agencyId,
      count: reader.persons,
    });
  }
  return raised;
}

export function bulkReadJobs(deps: TxDeps, settings: BulkReadSettings, log: Log): Job[] {
  const run = async () => void (await watchBulkReading(deps, settings, log));
  return settings.limit === 0 ? [] : [{ name: 'watch-bulk-reading', everyMs: EVERY_MS, run }];
}

/** Ends the alert and the block; the same credential is reported again at the earliest an hour later. False: there is none. */
export function releaseCredential(deps: TxDeps, credential: string): Promise<boolean> {
  const verb = async (tx: Tx) => {
    const alert = await findOpenAlert(tx, credential);
    if (!alert) {
      tx.unchanged();
      return false;
    }
    await saveAlert(tx, alert, { state: 'released' });
    const data = { alertId: alert.id, credential };
    tx.record({ type: 'agency.bulk_read_released', kind: 'agency', id: alert.agencyId, data });
    return true;
  };
  return writeTx<boolean>(deps, asWatch, { verb, finish: async (_tx, value) => value === true });
}
