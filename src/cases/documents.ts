// Documents that the applicant is asked for, and their receipt.
import { ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { caseActions } from './actions.ts';
import { caseMachine } from './domain.ts';
import { type AssistanceCase, insertDocumentRequest, saveCase, receiveDocuments as saveReceipt } from './repository.ts';
import { sealRequest } from './sealed.ts';
import { actingOfficer, lockCase } from './service.ts';

export async function requestDocuments(
  tx: Tx,
  id: string,
  input: { items: string[]; reason: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'document-request', c, tx.ctx.actor);
  const requestId = tx.newId();
  const row = {
    id: requestId,
    caseId: id,
    position: c.documentRequests.length,
    requestedBy: actingOfficer(tx).id,
    requestedAt: tx.ctx.now,
    receivedBy: null,
    receivedAt: null,
    requestSealed: await sealRequest(tx, id, requestId, 'request', { items: input.items, reason: input.reason }),
    receiptSealed: null,
  };
  await insertDocumentRequest(tx, row);
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'request-documents') });
  const data = { documentRequestId: requestId, count: input.items.length };
  tx.record({ type: 'case.documents_requested', kind: 'case', id, changed: ['state', 'documentRequests'], data });
  return { ...saved, documentRequests: [...c.documentRequests, row] };
}

/** The papers have come: the open request ends and the review goes on, whether all or only some of them came. */
export async function receiveDocuments(
  tx: Tx,
  id: string,
  input: { items?: string[] | null; note?: string | null },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'document-receipt', c, tx.ctx.actor);
  const open = c.documentRequests.find((r) => r.receivedAt === null);
  if (!open) throw new Error(`case ${id} awaits documents without a request`);
  const receipt = { items: input.items ?? null, note: input.note ?? null };
  const documentRequests = await saveReceipt(tx, c, {
    id: open.id,
    receivedBy: actingOfficer(tx).id,
    receivedAt: tx.ctx.now,
    receiptSealed: await sealRequest(tx, id, open.id, 'receipt', receipt),
  });
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'receive-documents') });
  const data = { documentRequestId: open.id };
  tx.record({ type: 'case.documents_received', kind: 'case', id, changed: ['state', 'documentRequests'], data });
  return { ...saved, documentRequests };
}
