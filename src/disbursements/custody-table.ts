// Custody in the database: the plan behind a line, and each spend request with the other person's word on it.
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { CustodyPurpose, Instalment, ReleaseState } from './custody-domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const custodyPlans = pgTable(
  'custody_plans',
  {
    disbursementId: uuid('disbursement_id').primaryKey(),
    agreementNumber: text('agreement_number').notNull(),
    signedOn: date('signed_on', { mode: 'string' }).notNull(),
    /** JSON {custodian, supervisor} */
    agreementSealed: bytea('agreement_sealed').notNull(),
    instalments: jsonb().$type<readonly Instalment[]>().notNull(),
    plannedBy: uuid('planned_by').notNull(),
    plannedByPersonKey: text('planned_by_person_key').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [index('custody_plans_planned_by').on(t.plannedBy)],
);

export const custodyReleases = pgTable(
  'custody_releases',
  {
    id: uuid().primaryKey(),
    disbursementId: uuid('disbursement_id').notNull(),
    position: integer().notNull(),
    state: text().$type<ReleaseState>().notNull(),
    amountFen: bigint('amount_fen', { mode: 'bigint' }).notNull(),
    purpose: text().$type<CustodyPurpose>().notNull(),
    evidenceIds: uuid('evidence_ids').array().notNull(),
    /** JSON {use, opinion} */
    textsSealed: bytea('texts_sealed').notNull(),
    requestedBy: uuid('requested_by').notNull(),
    requestedByPersonKey: text('requested_by_person_key').notNull(),
    decidedBy: uuid('decided_by'),
    decidedByPersonKey: text('decided_by_person_key'),
    decidedOn: date('decided_on', { mode: 'string' }),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    unique().on(t.disbursementId, t.position),
    index('custody_releases_requested_by').on(t.requestedBy),
    index('custody_releases_decided_by').on(t.decidedBy),
    check('custody_releases_four_eyes', sql`decided_by_person_key <> requested_by_person_key`),
    check(
      'custody_releases_decided',
      sql`(state = 'requested') = (decided_by is null) and num_nonnulls(decided_by, decided_by_person_key, decided_on) in (0, 3)`,
    ),
  ],
);
