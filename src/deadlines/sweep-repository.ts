// What the sweeps ask the database: clocks whose next effect is due, and the wall that lets each effect happen once.
import { and, asc, eq, inArray, lte, type SQL, sql } from 'drizzle-orm';
import type { AccessGrant, Relation } from '../kernel/fact.ts';
import { access } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { DeadlineEffect } from './domain.ts';
import type { DeadlineRow } from './repository.ts';
import { deadlineEffects, deadlines } from './table.ts';

/** Locks what is due for a look; what another worker holds it is looking at itself. */
export function lockDue(tx: Tx, today: string, limit: number): Promise<DeadlineRow[]> {
  return tx.db
    .select()
    .from(deadlines)
    .where(and(eq(deadlines.state, 'running'), lte(deadlines.nextOn, today)))
    .orderBy(asc(deadlines.nextOn), asc(deadlines.id))
    .limit(limit)
    .for('update', { skipLocked: true });
}

export type EffectRow = typeof deadlineEffects.$inferSelect;
const keyOf = (id: string, effect: DeadlineEffect) => `${id}|${effect}`;

/** Answers which of them are new; the others have happened for this due day. */
export async function insertEffects(tx: Tx, rows: readonly EffectRow[]): Promise<(row: EffectRow) => boolean> {
  if (rows.length === 0) return () => false;
  const kept = await tx.db
    .insert(deadlineEffects)
    .values([...rows])
    .onConflictDoNothing()
    .returning({ id: deadlineEffects.deadlineId, effect: deadlineEffects.effect });
  const fresh = new Set(kept.map(({ id, effect }) => keyOf(id, effect)));
  return ({ deadlineId, effect }) => fresh.has(keyOf(deadlineId, effect));
}

/** One statement for all rows that are looked at next on the same day; no version: whoever holds an ETag has missed nothing. */
export async function setNext(tx: Tx, ids: readonly string[], nextOn: string | null): Promise<void> {
  if (ids.length > 0)
    await tx.db
      .update(deadlines)
      .set({ nextOn })
      .where(inArray(deadlines.id, [...ids]));
}

export async function setEscalated(tx: Tx, row: DeadlineRow, escalatedTo: string): Promise<void> {
  const next = { escalatedTo, supervisedOn: null, version: row.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(deadlines).set(next).where(eq(deadlines.id, row.id));
}

/** Who sees what the clocks are about, as grants: by id of the deadline. */
export async function grantsOf(tx: Tx, rows: readonly DeadlineRow[]): Promise<(id: string) => AccessGrant[]> {
  const subjects: SQL = sql`${sql.param(rows.map(({ subjectId }) => subjectId))}::uuid[]`;
  const found = await tx.db
    .select({
      subjectId: access.resourceId,
      kind: access.kind,
      agencyId: access.agencyId,
      relation: access.relation,
      until: access.until,
    })
    .from(access)
    .where(sql`${access.resourceId} = any(${subjects})`);
  const bySubject = Map.groupBy(found, ({ kind, subjectId }) => `${kind}|${subjectId}`);
  const subjectOf = new Map(rows.map(({ id, subjectKind, subjectId }) => [id, `${subjectKind}|${subjectId}`]));
  return (id) =>
    (bySubject.get(subjectOf.get(id) ?? '') ?? []).map(({ agencyId, relation, until }) => ({
      agencyId,
      relation: relation as Relation,
      ...(until ? { until } : {}),
    }));
}
