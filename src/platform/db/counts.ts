// Counts in fixed windows, shared by the replicas: counted in the process, exchanged through one statement at most a second later (ADR 0021).
import type { Pool } from './client.ts';

export type Counts = {
  /** What is known of the key in the present window: this process to the last one, the others to the last exchange. */
  used(key: string): number;
  /** Counts one; `limit` decides when the others hear of it before the second is over. */
  add(key: string, limit: number): void;
  /** Whole seconds until the present window ends; at least 1. */
  secondsLeft(): number;
  /** Tells the others now. */
  exchange(): Promise<void>;
  stop(): Promise<void>;
};

type Count = {
  endsAt: number;
  /** Of all replicas, this one included, by the last exchange. */
  shared: number;
  pending: number;
  sending: number;
};

export type CountsOptions = {
  pool: Pick<Pool, 'query'>;
  now: () => number;
  windowSeconds: number;
  onError: (error: unknown) => void;
  /** Runs with every exchange; what it throws counts as a failure of the exchange. */
  onExchange?: () => Promise<void>;
};

const EXCHANGE_MS = 1000;
/** A key that ran this part of its limit since the last exchange does not wait for the second to end. */
const EARLY = 0.02;

// In the order of the keys: two replicas lock the same rows one after another and never each other's.
const UPSERT = `
  insert into quota_counts (key, ends_at, used)
  select key, to_timestamp(ends_at / 1000.0), used from unnest($1::text[], $2::float8[], $3::int[]) as t (key, ends_at, used)
  order by key
  on conflict (key, ends_at) do update set used = quota_counts.used + excluded.used
  returning key, extract(epoch from ends_at) * 1000 as ends_at, used`;
const PURGE = 'delete from quota_counts where ends_at < to_timestamp($1 / 1000.0)';

type Row = { key: string; ends_at: string; used: string };

export function createCounts({ pool, now, windowSeconds, onError, onExchange }: CountsOptions): Counts {
  const width = windowSeconds * 1000;
  const counts = new Map<string, Count>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let purgedBefore = 0;
  let failing = false;
  let stopped = false;
  const windowEnd = () => (Math.floor(now() / width) + 1) * width;

  function current(key: string): Count {
    const endsAt = windowEnd();
    const found = counts.get(key);
    if (found?.endsAt === endsAt) return found;
    const fresh = { endsAt, shared: 0, pending: 0, sending: 0 };
    counts.set(key, fresh);
    return fresh;
  }

  /** Takes what is to be told, and forgets windows that are over. */
  function take(): [key: string, count: Count][] {
    const end = windowEnd();
    for (const [key, count] of counts) if (count.endsAt < end) counts.delete(key);
    const told = [...counts].filter(([, count]) => count.pending > 0);
    for (const [, count] of told) {
      count.sending = count.pending;
      count.pending = 0;
    }
    return told;
  }

  async function tell(): Promise<void> {
    const told = take();
    if (told.length === 0) return;
    try {
      const columns = [
        told.map(([key]) => key),
        told.map(([, count]) => count.endsAt),
        told.map(([, count]) => count.sending),
      ];
      const rows = new Map((await pool.query<Row>(UPSERT, columns)).map((row) => [row.key, Number(row.used)]));
      for (const [key, count] of told) {
        count.shared = rows.get(key) ?? count.shared + count.sending;
        count.sending = 0;
      }
      failing = false;
      await onExchange?.();
      const before = windowEnd() - 2 * width;
      if (before <= purgedBefore) return;
      purgedBefore = before;
      await pool.query(PURGE, [before]);
    } catch (error) {
      // Without the database each replica holds its callers to the whole quota alone; nothing is lost but the exchange.
      for (const [, count] of told) {
        count.pending += count.sending;
        count.sending = 0;
      }
      onError(error);
      failing = true;
    }
  }

  function exchange(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = undefined;
    running ??= tell().finally(() => {
      running = undefined;
      if ([...counts.values()].some((count) => count.pending > 0)) plan();
    });
    return running;
  }

  function plan(): void {
    if (timer || running || stopped) return;
    timer = setTimeout(() => void exchange(), EXCHANGE_MS);
    timer.unref();
  }

  return {
    used(key) {
      const count = current(key);
      return count.shared + count.sending + count.pending;
    },
    add(key, limit) {
      const count = current(key);
      count.pending += 1;
      if (count.pending > limit * EARLY && !running && !failing && !stopped) void exchange();
      else plan();
    },
    secondsLeft: () => Math.max(1, Math.ceil((windowEnd() - now()) / 1000)),
    exchange,
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
