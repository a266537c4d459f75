// The jobs of the worker half: `npm start` runs them beside the server, `npm run worker` alone.
import { serviceActor } from '../agencies/service.ts';
import { purgeKeys } from '../platform/db/idempotency.ts';
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';

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

export function serviceJobs(deps: TxDeps): Job[] {
  // Not a business write: it has no fact, and a sandbox that is being reset need not hold it up.
  const purge = () => readTx(deps, asWorker, (tx) => purgeKeys(tx, KEY_DAYS));
  return [{ name: 'purge-idempotency-keys', everyMs: HOUR, run: purge }];
}
