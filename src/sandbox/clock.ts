// The movable business clock (contract.md §2): it is set in both directions and runs on from there; system time stays.
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import type { Detail } from '../kernel/problem.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { sweepSuccessions } from '../referrals/handlers.ts';
import { removeShift, saveShift } from './clock-repository.ts';

export type Clock = { now: Date; shifted: boolean };

/** Decision years, calendars and person's ages make sense within these. */
const EARLIEST = Date.parse('2000-01-01T00:00:00+08:00');
const LATEST = Date.parse('2100-01-01T00:00:00+08:00');

export async function setClock(tx: Tx, wanted: string): Promise<Clock> {
  const now = new Date(wanted);
  if (!(now.getTime() >= EARLIEST && now.getTime() < LATEST)) {
    const detail: Detail = ['须为 2000 至 2099 年间的时刻', 'an instant from 2000 to 2099'];
    throw httpProblems['request.rule_violated']({}, [{ pointer: '/now', code: 'clock.out_of_range', detail }]);
  }
  const shiftMs = now.getTime() - tx.ctx.systemNow.getTime();
  await saveShift(tx, shiftMs);
  tx.record({ type: 'sandbox.clock_set', kind: 'sandbox', id: SYSTEM_SCOPE, changed: ['clock'], data: { shiftMs } });
  liveIn(tx, now);
  return { now, shifted: true };
}

/** What follows in this transaction happens at the new time. */
function liveIn(tx: Tx, now: Date): void {
  Object.assign(tx.ctx, { now, today: civilDateOf(now) });
}

/** What is due by the new time is done before the answer (contract §2). */
export const clockHandlers: readonly FactHandler[] = [
  { on: ['sandbox.clock_set', 'sandbox.clock_released'], handle: sweepSuccessions },
];

export async function releaseClock(tx: Tx): Promise<Clock> {
  if (await removeShift(tx))
    tx.record({ type: 'sandbox.clock_released', kind: 'sandbox', id: SYSTEM_SCOPE, changed: ['clock'] });
  else tx.unchanged();
  liveIn(tx, tx.ctx.systemNow);
  return { now: tx.ctx.systemNow, shifted: false };
}
