// The pool: time-outs on every wait, pipelined connections, one Drizzle handle per connection.
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { isAborted, pgError, UnreachableError } from './errors.ts';
import { batchOf, cutOff, type Flight, naming, writeOncePerTurn } from './statements.ts';

export type Db = NodePgDatabase;

export type Pool = {
  connect(): Promise<Connection>;
  /** One statement outside a transaction, for probes and start-up; business code uses a Tx. */
  query<R extends Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>;
  size(): { total: number; idle: number; waiting: number };
  /** A pool of one connection to the same database with the same limits; whoever asks for it ends it. */
  aside(): Pool;
  end(): Promise<void>;
};

export type Connection = {
  /** For statements that are the transaction's own: they keep their order among those of `db`. */
  client: {
    query<R extends pg.QueryResultRow>(
      statement: string | pg.QueryConfig,
      values?: unknown[],
    ): Promise<pg.QueryResult<R>>;
  };
  db: Db;
  flight: Flight;
  /** `broken` closes the connection instead of returning it to the pool. */
  release(broken?: boolean): void;
  /** Ends the connection at once: whatever is under way fails as unreachable. */
  cut(): void;
};

export type PoolOptions = {
  url: string;
  max?: number;
  /** Role taken after login, for developers who pass a privileged DATABASE_URL. */
  role?: string;
  onError?: (error: Error) => void;
  /** One statement at a time, which leaves at once. */
  single?: boolean;
};

const LIMITS = [
  '-c statement_timeout=5s',
  '-c lock_timeout=2s',
  '-c idle_in_transaction_session_timeout=10s',
  '-c timezone=UTC',
  '-c default_transaction_isolation=read\\ committed',
  '-c plan_cache_mode=auto',
].join(' ');

/** Waiting for a connection ends after 1 s, a silent server after 8 s: every request is answered within 10 s. */
export function createPool(options: PoolOptions): Pool {
  const { url, max = 10, role, onError } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max,
    pipeline: true,
    // Nobody queues for a single connection: what takes long there is the login alone.
    connectionTimeoutMillis: options.single ? 5000 : 1000,
    query_timeout: 8000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'judicial-assistance',
    options: role ? `${LIMITS} -c role=${role}` : LIMITS,
  } as pg.PoolConfig);
  let ending = false;
  pool.on('error', (error) => ending || onError?.(error));
  // For its whole life: a server that ends a connection while the pool closes it must not end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  if (!options.single) pool.on('connect', writeOncePerTurn);
  const handles = new WeakMap<pg.PoolClient, Omit<Connection, 'release' | 'cut'>>();
  /** Whatever the reason, a login that fails now is a database that cannot be reached; a full pool keeps its own name. */
  const acquire = () =>
    pool.connect().catch((error: Error) => {
      throw pgError(error)?.code === 'POOL_EXHAUSTED' ? error : new UnreachableError(error);
    });
  async function connect(): Promise<Connection> {
    const client = await acquire();
    let handle = handles.get(client);
    if (!handle) {
      const flight: Flight = { failure: undefined, waiting: new Set(), heardAt: 0 };
      const batch = batchOf(client);
      const direct: Connection['client'] = {
        query: (statement, values) => {
          batch.send();
          const sent = client.query(statement, values);
          // What stands behind it only says that the transaction is over; this one says why.
          sent.catch((error: unknown) => {
            if (!isAborted(error)) flight.failure ??= error;
          });
          return sent;
        },
      };
      handle = { flight, db: drizzle({ client: naming(client, flight, batch) }), client: direct };
      handles.set(client, handle);
    }
    handle.flight.failure = undefined;
    handle.flight.heardAt = performance.now();
    return { ...handle, release: (broken = false) => client.release(broken), cut: () => cutOff(client) };
  }
  return {
    connect,
    async query<R extends Record<string, unknown>>(text: string, values: unknown[] = []) {
      const { client, release } = await connect();
      let broken = true;
      try {
        const { rows } = await client.query<R>(text, values);
        broken = false;
        return rows;
      } finally {
        release(broken);
      }
    },
    aside: () => createPool({ ...options, max: 1, single: true }),
    size: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    end() {
      ending = true;
      return pool.end();
    },
  };
}
