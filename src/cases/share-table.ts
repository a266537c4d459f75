// Joint shares: what a superior procuratorate was asked for, by whom, and what it gave from which of its funds.
import { bigint, date, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { ShareStatus } from './share-domain.ts';

const fen = (name: string) => bigint(name, { mode: 'bigint' });
const day = (name: string) => date(name, { mode: 'string' });
const instant = (name: string) => timestamp(name, { withTimezone: true });

export const caseShares = pgTable('case_shares', {
  id: uuid().primaryKey(),
  caseId: uuid('case_id').notNull(),
  beneficiaryId: uuid('beneficiary_id').notNull(),
  agencyId: uuid('agency_id').notNull(),
  /** Of the giving agency; kept from the reservation. */
  fundId: uuid('fund_id'),
  status: text().$type<ShareStatus>().notNull(),
  requestedFen: fen('requested_fen').notNull(),
  requestedBy: uuid('requested_by').notNull(),
  requestedByPersonKey: text('requested_by_person_key').notNull(),
  requestedOn: day('requested_on').notNull(),
  /** What stands reserved while a new request waits, too. */
  givenFen: fen('given_fen'),
  givenBy: uuid('given_by'),
  givenByPersonKey: text('given_by_person_key'),
  givenOn: day('given_on'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});
