// Sweeps, under the system scope: a due day that comes near is reminded of, one that has passed is a breach, told to the superior; and
// what an older calendar has counted is counted again. Whoever runs them, each effect happens once (ADR 0025).
import { findSuperiors } from '../agencies/service.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import type { AccessGrant } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { confirmCounted, lockStale } from './calendar-repository.ts';
import { type DayEffect, effectsUntil, nextSweep } from './domain.ts';
import { reckoned } from './reckoned.ts';
import { type DeadlineRow, saveDeadline } from './repository.ts';
import { readRulebook } from './rulebook-repository.ts';
import { type EffectRow, grantsOf, insertEffects, lockDue, setEscalated, setNext } from './sweep-repository.ts';

/** The level above the party; of a party without one, that above whoever waits for it. */
async function superiorOf(tx: Tx, { partyAgencyId, stewardAgencyId }: DeadlineRow): Promise<string | undefined> {
  const [own] = await findSuperiors(tx, partyAgencyId);
  return own ?? (await findSuperiors(tx, stewardAgencyId))[0];
}

type Told = { row: DeadlineRow; superior: string | undefined; effect: DayEffect };

const effectRow = (tx: Tx, { row, effect: { effect } }: Told): EffectRow => ({
  ...{ deadlineId: row.id, effect, dueOn: row.dueOn },
  ...{ partyAgencyId: row.partyAgencyId, createdAt: tx.ctx.now },
});

/** Whom the breach is reported to sees the clock, and of what it is about no more than before. */
const withSuperior = (grants: readonly AccessGrant[], agencyId: string): AccessGrant[] => [
  ...grants.filter((grant) => grant.agencyId !== agencyId),
  { agencyId, relation: 'partner' },
];

async function tell(tx: Tx, { row, superior, effect: { effect } }: Told, grants: AccessGrant[]): Promise<void> {
  const { id, code, subjectKind, subjectId, partyAgencyId, dueOn, caseId } = row;
  const data = { code, subjectKind, subjectId, agencyId: partyAgencyId, dueOn, assistanceCaseId: caseId };
  const type = `deadline.${effect}`;
  if (effect !== 'escalated' || superior === undefined) {
    tx.record({ type, kind: 'deadline', id, data, access: grants });
    return;
  }
  await setEscalated(tx, row, superior);
  const access = withSuperior(grants, superior);
  tx.record({
    type,
    kind: 'deadline',
    id,
    changed: ['escalatedTo'],
    data: { ...data, escalatedToId: superior },
    access,
  });
}

async function effectsOf(tx: Tx, row: DeadlineRow): Promise<Told[]> {
  const superior = await superiorOf(tx, row);
  const startedLate = civilDateOf(row.createdAt) > row.dueOn;
  const swept = { soonOn: row.soonOn, dueOn: row.dueOn, escalates: superior !== undefined, startedLate };
  return effectsUntil(tx.ctx.today, swept).map((effect) => ({ row, superior, effect }));
}

/** In the order of the days, so that the feed tells them as they came; `sort` keeps what is of one day in its order. */
const byDay = (a: Told, b: Told): number => (a.effect.day < b.effect.day ? -1 : Number(a.effect.day > b.effect.day));

/** How many clocks were looked at, and how many effects were told. */
export type Looked = { looked: number; told: number };

async function sweep(tx: Tx, rows: readonly DeadlineRow[]): Promise<number> {
  const all = (await Promise.all(rows.map((row) => effectsOf(tx, row)))).flat().sort(byDay);
  const grants = await grantsOf(tx, rows);
  const isNew = await insertEffects(
    tx,
    all.map((told) => effectRow(tx, told)),
  );
  const fresh = all.filter((told) => isNew(effectRow(tx, told)));
  for (const told of fresh) await tell(tx, told, grants(told.row.id));
  const { today } = tx.ctx;
  for (const [nextOn, same] of Map.groupBy(rows, ({ dueOn }) => nextSweep(dueOn, today)))
    await setNext(
      tx,
      same.map(({ id }) => id),
      nextOn,
    );
  return fresh.length;
}

export async function sweepDue(tx: Tx, limit: number): Promise<Looked> {
  const rows = await lockDue(tx, tx.ctx.today, limit);
  return { looked: rows.length, told: rows.length > 0 ? await sweep(tx, rows) : 0 };
}

/** Counts again what another calendar has counted. A moved due day is announced. */
export async function recountDue(tx: Tx, limit: number): Promise<Looked> {
  const book = await readRulebook(tx);
  const rows = await lockStale(tx, book.calendarVersion, limit);
  if (rows.length === 0) return { looked: 0, told: 0 };
  const grants = await grantsOf(tx, rows);
  const same: string[] = [];
  for (const row of rows) {
    const next = reckoned(book, row);
    if (next.dueOn === row.dueOn && next.soonOn === row.soonOn && next.provisional === row.provisional) {
      same.push(row.id);
      continue;
    }
    await saveDeadline(tx, row, next);
    const { id, code, subjectKind, subjectId, partyAgencyId, caseId } = row;
    const data = { code, subjectKind, subjectId, agencyId: partyAgencyId, assistanceCaseId: caseId };
    const moved = { dueOn: next.dueOn, formerDueOn: row.dueOn, provisional: next.provisional };
    const changed = ['dueOn', 'provisional'];
    tx.record({
      type: 'deadline.recomputed',
      kind: 'deadline',
      id,
      changed,
      data: { ...data, ...moved },
      access: grants(id),
    });
  }
  await confirmCounted(tx, same, book.calendarVersion);
  return { looked: rows.length, told: rows.length - same.length };
}

const BATCH = 500;

/** All that is due by now, whatever their number: the clock of the sandbox answers after it (contract §2). */
async function sweepAll(tx: Tx): Promise<void> {
  while ((await sweepDue(tx, BATCH)).looked === BATCH);
}

/** At most one batch with the edition itself: the worker goes on with the rest. */
async function recountFirst(tx: Tx): Promise<void> {
  await recountDue(tx, BATCH);
}

export const sweepHandlers: readonly FactHandler[] = [
  { on: ['calendar.published', 'calendar.overridden'], handle: recountFirst },
  { on: ['sandbox.clock_set', 'sandbox.clock_released'], handle: sweepAll },
];
