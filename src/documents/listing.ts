// The documents that hang on a resource, for the file of what they belong to.
import type { Static } from 'typebox';
import type { Tx } from '../platform/db/tx.ts';
import type { ParentRef } from './domain.ts';
import { listDocuments } from './repository.ts';
import { type DocumentItem, toDocumentItem } from './schema.ts';

/** The latest documents of the parent that the caller sees, without names and content. */
export async function documentsOf(tx: Tx, parent: ParentRef, limit: number): Promise<Static<typeof DocumentItem>[]> {
  const page = await listDocuments(tx, parent, { limit, before: null, includeTotal: false });
  return page.items.map(toDocumentItem);
}
