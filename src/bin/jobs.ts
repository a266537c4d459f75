// The jobs of the worker half: `npm start` runs them beside the server, `npm run worker` alone.
import { identityJobs } from '../agencies/jobs.ts';
import { serviceActor } from '../agencies/service.ts';
import { bulkReadJobs } from '../audit/bulk-read.ts';
import { documentJobs } from '../documents/jobs.ts';
import type { Config } from '../platform/config.ts';
import { purgeKeys } from '../platform/db/idempotency.ts';
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { openStorage } from '../platform/objects/storage.ts';
import { referralJobs } from '../referrals/jobs.ts';

const HOUR = 3_600_000;
/** A day longer than promised (contract.md §1, kept at least seven days of real time). */
const KEY_DAYS = 8;

const asWorker = {
  actor: serviceActor(),
  requestId: 'worker',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;

export type JobSettings = Pick<Config, 's3' | 'dataDir' | 'scannerUrl' | 'bulkRead'>;

export function serviceJobs(deps: TxDeps, settings: JobSettings, log: Log): Job[] {
  // Not a business write: it has no fact, and a sandbox that is being reset need not hold it up.
  const purge = () => readTx(deps, asWorker, (tx) => purgeKeys(tx, KEY_DAYS));
  const { scannerUrl } = settings;
  const storage = openStorage(settings);
  return [
    { name: 'purge-idempotency-keys', everyMs: HOUR, run: purge },
    ...documentJobs({ tx: deps, storage, scannerUrl, systemNow: Date.now, log }),
    ...referralJobs(deps),
    ...identityJobs(deps),
    ...bulkReadJobs(deps, settings.bulkRead, log),
  ];
}
