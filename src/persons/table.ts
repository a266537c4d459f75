// Persons: who somebody is; what an agency wrote about them stays with its submission.
import { date, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { EnumValue } from '../reference/enums.ts';

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
  /** The survivor of a merge; one step deep, and whatever refers to this person stays. */
  mergedIntoId: uuid('merged_into_id'),
  absorbedCount: integer('absorbed_count').notNull().default(0),
  /** Keyed digest of name and birth date: suggests who may be the same. */
  nameBirthIndex: bytea('name_birth_index'),
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
  /** JSON of the identity fields that an officer proposed; null where a submission merely differed. */
  proposedSealed: bytea('proposed_sealed'),
  proposedBy: uuid('proposed_by'),
  proposedByPersonKey: text('proposed_by_person_key'),
  proposingAgencyId: uuid('proposing_agency_id'),
  outcome: text().$type<EnumValue<'person-review-outcomes'>>(),
  resolvedBy: uuid('resolved_by'),
  resolvedByPersonKey: text('resolved_by_person_key'),
  resolvedAt: instant('resolved_at'),
  resolutionSealed: bytea('resolution_sealed'),
  version: integer().notNull().default(1),
});

export const personMerges = pgTable('person_merges', {
  id: uuid().primaryKey(),
  personId: uuid('person_id').notNull(),
  intoPersonId: uuid('into_person_id').notNull(),
  state: text().$type<EnumValue<'person-merge-states'>>().notNull(),
  agencyId: uuid('agency_id').notNull(),
  proposedBy: uuid('proposed_by').notNull(),
  proposedByPersonKey: text('proposed_by_person_key').notNull(),
  proposedAt: instant('proposed_at').notNull(),
  confirmedBy: uuid('confirmed_by'),
  confirmedByPersonKey: text('confirmed_by_person_key'),
  mergedAt: instant('merged_at'),
  endedBy: uuid('ended_by'),
  endedAt: instant('ended_at'),
  reasonSealed: bytea('reason_sealed').notNull(),
  endingSealed: bytea('ending_sealed'),
});

/** Identity before a change; append-only. */
export const personVersions = pgTable('person_versions', {
  id: uuid().primaryKey(),
  personId: uuid('person_id').notNull(),
  reviewId: uuid('review_id'),
  pointers: text().array().notNull(),
  formerSealed: bytea('former_sealed').notNull(),
  changedBy: uuid('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
});

/** Erasure by two people; the reason is sealed with the person's key and goes with it. */
export const personErasures = pgTable('person_erasures', {
  id: uuid().primaryKey(),
  personId: uuid('person_id').notNull(),
  state: text().$type<EnumValue<'person-erasure-states'>>().notNull(),
  ground: text().$type<EnumValue<'erasure-grounds'>>().notNull(),
  reasonSealed: bytea('reason_sealed').notNull(),
  agencyId: uuid('agency_id').notNull(),
  proposedBy: uuid('proposed_by').notNull(),
  proposedByPersonKey: text('proposed_by_person_key').notNull(),
  proposedAt: instant('proposed_at').notNull(),
  confirmedBy: uuid('confirmed_by'),
  confirmedByPersonKey: text('confirmed_by_person_key'),
  erasedAt: instant('erased_at'),
  keysDestroyed: integer('keys_destroyed'),
  textsRedacted: integer('texts_redacted'),
  repliesEmptied: integer('replies_emptied'),
});

/** How an endangered person may be reached; JSON under the person's key, and keyed digests of whom it is kept from. */
export const safeContactRules = pgTable(
  'safe_contact_rules',
  {
    personId: uuid('person_id').primaryKey(),
    agencyId: uuid('agency_id').notNull(),
    setBy: uuid('set_by').notNull(),
    setByPersonKey: text('set_by_person_key').notNull(),
    ruleSealed: bytea('rule_sealed').notNull(),
    blocked: text().array().notNull(),
    reviewOn: date('review_on', { mode: 'string' }).notNull(),
    validUntil: date('valid_until', { mode: 'string' }),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    index('safe_contact_rules_agency').on(t.agencyId),
    index('safe_contact_rules_set_by').on(t.setBy),
    index('safe_contact_rules_review').on(t.reviewOn),
  ],
);
