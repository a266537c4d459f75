// Wrapped keys live in their own schema, backed up apart from the main backup, or erasure would mean nothing (P-13).
import { customType, pgSchema, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

export const keyring = pgSchema('keyring');

export const dataKeys = keyring.table(
  'data_keys',
  {
    id: uuid().primaryKey(),
    ownerKind: text('owner_kind').notNull(),
    ownerId: uuid('owner_id').notNull(),
    suite: text().notNull(),
    kekId: text('kek_id').notNull(),
    wrapped: bytea().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [uniqueIndex('data_keys_owner').on(t.ownerKind, t.ownerId)],
);

export const serviceKeys = keyring.table('service_keys', {
  name: text().primaryKey(),
  kekId: text('kek_id').notNull(),
  wrapped: bytea().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});
