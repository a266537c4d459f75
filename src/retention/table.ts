// Legal holds: what must not be erased, why, and who ended it.
import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { EnumValue } from '../reference/enums.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const legalHolds = pgTable('legal_holds', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  state: text().$type<EnumValue<'legal-hold-states'>>().notNull(),
  subjectKind: text('subject_kind').$type<EnumValue<'legal-hold-subjects'>>().notNull(),
  subjectId: uuid('subject_id').notNull(),
  reasonCode: text('reason_code').$type<EnumValue<'legal-hold-reasons'>>().notNull(),
  reasonSealed: bytea('reason_sealed').notNull(),
  agencyId: uuid('agency_id').notNull(),
  placedBy: uuid('placed_by').notNull(),
  placedByPersonKey: text('placed_by_person_key').notNull(),
  releaseProposedBy: uuid('release_proposed_by'),
  releaseProposedByPersonKey: text('release_proposed_by_person_key'),
  releaseSealed: bytea('release_sealed'),
  releasedBy: uuid('released_by'),
  releasedByPersonKey: text('released_by_person_key'),
  releasedAt: instant('released_at'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});
