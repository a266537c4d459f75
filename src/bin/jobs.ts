// The jobs of the worker half: `npm start` runs them beside the server, `npm run worker` alone.
import { identityJobs } from '../agencies/jobs.ts';
import { serviceActor } from '../agencies/service.ts';
import { bulkReadJobs } from '../audit/bulk-read.ts';
import { purgeReadRecords } from '../audit/reads-repository.ts';
import { exportDirOf, sealAudit, sealingJobs } from '../audit/sealing.ts';
import { watchSealing } from '../audit/watch.ts';
import { deadlineJobs } from '../deadlines/jobs.ts';
import { documentJobs } from '../documents/jobs.ts';
import { eventJobs } from '../events/jobs.ts';
import { keyJobs } from '../keys/jobs.ts';
import { withKept } from '../persons/kept-from.ts';
import type { Config } from '../platform/config.ts';
import { purgeKeys } from '../platform/db/idempotency.ts';
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import { createOutgoing, outgoingSettings } from '../platform/http/outgoing.ts';
import type { Job } from '../platform/jobs.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { openStorage } from '../platform/objects/storage.ts';
import { referralJobs } from '../referrals/jobs.ts';
import { retentionJobs } from '../retention/due.ts';
import { webhookJobs } from '../webhooks/jobs.ts';

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

type Shared = 's3' | 'dataDir' | 'publicUrl' | 'auditExportDir' | 'auditSilenceSeconds' | 'readRecordDays';
type Pushing = 'webhookAllow' | 'webhookCa' | 'sandbox';
export type JobSettings = Pick<Config, Shared | 'scannerUrl' | 'bulkRead' | 'feedDays' | Pushing>;

/** Before a service listens: what was written while no sealer ran is sealed, so that the first write is not refused. */
export async function sealFirst(deps: TxDeps, settings: JobSettings, log: Log): Promise<void> {
  const { publicUrl } = settings;
  await sealAudit(deps, { publicUrl, exportDir: exportDirOf(settings) }).catch((error: unknown) =>
    log.error('job failed', { job: 'seal-audit', ...errorFields(error) }),
  );
}

export function serviceJobs(given: TxDeps, settings: JobSettings, log: Log): Job[] {
  const { auditSilenceSeconds: limitSeconds, publicUrl } = settings;
  const watch = watchSealing({ pool: given.pool, systemNow: Date.now, log, limitSeconds });
  const deps: TxDeps = { ...given, sealed: watch.ensure };
  // Not a business write: it has no fact, and a sandbox that is being reset need not hold it up.
  const purge = () => readTx(deps, asWorker, (tx) => purgeKeys(tx, KEY_DAYS));
  const { scannerUrl } = settings;
  const storage = openStorage(settings);
  return [
    { name: 'purge-idempotency-keys', everyMs: HOUR, run: purge },
    {
      name: 'purge-read-records',
      everyMs: HOUR,
      run: () => readTx(deps, asWorker, (tx) => purgeReadRecords(tx, settings.readRecordDays)),
    },
    ...sealingJobs(deps, { publicUrl, exportDir: exportDirOf(settings) }),
    ...documentJobs({ tx: deps, storage, scannerUrl, systemNow: Date.now, log }),
    ...referralJobs(deps),
    ...deadlineJobs(deps),
    ...retentionJobs(deps, asWorker, log),
    ...identityJobs(deps),
    ...keyJobs(deps, log),
    ...eventJobs(deps, settings.feedDays),
    ...webhookJobs({
      tx: deps,
      outgoing: createOutgoing(outgoingSettings(settings)),
      publicUrl,
      systemNow: Date.now,
      random: Math.random,
      withKept: (actor) => withKept(deps, actor),
      log,
    }),
    ...bulkReadJobs(deps, settings.bulkRead, log),
  ];
}
