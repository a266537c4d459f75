// Wire shapes of documents: the upload as a form, the list item without clear text, the document itself.
import { type Static, Type } from 'typebox';
import type { AgencyRow, OfficerRefView } from '../agencies/service.ts';
import {
  AgencyRef,
  Closed,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  OfficerRef,
  pageOf,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { MAX_DOCUMENT_BYTES, PARENT_KINDS, SCAN_STATES } from './domain.ts';
import type { Document, DocumentRow } from './service.ts';
import { ACCEPTED_EXTENSIONS, DOCUMENT_TYPES } from './sniff.ts';

const DocumentKind = Literals(enumValues('document-kinds'), 'what the document is: code set `document-kinds`');
const binary = (description: string) => ({
  type: 'string',
  format: 'binary',
  contentMediaType: 'application/octet-stream',
  maxLength: MAX_DOCUMENT_BYTES,
  description,
});

export const DocumentUpload = named(
  'DocumentUpload',
  Closed(
    {
      file: Type.Unsafe<string>(binary(`the file with its name, up to 20 MiB: ${ACCEPTED_EXTENSIONS.join(', ')}`)),
      kind: DocumentKind,
      title: Type.Optional(Text(200)),
      note: Type.Optional(Text(2000)),
    },
    { description: 'The parts of a multipart/form-data body' },
  ),
);

const common = {
  id: Id,
  kind: DocumentKind,
  mediaType: Type.String({ maxLength: 100, description: 'as the content was recognised' }),
  bytes: Type.Integer({ minimum: 1, maximum: MAX_DOCUMENT_BYTES }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64, description: 'of the content, in hexadecimal' }),
  scan: Literals(SCAN_STATES, 'virus scan: others than the uploading agency read the content once it is clean'),
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant,
};

export const DocumentItem = named('DocumentItem', Closed({ ...common, agencyId: Id, uploadedById: Nullable(Id) }));
export const DocumentPage = pageOf('DocumentPage', DocumentItem);

const told = (maxLength: number) =>
  Nullable(Type.String({ maxLength, description: 'null for those who see the parent without working on it' }));

export const DocumentView = named(
  'Document',
  Closed(
    {
      ...common,
      parent: Closed({ kind: Literals(PARENT_KINDS), id: Id }),
      fileName: told(200),
      title: told(200),
      note: told(2000),
      agency: AgencyRef,
      uploadedBy: Nullable(OfficerRef),
    },
    {
      description:
        'A file that hangs on a clue, case, disbursement, referral or visit and is seen by whoever sees that',
    },
  ),
);

/** The answer of a download, in every type that is accepted. */
export const contentResponse = {
  description: 'The content, as an attachment 文件内容',
  content: Object.fromEntries(
    DOCUMENT_TYPES.map(({ mediaType }) => [mediaType, { schema: binary('the file as it was uploaded') }]),
  ),
};

function commonOf(row: DocumentRow) {
  const { id, mediaType, bytes, sha256, scan, version } = row;
  // The column's values are those of the code set: the body was checked against it.
  const kind = row.kind as Static<typeof DocumentKind>;
  const times = { createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
  return { id, kind, mediaType, bytes, sha256, scan, version, ...times };
}

export function toDocumentItem(row: DocumentRow): Static<typeof DocumentItem> {
  return { ...commonOf(row), agencyId: row.agencyId, uploadedById: row.uploadedBy };
}

type Refs = { agency: AgencyRow; officer: OfficerRefView | null };

export function toDocumentView({ row, texts }: Document, { agency, officer }: Refs): Static<typeof DocumentView> {
  return {
    ...commonOf(row),
    parent: { kind: row.parentKind, id: row.parentId },
    fileName: texts?.fileName ?? null,
    title: texts?.title ?? null,
    note: texts?.note ?? null,
    agency: { id: agency.id, code: agency.code, name: agency.name },
    uploadedBy: officer,
  };
}
