// Verbs on work items: a head gives work to an officer of the agency, officers take and hand back their own.

import { permissionsOf } from '../agencies/roles.ts';
import { type OfficerRefView, requireColleague, requireOfficerMap } from '../agencies/service.ts';
import { actionProblems } from '../kernel/action.ts';
import { may, type Permission } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { fits, WORK_KINDS, type WorkKind, type WorkOrder, workProblems } from './domain.ts';
import { findItem, listItems, saveAssignment, type WorkItem } from './repository.ts';
import { sources } from './sources.ts';

const PATHS: Readonly<Record<WorkKind, string>> = {
  clue: 'clues',
  case: 'assistance-cases',
  disbursement: 'disbursements',
  referral: 'referrals',
  visit: 'visits',
  account: 'monitoring-accounts',
  notice: 'case-notices',
  deadline: 'deadlines',
  break_glass_grant: 'break-glass-grants',
  person: 'persons',
};

/** Where the resource stands: its `availableActions` has the action. */
export function hrefOf({ kind, resourceId }: Pick<WorkItem, 'kind' | 'resourceId'>): string {
  return `/v1/${PATHS[kind]}/${resourceId}`;
}

export type ListedItem = WorkItem & { assignee: OfficerRefView | null };
export type WorkQuery = {
  assignee?: 'me' | 'agency' | undefined;
  kind?: WorkKind | undefined;
  dueBefore?: string | undefined;
  order?: WorkOrder | undefined;
};

const mayKnow = (tx: Tx, kind: WorkKind) => may(tx.ctx.actor, sources[kind].read as Permission);

/** What the caller's role may not read it is not told of either. */
export async function findWork(tx: Tx, query: WorkQuery, page: PageRequest): Promise<Page<ListedItem>> {
  const kinds = WORK_KINDS.filter((kind) => mayKnow(tx, kind) && (!query.kind || query.kind === kind));
  const { assignee = 'me', dueBefore, order = 'queue' } = query;
  const found = await listItems(tx, { assignee, kinds, dueBefore, order }, page);
  const officer = await requireOfficerMap(
    tx,
    found.items.map((item) => item.assigneeOfficerId),
  );
  const items = found.items.map((item) => ({
    ...item,
    assignee: item.assigneeOfficerId ? officer(item.assigneeOfficerId) : null,
  }));
  return { ...found, items };
}

export async function readWorkItem(tx: Tx, id: string): Promise<WorkItem | undefined> {
  const item = await findItem(tx, id);
  return item && mayKnow(tx, item.kind) ? item : undefined;
}

/** A head gives work to anybody who can do it; others take what is free for them, or hand back their own. */
function ensureMayAssign(item: WorkItem, officerId: string | null, actor: Tx['ctx']['actor']): string {
  const { officer } = actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  const { assigneeOfficerId: holder } = item;
  const own = (officerId === officer.id && holder === null) || holder === officer.id;
  if (!officer.roles.includes('head') && !(own && (officerId === null || officerId === officer.id)))
    throw workProblems['work_item.not_competent']();
  return officer.id;
}

async function ensureFit(tx: Tx, item: WorkItem, officerId: string): Promise<void> {
  const { id, personKey, roles } = await requireColleague(tx, officerId, '/officerId');
  if (!fits(item, { id, personKey, roles, permissions: permissionsOf(roles) }))
    throw workProblems['work_item.unfit_officer']();
}

export async function assignWorkItem(
  tx: Tx,
  id: string,
  input: { officerId: string | null; note?: string | undefined },
  expected: ExpectedVersion,
): Promise<WorkItem> {
  const item = await findItem(tx, id, true);
  if (!item || !mayKnow(tx, item.kind)) throw httpProblems['resource.not_found']();
  ensureVersion(item, expected);
  const officerId = input.officerId?.toLowerCase() ?? null;
  const by = ensureMayAssign(item, officerId, tx.ctx.actor);
  if (officerId) await ensureFit(tx, item, officerId);
  const saved = await saveAssignment(tx, item, { officerId, by, note: input.note ?? null });
  const { kind: resourceKind, resourceId, action, agencyId } = item;
  tx.record({
    type: 'work_item.assigned',
    kind: 'work_item',
    id,
    changed: ['assignee'],
    data: { resourceKind, resourceId, action, officerId },
    access: [{ agencyId, relation: 'owner' }],
  });
  return saved;
}
