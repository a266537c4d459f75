// Work items: what awaits an agency, and who in it may act as the action's own rule answered.
import { boolean, date, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { WorkKind } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const workItems = pgTable('work_items', {
  id: uuid().primaryKey(),
  kind: text().$type<WorkKind>().notNull(),
  resourceId: uuid('resource_id').notNull(),
  /** Persons have none. */
  resourceNumber: text('resource_number'),
  agencyId: uuid('agency_id').notNull(),
  action: text().notNull(),
  permissions: text().array().notNull(),
  officerOnly: boolean('officer_only').notNull(),
  forAnyone: boolean('for_anyone').notNull(),
  forHead: boolean('for_head').notNull(),
  officerIds: uuid('officer_ids').array().notNull(),
  excludedPersonKeys: text('excluded_person_keys').array().notNull(),
  urgent: boolean().notNull(),
  dueOn: date('due_on', { mode: 'string' }),
  queueKey: text('queue_key').notNull(),
  assigneeOfficerId: uuid('assignee_officer_id'),
  /** Null while the assignee is only the resource's designated handler. */
  assignedBy: uuid('assigned_by'),
  assignedAt: instant('assigned_at'),
  noteSealed: bytea('note_sealed'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});
