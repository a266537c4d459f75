// Statements of the bank, their lines, and what two people have to resolve.
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { BankLine, ExceptionKind, ExceptionState, Outcome, ReconciliationState, Verdict } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const day = (name: string) => date(name, { mode: 'string' });

export const reconciliations = pgTable(
  'reconciliations',
  {
    id: uuid().primaryKey(),
    fundId: uuid('fund_id').notNull(),
    state: text().$type<ReconciliationState>().notNull(),
    statementNumber: text('statement_number').notNull(),
    fromOn: day('from_on').notNull(),
    toOn: day('to_on').notNull(),
    contentHash: bytea('content_hash').notNull(),
    lines: integer().notNull(),
    matched: integer().notNull(),
    repeated: integer().notNull(),
    exceptions: integer().notNull(),
    openExceptions: integer('open_exceptions').notNull(),
    importedBy: uuid('imported_by').notNull(),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    unique('reconciliations_statement').on(t.fundId, t.statementNumber),
    index('reconciliations_fund').on(t.fundId, t.id.desc()),
    index('reconciliations_imported_by').on(t.importedBy),
    check('reconciliations_open', sql`(state = 'open') = (open_exceptions > 0)`),
  ],
);

export const bankLines = pgTable(
  'bank_lines',
  {
    id: uuid().primaryKey(),
    reconciliationId: uuid('reconciliation_id').notNull(),
    fundId: uuid('fund_id').notNull(),
    position: integer().notNull(),
    bookedOn: day('booked_on').notNull(),
    direction: text().$type<BankLine['direction']>().notNull(),
    amountFen: bigint('amount_fen', { mode: 'bigint' }).notNull(),
    bankReference: text('bank_reference').notNull(),
    requestNumber: text('request_number'),
    outcome: text().$type<Verdict['outcome']>().notNull(),
    disbursementId: uuid('disbursement_id'),
    journalId: uuid('journal_id'),
  },
  (t) => [
    unique().on(t.reconciliationId, t.position),
    index('bank_lines_fund').on(t.fundId, t.bookedOn),
    index('bank_lines_disbursement').on(t.disbursementId).where(sql`disbursement_id is not null`),
    index('bank_lines_journal').on(t.journalId).where(sql`journal_id is not null`),
    uniqueIndex('bank_lines_matched_once').on(t.disbursementId).where(sql`outcome = 'matched' and direction = 'debit'`),
  ],
);

export const reconciliationExceptions = pgTable(
  'reconciliation_exceptions',
  {
    id: uuid().primaryKey(),
    reconciliationId: uuid('reconciliation_id').notNull(),
    fundId: uuid('fund_id').notNull(),
    position: integer().notNull(),
    kind: text().$type<ExceptionKind>().notNull(),
    state: text().$type<ExceptionState>().notNull(),
    bankLineId: uuid('bank_line_id'),
    disbursementId: uuid('disbursement_id'),
    outcome: text().$type<Outcome>(),
    /** JSON {proposal, resolution} */
    notesSealed: bytea('notes_sealed'),
    proposedBy: uuid('proposed_by'),
    proposedByPersonKey: text('proposed_by_person_key'),
    resolvedBy: uuid('resolved_by'),
    resolvedByPersonKey: text('resolved_by_person_key'),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    unique().on(t.reconciliationId, t.position),
    index('reconciliation_exceptions_fund').on(t.fundId),
    index('reconciliation_exceptions_line').on(t.bankLineId),
    index('reconciliation_exceptions_disbursement').on(t.disbursementId),
    index('reconciliation_exceptions_proposed_by').on(t.proposedBy),
    index('reconciliation_exceptions_resolved_by').on(t.resolvedBy),
    check('reconciliation_exceptions_subject', sql`bank_line_id is not null or disbursement_id is not null`),
    check('reconciliation_exceptions_four_eyes', sql`resolved_by_person_key <> proposed_by_person_key`),
    check(
      'reconciliation_exceptions_steps',
      sql`(state = 'open') = (outcome is null) and (state = 'open') = (proposed_by is null) and (state = 'resolved') = (resolved_by is not null)`,
    ),
  ],
);
