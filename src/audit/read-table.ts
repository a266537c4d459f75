// What was read masked or as a list: one row for each, unchained, kept for a while (P-08).
import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const readRecords = pgTable('read_records', {
  recordedAt: timestamp('recorded_at', { withTimezone: true }).notNull().defaultNow(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id'),
  clientId: uuid('client_id'),
  requestId: text('request_id').notNull(),
  route: text().notNull(),
  kind: text(),
  ids: uuid().array().notNull(),
});
