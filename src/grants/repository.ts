// Break-glass grants in the database: reason and opinion stay sealed until shown; the grant is the scope of the one row it opens.
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { access, type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { GrantState, SubjectKind } from './domain.ts';
import { breakGlassGrants } from './table.ts';

export type GrantRow = typeof breakGlassGrants.$inferSelect;
export type Subject = { kind: SubjectKind; id: string };

const { id, state, officerId, officerPersonKey, subjectId, subjectKind, expiresAt, reviewDueOn } = breakGlassGrants;
const placeOf = (column: 'reason' | 'opinion', rowId: string) => ({ table: 'break_glass_grants', column, rowId });

export async function sealGrantText(
  tx: Tx,
  rowId: string,
  column: 'reason' | 'opinion',
  text: string,
): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('break_glass_grant', rowId), placeOf(column, rowId), text);
}

export async function openGrantTexts(tx: Tx, grant: GrantRow) {
  const [reason = null, opinion = null] = await tx.vault.open([
    { place: placeOf('reason', grant.id), data: grant.reasonSealed },
    { place: placeOf('opinion', grant.id), data: grant.opinionSealed },
  ]);
  return { reason, opinion };
}

/** How agencies stand to a resource, whoever asks: ids and relations, no row of it. */
export async function relationsOf(tx: Tx, subject: Subject): Promise<{ agencyId: string; relation: string }[]> {
  const rows = await tx.db
    .select({ agencyId: access.agencyId, relation: access.relation })
    .from(access)
    .where(
      and(
        eq(access.kind, subject.kind),
        eq(access.resourceId, subject.id),
        sql`(${access.until} is null or ${access.until} > now())`,
        // What is sealed is opened by its duties alone, in an emergency too (ADR 0022).
        isNull(access.sealedTo),
      ),
    );
  return rows.filter((row) => row.agencyId !== SYSTEM_SCOPE);
}

/** The officer's open grant for exactly this resource; it ends by the database's clock. */
export async function findOpenGrant(tx: Tx, officer: string, subject: Subject): Promise<{ id: string } | undefined> {
  const [row] = await tx.db
    .select({ id })
    .from(breakGlassGrants)
    .where(
      and(
        eq(officerId, officer),
        eq(subjectId, subject.id),
        eq(subjectKind, subject.kind),
        gt(expiresAt, sql`now()`),
        sql`${state} <> 'unjustified'`,
        visible(tx, 'break_glass_grant', id),
      ),
    )
    .limit(1);
  return row;
}

/** Whether a review has found that this human being opened the resource without reason, through whatever officer of the agency. */
export async function wasRefuted(tx: Tx, personKey: string, subject: Subject): Promise<boolean> {
  const same = and(eq(subjectId, subject.id), eq(subjectKind, subject.kind), eq(officerPersonKey, personKey));
  const [row] = await tx.db
    .select({ id })
    .from(breakGlassGrants)
    .where(and(same, eq(state, 'unjustified'), visible(tx, 'break_glass_grant', id)))
    .limit(1);
  return row !== undefined;
}

/** Opens the resource to the scope of the grant, and to nobody else. */
export async function openSubject(tx: Tx, grant: GrantRow): Promise<void> {
  await tx.db.insert(access).values({
    kind: grant.subjectKind,
    resourceId: grant.subjectId,
    agencyId: grant.id,
    relation: 'emergency',
    until: grant.expiresAt,
  });
}

export async function closeSubject(tx: Tx, grant: GrantRow): Promise<void> {
  await tx.db
    .delete(access)
    .where(
      and(eq(access.kind, grant.subjectKind), eq(access.agencyId, grant.id), eq(access.resourceId, grant.subjectId)),
    );
}

export async function insertGrant(tx: Tx, row: GrantRow): Promise<void> {
  await tx.db.insert(breakGlassGrants).values(row);
}

export async function findGrant(tx: Tx, grantId: string, lock = false): Promise<GrantRow | undefined> {
  const query = tx.db
    .select()
    .from(breakGlassGrants)
    .where(and(eq(id, grantId), visible(tx, 'break_glass_grant', id)));
  const [row] = await (lock ? query.for('update') : query);
  return row;
}

export async function saveGrant(tx: Tx, grant: GrantRow, change: Partial<GrantRow>): Promise<GrantRow> {
  const next = { ...change, version: grant.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(breakGlassGrants).set(next).where(eq(id, grant.id));
  return { ...grant, ...next };
}

export type GrantFilter = { state?: GrantState; reviewOverdue?: boolean };

export async function listGrants(tx: Tx, filter: GrantFilter, page: PageRequest): Promise<Page<ListedRow<GrantRow>>> {
  const where = and(
    filter.state ? eq(state, filter.state) : undefined,
    filter.reviewOverdue ? and(eq(state, 'granted'), lt(reviewDueOn, tx.ctx.today)) : undefined,
  );
  return listVisible(tx, 'break_glass_grant', breakGlassGrants, where, page);
}
