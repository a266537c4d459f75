// Identity reviews and former identities in the database; a review is shown to whoever sees the person and did not cause it.
import { and, desc, eq, lt, not, or, type SQL, sql } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { access, listScope, visible } from '../platform/db/access.ts';
import { countUpTo } from '../platform/db/counting.ts';
import type { Tx } from '../platform/db/tx.ts';
import { fromOwnSource, type Identity, insertReview } from './repository.ts';
import { personReviews, personVersions } from './table.ts';

export type ReviewRow = typeof personReviews.$inferSelect;

/** A correction is read by all who handle the person; a contradiction by those it contradicts, never by who filed it. */
function shown(tx: Tx): SQL | undefined {
  const disputed = sql`cardinality(${personReviews.pointers}) > 0`;
  return and(disputed, or(eq(personReviews.sourceKind, CORRECTION), not(fromOwnSource(tx))));
}

/** `source_kind` of a review that an officer proposed; its source is the officer. */
export const CORRECTION = 'officer';

export async function insertCorrection(tx: Tx, row: typeof personReviews.$inferInsert): Promise<void> {
  await tx.db.insert(personReviews).values(row);
}

export async function findReview(tx: Tx, id: string, lock = false): Promise<ReviewRow | undefined> {
  const query = tx.db
    .select()
    .from(personReviews)
    .where(and(eq(personReviews.id, id), visible(tx, 'person', personReviews.personId), shown(tx)));
  const [row] = await (lock ? query.for('update') : query);
  return row;
}

export type ReviewFilter = { state?: ReviewRow['state']; personId?: string };

export async function listReviews(tx: Tx, filter: ReviewFilter, page: PageRequest): Promise<Page<ReviewRow>> {
  const wanted = and(
    listScope(tx, 'person', null),
    filter.personId ? eq(personReviews.personId, filter.personId) : undefined,
    filter.state ? eq(personReviews.state, filter.state) : undefined,
    shown(tx),
  );
  const from = tx.db
    .select({ row: personReviews })
    .from(access)
    .innerJoin(personReviews, eq(personReviews.personId, access.resourceId));
  const rows = await from
    .where(and(wanted, page.before ? lt(personReviews.id, page.before) : undefined))
    .orderBy(desc(personReviews.id))
    .limit(page.limit + 1);
  const found = rows.map(({ row }) => row);
  const total = await countUpTo(tx, page.includeTotal, (one) =>
    one.from(access).innerJoin(personReviews, eq(personReviews.personId, access.resourceId)).where(wanted),
  );
  return { ...toPage(found, page.limit), ...total };
}

export async function saveReview(tx: Tx, review: ReviewRow, change: Partial<ReviewRow>): Promise<ReviewRow> {
  const next = { ...change, version: review.version + 1 };
  await tx.db.update(personReviews).set(next).where(eq(personReviews.id, review.id));
  return { ...review, ...next };
}

/** Pointers of what the caller's agency has proposed and nobody has settled. */
export async function pendingCorrections(tx: Tx, personId: string): Promise<string[]> {
  const mine = and(
    eq(personReviews.personId, personId),
    eq(personReviews.state, 'open'),
    eq(personReviews.sourceKind, CORRECTION),
    eq(personReviews.proposingAgencyId, tx.ctx.actor.agency.id),
  );
  const rows = await tx.db.select({ pointers: personReviews.pointers }).from(personReviews).where(mine);
  return [...new Set(rows.flatMap((row) => row.pointers))].sort();
}

/** What the person was known by until now, sealed with their key. */
export async function keepVersion(
  tx: Tx,
  personId: string,
  former: Partial<Identity>,
  by: { officerId: string; reviewId: string | null; pointers: string[] },
): Promise<void> {
  const id = tx.newId();
  const key = await tx.vault.keyFor('person', personId);
  const formerSealed = tx.vault.seal(
    key,
    { table: 'person_versions', column: 'former', rowId: id },
    JSON.stringify(former),
  );
  const { reviewId, pointers, officerId } = by;
  await tx.db
    .insert(personVersions)
    .values({ id, personId, reviewId, pointers, formerSealed, changedBy: officerId, changedAt: tx.ctx.now });
}

/**
 * Notes that the agencies of other submissions did not state what is now recorded: it stays covered for them. `proposer` knows
 * what it proposed.
 */
export async function coverForOthers(
  tx: Tx,
  personId: string,
  pointers: readonly string[],
  proposer: string | null,
): Promise<void> {
  const unstated = pointers.filter((pointer) => COVERED.includes(pointer));
  if (unstated.length === 0) return;
  const { rows } = await tx.db.execute<{ kind: string; id: string }>(
    sql`select kind, id from other_submissions(${personId}, ${proposer}::uuid)`,
  );
  for (const source of rows) await insertReview(tx, { personId, conflicts: [], unstated }, source);
}

const COVERED: readonly string[] = ['/name', '/birthDate', '/sex'];
