// Who was shown how many people in the last hour, by the records of reading; and the alerts about it.
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import { bulkReadAlerts } from './bulk-read-table.ts';
import { readRecords } from './read-table.ts';
import { auditRecords } from './table.ts';

export type AlertRow = typeof bulkReadAlerts.$inferSelect;
export type Reader = { credential: string; agencyId: string; persons: number };

const readBy = sql`coalesce('client:' || client_id, 'officer:' || officer_id)`;

/** One row for each person shown to whom, in clear or masked, in system time. */
const views = (since: SQL) => sql`
  select ${readBy} as credential, agency_id, resource_id as person_id from ${auditRecords}
  where kind = 'person' and purpose is not null and recorded_at > ${since}
  union all
  select ${readBy}, agency_id, unnest(ids) from ${readRecords} where kind = 'person' and recorded_at > ${since}`;

/** Credentials over the limit; one that was reported within the hour, or whose alert is open, is not reported again. */
export async function findBulkReaders(tx: Tx, limit: number): Promise<Reader[]> {
  const since = sql`clock_timestamp() - interval '1 hour'`;
  const { rows } = await tx.db.execute<{ credential: string; agency_id: string; persons: number }>(sql`
    select credential, agency_id, count(distinct person_id)::int as persons from (${views(since)}) as shown
    where credential is not null and not exists (select from ${bulkReadAlerts} a
      where a.credential = shown.credential and (a.state = 'open' or a.updated_at > ${since}))
    group by credential, agency_id having count(distinct person_id) > ${limit}`);
  return rows.map((row) => ({ credential: row.credential, agencyId: row.agency_id, persons: row.persons }));
}

/** False where another worker was first. */
export async function insertAlert(tx: Tx, row: typeof bulkReadAlerts.$inferInsert): Promise<boolean> {
  const added = await tx.db
    .insert(bulkReadAlerts)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: bulkReadAlerts.id });
  return added.length > 0;
}

/** The open alert of a credential, locked. */
export async function findOpenAlert(tx: Tx, credential: string): Promise<AlertRow | undefined> {
  const mine = and(eq(bulkReadAlerts.credential, credential), eq(bulkReadAlerts.state, 'open'));
  const [row] = await tx.db.select().from(bulkReadAlerts).where(mine).for('no key update');
  return row;
}

export async function saveAlert(tx: Tx, alert: AlertRow, change: Partial<AlertRow>): Promise<void> {
  const next = { ...change, updatedAt: tx.ctx.systemNow };
  await tx.db.update(bulkReadAlerts).set(next).where(eq(bulkReadAlerts.id, alert.id));
}
