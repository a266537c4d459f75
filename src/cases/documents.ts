// Documents that the applicant is asked for, and what becomes of each: received, waived, or fetched by the procuratorate (domain §10.4).
import { ensureAction } from '../kernel/action.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { caseMachine, type ItemStatus } from './domain.ts';
import {
  type AssistanceCase,
  type DocumentRequestRow,
  insertDocumentRequest,
  saveCase,
  saveDocumentRequest,
} from './repository.ts';
import { type DocumentReceipt, type DocumentRequest, openRequests, sealRequest } from './sealed.ts';
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
  const row: DocumentRequestRow = {
    id: requestId,
    caseId: id,
    position: c.documentRequests.length,
    requestedBy: actingOfficer(tx).id,
    requestedAt: tx.ctx.now,
    receivedBy: null,
    receivedAt: null,
    requestSealed: await sealRequest(tx, id, requestId, 'request', { items: input.items, reason: input.reason }),
    itemStatuses: input.items.map(() => 'requested'),
    receiptSealed: null,
  };
  await insertDocumentRequest(tx, row);
  const state = caseMachine.next(c.state, 'request-documents');
  const saved = await saveCase(tx, c, { state, outstandingItems: c.outstandingItems + input.items.length });
  const { handlingAgencyId, createdAt } = c;
  const since = { handlingAgencyId, openedOn: civilDateOf(createdAt) };
  const data = { documentRequestId: requestId, count: input.items.length, ...since };
  tx.record({ type: 'case.documents_requested', kind: 'case', id, changed: ['state', 'documentRequests'], data });
  return { ...saved, documentRequests: [...c.documentRequests, row] };
}

/** The state of every item; a request older than the states is received as a whole or not at all. */
export function itemStatuses(row: DocumentRequestRow, items: readonly string[]): ItemStatus[] {
  const former = row.receivedAt === null ? 'requested' : 'received';
  return items.map((_, i) => row.itemStatuses[i] ?? former);
}

export type ReceiptInput = {
  items?: string[] | null;
  toBeObtained?: string[];
  waived?: string[];
  resume?: boolean;
  note?: string | null;
};

type Open = DocumentRequest & { row: DocumentRequestRow; receipt: DocumentReceipt | null; statuses: ItemStatus[] };

async function openAll(tx: Tx, c: AssistanceCase): Promise<Open[]> {
  const texts = await openRequests(tx, c);
  return c.documentRequests.map((row, i) => {
    const { items = [], reason = '' } = texts.requests[i] ?? {};
    return { row, items, reason, receipt: texts.receipts[i] ?? null, statuses: itemStatuses(row, items) };
  });
}

const isAll = ({ items, toBeObtained = [], waived = [], resume }: ReceiptInput): boolean =>
  (items === undefined || items === null) && toBeObtained.length + waived.length === 0 && !resume;

/** Item → what becomes of it; without a word about items everything that is outstanding has come. */
function requireSettled(open: readonly Open[], input: ReceiptInput): Map<string, ItemStatus> {
  const outstanding = new Set(open.flatMap((r) => r.items.filter((_, i) => r.statuses[i] === 'requested')));
  if (isAll(input)) return new Map([...outstanding].map((item) => [item, 'received']));
  const lists: [string, ItemStatus, readonly string[]][] = [
    ['items', 'received', input.items ?? []],
    ['toBeObtained', 'to_be_obtained_by_organ', input.toBeObtained ?? []],
    ['waived', 'waived', input.waived ?? []],
  ];
  const settled = new Map<string, ItemStatus>();
  const errors: FieldError[] = [];
  for (const [list, status, items] of lists)
    for (const [i, item] of items.entries()) {
      const pointer = `/${list}/${i}`;
      if (settled.has(item))
        errors.push({ pointer, code: 'document.repeated', detail: ['每份材料只列一次', 'each document once'] });
      else if (!known(open, item))
        errors.push({ pointer, code: 'document.not_requested', detail: ['未要求提供', 'not asked for'] });
      settled.set(item, status);
    }
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  return settled;
}

/** What the procuratorate was to fetch may come after all; what was received or waived is settled. */
const isOpen = (status: ItemStatus | undefined) => status === 'requested' || status === 'to_be_obtained_by_organ';
const known = (open: readonly Open[], item: string) =>
  open.some((r) => r.items.some((other, i) => other === item && isOpen(r.statuses[i])));

type Settling = { settled: ReadonlyMap<string, ItemStatus>; note: string | null };

/** One request after the receipt; unchanged where nothing of it was settled. */
async function settle(tx: Tx, c: AssistanceCase, request: Open, { settled, note }: Settling): Promise<Open> {
  const { row, items, receipt } = request;
  const statuses = items.map((item, i) => {
    const former = request.statuses[i] ?? 'requested';
    return isOpen(former) ? (settled.get(item) ?? former) : former;
  });
  if (row.receivedAt !== null && statuses.every((status, i) => status === request.statuses[i])) return request;
  const received = items.filter((_, i) => statuses[i] === 'received');
  const notes = [receipt?.note, note].filter((text) => text);
  const answered = { items: received.length > 0 ? received : null, note: notes.length > 0 ? notes.join('\n') : null };
  const complete = !statuses.includes('requested');
  const change = {
    itemStatuses: statuses,
    receiptSealed: await sealRequest(tx, c.id, row.id, 'receipt', answered),
    ...(complete && row.receivedAt === null ? { receivedBy: actingOfficer(tx).id, receivedAt: tx.ctx.now } : {}),
  };
  await saveDocumentRequest(tx, row.id, change);
  return { ...request, statuses, row: { ...row, ...change } };
}

/** Papers have come, all or some: the review goes on when nothing is outstanding, or when the handler says so. */
export async function receiveDocuments(
  tx: Tx,
  id: string,
  input: ReceiptInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'document-receipt', c, tx.ctx.actor);
  const open = await openAll(tx, c);
  const settled = requireSettled(open, input);
  const after: Open[] = [];
  for (const request of open) after.push(await settle(tx, c, request, { settled, note: input.note ?? null }));
  const outstandingItems = after.flatMap((r) => r.statuses).filter((status) => status === 'requested').length;
  const goesOn = c.state === 'awaiting_documents' && (outstandingItems === 0 || input.resume === true);
  const state = caseMachine.next(c.state, goesOn ? 'receive-documents' : 'note-documents');
  const saved = await saveCase(tx, c, { state, outstandingItems });
  // The clocks of the case run again with the review, not with the first paper.
  const type = goesOn ? 'case.documents_received' : 'case.documents_noted';
  const changed = goesOn ? ['state', 'documentRequests'] : ['documentRequests'];
  const data = { settled: settled.size, outstandingItems };
  tx.record({ type, kind: 'case', id, changed, data });
  return { ...saved, documentRequests: after.map((r) => r.row) };
}
