// Credentials that are refused until somebody releases them (S-49): read with the exchange of the quota counts, never by a request.
import type { Pool } from './client.ts';

export type Blocks = { has(credential: string): boolean; refresh(): Promise<void> };

const BLOCKED = `select credential from bulk_read_alerts where state = 'open' and blocked`;

export function createBlocks(pool: Pick<Pool, 'query'>): Blocks {
  let blocked: ReadonlySet<string> = new Set();
  return {
    has: (credential) => blocked.has(credential),
    async refresh() {
      blocked = new Set((await pool.query<{ credential: string }>(BLOCKED)).map((row) => row.credential));
    },
  };
}
