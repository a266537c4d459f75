// Clues, their subjects as submitted, and where they were routed.
import { boolean, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { EnumValue } from '../reference/enums.ts';
import type { ClueState, LinkedCaseType } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const clues = pgTable('clues', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  externalId: text('external_id'),
  sourceAgencyId: uuid('source_agency_id').notNull(),
  receivingAgencyId: uuid('receiving_agency_id').notNull(),
  state: text().$type<ClueState>().notNull(),
  source: text().notNull(),
  regionCode: text('region_code').notNull(),
  urgency: text().$type<'normal' | 'emergency_medical'>().notNull(),
  greenChannel: boolean('green_channel').notNull(),
  foundOn: date('found_on', { mode: 'string' }),
  campaignCode: text('campaign_code'),
  linkedType: text('linked_type').$type<LinkedCaseType>(),
  linkedNumber: text('linked_number'),
  linkedOrgan: text('linked_organ'),
  linkedKey: text('linked_key'),
  narrativeSealed: bytea('narrative_sealed').notNull(),
  outcomeSealed: bytea('outcome_sealed'),
  reasonCode: text('reason_code'),
  missing: text().array().notNull(),
  subjectCount: integer('subject_count').notNull(),
  caseId: uuid('case_id'),
  caseEnded: boolean('case_ended').notNull().default(false),
  submittedBy: uuid('submitted_by'),
  /** When the present content came, in business and in system time; null = with the submission. */
  contentAt: instant('content_at'),
  contentRecordedAt: instant('content_recorded_at'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const clueSubjects = pgTable('clue_subjects', {
  id: uuid().primaryKey(),
  clueId: uuid('clue_id').notNull(),
  position: integer().notNull(),
  personId: uuid('person_id').notNull(),
  relationToCase: text('relation_to_case'),
  categories: text().array().notNull(),
  householdRegionCode: text('household_region_code'),
  idType: text('id_type').notNull(),
  sex: text().notNull(),
  nameMasked: text('name_masked'),
  idNumberMasked: text('id_number_masked'),
  phoneMasked: text('phone_masked'),
  addressMasked: text('address_masked'),
  submittedSealed: bytea('submitted_sealed').notNull(),
});

export const clueRoutings = pgTable(
  'clue_routings',
  {
    clueId: uuid('clue_id').notNull(),
    position: integer().notNull(),
    agencyId: uuid('agency_id').notNull(),
    until: instant('until'),
    reasonSealed: bytea('reason_sealed'),
  },
  (t) => [primaryKey({ columns: [t.clueId, t.position] })],
);

export const clueDuplicateVerdicts = pgTable('clue_duplicate_verdicts', {
  id: uuid().primaryKey(),
  clueId: uuid('clue_id').notNull(),
  candidateId: uuid('candidate_id').notNull(),
  verdict: text().$type<EnumValue<'duplicate-verdicts'>>().notNull(),
  reasonSealed: bytea('reason_sealed').notNull(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id').notNull(),
  givenAt: instant('given_at').notNull(),
});
