// Everything recorded of one person, read in one look and opened in another: for the right of access and for erasure.
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';

/** A row as PostgreSQL writes it in JSON; its texts beside it, by the name of the column without `_sealed`. */
export type SubjectRow = {
  table: string;
  rowId: string;
  row: Record<string, unknown>;
  texts: Record<string, string | null>;
};

type Found = { name: string; row_id: string; content: Record<string, unknown> };

const SEALED = '_sealed';
/** The key of a document's content is no text. */
const isText = (table: string, column: string) =>
  column.endsWith(SEALED) && !(table === 'documents' && column === 'key_sealed');

/** `\x0a1b` as PostgreSQL writes bytes in JSON. */
const bytesOf = (value: unknown): Buffer | null =>
  typeof value === 'string' && value.startsWith('\\x') ? Buffer.from(value.slice(2), 'hex') : null;

/** Empty for whoever does not handle the person: the function of the database asks. */
export async function readSubject(tx: Tx, personId: string): Promise<SubjectRow[]> {
  const { rows } = await tx.db.execute<Found>(
    sql`select name, row_id, content from subject_rows(${personId}::uuid) order by name, row_id`,
  );
  const fields = rows.flatMap(({ name, row_id, content }, i) =>
    Object.entries(content)
      .filter(([column]) => isText(name, column))
      .map(([column, value]) => {
        const place = { table: name, column: column.slice(0, -SEALED.length), rowId: row_id };
        return { i, place, data: bytesOf(value) };
      }),
  );
  const opened = await tx.vault.open(fields.map(({ place, data }) => ({ place, data })));
  const found = rows.map(
    ({ name, row_id, content }): SubjectRow => ({ table: name, rowId: row_id, row: content, texts: {} }),
  );
  for (const [n, { i, place }] of fields.entries()) {
    const subject = found[i];
    if (subject) subject.texts[place.column] = opened[n] ?? null;
  }
  return found;
}
