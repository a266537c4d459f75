// Which documents hang on a resource: asked by those who need a paper behind a decision.
import { and, eq, inArray } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ParentRef } from './domain.ts';
import { documents } from './table.ts';

/** Those of the ids that are documents of that visible parent. */
export async function documentsOn(tx: Tx, parent: ParentRef, ids: readonly string[]): Promise<string[]> {
  const here = and(eq(documents.parentKind, parent.kind), eq(documents.parentId, parent.id));
  const rows = await tx.db
    .select({ id: documents.id })
    .from(documents)
    .where(and(here, inArray(documents.id, [...ids]), visible(tx, parent.kind, documents.parentId)));
  return rows.map((row) => row.id);
}
