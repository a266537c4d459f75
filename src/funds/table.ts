// Funds, their append-only entries, and the share of a fund that each award has reserved.
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { FundAccount, MovementKind } from './domain.ts';

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
    availableFen: fen('available_fen').notNull(),
    reservedFen: fen('reserved_fen').notNull(),
    inTransitFen: fen('in_transit_fen').notNull(),
    paidFen: fen('paid_fen').notNull(),
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
  ],
);

export const fundEntries = pgTable(
  'fund_entries',
  {
    id: uuid().primaryKey(),
    fundId: uuid('fund_id').notNull(),
    /** The version of the fund that the movement made: 1, 2, 3 … without a gap. */
    position: integer().notNull(),
    kind: text().$type<MovementKind>().notNull(),
    fromAccount: text('from_account').$type<FundAccount>().notNull(),
    toAccount: text('to_account').$type<FundAccount>().notNull(),
    amountFen: fen('amount_fen').notNull(),
    caseId: uuid('case_id'),
    disbursementId: uuid('disbursement_id'),
    occurredAt: instant('occurred_at').notNull(),
    recordedAt: instant('recorded_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    unique().on(t.fundId, t.position),
    index('fund_entries_fund').on(t.fundId, t.id.desc()),
    index('fund_entries_instant').on(t.fundId, t.occurredAt),
    index('fund_entries_case').on(t.caseId),
    index('fund_entries_disbursement').on(t.disbursementId),
    uniqueIndex('fund_entries_settled_once').on(t.disbursementId).where(sql`kind = 'settlement'`),
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
