// Counts of requests in the present window, exchanged by the replicas (S-48, ADR 0021): no business record, no row security.
import { bigint, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

export const quotaCounts = pgTable(
  'quota_counts',
  {
    key: text().notNull(),
    endsAt: timestamp('ends_at', { withTimezone: true }).notNull(),
    used: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.endsAt] })],
);
