// The stage of the sample stories: officers by role; what several stories want of one officer is one transaction.
import { findOfficerByCode, serviceActor } from '../agencies/service.ts';
import { toActor } from '../agencies/tokens.ts';
import type { Actor } from '../kernel/actor.ts';
import { Problem } from '../kernel/problem.ts';
import { type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';

export const asService = {
  actor: serviceActor(),
  requestId: 'seed',
  language: 'zh',
  dryRun: false,
  oversight: true,
} as const;

type Verb = (tx: Tx) => Promise<unknown>;
type Wish = { verb: Verb; done: (value: unknown) => void; failed: (error: unknown) => void };

export type Crew = {
  /** Runs the verb as that officer, in one transaction with what others want of the same officer at the moment. */
  as<T>(code: string, verb: (tx: Tx) => Promise<T>): Promise<T>;
  officerId(code: string): Promise<string>;
};

/** So that no transaction holds its rows for long. */
const BATCH = 12;
/** A slow machine or a small pool makes a transaction wait; each try has waited its time already. */
const MAX_TRIES = 20;

async function findActor(deps: TxDeps, code: string): Promise<Actor> {
  const found = await findOfficerByCode(deps, code);
  if (!found) throw new Error(`no sandbox officer ${code}`);
  return toActor(found.agency, found.officer, null, 'sandbox');
}

/** All in one transaction, each after the one before it. */
async function together(deps: TxDeps, actor: Actor, wishes: readonly Wish[]): Promise<unknown[]> {
  const request = { ...asService, actor, oversight: false };
  const verb = async (tx: Tx) => {
    const values: unknown[] = [];
    for (const wish of wishes) values.push(await wish.verb(tx));
    return values;
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeTx(deps, request, { verb, finish: async (_tx, values) => values as unknown[] });
    } catch (error) {
      const busy = error instanceof Problem && error.status === 503;
      if (!busy || attempt === MAX_TRIES) throw error;
    }
  }
}

/** Nothing of it is told before it is committed. */
async function runBatch(deps: TxDeps, actor: Actor, wishes: readonly Wish[]): Promise<void> {
  try {
    const values = await together(deps, actor, wishes);
    for (const [i, wish] of wishes.entries()) wish.done(values[i]);
  } catch (error) {
    for (const wish of wishes) wish.failed(error);
  }
}

const placeOf = (code: string) => code.slice(code.indexOf('.') + 1);

/** What is wanted of the officers of one place, whose transactions touch the same funds and counters: one after the other. */
function createPlace(deps: TxDeps, actorOf: (code: string) => Promise<Actor>) {
  const waiting = new Map<string, Wish[]>();
  let working = false;
  const longest = () => [...waiting].sort((a, b) => b[1].length - a[1].length)[0];

  async function work(): Promise<void> {
    for (let next = longest(); next; next = longest()) {
      const [code, queue] = next;
      const batch = queue.splice(0, BATCH);
      if (queue.length === 0) waiting.delete(code);
      await runBatch(deps, await actorOf(code), batch);
      // What the stories want next is queued by now, and met together.
      await new Promise((resolve) => setImmediate(resolve));
    }
    working = false;
  }

  return (code: string, wish: Wish) => {
    waiting.set(code, [...(waiting.get(code) ?? []), wish]);
    if (working) return;
    working = true;
    setImmediate(() => void work());
  };
}

/** Stories that run side by side meet in their officers: thirty clues of one Federation are a few transactions. */
export function createCrew(deps: TxDeps): Crew {
  const actors = new Map<string, Promise<Actor>>();
  const places = new Map<string, ReturnType<typeof createPlace>>();
  const actorOf = (code: string): Promise<Actor> => {
    const actor = actors.get(code) ?? findActor(deps, code);
    actors.set(code, actor);
    return actor;
  };
  const at = (place: string) => {
    const known = places.get(place) ?? createPlace(deps, actorOf);
    places.set(place, known);
    return known;
  };
  return {
    as: <T>(code: string, verb: (tx: Tx) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        at(placeOf(code))(code, { verb, done: (value) => resolve(value as T), failed: reject });
      }),
    officerId: async (code) => (await actorOf(code)).officer?.id ?? '',
  };
}
