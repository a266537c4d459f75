// Wire shapes of work items (contract §3): what awaits whom, until when, and where to do it.
import { type Static, Type } from 'typebox';
import { requireOfficerMap } from '../agencies/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  CivilDate,
  Closed,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  OfficerRef,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { WORK_ASSIGNEES, WORK_KINDS, WORK_ORDERS, WORK_STATUSES } from './domain.ts';
import { openNote, type WorkItem, type WorkRow } from './repository.ts';
import { hrefOf, type ListedItem } from './service.ts';

const listed = {
  id: Id,
  kind: Literals(WORK_KINDS),
  resource: Closed({
    type: Literals(WORK_KINDS),
    id: Id,
    number: Nullable(Type.String({ maxLength: 64, description: 'persons have none' })),
    href: Type.String({ maxLength: 200 }),
  }),
  action: Type.String({ maxLength: 64, description: 'as in availableActions of the resource' }),
  urgent: Type.Boolean({ description: 'urgent medical treatment, or overdue: comes first' }),
  dueOn: Nullable(CivilDate),
  status: Literals(WORK_STATUSES),
  assignee: Nullable(OfficerRef),
  allowed: Type.Boolean({ description: 'whether this caller may do it now' }),
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant,
};

export const WorkItemEntry = named('WorkItemEntry', Closed(listed));
export const WorkItemPage = pageOf('WorkItemPage', WorkItemEntry);
export const WorkItemView = named(
  'WorkItem',
  Closed({
    ...listed,
    assignment: Nullable(
      Closed(
        { by: OfficerRef, at: Instant, note: Nullable(Type.String({ maxLength: 1000 })) },
        {
          description: 'null while nobody gave it to anybody',
        },
      ),
    ),
  }),
);
export const WorkItemQuery = Type.Object({
  ...pageQuery,
  assignee: Type.Optional(Literals(WORK_ASSIGNEES, 'me (default): mine to do; agency: all of my agency')),
  kind: Type.Optional(Literals(WORK_KINDS)),
  dueBefore: Type.Optional({ ...CivilDate, description: 'due on this day or before it' }),
  order: Type.Optional(Literals(WORK_ORDERS, 'queue (default): urgent first, then by due date')),
});
export const AssignmentBody = named(
  'WorkItemAssignment',
  Closed({
    officerId: Nullable({ ...Id, description: 'null hands it back to the agency' }),
    note: Type.Optional(Text(1000)),
  }),
);

function toEntry(item: WorkItem, assignee: Static<typeof OfficerRef> | null): Static<typeof WorkItemEntry> {
  const { id, kind, action, urgent, dueOn, allowed, version, resourceId, resourceNumber } = item;
  return {
    ...{ id, kind, action, urgent, dueOn, allowed, version, assignee },
    resource: { type: kind, id: resourceId, number: resourceNumber, href: hrefOf(item) },
    status: assignee ? 'assigned' : 'open',
    createdAt: item.createdAt.toISOString(),
    updatedAt: item.updatedAt.toISOString(),
  };
}

export function toWorkEntry({ assignee, ...item }: ListedItem): Static<typeof WorkItemEntry> {
  return toEntry(item, assignee);
}

async function assignmentOf(tx: Tx, item: WorkRow, officer: (id: string) => Static<typeof OfficerRef>) {
  if (!item.assignedBy || !item.assignedAt) return null;
  return { by: officer(item.assignedBy), at: item.assignedAt.toISOString(), note: await openNote(tx, item) };
}

export async function viewWorkItem(tx: Tx, item: WorkItem): Promise<Static<typeof WorkItemView>> {
  const officer = await requireOfficerMap(tx, [item.assigneeOfficerId, item.assignedBy]);
  const assignee = item.assigneeOfficerId ? officer(item.assigneeOfficerId) : null;
  return { ...toEntry(item, assignee), assignment: await assignmentOf(tx, item, officer) };
}
