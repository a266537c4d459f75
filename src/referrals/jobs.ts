// Work on referrals that waits for nobody: a department's last day passes, and its successor takes over what is open.
import { serviceActor } from '../agencies/service.ts';
import { type TxDeps, writeTx } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import { sweepSuccessions } from './handlers.ts';

const HOUR = 3_600_000;

const asWorker = {
  actor: serviceActor(),
  requestId: 'referrals',
  language: 'zh',
  dryRun: false,
  oversight: false,
} as const;

/** All that is open at ended departments, in one transaction. */
export function handOverReferrals(deps: TxDeps): Promise<void> {
  return writeTx(deps, asWorker, { verb: sweepSuccessions, finish: async () => undefined });
}

export function referralJobs(deps: TxDeps): Job[] {
  return [{ name: 'hand-over-referrals', everyMs: HOUR, run: () => handOverReferrals(deps) }];
}
