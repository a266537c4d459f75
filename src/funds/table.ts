// Funds, their append-only journals and postings, the closings of years, and the share of a fund that each award has reserved.
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ClosingOutcome, FundAccount, JournalKind } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const fen = (name: string) => bigint(name, { mode: 'bigint' });

export const funds = pgTable(
  'funds',
  {
    id: uuid().primaryKey(),
    agencyId: uuid('agency_id').notNull(),
    code: text().notNull(),
    name: text().notNull(),
    isDefault: boolean('is_default').notNull(),
    /** How many journals there are. Number and balances are kept by the triggers of the ledger. */
    entries: integer().notNull().default(0),
    treasuryFen: fen('treasury_fen').notNull().default(0n),
    availableFen: fen('available_fen').notNull(),
    reservedFen: fen('reserved_fen').notNull(),
    inTransitFen: fen('in_transit_fen').notNull(),
    paidFen: fen('paid_fen').notNull(),
    custodyFen: fen('custody_fen').notNull().default(0n),
    receivableFen: fen('receivable_fen').notNull().default(0n),
    writtenOffFen: fen('written_off_fen').notNull().default(0n),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    unique().on(t.agencyId, t.code),
    uniqueIndex('funds_default').on(t.agencyId).where(sql`is_default`),
    check('funds_available_fen_check', sql`available_fen >= 0`),
    check('funds_reserved_fen_check', sql`reserved_fen >= 0`),
    check('funds_in_transit_fen_check', sql`in_transit_fen >= 0`),
    check('funds_paid_fen_check', sql`paid_fen >= 0`),
    check('funds_treasury_fen_check', sql`treasury_fen <= 0`),
    check('funds_custody_fen_check', sql`custody_fen >= 0`),
    check('funds_receivable_fen_check', sql`receivable_fen >= 0`),
    check('funds_written_off_fen_check', sql`written_off_fen >= 0`),
    check(
      'funds_balanced',
      sql`treasury_fen + available_fen + reserved_fen + in_transit_fen + paid_fen + custody_fen + receivable_fen + written_off_fen = 0`,
    ),
  ],
);

/** One movement of money: numbered per fund, never changed, turned round by another where it was wrong. */
export const ledgerJournals = pgTable(
  'ledger_journals',
  {
    id: uuid().primaryKey(),
    fundId: uuid('fund_id').notNull(),
    /** 1, 2, 3 … without a gap; given by the database. */
    position: integer().notNull(),
    kind: text().$type<JournalKind>().notNull(),
    /** How many postings it has. */
    legs: smallint().notNull(),
    caseId: uuid('case_id'),
    disbursementId: uuid('disbursement_id'),
    reversesId: uuid('reverses_id'),
    releaseId: uuid('release_id'),
    /** The paper of the treasury behind an allocation. */
    documentNumber: text('document_number'),
    recordedByPersonKey: text('recorded_by_person_key'),
    occurredAt: instant('occurred_at').notNull(),
    recordedAt: instant('recorded_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    unique().on(t.fundId, t.position),
    unique().on(t.id, t.fundId),
    index('ledger_journals_instant').on(t.fundId, t.occurredAt),
    index('ledger_journals_case').on(t.caseId).where(sql`case_id is not null`),
    index('ledger_journals_disbursement').on(t.disbursementId).where(sql`disbursement_id is not null`),
    uniqueIndex('ledger_journals_reversed_once').on(t.reversesId).where(sql`reverses_id is not null`),
    uniqueIndex('ledger_journals_settled_once').on(t.disbursementId).where(sql`kind = 'settlement'`),
    index('ledger_journals_document').on(t.fundId, t.documentNumber).where(sql`document_number is not null`),
    uniqueIndex('ledger_journals_released_once').on(t.releaseId).where(sql`release_id is not null`),
    check('ledger_journals_release', sql`(kind = 'custody_release') = (release_id is not null)`),
    check('ledger_journals_reversal', sql`(kind = 'reversal') = (reverses_id is not null)`),
  ],
);

export const ledgerPostings = pgTable(
  'ledger_postings',
  {
    journalId: uuid('journal_id').notNull(),
    line: smallint().notNull(),
    fundId: uuid('fund_id').notNull(),
    account: text().$type<FundAccount>().notNull(),
    /** Debit above, credit below zero. */
    amountFen: fen('amount_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.journalId, t.line] }),
    unique().on(t.journalId, t.account),
    index('ledger_postings_fund').on(t.fundId, t.account),
  ],
);

/** Where a fund stood when its log began to tell of every movement; read by `fund_thrice` alone. */
export const ledgerBaselines = pgTable(
  'ledger_baselines',
  {
    fundId: uuid('fund_id').notNull(),
    account: text().$type<FundAccount>().notNull(),
    amountFen: fen('amount_fen').notNull(),
    takenAt: instant('taken_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.fundId, t.account] })],
);

export const fundClosings = pgTable(
  'fund_closings',
  {
    id: uuid().primaryKey(),
    fundId: uuid('fund_id').notNull(),
    year: integer().notNull(),
    outcome: text().$type<ClosingOutcome>().notNull(),
    returnedFen: fen('returned_fen').notNull(),
    availableFen: fen('available_fen').notNull(),
    reservedFen: fen('reserved_fen').notNull(),
    inTransitFen: fen('in_transit_fen').notNull(),
    closedBy: uuid('closed_by').notNull(),
    closedByPersonKey: text('closed_by_person_key').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    unique('fund_closings_once').on(t.fundId, t.year),
    index('fund_closings_closed_by').on(t.closedBy),
    check('fund_closings_outcome', sql`outcome = 'returned' or returned_fen = 0`),
  ],
);

export const fundReservations = pgTable(
  'fund_reservations',
  {
    id: uuid().primaryKey(),
    fundId: uuid('fund_id').notNull(),
    caseId: uuid('case_id').notNull(),
    beneficiaryId: uuid('beneficiary_id').notNull(),
    amountFen: fen('amount_fen').notNull(),
    drawnFen: fen('drawn_fen').notNull(),
    releasedFen: fen('released_fen').notNull(),
    /** The case has ended: what a line gives back leaves the reservation too. */
    ended: boolean().notNull().default(false),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    unique().on(t.beneficiaryId, t.fundId),
    index('fund_reservations_case').on(t.caseId),
    index('fund_reservations_fund').on(t.fundId),
    check('fund_reservations_cap', sql`drawn_fen + released_fen <= amount_fen`),
  ],
);
