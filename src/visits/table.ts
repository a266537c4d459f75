// Follow-up visits, the people visited, what became of each measure, and how the two sides of a joint visit agree.
import { boolean, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type {
  ConfirmationOutcome,
  ConfirmationPhase,
  MeasureStatus,
  RiskLevel,
  VisitMode,
  VisitState,
} from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const visits = pgTable('visits', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  assistanceCaseId: uuid('assistance_case_id'),
  monitoringAccountId: uuid('monitoring_account_id'),
  handlingAgencyId: uuid('handling_agency_id').notNull(),
  partnerAgencyId: uuid('partner_agency_id'),
  jointAgencyIds: uuid('joint_agency_ids').array().notNull(),
  firstPlan: boolean('first_plan').notNull().default(false),
  state: text().$type<VisitState>().notNull(),
  mode: text().$type<VisitMode>().notNull(),
  plannedOn: date('planned_on', { mode: 'string' }).notNull(),
  doneOn: date('done_on', { mode: 'string' }),
  riskLevel: text('risk_level').$type<RiskLevel>(),
  missedReasonCode: text('missed_reason_code'),
  nextVisitId: uuid('next_visit_id'),
  /** The side that planned; null before the two sides were kept apart. */
  plannedByAgencyId: uuid('planned_by_agency_id'),
  recordedByAgencyId: uuid('recorded_by_agency_id'),
  recordedBy: uuid('recorded_by'),
  recordedByPersonKey: text('recorded_by_person_key'),
  /** A new plan, record or amendment asks the other side anew. */
  confirmationRound: integer('confirmation_round').notNull().default(1),
  /** Accepted referrals that the record has not answered for yet. */
  uncheckedReferralIds: uuid('unchecked_referral_ids').array().notNull().default([]),
  recordSealed: bytea('record_sealed'),
  notesSealed: bytea('notes_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const visitPersons = pgTable(
  'visit_persons',
  { visitId: uuid('visit_id').notNull(), personId: uuid('person_id').notNull() },
  (t) => [primaryKey({ columns: [t.visitId, t.personId] })],
);

export const visitMeasures = pgTable(
  'visit_measures',
  {
    visitId: uuid('visit_id').notNull(),
    referralId: uuid('referral_id').notNull(),
    /** Null where the measure was left out, with a reason. */
    status: text().$type<MeasureStatus>(),
    leftOutSealed: bytea('left_out_sealed'),
  },
  (t) => [primaryKey({ columns: [t.visitId, t.referralId] })],
);

/** The other side of a joint visit answers its plan or its record, once in a round. */
export const visitConfirmations = pgTable(
  'visit_confirmations',
  {
    visitId: uuid('visit_id').notNull(),
    agencyId: uuid('agency_id').notNull(),
    round: integer().notNull(),
    phase: text().$type<ConfirmationPhase>().notNull(),
    outcome: text().$type<ConfirmationOutcome>().notNull(),
    officerId: uuid('officer_id').notNull(),
    personKey: text('person_key').notNull(),
    reasonSealed: bytea('reason_sealed'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.visitId, t.agencyId, t.round] })],
);

/** The days on which it was to be made before. */
export const visitFormerDates = pgTable(
  'visit_former_dates',
  {
    visitId: uuid('visit_id').notNull(),
    position: integer().notNull(),
    plannedOn: date('planned_on', { mode: 'string' }).notNull(),
    missedReasonCode: text('missed_reason_code'),
    notesSealed: bytea('notes_sealed'),
    rescheduledBy: uuid('rescheduled_by'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.visitId, t.position] })],
);
