// Load: so many clients at once, each with one flow after the other, until they are told to stop; then what was left open is repeated.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from './client.ts';
import { DISTRICTS, type Places, readPlaces, runFlow } from './flow.ts';
import { createHistory, type History, isAcked, isOpen, type Op } from './history.ts';

export type Load = {
  history: History;
  client: Client;
  /** Definite answers that no flow expects. */
  refusals: string[];
  /** Until clients were told of `count` more commands as done: a blow between two starts strikes nobody. */
  progress(count: number): Promise<void>;
  /** No new command and no further repeat from now on; waits until every client has stopped. */
  stop(): Promise<void>;
  /** Repeats, with its key, whatever is still open. */
  resolve(): Promise<void>;
};

export type LoadOptions = {
  base: () => string;
  tag: string;
  clients?: number;
  /** Of each award, small enough for thousands of flows on one fund. */
  fen?: number;
  file?: string | undefined;
};

const openOps = (history: History): Op[] =>
  history.ops.filter((op) => {
    const last = op.attempts.at(-1);
    return !isAcked(op) && (last === undefined || isOpen(last));
  });

export async function startLoad({ base, tag, clients = 6, fen = 10_000, file }: LoadOptions): Promise<Load> {
  let over = false;
  let flows = 0;
  const history = createHistory(file);
  const client = createClient({ base, history, tag, over: () => over });
  const places: Places = await readPlaces(client);
  const refusals: string[] = [];
  async function work(): Promise<void> {
    while (!over) {
      flows += 1;
      const district = DISTRICTS[flows % DISTRICTS.length] ?? 'heping';
      const whole = await runFlow({ client, places, flow: flows, district, tag, fen }, refusals);
      // Whoever is refused at once must not ask a thousand times a second.
      if (!whole) await sleep(200);
    }
  }
  const working = Promise.all(Array.from({ length: clients }, work));
  working.catch(() => undefined);
  return {
    history,
    client,
    refusals,
    async progress(count) {
      const done = () => history.ops.filter(isAcked).length;
      const wanted = done() + count;
      for (let waited = 0; waited < 10_000 && done() < wanted; waited += 20) await sleep(20);
    },
    async stop() {
      over = true;
      await working;
    },
    async resolve() {
      for (let tries = 0; tries < 100; tries++) {
        const open = openOps(history);
        if (open.length === 0) return;
        if (tries > 0) await sleep(200);
        for (const op of open) await client.again(op);
      }
    },
  };
}
