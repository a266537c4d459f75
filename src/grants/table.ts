// Grants of sight in an emergency: who asked for what and why, until when, and what the review found.
import { date, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { EnumValue } from '../reference/enums.ts';
import type { GrantState, SubjectKind } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const breakGlassGrants = pgTable('break_glass_grants', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  state: text().$type<GrantState>().notNull(),
  subjectKind: text('subject_kind').$type<SubjectKind>().notNull(),
  subjectId: uuid('subject_id').notNull(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id').notNull(),
  officerPersonKey: text('officer_person_key').notNull(),
  homeAgencyId: uuid('home_agency_id').notNull(),
  reasonCode: text('reason_code').$type<EnumValue<'break-glass-reasons'>>().notNull(),
  reasonSealed: bytea('reason_sealed').notNull(),
  expiresAt: instant('expires_at').notNull(),
  reviewDueOn: date('review_due_on', { mode: 'string' }).notNull(),
  reviewedAt: instant('reviewed_at'),
  reviewedBy: uuid('reviewed_by'),
  reviewAgencyId: uuid('review_agency_id'),
  opinionSealed: bytea('opinion_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});
