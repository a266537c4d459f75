// Emergency advances: what was approved for a beneficiary before the decision, under which standard and by whom.
import { bigint, date, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';

export const caseAdvances = pgTable('case_advances', {
  id: uuid().primaryKey(),
  caseId: uuid('case_id').notNull(),
  beneficiaryId: uuid('beneficiary_id').notNull().unique(),
  /** Null = the handling agency's default fund. */
  fundId: uuid('fund_id'),
  amountFen: bigint('amount_fen', { mode: 'bigint' }).notNull(),
  months: integer().notNull(),
  standardYear: integer('standard_year').notNull(),
  standardAnnualFen: bigint('standard_annual_fen', { mode: 'bigint' }).notNull(),
  approvedBy: uuid('approved_by').notNull(),
  approvedByPersonKey: text('approved_by_person_key').notNull(),
  approvedOn: date('approved_on', { mode: 'string' }).notNull(),
  reasonSealed: bytea('reason_sealed'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});
