// S-21, S-22: random walks of the whole business against the model, so many on one database and then on a new one.
import { addClient } from '../../test/support/clients.ts';
import type { Service } from '../../test/support/start.ts';
import { createWorld } from '../../test/support/world.ts';
import { withService } from '../../trust/outside/stage.ts';
import { chanceOf } from '../chance.ts';
import { addDays } from './calendar.ts';
import { runWalks, type Stage } from './walk.ts';

export type Walked = { walks: number; moves: number; seen: Map<string, number>; difference: string | undefined };

/** The counterexample, and what was wrong with it. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return [error.message, ...(cause instanceof Error ? [cause.message] : [])].join('\n');
}

async function openStage(service: Service, seed: number): Promise<Stage> {
  const { api } = service;
  const world = createWorld(api, () => addClient(service));
  const fund = await world.fund();
  const setClock = async (day: string) => {
    const body = { now: `${day}T10:00:00+08:00` };
    const answer = await api.as('admin', 'POST', '/v1/sandbox/clock', { body });
    if (answer.status !== 200) throw new Error(`the clock: ${answer.status} ${answer.text}`);
  };
  // Anywhere in the year whose holidays both calendars know.
  const today = addDays('2026-01-05', chanceOf(seed).below(250));
  await setClock(today);
  return {
    ...{ api, tag: `w${seed}`, today, walks: 0, moves: 0, seen: new Map(), setClock },
    officerId: await world.officerId('handler.heping'),
    civilAgencyId: await world.agencyOf('civil.heping'),
    fundPath: fund.path,
  };
}

/** On a service that is there: `walks` of them with this seed. */
export async function walkOn(service: Service, walks: number, seed: number): Promise<Walked> {
  const stage = await openStage(service, seed);
  const difference = await runWalks(stage, walks, seed).then(() => undefined, told);
  return { walks: stage.walks, moves: stage.moves, seen: stage.seen, difference };
}

/** A database that holds more than a few hundred walks makes the sweeps of the clock slow. */
const BATCH = 250;

export async function walkAll(walks: number, seed: number, say: (line: string) => void): Promise<Walked> {
  const total: Walked = { walks: 0, moves: 0, seen: new Map(), difference: undefined };
  for (let batch = 0; batch * BATCH < walks && !total.difference; batch++) {
    const size = Math.min(BATCH, walks - batch * BATCH);
    const done = await withService((service) => walkOn(service, size, seed + batch));
    total.walks += done.walks;
    total.moves += done.moves;
    for (const [name, n] of done.seen) total.seen.set(name, (total.seen.get(name) ?? 0) + n);
    total.difference = done.difference && `seed ${seed + batch}: ${done.difference}`;
    say(`${total.walks} walks, ${total.moves} moves`);
  }
  return total;
}
