// What disbursements give to the records of a case: what was paid to whom, and every line in full.
import { onDossier } from '../cases/dossier-parts.ts';
import { onCaseOutcome } from '../cases/outcome-parts.ts';
import type { Tx } from '../platform/db/tx.ts';
import { findLineIds, findPaid } from './record-repository.ts';
import { viewDisbursement } from './routes.ts';
import { DisbursementView } from './schema.ts';
import { findDisbursement } from './service.ts';

async function load(tx: Tx, caseId: string, limit: number) {
  const views = [];
  for (const id of await findLineIds(tx, caseId, limit)) {
    const line = await findDisbursement(tx, id);
    if (line) views.push(await viewDisbursement(tx, line));
  }
  return views;
}

onCaseOutcome({ name: 'payments', load: findPaid });
onDossier({ name: 'disbursements', read: 'disbursement:read', item: DisbursementView, load });
