// Some who see a resource may no longer read its papers (P-11): the feature that ends their part in it says so here.
import type { Tx } from '../platform/db/tx.ts';
import type { ParentKind } from './domain.ts';
import type { DocumentRow } from './repository.ts';

/** True where the caller's part in the parent has ended. */
type Ended = (tx: Tx, parentId: string) => Promise<boolean>;

const asked = new Map<ParentKind, Ended>();

/** Declared once per kind, when the feature's module is imported. */
export function onDocumentAudience(kind: ParentKind, ended: Ended): void {
  if (asked.has(kind)) throw new Error(`the audience of documents of a ${kind} is declared twice`);
  asked.set(kind, ended);
}

/** Names and content are kept from those whose part has ended; what their own agency uploaded stays readable. */
export async function isKeptFrom(tx: Tx, row: DocumentRow): Promise<boolean> {
  if (row.agencyId === tx.ctx.actor.agency.id) return false;
  return (await asked.get(row.parentKind)?.(tx, row.parentId)) ?? false;
}
