// What is due to be erased: listed for those who decide, counted once a day; what a hold or an open record keeps is said beside it (P-13).
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { addMonths } from '../kernel/civil-date.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { readTx, type Tx, type TxDeps, type TxRequest } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { type DuePerson, findDue } from './due-repository.ts';
import { personKeepMonths } from './policy.ts';

export const dueBefore = (today: string): string => addMonths(today, -personKeepMonths());

export const listDue = (tx: Tx, page: Pick<PageRequest, 'before' | 'limit'>) =>
  findDue(tx, dueBefore(tx.ctx.today), page);

export type DueReport = { due: number; held: number; open: number };

const AT_ONCE = 200;

/** Counts in pages, under the system scope; changes nothing: an erasure takes two people. */
export async function reportDue(deps: TxDeps, request: TxRequest): Promise<DueReport> {
  const report: DueReport = { due: 0, held: 0, open: 0 };
  let before: string | null = null;
  do {
    const from: string | null = before;
    const page: Page<DuePerson> = await readTx(deps, request, (tx) => listDue(tx, { before: from, limit: AT_ONCE }));
    for (const one of page.items) {
      report.due += 1;
      if (one.held) report.held += 1;
      if (one.open) report.open += 1;
    }
    before = page.nextId;
  } while (before !== null);
  return report;
}

const DAY = 86_400_000;

export function retentionJobs(deps: TxDeps, request: TxRequest, log: Log): Job[] {
  if (request.actor.agency.id !== SYSTEM_SCOPE) throw new Error('retention is counted for everybody');
  const run = async () => {
    const { due } = await reportDue(deps, request);
    log.info('persons due to be erased', { job: 'retention-report', count: due });
  };
  return [{ name: 'retention-report', everyMs: DAY, run }];
}
