// Fail points: the nth statement of the service fails in the database, as if its disk or its server had.
import pg from 'pg';

type Client = { query(this: Client, ...args: unknown[]): unknown };

export type FaultyPool = {
  /** From now on the nth statement fails; 0 = none. */
  arm(n: number): void;
  /** True once the statement that was to fail has come. */
  struck(): boolean;
  /** Takes the faults away for good. */
  mend(): void;
};

/** Not the end of a transaction: that it fails is the server's answer to a failed statement before it. */
const counts = (text: string) => !/^(begin|rollback)$/i.test(text);

/** Of every client of the service in this process; whoever only looks must not do so while a fault is armed. */
export function makeFaulty(): FaultyPool {
  let left = 0;
  let hit = false;
  const client = pg.Client.prototype as unknown as Client;
  const { query } = client;
  client.query = function faulty(this: Client, config: unknown, ...rest: unknown[]) {
    const text = typeof config === 'string' ? config : ((config as { text?: string }).text ?? '');
    if (left === 0 || !counts(text) || --left > 0) return query.call(this, config, ...rest);
    hit = true;
    return query.call(this, 'select 1 / 0');
  };
  return {
    arm(n) {
      left = n;
      hit = false;
    },
    struck: () => hit,
    mend() {
      client.query = query;
    },
  };
}
