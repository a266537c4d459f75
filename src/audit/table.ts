// The audit record: who did what to which resource and when; ids and codes only, append-only in the database (A-02, ADR 0020).
import { sql } from 'drizzle-orm';
import { customType, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';

export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

export const auditRecords = pgTable('audit_records', {
  id: uuid().primaryKey(),
  recordedAt: timestamp('recorded_at', { withTimezone: true }).notNull().defaultNow(),
  occurredAt: timestamp('occurred_at', { withTimezone: true }).notNull(),
  type: text().notNull(),
  kind: text().notNull(),
  resourceId: uuid('resource_id').notNull(),
  /** Place in the chain of the resource's facts; null for a view. */
  sequence: integer(),
  /** Place in the chain of the resource's views; null for a fact. */
  viewSequence: integer('view_sequence'),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id'),
  clientId: uuid('client_id'),
  requestId: text('request_id').notNull(),
  purpose: text(),
  changed: text().array().notNull(),
  data: jsonb().notNull(),
  alg: text().$type<'sha-256' | 'sm3' | 'none'>().notNull(),
  prevHash: bytea('prev_hash'),
  hash: bytea(),
  xid: xid8().notNull().default(sql`pg_current_xact_id()`),
});

/** The last view of each resource; written by the statement that adds the view. */
export const viewHeads = pgTable(
  'view_heads',
  {
    kind: text().notNull(),
    resourceId: uuid('resource_id').notNull(),
    sequence: integer().notNull(),
    former: bytea(),
    hash: bytea().notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.resourceId] })],
);
