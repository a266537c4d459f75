// Work on deadlines that waits for nobody: reminders and breaches, recounting under a new calendar, plans that a release has brought.
import { serviceActor } from '../agencies/service.ts';
import { readTx, type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import { hasPendingCalendars, markApplied, plannedYears } from './calendar-repository.ts';
import { importCalendars } from './calendars.ts';
import { readRulebook } from './rulebook-repository.ts';
import { type Looked, recountDue, sweepDue } from './sweeps.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Short transactions: a long one holds the feed of everybody. */
const BATCH = 100;

const asWorker = {
  actor: serviceActor(),
  requestId: 'deadlines',
  language: 'zh',
  dryRun: false,
  oversight: true,
} as const;

type Batch = (tx: Tx, limit: number) => Promise<Looked>;

/** What only puts off looking has no fact, and is kept as a read keeps what it notes. */
async function oneBatch(deps: TxDeps, batch: Batch): Promise<number> {
  const verb = async (tx: Tx): Promise<Looked> => {
    const done = await batch(tx, BATCH);
    if (done.told === 0) tx.unchanged();
    return done;
  };
  const { looked, told } = await writeTx<Looked>(deps, asWorker, {
    verb,
    finish: async (_tx, value) => value as Looked,
  });
  if (looked > 0 && told === 0) await readTx(deps, asWorker, (tx) => batch(tx, BATCH));
  return looked;
}

/** Batch after batch until nothing is left that nobody else holds; answers how many clocks were looked at. */
async function drain(deps: TxDeps, batch: Batch): Promise<number> {
  for (let total = 0; ; ) {
    const looked = await oneBatch(deps, batch);
    total += looked;
    if (looked < BATCH) return total;
  }
}

/** Reminders, breaches, escalations of all that is due. */
export const sweepDeadlines = (deps: TxDeps): Promise<number> => drain(deps, sweepDue);

/** After a new edition of the calendar, until nothing is left of the older one. */
export async function recountDeadlines(deps: TxDeps): Promise<number> {
  if (!(await readTx(deps, asWorker, hasPendingCalendars))) return 0;
  const looked = await drain(deps, recountDue);
  await readTx(deps, asWorker, async (tx) => markApplied(tx, (await readRulebook(tx)).calendarVersion));
  return looked;
}

export async function importPlans(deps: TxDeps): Promise<number> {
  const known = await readTx(deps, asWorker, plannedYears);
  const verb = async (tx: Tx): Promise<number> => {
    const added = await importCalendars(tx, known);
    if (added === 0) tx.unchanged();
    return added;
  };
  return writeTx<number>(deps, asWorker, { verb, finish: async (_tx, value) => value as number });
}

export function deadlineJobs(deps: TxDeps): Job[] {
  const job = (name: string, everyMs: number, run: (deps: TxDeps) => Promise<number>): Job => ({
    name,
    everyMs,
    run: async () => void (await run(deps)),
  });
  return [
    job('import-calendars', HOUR, importPlans),
    job('recount-deadlines', MINUTE, recountDeadlines),
    job('sweep-deadlines', MINUTE, sweepDeadlines),
  ];
}
