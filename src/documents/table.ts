// Documents: what they hang on, what they are, and the sealed texts and content key; the content itself lies in the store.

import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../platform/crypto/table.ts';
import type { ParentKind, ScanState } from './domain.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const documents = pgTable(
  'documents',
  {
    /** Also the name of the object in the store. */
    id: uuid().primaryKey(),
    parentKind: text('parent_kind').$type<ParentKind>().notNull(),
    parentId: uuid('parent_id').notNull(),
    kind: text().notNull(),
    mediaType: text('media_type').notNull(),
    bytes: integer().notNull(),
    /** Of the clear content, in hexadecimal. */
    sha256: text().notNull(),
    /** JSON {fileName, title, note} */
    textsSealed: bytea('texts_sealed').notNull(),
    /** The key of the content, sealed with the document's own: without that one nothing of it opens any more. */
    keySealed: bytea('key_sealed').notNull(),
    scan: text().$type<ScanState>().notNull(),
    scannedAt: instant('scanned_at'),
    /** Until then a worker is scanning it, or has failed to. */
    scanLease: instant('scan_lease'),
    agencyId: uuid('agency_id').notNull(),
    uploadedBy: uuid('uploaded_by'),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    index('documents_parent').on(t.parentKind, t.parentId, t.id.desc()),
    index('documents_agency').on(t.agencyId),
    index('documents_uploaded_by').on(t.uploadedBy),
    index('documents_scan').on(t.scanLease).where(sql`scan in ('unscanned', 'scanning')`),
  ],
);
