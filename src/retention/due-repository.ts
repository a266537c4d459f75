// Persons whose records are due to be erased, as the database finds them.
import { sql } from 'drizzle-orm';
import type { Page, PageRequest } from '../kernel/page.ts';
import { toPage } from '../kernel/page.ts';
import type { Tx } from '../platform/db/tx.ts';

/** `lastOn`: the civil day of the last change to any record of the person. */
export type DuePerson = { id: string; lastOn: string; held: boolean; open: boolean };

export async function findDue(
  tx: Tx,
  dueBefore: string,
  page: Pick<PageRequest, 'before' | 'limit'>,
): Promise<Page<DuePerson>> {
  const { rows } = await tx.db.execute<{ id: string; last_on: string; held: boolean; open: boolean }>(
    sql`select id, last_on, held, open from retention_due(${dueBefore}::date, ${page.before}::uuid, ${page.limit + 1})`,
  );
  return toPage(
    rows.map(({ id, last_on: lastOn, held, open }) => ({ id, lastOn, held, open })),
    page.limit,
  );
}
