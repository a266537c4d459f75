// Work items in the database: replaced for a resource in two statements, listed by one index in the order of the queue.

import { and, asc, desc, eq, gt, inArray, is, lt, lte, SQL, sql } from 'drizzle-orm';
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgInsertBase } from 'drizzle-orm/pg-core';
import { officers } from '../agencies/table.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { access, openedTo } from '../platform/db/access.ts';
import { countUpTo } from '../platform/db/counting.ts';
import { insertRows } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { queueKey, type WorkKind, type WorkOrder } from './domain.ts';
import { workItems } from './table.ts';

export type WorkRow = typeof workItems.$inferSelect;
/** As the caller sees it: `allowed` is the answer of the probes for this officer. */
export type WorkItem = WorkRow & { allowed: boolean };
export type NewWork = Omit<
  WorkRow,
  'id' | 'queueKey' | 'assignedBy' | 'assignedAt' | 'noteSealed' | 'version' | 'createdAt' | 'updatedAt'
>;
export type WorkFilter = {
  assignee: 'me' | 'agency';
  kinds: readonly WorkKind[];
  dueBefore?: string | undefined;
  order: WorkOrder;
};

/** The designated officer, unless the rule keeps that very person out. */
const assigneeOf = (officerId: SQL, keys: SQL) =>
  sql`(select o.id from ${officers} o where o.id = ${officerId} and o.state = 'active' and o.person_key <> all(${keys}))`;

/** What an assignment may keep when the resource has changed. */
const kept = sql`case when ${workItems.assignedBy} is not null
    and (excluded.for_anyone or excluded.for_head or ${workItems.assigneeOfficerId} = any(excluded.officer_ids))
  then ${workItems.assigneeOfficerId} else excluded.assignee_officer_id end`;

const CHANGING = [
  'permissions',
  'officer_only',
  'for_anyone',
  'for_head',
  'officer_ids',
  'excluded_person_keys',
  'excluded_officer_ids',
  'urgent',
  'due_on',
] as const;
const list = (prefix: string) => sql.raw(CHANGING.map((column) => `${prefix}.${column}`).join(', '));
const setTo = (column: string) => sql.raw(`excluded.${column}`);

function rowsOf(tx: Tx, items: readonly NewWork[]) {
  return items.map((item) => {
    const id = tx.newId();
    const { assigneeOfficerId: officerId, excludedPersonKeys: keys } = item;
    const assignee =
      officerId && keys.length > 0 ? assigneeOf(sql`${officerId}`, sql`${sql.param(keys)}::text[]`) : officerId;
    const times = { createdAt: tx.ctx.now, updatedAt: tx.ctx.now };
    return { ...item, id, queueKey: queueKey({ ...item, id }), assigneeOfficerId: assignee, ...times };
  });
}

const due = sql`coalesce(excluded.due_on, '9999-12-31')`;

/** What is known already keeps its id and its assignment, and only what differs is written. */
const orUpdate = (insert: PgInsertBase<typeof workItems, NodePgQueryResultHKT>) =>
  insert.onConflictDoUpdate({
    target: [workItems.resourceId, workItems.agencyId, workItems.action],
    set: {
      permissions: setTo('permissions'),
      officerOnly: setTo('officer_only'),
      forAnyone: setTo('for_anyone'),
      forHead: setTo('for_head'),
      officerIds: setTo('officer_ids'),
      excludedPersonKeys: setTo('excluded_person_keys'),
      excludedOfficerIds: setTo('excluded_officer_ids'),
      urgent: setTo('urgent'),
      dueOn: setTo('due_on'),
      queueKey: sql`case when excluded.urgent then '0|' else '1|' end || ${due} || '|' || ${workItems.id}`,
      assigneeOfficerId: assigneeOf(kept, sql`excluded.excluded_person_keys`),
      version: sql`${workItems.version} + 1`,
      updatedAt: setTo('updated_at'),
    },
    setWhere: sql`(${list('work_items')}, work_items.assigned_by is not null or work_items.assignee_officer_id is not distinct from excluded.assignee_officer_id)
      is distinct from (${list('excluded')}, true)`,
  });

function insertItems(tx: Tx, items: readonly NewWork[]): Promise<unknown> {
  const rows = rowsOf(tx, items);
  const plain = rows.flatMap(({ assigneeOfficerId, ...row }) =>
    is(assigneeOfficerId, SQL) ? [] : [{ ...row, assigneeOfficerId }],
  );
  if (plain.length === rows.length) return insertRows(tx.db, workItems, plain, { name: 'work', end: orUpdate });
  return orUpdate(tx.db.insert(workItems).values(rows)).execute();
}

/** Sends what makes `items` the items of these resources from now on; `fresh`: a resource that has had none. */
export function replaceItems(
  tx: Tx,
  resources: readonly { id: string; fresh: boolean }[],
  items: readonly NewWork[],
): Promise<unknown>[] {
  const known = resources.filter((resource) => !resource.fresh).map((resource) => resource.id);
  const keys = items.map((item) => `${item.resourceId}|${item.agencyId}|${item.action}`);
  const key = sql`${workItems.resourceId} || '|' || ${workItems.agencyId} || '|' || ${workItems.action}`;
  const gone = and(inArray(workItems.resourceId, known), sql`${key} <> all(${sql.param(keys)}::text[])`);
  return [
    ...(known.length > 0 ? [tx.db.delete(workItems).where(gone).execute()] : []),
    ...(items.length > 0 ? [insertItems(tx, items)] : []),
  ];
}

/** Nobody waits for an officer who left: what was theirs is open again. */
export function releaseItemsOf(tx: Tx, officerId: string): Promise<unknown> {
  const set = { assigneeOfficerId: null, assignedBy: null, assignedAt: null, updatedAt: tx.ctx.now };
  return tx.db
    .update(workItems)
    .set({ ...set, version: sql`${workItems.version} + 1` })
    .where(eq(workItems.assigneeOfficerId, officerId))
    .execute();
}

/** The same answer as `fits`, inside the statement so that a page is full. */
function allowedTo(actor: Actor): SQL<boolean> {
  const { officer, permissions } = actor;
  const granted = sql`${workItems.permissions} <@ ${sql.param([...permissions])}::text[]`;
  if (!officer) return sql<boolean>`(${granted} and ${workItems.forAnyone} and not ${workItems.officerOnly})`;
  const head = officer.roles.includes('head') ? sql`or ${workItems.forHead}` : sql``;
  return sql<boolean>`(${granted} and (${workItems.forAnyone} ${head} or ${officer.id}::uuid = any(${workItems.officerIds}))
    and ${officer.personKey} <> all(${workItems.excludedPersonKeys})
    and ${officer.id}::uuid <> all(${workItems.excludedOfficerIds}))`;
}

/** Mine: what I may do and nobody else was given, and what lies with officers for whom I stand in today. */
function mine(tx: Tx): SQL | undefined {
  const { actor, today } = tx.ctx;
  const allowed = allowedTo(actor);
  const free = sql`${workItems.assigneeOfficerId} is null`;
  if (!actor.officer) return and(allowed, free);
  const { id } = actor.officer;
  const absent = sql`${workItems.assigneeOfficerId} in (select o.id from ${officers} o where o.substitute_officer_id = ${id}::uuid
    and ${today}::date between o.absent_from and o.absent_until)`;
  const granted = sql`${workItems.permissions} <@ ${sql.param([...actor.permissions])}::text[]`;
  const own = sql`${workItems.assigneeOfficerId} = ${id}::uuid`;
  return sql`((${allowed} and (${free} or ${own})) or (${granted} and ${absent}))`;
}

/** An item is there as long as its agency sees the resource. */
const shown = (tx: Tx) =>
  and(
    eq(workItems.agencyId, tx.ctx.scope),
    sql`exists (select from ${access} a where a.kind = ${workItems.kind} and a.agency_id = ${tx.ctx.scope}
      and a.resource_id = ${workItems.resourceId} and (a.until is null or a.until > now()) and ${openedTo(sql`a.sealed_to`)})`,
  );

const orders = {
  queue: { key: workItems.queueKey, by: asc(workItems.queueKey), after: gt },
  newest: { key: workItems.id, by: desc(workItems.id), after: lt },
} as const;

export async function listItems(tx: Tx, filter: WorkFilter, page: PageRequest): Promise<Page<WorkItem>> {
  const { key, by, after } = orders[filter.order];
  const where = and(
    shown(tx),
    inArray(workItems.kind, [...filter.kinds]),
    filter.assignee === 'me' ? mine(tx) : undefined,
    filter.dueBefore ? lte(workItems.dueOn, filter.dueBefore) : undefined,
  );
  const found = await tx.db
    .select({ item: workItems, allowed: allowedTo(tx.ctx.actor) })
    .from(workItems)
    .where(and(where, page.before ? after(key, page.before) : undefined))
    .orderBy(by)
    .limit(page.limit + 1);
  const items = found.slice(0, page.limit).map(({ item, allowed }) => ({ ...item, allowed }));
  const last = found.length > page.limit ? items.at(-1) : undefined;
  const nextId = last ? (filter.order === 'queue' ? last.queueKey : last.id) : null;
  return { items, nextId, ...(await countUpTo(tx, page.includeTotal, (one) => one.from(workItems).where(where))) };
}

export async function findItem(tx: Tx, id: string, lock = false): Promise<WorkItem | undefined> {
  const query = tx.db
    .select({ item: workItems, allowed: allowedTo(tx.ctx.actor) })
    .from(workItems)
    .where(and(eq(workItems.id, id), shown(tx)));
  const [row] = await (lock ? query.for('update') : query);
  return row && { ...row.item, allowed: row.allowed };
}

const notePlace = (rowId: string) => ({ table: 'work_items', column: 'note', rowId });

export async function openNote(tx: Tx, item: WorkRow): Promise<string | null> {
  const [note] = await tx.vault.open([{ place: notePlace(item.id), data: item.noteSealed }]);
  return note ?? null;
}

export type Assignment = { officerId: string | null; by: string; note: string | null };

export async function saveAssignment(tx: Tx, item: WorkItem, given: Assignment): Promise<WorkItem> {
  const key = given.note === null ? null : await tx.vault.keyFor('work_item', item.id);
  const taken = given.officerId !== null;
  const next = {
    assigneeOfficerId: given.officerId,
    assignedBy: taken ? given.by : null,
    assignedAt: taken ? tx.ctx.now : null,
    noteSealed: key && given.note !== null ? tx.vault.seal(key, notePlace(item.id), given.note) : null,
    version: item.version + 1,
    updatedAt: tx.ctx.now,
  };
  await tx.db.update(workItems).set(next).where(eq(workItems.id, item.id));
  return { ...item, ...next };
}
