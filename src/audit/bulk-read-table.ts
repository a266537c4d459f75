// Alerts of bulk reading (S-49): one credential was shown more people within an hour than its work explains. Ids and numbers only.
import { boolean, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const bulkReadAlerts = pgTable('bulk_read_alerts', {
  id: uuid().primaryKey(),
  /** As quotas name it: `client:<id>`, of a sandbox token `officer:<id>`. */
  credential: text().notNull(),
  agencyId: uuid('agency_id').notNull(),
  state: text().$type<'open' | 'released'>().notNull(),
  persons: integer().notNull(),
  personLimit: integer('person_limit').notNull(),
  /** The credential is refused (429) until somebody releases it. */
  blocked: boolean().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
});
