// Monitoring accounts, the owners' consents to closing, what the fact handlers project, and the entries of both owners.
import { bigint, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { RiskLevel, VisitState } from '../visits/domain.ts';
import type { AccountState, EntryKind, NextActionKind } from './domain.ts';

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

export const accountEntries = pgTable('account_entries', {
  id: uuid().primaryKey(),
  accountId: accountId(),
  kind: text().$type<EntryKind>().notNull(),
  agencyId: uuid('agency_id').notNull(),
  officerId: uuid('officer_id').notNull(),
  textSealed: bytea('text_sealed').notNull(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
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
