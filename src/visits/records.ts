// What visits give to the records of a case: every visit in full.
import { onDossier } from '../cases/dossier-parts.ts';
import type { Tx } from '../platform/db/tx.ts';
import { findVisitIds } from './record-repository.ts';
import { VisitView } from './schema.ts';
import { findVisit } from './service.ts';
import { viewVisit } from './view.ts';

async function load(tx: Tx, caseId: string, limit: number) {
  const views = [];
  for (const id of await findVisitIds(tx, caseId, limit)) {
    const visit = await findVisit(tx, id);
    if (visit) views.push(await viewVisit(tx, visit));
  }
  return views;
}

onDossier({ name: 'visits', read: 'visit:read', item: VisitView, load });
