// Erasures of persons in the database: the proposal that stands, or that it was done.
import { and, eq, inArray } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { personErasures } from './table.ts';

export type ErasureRow = typeof personErasures.$inferSelect;

const DAY_MS = 86_400_000;
/** A proposal that nobody has confirmed by then is made anew. */
const PROPOSAL_DAYS = 30;

export async function findErasure(tx: Tx, personId: string): Promise<ErasureRow | undefined> {
  const open = inArray(personErasures.state, ['proposed', 'erased']);
  const seen = visible(tx, 'person', personErasures.personId);
  const [row] = await tx.db
    .select()
    .from(personErasures)
    .where(and(eq(personErasures.personId, personId), open, seen));
  return row;
}

/** The proposal that waits for a second person. */
export function standingProposal(erasure: ErasureRow | undefined, now: Date): ErasureRow | undefined {
  if (erasure?.state !== 'proposed') return undefined;
  return now.getTime() - erasure.proposedAt.getTime() <= PROPOSAL_DAYS * DAY_MS ? erasure : undefined;
}

export async function insertErasure(tx: Tx, row: typeof personErasures.$inferInsert): Promise<void> {
  await tx.db.insert(personErasures).values(row);
}

export async function saveErasure(tx: Tx, id: string, change: Partial<ErasureRow>): Promise<void> {
  await tx.db.update(personErasures).set(change).where(eq(personErasures.id, id));
}
