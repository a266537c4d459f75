// Follow-up visits, the people visited, and what became of each measure at the visit.
import { boolean, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { MeasureStatus, RiskLevel, VisitMode, VisitState } from './domain.ts';

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
    status: text().$type<MeasureStatus>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.visitId, t.referralId] })],
);
