// Case notices in the database: one row with its people and their measures; advice and note stay sealed until shown.
import { and, asc, eq } from 'drizzle-orm';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import { retryOnConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { NoticeState } from './notice-domain.ts';
import { caseNoticeMeasures, caseNoticePersons, caseNotices } from './notice-table.ts';

// Two closings at once cannot be; should they, the later one runs again and finds the first one's notice.
retryOnConstraint('case_notices_case');

export type NoticeRow = typeof caseNotices.$inferSelect;
export type NoticePerson = typeof caseNoticePersons.$inferSelect;
export type NoticeMeasure = typeof caseNoticeMeasures.$inferSelect;
export type Notice = NoticeRow & { persons: NoticePerson[]; measures: NoticeMeasure[] };

const placeOf = (column: 'advice' | 'note', rowId: string) => ({ table: 'case_notices', column, rowId });

export async function sealNoticeText(tx: Tx, id: string, column: 'advice' | 'note', text: string): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('notice', id), placeOf(column, id), text);
}

export async function openNoticeTexts(
  tx: Tx,
  notice: NoticeRow,
): Promise<{ advice: string | null; note: string | null }> {
  const [advice = null, note = null] = await tx.vault.open([
    { place: placeOf('advice', notice.id), data: notice.adviceSealed },
    { place: placeOf('note', notice.id), data: notice.noteSealed },
  ]);
  return { advice, note };
}

const seen = (tx: Tx) => visible(tx, 'notice', caseNotices.id);

async function complete(tx: Tx, row: NoticeRow): Promise<Notice> {
  const [persons, measures] = await Promise.all([
    tx.db
      .select()
      .from(caseNoticePersons)
      .where(eq(caseNoticePersons.noticeId, row.id))
      .orderBy(asc(caseNoticePersons.position)),
    tx.db
      .select()
      .from(caseNoticeMeasures)
      .where(eq(caseNoticeMeasures.noticeId, row.id))
      .orderBy(asc(caseNoticeMeasures.position), asc(caseNoticeMeasures.ordinal)),
  ]);
  return { ...row, persons, measures };
}

export async function findNotice(tx: Tx, id: string, lock = false): Promise<Notice | undefined> {
  const query = tx.db
    .select()
    .from(caseNotices)
    .where(and(eq(caseNotices.id, id), seen(tx)));
  const [row] = await (lock ? query.for('update') : query);
  return row ? complete(tx, row) : undefined;
}

/** The notice of a case, locked where it is to be changed. */
export async function findNoticeOfCase(tx: Tx, caseId: string, lock = false): Promise<Notice | undefined> {
  const query = tx.db
    .select()
    .from(caseNotices)
    .where(and(eq(caseNotices.caseId, caseId), seen(tx)));
  const [row] = await (lock ? query.for('update') : query);
  return row ? complete(tx, row) : undefined;
}

export async function insertNotice(tx: Tx, notice: Notice): Promise<void> {
  const { persons, measures, ...row } = notice;
  await tx.db.insert(caseNotices).values(row);
  await tx.db.insert(caseNoticePersons).values(persons);
  if (measures.length > 0) await tx.db.insert(caseNoticeMeasures).values(measures);
}

/** Saves the given columns with the next version; answers the notice as it now stands. */
export async function saveNotice(tx: Tx, notice: Notice, change: Partial<NoticeRow>): Promise<Notice> {
  const next: Partial<NoticeRow> = { ...change, version: notice.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(caseNotices).set(next).where(eq(caseNotices.id, notice.id));
  return { ...notice, ...next };
}

export type NoticeFilter = { state?: NoticeState; assistanceCaseId?: string };

export async function listNotices(
  tx: Tx,
  filter: NoticeFilter,
  page: PageRequest,
): Promise<Page<ListedRow<NoticeRow>>> {
  const where = and(
    filter.state ? eq(caseNotices.state, filter.state) : undefined,
    filter.assistanceCaseId ? eq(caseNotices.caseId, filter.assistanceCaseId) : undefined,
  );
  return listVisible(tx, 'notice', caseNotices, where, page);
}
