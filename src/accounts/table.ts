// Monitoring accounts, the owners' consents to closing, what the fact handlers project, entries, transfers and merges.
import { bigint, boolean, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { RiskLevel, VisitState } from '../visits/domain.ts';
import type { AccountState, ClosingReason, EntryState } from './domain.ts';
import type { EntryKind } from './entry-domain.ts';
import type { CasePhase, NextActionKind } from './next-action.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const day = (name: string) => date(name, { mode: 'string' });
const fen = (name: string) => bigint(name, { mode: 'bigint' });

export const monitoringAccounts = pgTable('monitoring_accounts', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  personId: uuid('person_id').notNull(),
  procuratorateId: uuid('procuratorate_id').notNull(),
  federationId: uuid('federation_id'),
  regionCode: text('region_code').notNull(),
  state: text().$type<AccountState>().notNull(),
  riskLevel: text('risk_level').$type<RiskLevel>(),
  grantedFen: fen('granted_fen').notNull().default(0n),
  paidFen: fen('paid_fen').notNull().default(0n),
  openedOn: day('opened_on').notNull(),
  nextActionKind: text('next_action_kind').$type<NextActionKind>(),
  nextDueOn: day('next_due_on'),
  /** The day on which the present state was reached. */
  stateOn: day('state_on').notNull(),
  reopenedOn: day('reopened_on'),
  closingReason: text('closing_reason').$type<ClosingReason>(),
  mergedIntoId: uuid('merged_into_id'),
  /** The day on which a clue without a case was routed to social assistance. */
  assistanceSince: day('assistance_since'),
  reasonsSealed: bytea('reasons_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

const accountId = () => uuid('account_id').notNull();

export const accountConsents = pgTable(
  'account_consents',
  {
    accountId: accountId(),
    agencyId: uuid('agency_id').notNull(),
    officerId: uuid('officer_id').notNull(),
    personKey: text('person_key').notNull(),
    reasonSealed: bytea('reason_sealed').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.agencyId] })],
);

export const accountCases = pgTable(
  'account_cases',
  {
    accountId: accountId(),
    caseId: uuid('case_id').notNull(),
    grantedFen: fen('granted_fen').notNull().default(0n),
    linkedAt: instant('linked_at').notNull(),
    phase: text().$type<CasePhase>().notNull(),
    phaseOn: day('phase_on').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.caseId] })],
);

export const accountPayments = pgTable(
  'account_payments',
  { accountId: accountId(), disbursementId: uuid('disbursement_id').notNull(), paidFen: fen('paid_fen').notNull() },
  (t) => [primaryKey({ columns: [t.accountId, t.disbursementId] })],
);

export const accountReferrals = pgTable(
  'account_referrals',
  {
    accountId: accountId(),
    referralId: uuid('referral_id').notNull(),
    agencyId: uuid('agency_id').notNull(),
    state: text().notNull(),
    measures: text().array().notNull(),
    respondBy: day('respond_by'),
    /** Ended without the measure: its sender still has to decide what becomes of the need. */
    followUp: boolean('follow_up').notNull().default(false),
    followUpOn: day('follow_up_on'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.referralId] })],
);

export const accountVisits = pgTable(
  'account_visits',
  {
    accountId: accountId(),
    visitId: uuid('visit_id').notNull(),
    state: text().$type<VisitState>().notNull(),
    plannedOn: day('planned_on').notNull(),
    doneOn: day('done_on'),
    riskLevel: text('risk_level').$type<RiskLevel>(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.visitId] })],
);

export const accountNotices = pgTable(
  'account_notices',
  {
    accountId: accountId(),
    noticeId: uuid('notice_id').notNull(),
    federationId: uuid('federation_id').notNull(),
    sentOn: day('sent_on').notNull(),
    receivedOn: day('received_on'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.noticeId] })],
);

export const accountEntries = pgTable('account_entries', {
  id: uuid().primaryKey(),
  accountId: accountId(),
  kind: text().$type<EntryKind>().notNull(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id').notNull(),
  textSealed: bytea('text_sealed').notNull(),
  state: text().$type<EntryState>().notNull(),
  personKey: text('person_key'),
  answersEntryId: uuid('answers_entry_id'),
  /** An objection that a later entry has taken up. */
  answered: boolean().notNull().default(false),
  reviewedBy: uuid('reviewed_by'),
  reviewedAgencyId: uuid('reviewed_agency_id'),
  reviewedAt: instant('reviewed_at'),
  reviewSealed: bytea('review_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
});

export const accountTransfers = pgTable('account_transfers', {
  id: uuid().primaryKey(),
  accountId: accountId(),
  state: text().$type<'requested' | 'accepted' | 'rejected' | 'withdrawn'>().notNull(),
  fromAgencyId: uuid('from_agency_id').notNull(),
  toAgencyId: uuid('to_agency_id').notNull(),
  requestedBy: uuid('requested_by').notNull(),
  personKey: text('person_key').notNull(),
  requestedOn: day('requested_on').notNull(),
  /** The receiver sees the account because of the request alone. */
  sightGiven: boolean('sight_given').notNull(),
  reasonSealed: bytea('reason_sealed').notNull(),
  answeredBy: uuid('answered_by'),
  answeredOn: day('answered_on'),
  answerSealed: bytea('answer_sealed'),
  /** JSON of the person's data as the giver knew them, for referrals of the receiver. */
  personSealed: bytea('person_sealed'),
  createdAt: instant('created_at').notNull(),
});

export const accountMerges = pgTable('account_merges', {
  id: uuid().primaryKey(),
  personId: uuid('person_id').notNull(),
  intoPersonId: uuid('into_person_id').notNull(),
  mode: text().$type<'none' | 'moved' | 'joined' | 'swapped'>().notNull(),
  accountId: uuid('account_id'),
  intoAccountId: uuid('into_account_id'),
  formerState: text('former_state').$type<Exclude<AccountState, 'closed'>>(),
  formerStateOn: day('former_state_on'),
  sharedAccount: uuid('shared_account').array().notNull(),
  sharedInto: uuid('shared_into').array().notNull(),
  sharedPerson: uuid('shared_person').array().notNull(),
  mergedAt: instant('merged_at').notNull(),
  reversedAt: instant('reversed_at'),
});

export const accountTimeline = pgTable('account_timeline', {
  id: uuid().primaryKey(),
  accountId: accountId(),
  type: text().notNull(),
  resourceKind: text('resource_kind').notNull(),
  resourceId: uuid('resource_id').notNull(),
  agencyId: uuid('agency_id'),
  at: instant('at').notNull(),
});
