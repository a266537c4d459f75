// Case notices, the women and children in them, and the measures that stood when the case was closed.
import { bigint, boolean, date, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { NoticeState } from './notice-domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const day = (name: string) => date(name, { mode: 'string' });

export const caseNotices = pgTable('case_notices', {
  id: uuid().primaryKey(),
  number: text().notNull().unique(),
  state: text().$type<NoticeState>().notNull(),
  caseId: uuid('case_id').notNull().unique('case_notices_case'),
  /** The Federation does not see the case: what it may know of it stands here. */
  caseNumber: text('case_number').notNull(),
  senderAgencyId: uuid('sender_agency_id').notNull(),
  federationId: uuid('federation_id').notNull(),
  outcome: text().$type<'granted' | 'refused'>().notNull(),
  decisionNumber: text('decision_number').notNull(),
  decidedOn: day('decided_on').notNull(),
  exclusionCode: text('exclusion_code'),
  closedOn: day('closed_on').notNull(),
  /** The decision was taken back after the notice: what it says is no longer so. */
  revokedOn: day('revoked_on'),
  adviceSealed: bytea('advice_sealed'),
  receivedAt: instant('received_at'),
  receivedBy: uuid('received_by'),
  noteSealed: bytea('note_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const caseNoticePersons = pgTable(
  'case_notice_persons',
  {
    noticeId: uuid('notice_id').notNull(),
    position: integer().notNull(),
    personId: uuid('person_id').notNull(),
    nameMasked: text('name_masked'),
    sex: text().$type<'female' | 'male' | 'unknown'>().notNull(),
    minor: boolean().notNull(),
    relation: text(),
    categories: text().array().notNull(),
    grantedFen: bigint('granted_fen', { mode: 'bigint' }),
    paidFen: bigint('paid_fen', { mode: 'bigint' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.noticeId, t.position] })],
);

export const caseNoticeMeasures = pgTable(
  'case_notice_measures',
  {
    noticeId: uuid('notice_id').notNull(),
    position: integer().notNull(),
    ordinal: integer().notNull(),
    measure: text().notNull(),
    agencyId: uuid('agency_id').notNull(),
    /** State of the referral on the day of the closure. */
    state: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.noticeId, t.position, t.ordinal] })],
);
