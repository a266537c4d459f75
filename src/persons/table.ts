// Persons: who somebody is; what an agency wrote about them stays with its submission.
import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const persons = pgTable('persons', {
  id: uuid().primaryKey(),
  idType: text('id_type').notNull(),
  idNumberSealed: bytea('id_number_sealed'),
  idNumberMasked: text('id_number_masked'),
  idNumberIndex: bytea('id_number_index'),
  nameSealed: bytea('name_sealed'),
  nameMasked: text('name_masked').notNull(),
  nameDigest: bytea('name_digest'),
  birthDateSealed: bytea('birth_date_sealed'),
  birthDateDigest: bytea('birth_date_digest'),
  sex: text().$type<'female' | 'male' | 'unknown'>().notNull(),
  state: text().$type<'active' | 'merged' | 'erased'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const personReviews = pgTable('person_reviews', {
  id: uuid().primaryKey(),
  personId: uuid('person_id').notNull(),
  sourceKind: text('source_kind').notNull(),
  sourceId: uuid('source_id').notNull(),
  pointers: text().array().notNull(),
  unstated: text().array().notNull(),
  state: text().$type<'open' | 'resolved'>().notNull().default('open'),
  createdAt: instant('created_at').notNull(),
});
