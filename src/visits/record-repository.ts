// What the dossier of a case asks of its visits: which there are, oldest first.
import { and, asc, eq } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { visits } from './table.ts';

export async function findVisitIds(tx: Tx, caseId: string, limit: number): Promise<string[]> {
  const { id } = visits;
  const rows = await tx.db
    .select({ id })
    .from(visits)
    .where(and(eq(visits.assistanceCaseId, caseId), visible(tx, 'visit', id)))
    .orderBy(asc(id))
    .limit(limit);
  return rows.map((row) => row.id);
}
