// The outbox: one thin row per fact, ordered by transaction id and position so that a cursor never skips one.
import { sql } from 'drizzle-orm';
import { bigint, customType, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

export const events = pgTable(
  'events',
  {
    xid: xid8().notNull().default(sql`pg_current_xact_id()`),
    position: bigint({ mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    id: uuid().notNull().unique(),
    type: text().notNull(),
    kind: text().notNull(),
    resourceId: uuid('resource_id').notNull(),
    sequence: integer().notNull(),
    occurredAt: timestamp('occurred_at', { withTimezone: true }).notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.xid, t.position] })],
);

export const feedEpochs = pgTable('feed_epochs', {
  epoch: integer().primaryKey(),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
  /** Everything up to here has been dropped. */
  fromXid: xid8('from_xid').notNull().default('0'),
  fromPosition: bigint('from_position', { mode: 'bigint' }).notNull().default(0n),
});
