// The audit record: who did what to which resource and when; ids and codes only, append-only in the database.
import { integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';

export const auditRecords = pgTable('audit_records', {
  id: uuid().primaryKey(),
  recordedAt: timestamp('recorded_at', { withTimezone: true }).notNull().defaultNow(),
  occurredAt: timestamp('occurred_at', { withTimezone: true }).notNull(),
  type: text().notNull(),
  kind: text().notNull(),
  resourceId: uuid('resource_id').notNull(),
  sequence: integer(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id'),
  clientId: uuid('client_id'),
  requestId: text('request_id').notNull(),
  purpose: text(),
  changed: text().array().notNull(),
  data: jsonb().notNull(),
  prevHash: bytea('prev_hash'),
  hash: bytea(),
});
