// Deadlines in the database: started by one insert per fact, read with the name of the party, seen with their subject.
import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, min, or, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { agencies } from '../agencies/table.ts';
import type { AccessGrant, Relation } from '../kernel/fact.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { access, openedTo, visible } from '../platform/db/access.ts';
import { countUpTo } from '../platform/db/counting.ts';
import { nested } from '../platform/db/nested.ts';
import { insertRows, prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ClockSubject } from '../reference/deadline-clocks.ts';
import type { DeadlineAction, DeadlineStatus } from './domain.ts';
import { deadlines } from './table.ts';

export type DeadlineRow = typeof deadlines.$inferSelect;
type AgencyRef = { id: string; code: string; name: string };
export type Deadline = DeadlineRow & { party: AgencyRef };
/** Why somebody decided about a clock; sealed as one list. */
export type DeadlineNote = { action: DeadlineAction; on: string; reason: string };

const KINDS = deadlines.subjectKind;
const notesPlace = (rowId: string) => ({ table: 'deadlines', column: 'notes', rowId });

/** As `visible`, for a kind that stands in the row; and to whom its breach was reported, the clock alone. */
function seenBy(agency: SQL | string, oversight: boolean): SQL {
  const open = oversight ? sql`` : sql` and a.relation <> 'oversight'`;
  return sql`((${deadlines.escalatedTo} = ${agency} and app_sees('deadline', ${deadlines.id})) or exists (select 1 from ${access} a where a.kind = ${KINDS} and a.agency_id = ${agency}
    and a.resource_id = ${deadlines.subjectId} and (a.until is null or a.until > now()) and ${openedTo(sql`a.sealed_to`)}${open}))`;
}
const seen = (tx: Tx) => seenBy(tx.ctx.scope, tx.ctx.oversight);

/** Where a referral or a visit came from is its sender's: a department or a guest is not told here either. */
const ownCase = sql<
  string | null
>`case when ${KINDS} not in ('referral', 'visit') or app_sees('case', ${deadlines.caseId}) then ${deadlines.caseId} end`;
const columns = { row: deadlines, ownCase, party: { id: agencies.id, code: agencies.code, name: agencies.name } };
type Found = { row: DeadlineRow; ownCase: string | null; party: AgencyRef };
const joined = ({ row, ownCase: caseId, party }: Found): Deadline => ({ ...row, caseId, party });
const selectFrom = (db: Tx['db']) =>
  db.select(columns).from(deadlines).innerJoin(agencies, eq(agencies.id, deadlines.partyAgencyId));
const select = (tx: Tx) => selectFrom(tx.db);

const madeName = (kind: string, subjectId: string) => `deadlines|${kind}|${subjectId}`;

/** The clocks that this transaction has started about a resource and not changed: all there are, where it made the resource too. */
export function madeDeadlines(tx: Tx, kind: string, subjectId: string): readonly DeadlineRow[] | undefined {
  const made = tx.made.get(madeName(kind, subjectId)) as readonly DeadlineRow[] | null | undefined;
  return made === null ? undefined : (made ?? []);
}

/** What is kept of them is no longer what stands. */
const changeMade = (tx: Tx, kind: string, subjectId: string) => tx.made.set(madeName(kind, subjectId), null);

/** All clocks that a fact starts, in one statement sent ahead; one that runs already is not started again. */
export function insertDeadlines(tx: Tx, rows: readonly DeadlineRow[]): void {
  for (const row of rows) {
    const made = madeDeadlines(tx, row.subjectKind, row.subjectId);
    if (made) tx.made.set(madeName(row.subjectKind, row.subjectId), [...made, row]);
  }
  tx.later(insertRows(tx.db, deadlines, rows, { name: 'start', end: (insert) => insert.onConflictDoNothing() }));
}

/** Locks the open clocks of a subject. */
export function lockOpen(
  tx: Tx,
  kind: ClockSubject,
  subjectId: string,
  codes: readonly string[],
): Promise<DeadlineRow[]> {
  const open = inArray(deadlines.state, ['running', 'paused']);
  return tx.db
    .select()
    .from(deadlines)
    .where(
      and(
        eq(KINDS, kind),
        eq(deadlines.subjectId, subjectId),
        inArray(deadlines.code, [...codes]),
        open,
        visible(tx, kind, deadlines.subjectId),
      ),
    )
    .orderBy(asc(deadlines.id))
    .for('update');
}

/** Saves the given columns with the next version; answers the row as it now stands. */
export async function saveDeadline<T extends DeadlineRow>(tx: Tx, row: T, change: Partial<DeadlineRow>): Promise<T> {
  const next = { ...change, version: row.version + 1, updatedAt: tx.ctx.now };
  changeMade(tx, row.subjectKind, row.subjectId);
  await tx.db.update(deadlines).set(next).where(eq(deadlines.id, row.id));
  return { ...row, ...next };
}

export async function findDeadline(tx: Tx, id: string, lock = false): Promise<Deadline | undefined> {
  const query = select(tx).where(and(eq(deadlines.id, id), seen(tx)));
  const [found] = await (lock ? query.for('update', { of: deadlines }) : query);
  return found && joined(found);
}

/** The latest clocks about one resource, which has a handful of them. */
export async function findOfSubject(tx: Tx, kind: ClockSubject, id: string, limit: number): Promise<Deadline[]> {
  const { scope, oversight } = tx.ctx;
  const statement = prepared(tx.db, `deadlines_of_subject_${oversight}`, (db, name) =>
    selectFrom(db)
      .where(
        and(
          eq(deadlines.subjectId, sql.placeholder('id')),
          eq(KINDS, sql.placeholder('kind')),
          seenBy(sql`${sql.placeholder('scope')}::uuid`, oversight),
        ),
      )
      .orderBy(desc(deadlines.id))
      .prepare(name),
  );
  const rows = await statement.execute({ id, kind, scope });
  return rows.slice(0, limit).map(joined);
}

/** The clocks about a resource, oldest first, in the statement of the resource itself, whose condition is theirs. */
export const deadlinesNested = (kind: 'clue' | 'case', id: PgColumn) =>
  nested(deadlines, and(eq(KINDS, sql.raw(`'${kind}'`)), eq(deadlines.subjectId, id)), deadlines.id);

/** The latest clocks of a case and of what belongs to it. */
export async function findOfCase(tx: Tx, caseId: string, limit: number): Promise<Deadline[]> {
  const rows = await select(tx)
    .where(and(eq(deadlines.caseId, caseId), seen(tx)))
    .orderBy(desc(deadlines.id))
    .limit(limit);
  return rows.map(joined);
}

/** The earliest running due day of each subject that binds `agencyId`. */
export async function findDue(
  tx: Tx,
  kind: ClockSubject,
  ids: readonly string[],
  agencyId: string,
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const running = and(eq(KINDS, kind), inArray(deadlines.subjectId, [...ids]), eq(deadlines.state, 'running'));
  const rows = await tx.db
    .select({ id: deadlines.subjectId, dueOn: min(deadlines.dueOn) })
    .from(deadlines)
    .where(and(running, eq(deadlines.partyAgencyId, agencyId), visible(tx, kind, deadlines.subjectId)))
    .groupBy(deadlines.subjectId);
  return new Map(rows.flatMap(({ id, dueOn }) => (dueOn === null ? [] : [[id, dueOn]])));
}

/** The clocks of a clue belong to the case that was opened from it. */
export async function linkToCase(tx: Tx, kind: ClockSubject, subjectId: string, caseId: string): Promise<void> {
  const free = and(eq(KINDS, kind), eq(deadlines.subjectId, subjectId), isNull(deadlines.caseId));
  changeMade(tx, kind, subjectId);
  await tx.db.update(deadlines).set({ caseId }).where(free);
}

/** Whether a case has or had a clock of that rule. */
export async function caseHas(tx: Tx, caseId: string, code: string): Promise<boolean> {
  const found = and(eq(deadlines.caseId, caseId), eq(deadlines.code, code), seen(tx));
  return (await tx.db.select({ id: deadlines.id }).from(deadlines).where(found).limit(1)).length > 0;
}

/** Who sees the subject, as grants: whoever sees it is told of decisions about its clock. */
export async function subjectGrants(tx: Tx, row: DeadlineRow): Promise<AccessGrant[]> {
  const rows = await tx.db
    .select({ agencyId: access.agencyId, relation: access.relation, until: access.until })
    .from(access)
    .where(and(eq(access.kind, row.subjectKind), eq(access.resourceId, row.subjectId)));
  return rows.map(({ agencyId, relation, until }) => ({
    agencyId,
    relation: relation as Relation,
    ...(until ? { until } : {}),
  }));
}

export async function openNotes(tx: Tx, row: DeadlineRow): Promise<DeadlineNote[]> {
  const [text] = await tx.vault.open([{ place: notesPlace(row.id), data: row.notesSealed }]);
  return JSON.parse(text ?? '[]') as DeadlineNote[];
}

export async function sealNotes(tx: Tx, id: string, notes: readonly DeadlineNote[]): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('deadline', id), notesPlace(id), JSON.stringify(notes));
}

export type DeadlineFilter = {
  status?: DeadlineStatus;
  agencyId?: string;
  caseId?: string;
  dueBefore?: string;
};

/** The status as a condition on the stored columns; the same rule as `statusOn`. */
function hasStatus(status: DeadlineStatus, today: string): SQL | undefined {
  const running = eq(deadlines.state, 'running');
  const ended = eq(deadlines.state, 'ended');
  const conditions: Readonly<Record<DeadlineStatus, SQL | undefined>> = {
    on_track: and(running, gt(deadlines.soonOn, today)),
    due_soon: and(running, lte(deadlines.soonOn, today), sql`${deadlines.dueOn} >= ${today}`),
    overdue: and(running, lt(deadlines.dueOn, today)),
    met: and(ended, or(isNull(deadlines.endedOn), lte(deadlines.endedOn, deadlines.dueOn))),
    met_late: and(ended, gt(deadlines.endedOn, deadlines.dueOn)),
    paused: eq(deadlines.state, 'paused'),
    waived: eq(deadlines.state, 'waived'),
  };
  return conditions[status];
}

/** Newest first among those whose subject the caller sees. */
export async function listDeadlines(tx: Tx, filter: DeadlineFilter, page: PageRequest): Promise<Page<Deadline>> {
  const where = and(
    seen(tx),
    filter.status ? hasStatus(filter.status, tx.ctx.today) : undefined,
    filter.agencyId ? eq(deadlines.partyAgencyId, filter.agencyId) : undefined,
    filter.caseId ? eq(deadlines.caseId, filter.caseId) : undefined,
    filter.dueBefore ? lte(deadlines.dueOn, filter.dueBefore) : undefined,
  );
  const rows = await select(tx)
    .where(and(where, page.before ? lt(deadlines.id, page.before) : undefined))
    .orderBy(desc(deadlines.id))
    .limit(page.limit + 1);
  return {
    ...toPage(rows.map(joined), page.limit),
    ...(await countUpTo(tx, page.includeTotal, (one) => one.from(deadlines).where(where))),
  };
}
