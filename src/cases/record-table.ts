// What a field of a case was before, and corrections of what was recorded: kept under the case's key, never overwritten.
import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { CorrectionState } from './correction-domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const caseCorrections = pgTable('case_corrections', {
  id: uuid().primaryKey(),
  caseId: uuid('case_id').notNull(),
  /** JSON pointer of the corrected member, as in the case's own view. */
  pointer: text().notNull(),
  state: text().$type<CorrectionState>().notNull(),
  /** JSON {from, to, reason} */
  textSealed: bytea('text_sealed').notNull(),
  proposedBy: uuid('proposed_by').notNull(),
  proposedByPersonKey: text('proposed_by_person_key').notNull(),
  proposedAt: instant('proposed_at').notNull(),
  decidedBy: uuid('decided_by'),
  decidedByPersonKey: text('decided_by_person_key'),
  decidedAt: instant('decided_at'),
  /** What was said when it was confirmed or refused. */
  decisionSealed: bytea('decision_sealed'),
});

export const caseFieldRevisions = pgTable('case_field_revisions', {
  id: uuid().primaryKey(),
  caseId: uuid('case_id').notNull(),
  /** The version of the case that the change made. */
  caseVersion: integer('case_version').notNull(),
  factType: text('fact_type').notNull(),
  pointer: text().notNull(),
  /** JSON {from, to} */
  valuesSealed: bytea('values_sealed').notNull(),
  correctionId: uuid('correction_id'),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id'),
  changedAt: instant('changed_at').notNull(),
});
