// Access records: many by one statement; after their retention they go, under half a year the database itself keeps them (P-08).
import { sql } from 'drizzle-orm';
import type { Connection } from '../platform/db/client.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { Looked } from '../platform/http/looked.ts';
import { readRecords } from './read-table.ts';

/** Sent when it is called. */
export async function keepReads({ db }: Connection, looked: readonly Looked[]): Promise<void> {
  const rows = JSON.stringify(looked);
  await prepared(db, 'read_records', (on, name) =>
    on
      .insert(readRecords)
      .select(
        sql`select now(), "agencyId", "officerId", "clientId", "requestId", route, kind, ids
          from jsonb_to_recordset(${sql.placeholder('rows')}::jsonb) as r ("agencyId" uuid, "officerId" uuid,
            "clientId" uuid, "requestId" text, route text, kind text, ids uuid[])`,
      )
      .prepare(name),
  ).execute({ rows });
}

export async function purgeReadRecords(tx: Tx, days: number): Promise<void> {
  await tx.db.execute(sql`select purge_read_records(${days}::int)`);
}
