// Referrals, the persons in each package as they were disclosed, and the measures that were delivered.
import { bigint, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type {
  FollowUpDecision,
  FollowUpState,
  LegalBasis,
  OriginKind,
  ReferralOutcome,
  ReferralState,
} from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const day = (name: string) => date(name, { mode: 'string' });

export const referrals = pgTable('referrals', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  senderAgencyId: uuid('sender_agency_id').notNull(),
  /** The department that is asked. */
  agencyId: uuid('agency_id').notNull(),
  originKind: text('origin_kind').$type<OriginKind>().notNull(),
  clueId: uuid('clue_id'),
  assistanceCaseId: uuid('assistance_case_id'),
  monitoringAccountId: uuid('monitoring_account_id'),
  state: text().$type<ReferralState>().notNull(),
  measures: text().array().notNull(),
  legalBasis: text('legal_basis').$type<LegalBasis>().notNull(),
  proposalSealed: bytea('proposal_sealed').notNull(),
  personCount: integer('person_count').notNull(),
  sentOn: day('sent_on').notNull(),
  respondBy: day('respond_by').notNull(),
  receivedAt: instant('received_at'),
  /** Accepted or rejected: the department's clock stops. */
  answeredAt: instant('answered_at'),
  startedAt: instant('started_at'),
  endedAt: instant('ended_at'),
  reasonCode: text('reason_code'),
  outcome: text().$type<ReferralOutcome>(),
  /** JSON ReferralTexts */
  textsSealed: bytea('texts_sealed'),
  reminderCount: integer('reminder_count').notNull().default(0),
  remindedAt: instant('reminded_at'),
  forwardedFromId: uuid('forwarded_from_id').unique(),
  forwardedToId: uuid('forwarded_to_id').unique(),
  sentBy: uuid('sent_by'),
  /** The day on which one on hold is taken up again. */
  resumeOn: day('resume_on'),
  /** The department that was asked before its successor took over. */
  formerAgencyId: uuid('former_agency_id'),
  followUp: text('follow_up').$type<FollowUpState>().notNull().default('none'),
  followUpDecision: text('follow_up_decision').$type<FollowUpDecision>(),
  followUpReferralId: uuid('follow_up_referral_id').unique(),
  followedUpAt: instant('followed_up_at'),
  followedUpBy: uuid('followed_up_by'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const referralPersons = pgTable(
  'referral_persons',
  {
    referralId: uuid('referral_id').notNull(),
    position: integer().notNull(),
    personId: uuid('person_id').notNull(),
    beneficiaryId: uuid('beneficiary_id'),
    sex: text().$type<'female' | 'male' | 'unknown'>().notNull(),
    householdRegionCode: text('household_region_code'),
    nameMasked: text('name_masked'),
    idNumberMasked: text('id_number_masked'),
    phoneMasked: text('phone_masked'),
    addressMasked: text('address_masked'),
    /** Judicial aid granted to this person when the referral was sent. */
    grantedFen: bigint('granted_fen', { mode: 'bigint' }),
    /** JSON DisclosedPerson, with the person's key */
    disclosedSealed: bytea('disclosed_sealed').notNull(),
  },
  (t) => [primaryKey({ columns: [t.referralId, t.position] })],
);

export const referralOutputs = pgTable('referral_outputs', {
  id: uuid().primaryKey(),
  referralId: uuid('referral_id').notNull(),
  measure: text().notNull(),
  /** The day on which the measure was delivered, or began. */
  fromOn: day('from_on').notNull(),
  toOn: day('to_on'),
  valueFen: bigint('value_fen', { mode: 'bigint' }),
  noteSealed: bytea('note_sealed'),
  recordedBy: uuid('recorded_by'),
  createdAt: instant('created_at').notNull(),
});
