// The jobs of identity: what no longer counts is dropped, and the private half of retired signing keys destroyed.
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import { purgeIdentity } from './assertion-repository.ts';
import { destroyRetiredKeys } from './signing-keys.ts';
import { serviceActor } from './system-actor.ts';

const asWorker = {
  actor: serviceActor(),
  requestId: 'worker',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;

export function identityJobs(deps: TxDeps): Job[] {
  // No business write: it has no fact, and a sandbox that is being reset need not hold it up.
  const purge = () => readTx(deps, asWorker, purgeIdentity);
  return [
    { name: 'purge-identity', everyMs: 600_000, run: purge },
    { name: 'retire-signing-keys', everyMs: 600_000, run: () => destroyRetiredKeys(deps.pool) },
  ];
}
