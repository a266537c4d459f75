// Aid as it stands for each person and original case: the unique index on it is the wall of "one time only" (domain §6.2, ADR 0028).
import { boolean, date, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { EnumValue } from '../reference/enums.ts';

export const caseAids = pgTable('case_aids', {
  id: uuid().primaryKey(),
  /** Who it is after all merges, on the day of the aid. */
  personId: uuid('person_id').notNull(),
  /** The original case in comparable form; null where it has no number, and then nothing can be the same. */
  linkedKey: text('linked_key'),
  caseId: uuid('case_id').notNull(),
  beneficiaryId: uuid('beneficiary_id').notNull(),
  agencyId: uuid('agency_id').notNull(),
  kind: text().$type<EnumValue<'aid-kinds'>>().notNull(),
  aidedOn: date('aided_on', { mode: 'string' }).notNull(),
  /** A second aid that the level above has approved. */
  overridden: boolean().notNull(),
  freedOn: date('freed_on', { mode: 'string' }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});
