// Wrapped keys live in their own schema, backed up apart from the main backup, or erasure would mean nothing (P-13).
import { bigint, customType, integer, pgSchema, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

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
    /** Since then another key seals; this one still opens what was not sealed anew. */
    retiredAt: timestamp('retired_at', { withTimezone: true }),
  },
  (t) => [unique('data_keys_owner').on(t.ownerKind, t.ownerId, t.retiredAt).nullsNotDistinct()],
);

export const serviceKeys = keyring.table(
  'service_keys',
  {
    name: text().notNull(),
    generation: integer().notNull().default(1),
    kekId: text('kek_id').notNull(),
    wrapped: bytea().notNull(),
    /** Under what is keyed with it: a blind index is searched with the hash it was made with. */
    hash: text().notNull().default('sha256'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.name, t.generation] })],
);

/** What is being sealed anew: an interrupted run goes on where it stood. */
export const keyRotations = keyring.table('rotations', {
  id: uuid().primaryKey(),
  kind: text(),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
  endedAt: timestamp('ended_at', { withTimezone: true }),
});

/** Encryptions of a key, in steps: what a process has counted since its last step is not here yet. */
export const keyUses = keyring.table('key_uses', {
  key: text().primaryKey(),
  used: bigint({ mode: 'number' }).notNull(),
  countedAt: timestamp('counted_at', { withTimezone: true }).notNull().defaultNow(),
});
