// Deadlines: subject, party, the rule's snapshot and the days; the status is computed when it is read.
import { boolean, date, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { ClockSubject } from '../reference/deadline-clocks.ts';
import type { DeadlineState, Pause, RuleSnapshot } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const day = (name: string) => date(name, { mode: 'string' });

export const deadlines = pgTable('deadlines', {
  id: uuid().primaryKey(),
  code: text().notNull(),
  subjectKind: text('subject_kind').$type<ClockSubject>().notNull(),
  subjectId: uuid('subject_id').notNull(),
  /** The case that the subject is or belongs to. */
  caseId: uuid('case_id'),
  partyAgencyId: uuid('party_agency_id').notNull(),
  stewardAgencyId: uuid('steward_agency_id').notNull(),
  state: text().$type<DeadlineState>().notNull(),
  ruleRef: text('rule_ref').notNull(),
  rule: jsonb().$type<RuleSnapshot>().notNull(),
  startedOn: day('started_on').notNull(),
  dueOn: day('due_on').notNull(),
  soonOn: day('soon_on').notNull(),
  extensionDays: integer('extension_days').notNull().default(0),
  pauses: jsonb().$type<Pause[]>().notNull().default([]),
  endedOn: day('ended_on'),
  /** The fact that ended it. */
  endedBy: text('ended_by'),
  calendarVersion: text('calendar_version').notNull(),
  provisional: boolean().notNull(),
  /** JSON DeadlineNote[] */
  notesSealed: bytea('notes_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});
