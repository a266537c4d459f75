// Names for statements: PostgreSQL parses and plans each text once per connection instead of once per call (docs/evidence/bench.md).
import { nextTick } from 'node:process';
import type pg from 'pg';
import { type Batch, createBatch } from './batches.ts';
import { isAborted } from './errors.ts';

/** More different texts than the service has; what comes after them (lists of odd lengths) is sent unnamed. */
const MAX_NAMES = 500;
/** Inserts of many rows are long and rarely the same twice. */
const MAX_LENGTH = 6000;

const names = new Map<string, string>();

/** A page is planned for its values, unless it runs along the key of `access`, whose plan is good for every agency. */
const isPage = (text: string) => / limit (?!1$)\d+$/.test(text) && !text.includes('from "access" inner join');

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= MAX_NAMES || text.length > MAX_LENGTH || isPage(text)) return known;
  const name = `q${names.size + 1}`;
  names.set(text, name);
  return name;
}

export const batchOf = (client: pg.PoolClient): Batch => createBatch((statement) => client.query(statement), nextTick);

type Query = { text: string; name?: string | undefined };

/**
 * The page size as a literal: with a parameter there the plan that serves all calls expects a tenth of the table and sorts it
 * (30 ms instead of 0.4 ms for a page of 50 among 2,000).
 */
function withLimit(text: string, values: readonly unknown[]): { text: string; values: readonly unknown[] } {
  const last = / limit \$(\d+)$/.exec(text);
  const limit = values.at(-1);
  if (!last || Number(last[1]) !== values.length || !Number.isSafeInteger(limit)) return { text, values };
  return { text: `${text.slice(0, last.index)} limit ${limit}`, values: values.slice(0, -1) };
}

export type Flight = {
  /** The first error since the connection was taken: those behind it in the pipeline only say that the transaction is over. */
  failure: unknown;
  /** Statements sent and not yet answered. */
  waiting: Set<Promise<unknown>>;
  /** When a statement was last answered, of `performance.now()`. */
  heardAt: number;
};

/** Marks an insert of which nobody reads the result: it may leave together with its neighbours. */
export const ROWS = 'rows|';

/** The client as Drizzle uses it: every statement it builds goes out under the name of its text, and is known until answered. */
export function naming(client: pg.PoolClient, flight: Flight, batch: Batch): pg.PoolClient {
  const query = (config: Query, given: readonly unknown[] = []) => {
    const { text, values } = withLimit(config.text, given);
    const name = nameOf(text);
    const { name: _, ...plain } = config;
    const single = () => {
      batch.send();
      return client.query({ ...plain, text, ...(name ? { name } : {}) }, values as unknown[]);
    };
    const joins = name && config.name?.startsWith(ROWS) && !text.includes(' returning ');
    const sent: Promise<unknown> = joins ? batch.add({ name, text, values }) : single();
    flight.waiting.add(sent);
    sent.then(
      () => {
        flight.heardAt = performance.now();
        flight.waiting.delete(sent);
      },
      (error: unknown) => {
        // One that leaves with its neighbours is told a few steps later than those behind it, which only say so.
        if (!isAborted(error)) flight.failure ??= error;
        flight.waiting.delete(sent);
      },
    );
    return sent;
  };
  // Drizzle calls nothing but query(config, values) on a client that is no pool.
  return { query } as unknown as pg.PoolClient;
}

/** Waits until nothing is under way: a step that ran beside the one that failed must not send its next statement later. */
export async function landed({ waiting }: Flight): Promise<void> {
  do {
    await Promise.allSettled(waiting);
    await new Promise((resolve) => setImmediate(resolve));
  } while (waiting.size > 0);
}

type Socket = { write(chunk: Uint8Array, done?: () => void): boolean; destroy(): void };
type Wire = { connection: { stream: Socket } };

/** Without a word to the server, which may not be there any more. */
export const cutOff = (client: pg.PoolClient): void => (client as unknown as Wire).connection.stream.destroy();

/**
 * What is sent in one turn of the event loop leaves in one write of one buffer: the pipeline of `pg` writes each statement by
 * itself, and a write costs more than the statement (docs/evidence/bench.md).
 */
export function writeOncePerTurn(client: pg.PoolClient): void {
  // `connection.stream` is the socket of every pg client, though not in its types.
  const { stream } = (client as unknown as Wire).connection;
  const write = stream.write.bind(stream);
  let chunks: Uint8Array[] = [];
  const flush = () => {
    const waiting = chunks;
    chunks = [];
    const [only] = waiting;
    if (only) write(waiting.length === 1 ? only : Buffer.concat(waiting));
  };
  stream.write = (chunk, done) => {
    if (done) {
      flush();
      return write(chunk, done);
    }
    if (chunks.push(chunk) === 1) nextTick(flush);
    return true;
  };
}
