// Documents: added to a visible parent, read by who works on it, scanned by the worker. Content goes in and out beside the transaction.
import type { StreamKey } from '../platform/crypto/stream.ts';
import { relationTo } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { isKeptFrom } from './audience.ts';
import { documentProblems, type ParentRef, readableKinds, type ScanState, withheld, worksOn } from './domain.ts';
import { documentsOn } from './hanging-repository.ts';
import type { ReceivedFile } from './reception.ts';
import {
  absentDocuments,
  type DocumentRow,
  type DocumentTexts,
  findDocument,
  insertDocument,
  leaseForScan,
  openContentKey,
  openTexts,
  parentAccess,
  parentVersion,
  saveScan,
} from './repository.ts';

export type { DocumentRow };
export { absentDocuments, documentsOn, leaseForScan, openContentKey };

/** `texts` are null for those who see the parent without working on it: a file's name may hold a person's. */
export type Document = { row: DocumentRow; texts: DocumentTexts | null };

export type DocumentInput = {
  parent: ParentRef;
  file: ReceivedFile;
  kind: string;
  title?: string | undefined;
  note?: string | undefined;
};

/** `scanning`: a scanner is set, and others read the content once it has found nothing. */
export async function addDocument(
  tx: Tx,
  input: DocumentInput,
  scanning: boolean,
  expected: ExpectedVersion,
): Promise<Document> {
  const { parent, file, kind } = input;
  const version = await parentVersion(tx, parent);
  if (version === undefined) throw httpProblems['resource.not_found']();
  const { actor, now } = tx.ctx;
  const relation = await relationTo(tx, parent.kind, parent.id);
  if (!worksOn(parent.kind, relation, actor)) throw documentProblems['document.not_competent']();
  ensureVersion({ version }, expected);
  const { id, mediaType, bytes, sha256 } = file;
  const texts = { fileName: file.fileName, title: input.title ?? null, note: input.note ?? null };
  const row = await insertDocument(
    tx,
    {
      id,
      parentKind: parent.kind,
      parentId: parent.id,
      kind,
      mediaType,
      bytes,
      sha256,
      scan: scanning ? 'scanning' : 'unscanned',
      agencyId: actor.agency.id,
      uploadedBy: actor.officer?.id ?? null,
      createdAt: now,
      updatedAt: now,
    },
    texts,
    file.key,
  );
  tx.record({
    type: 'document.added',
    kind: 'document',
    id,
    data: { parentKind: parent.kind, parentId: parent.id, documentKind: kind, mediaType, bytes, sha256 },
    access: await parentAccess(tx, parent),
  });
  return { row, texts };
}

const noteView = (tx: Tx, { id, parentKind, parentId }: DocumentRow, fields: readonly string[]) =>
  tx.viewed(id, fields, 'document.duty', { type: 'document.viewed', kind: 'document', data: { parentKind, parentId } });

/** Whether the caller works on what the document hangs on, and its part in that has not ended. */
async function isParty(tx: Tx, row: DocumentRow): Promise<boolean> {
  const relation = await relationTo(tx, row.parentKind, row.parentId);
  return worksOn(row.parentKind, relation, tx.ctx.actor) && !(await isKeptFrom(tx, row));
}

/** The document with its name and note for who works on the parent; that it was seen is on record. */
export async function readDocument(tx: Tx, id: string): Promise<Document | undefined> {
  const row = await findDocument(tx, id, readableKinds(tx.ctx.actor));
  if (!row) return undefined;
  const texts = (await isParty(tx, row)) ? await openTexts(tx, row) : null;
  if (texts) noteView(tx, row, ['fileName', 'title', 'note']);
  return { row, texts };
}

export type DocumentContent = { row: DocumentRow; fileName: string; key: StreamKey };

/** The key of the content, once nothing stands against reading it; each download is on record. */
export async function releaseContent(tx: Tx, id: string, scanning: boolean): Promise<DocumentContent | undefined> {
  const { actor } = tx.ctx;
  const row = await findDocument(tx, id, readableKinds(actor));
  if (!row || !(await isParty(tx, row))) return undefined;
  const problem = withheld(row, { agencyId: actor.agency.id, scanning });
  if (problem) throw problem;
  const [key, texts] = [await openContentKey(tx, row), await openTexts(tx, row)];
  if (!key || !texts) return undefined;
  noteView(tx, row, ['content']);
  return { row, key, fileName: texts.fileName };
}

/** What the scanner said, as the worker. */
export async function recordScan(tx: Tx, row: DocumentRow, scan: ScanState): Promise<void> {
  await saveScan(tx, row, scan);
  const { parentKind, parentId } = row;
  tx.record({
    type: 'document.scanned',
    kind: 'document',
    id: row.id,
    changed: ['scan'],
    data: { scan, parentKind, parentId },
  });
}
