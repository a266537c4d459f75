// What the other side of a joint visit answered, and the days on which a visit was to be made before; texts with the visit's key.
import { and, asc, desc, eq } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { visitProblems } from './domain.ts';
import { visitConfirmations, visitFormerDates } from './table.ts';

onConstraint('visit_confirmations_pkey', () => visitProblems['visit.answered']());

type ConfirmationRow = typeof visitConfirmations.$inferSelect;
export type VisitAnswer = Omit<ConfirmationRow, 'visitId' | 'reasonSealed'> & { reason: string | null };
type FormerDateRow = typeof visitFormerDates.$inferSelect;
export type FormerDateNotes = { missed: string | null; reason: string | null };
export type FormerDate = Omit<FormerDateRow, 'visitId' | 'notesSealed'> & { notes: FormerDateNotes };

/** The view stays bounded: the latest answers of a visit. */
const MAX_SHOWN = 100;

const reasonPlace = (visitId: string, agencyId: string, round: number) => ({
  table: 'visit_confirmations',
  column: 'reason',
  rowId: `${visitId}/${agencyId}/${round}`,
});
const notesPlace = (visitId: string, position: number) => ({
  table: 'visit_former_dates',
  column: 'notes',
  rowId: `${visitId}/${position}`,
});

/** Newest round first. */
export async function findConfirmations(tx: Tx, visitId: string): Promise<VisitAnswer[]> {
  const rows = await tx.db
    .select()
    .from(visitConfirmations)
    .where(and(eq(visitConfirmations.visitId, visitId), visible(tx, 'visit', visitConfirmations.visitId)))
    .orderBy(desc(visitConfirmations.round), asc(visitConfirmations.createdAt))
    .limit(MAX_SHOWN);
  const reasons = await tx.vault.open(
    rows.map((row) => ({ place: reasonPlace(visitId, row.agencyId, row.round), data: row.reasonSealed })),
  );
  return rows.map(({ visitId: _, reasonSealed: __, ...row }, i) => ({ ...row, reason: reasons[i] ?? null }));
}

export async function insertConfirmation(
  tx: Tx,
  visitId: string,
  { reason, ...answer }: Omit<VisitAnswer, 'createdAt'>,
): Promise<VisitAnswer> {
  const key = await tx.vault.keyFor('visit', visitId);
  const reasonSealed = tx.vault.sealOptional(key, reasonPlace(visitId, answer.agencyId, answer.round), reason);
  const row = { ...answer, createdAt: tx.ctx.now };
  await tx.db.insert(visitConfirmations).values({ ...row, visitId, reasonSealed });
  return { ...row, reason };
}

/** Oldest first. */
export async function findFormerDates(tx: Tx, visitId: string): Promise<FormerDate[]> {
  const rows = await tx.db
    .select()
    .from(visitFormerDates)
    .where(and(eq(visitFormerDates.visitId, visitId), visible(tx, 'visit', visitFormerDates.visitId)))
    .orderBy(asc(visitFormerDates.position));
  const notes = await tx.vault.open(
    rows.map((row) => ({ place: notesPlace(visitId, row.position), data: row.notesSealed })),
  );
  return rows.map(({ visitId: _, notesSealed: __, ...row }, i) => ({
    ...row,
    notes: JSON.parse(notes[i] ?? '{"missed":null,"reason":null}') as FormerDateNotes,
  }));
}

export async function insertFormerDate(
  tx: Tx,
  visitId: string,
  { notes, ...date }: Omit<FormerDate, 'createdAt'>,
): Promise<FormerDate> {
  const key = await tx.vault.keyFor('visit', visitId);
  const said = notes.missed !== null || notes.reason !== null;
  const text = said ? JSON.stringify(notes) : null;
  const notesSealed = tx.vault.sealOptional(key, notesPlace(visitId, date.position), text);
  const row = { ...date, createdAt: tx.ctx.now };
  await tx.db.insert(visitFormerDates).values({ ...row, visitId, notesSealed });
  return { ...row, notes };
}
