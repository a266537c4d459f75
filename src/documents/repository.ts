// Documents in the database: seen through what they hang on; names, notes and the key of the content sealed.
import { and, desc, eq, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { AccessGrant } from '../kernel/fact.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { StreamKey } from '../platform/crypto/stream.ts';
import { access, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { PARENTS, type ParentKind, type ParentRef, type ScanState } from './domain.ts';
import { documents } from './table.ts';

export type DocumentRow = typeof documents.$inferSelect;
export type DocumentTexts = { fileName: string; title: string | null; note: string | null };

const textsPlace = (id: string) => ({ table: 'documents', column: 'texts', rowId: id });
const keyPlace = (id: string) => ({ table: 'documents', column: 'key', rowId: id });
/** Under which the content of a document is sealed: no other document's content opens there. */
export const contentPlace = (id: string) => `documents|content|${id}`;

const ofKind = (tx: Tx, kind: ParentKind): SQL | undefined =>
  and(eq(documents.parentKind, kind), visible(tx, kind, documents.parentId));

/** A document of a kind of parent that the caller works on, and of a parent that it sees now. */
export async function findDocument(tx: Tx, id: string, kinds: readonly ParentKind[]): Promise<DocumentRow | undefined> {
  const seen = or(...kinds.map((kind) => ofKind(tx, kind)));
  const [row] = await tx.db
    .select()
    .from(documents)
    .where(and(eq(documents.id, id), kinds.length > 0 ? seen : sql`false`));
  return row;
}

export async function listDocuments(tx: Tx, parent: ParentRef, page: PageRequest): Promise<Page<DocumentRow>> {
  const here = and(eq(documents.parentId, parent.id), ofKind(tx, parent.kind));
  const rows = await tx.db
    .select()
    .from(documents)
    .where(and(here, page.before ? lt(documents.id, page.before) : undefined))
    .orderBy(desc(documents.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(documents, here) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

/** The version of the parent as the caller sees it; undefined where it is not there. */
export async function parentVersion(tx: Tx, { kind, id }: ParentRef): Promise<number | undefined> {
  const table = sql.identifier(PARENTS[kind].table);
  const found = await tx.db.execute<{ version: number }>(sql`select version from ${table} where id = ${id}`);
  return found.rows[0]?.version;
}

/** Who sees the parent now, as grants of the document's own first fact: events reach the same agencies. */
export async function parentAccess(tx: Tx, { kind, id }: ParentRef): Promise<AccessGrant[]> {
  const rows = await tx.db
    .select()
    .from(access)
    .where(
      and(eq(access.kind, kind), eq(access.resourceId, id), or(isNull(access.until), sql`${access.until} > now()`)),
    );
  return rows.map(({ agencyId, relation, until }) => ({
    agencyId,
    // The column holds what `record` wrote, and that is a Relation.
    relation: relation as AccessGrant['relation'],
    ...(until ? { until } : {}),
  }));
}

type NewDocument = Omit<typeof documents.$inferInsert, 'textsSealed' | 'keySealed'>;

export async function insertDocument(
  tx: Tx,
  row: NewDocument,
  texts: DocumentTexts,
  content: StreamKey,
): Promise<DocumentRow> {
  const key = await tx.vault.newKey('document', row.id);
  const textsSealed = tx.vault.seal(key, textsPlace(row.id), JSON.stringify(texts));
  const keySealed = tx.vault.seal(key, keyPlace(row.id), content.key.toString('base64'));
  const [saved] = await tx.db
    .insert(documents)
    .values({ ...row, textsSealed, keySealed })
    .returning();
  if (!saved) throw new Error('a document was not inserted');
  return saved;
}

/** Null where the key was erased. */
export async function openTexts(tx: Tx, row: DocumentRow): Promise<DocumentTexts | null> {
  const [text] = await tx.vault.open([{ place: textsPlace(row.id), data: row.textsSealed }]);
  return text ? (JSON.parse(text) as DocumentTexts) : null;
}

export async function openContentKey(tx: Tx, row: DocumentRow): Promise<StreamKey | null> {
  const [key] = await tx.vault.open([{ place: keyPlace(row.id), data: row.keySealed }]);
  return key ? { id: row.id, key: Buffer.from(key, 'base64'), place: contentPlace(row.id) } : null;
}

/** Takes documents that nobody is scanning; who fails leaves them to the next one when the lease ends. */
export async function leaseForScan(tx: Tx, limit: number): Promise<DocumentRow[]> {
  const free = or(isNull(documents.scanLease), sql`${documents.scanLease} < now()`);
  const waiting = tx.db
    .select({ id: documents.id })
    .from(documents)
    .where(and(sql`${documents.scan} in ('unscanned', 'scanning')`, free))
    .orderBy(sql`${documents.scanLease} nulls first`)
    .limit(limit)
    .for('update', { skipLocked: true });
  return tx.db
    .update(documents)
    .set({ scanLease: sql`now() + interval '5 minutes'` })
    .where(inArray(documents.id, waiting))
    .returning();
}

export async function saveScan(tx: Tx, row: DocumentRow, scan: ScanState): Promise<void> {
  await tx.db
    .update(documents)
    .set({ scan, scannedAt: tx.ctx.systemNow, scanLease: null, version: row.version + 1, updatedAt: tx.ctx.now })
    .where(eq(documents.id, row.id));
}

/** Those of the ids that no document has, whoever may see it. */
export async function absentDocuments(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const found = await tx.db.execute<{ id: string }>(
    sql`select documents_absent as id from documents_absent(${sql.param([...ids])}::uuid[])`,
  );
  return found.rows.map(({ id }) => id);
}
