// Deadlines: subject, party, the rule's snapshot and the days; the status is computed when it is read. Beside them rules and calendar.
import { boolean, date, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { ClockSubject } from '../reference/deadline-clocks.ts';
import type { DeadlineParty, DeadlineUnit } from '../reference/deadline-rules.ts';
import type { EnumValue } from '../reference/enums.ts';
import type { DeadlineEffect, DeadlineState, Pause, RuleSnapshot, TestCase } from './domain.ts';

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
  /** When a sweep looks at it again; null: nothing more to tell. */
  nextOn: day('next_on'),
  /** Whom its breach was reported to. */
  escalatedTo: uuid('escalated_to'),
  supervisedOn: day('supervised_on'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** What a due day has caused, once (migration 0033). */
export const deadlineEffects = pgTable(
  'deadline_effects',
  {
    deadlineId: uuid('deadline_id').notNull(),
    effect: text().$type<DeadlineEffect>().notNull(),
    dueOn: day('due_on').notNull(),
    partyAgencyId: uuid('party_agency_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.deadlineId, t.effect, t.dueOn] })],
);

/** Editions of the rules, never changed. */
export const deadlineRules = pgTable('deadline_rules', {
  id: uuid().primaryKey(),
  position: integer().notNull(),
  code: text().notNull(),
  edition: text().notNull(),
  name: text().notNull(),
  nameEn: text('name_en').notNull(),
  party: text().$type<DeadlineParty>().notNull(),
  n: integer().notNull(),
  unit: text().$type<DeadlineUnit>().notNull(),
  basis: text().notNull(),
  mark: text().$type<EnumValue<'rule-marks'>>().notNull(),
  startFacts: text('start_facts').array().notNull(),
  stopFacts: text('stop_facts').array().notNull(),
  /** Null: everywhere. */
  regionCode: text('region_code'),
  validFrom: day('valid_from'),
  validTo: day('valid_to'),
  testCases: jsonb('test_cases').$type<TestCase[]>().notNull(),
  createdBy: uuid('created_by'),
  createdAt: instant('created_at').notNull().defaultNow(),
});

/** Editions of the years for which a plan is published. */
export const calendars = pgTable(
  'calendars',
  {
    id: uuid().notNull(),
    year: integer().notNull(),
    edition: integer().notNull(),
    position: integer().notNull(),
    version: text().notNull(),
    source: text().notNull(),
    publishedBy: uuid('published_by'),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Null: there may be clocks that were reckoned with an older one. */
    appliedAt: instant('applied_at'),
  },
  (t) => [primaryKey({ columns: [t.year, t.edition] })],
);

export const calendarDays = pgTable(
  'calendar_days',
  {
    year: integer().notNull(),
    edition: integer().notNull(),
    day: day('day').notNull(),
    isWorkday: boolean('is_workday').notNull(),
    name: text(),
  },
  (t) => [primaryKey({ columns: [t.year, t.edition, t.day] })],
);
