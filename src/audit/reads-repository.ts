// Access records: many by one statement; after their retention they go, under half a year the database itself keeps them (P-08).
import { sql } from 'drizzle-orm';
import type { Connection } from '../platform/db/client.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { Looked } from '../platform/http/looked.ts';
import { readRecords } from './read-table.ts';

export async function keepReads({ db }: Connection, looked: readonly Looked[]): Promise<void> {
  const rows = JSON.stringify(looked);
  await db.execute(sql`
    insert into ${readRecords} (agency_id, officer_id, client_id, request_id, route, kind, ids)
    select "agencyId", "officerId", "clientId", "requestId", route, kind, ids from jsonb_to_recordset(${rows}::jsonb)
      as r ("agencyId" uuid, "officerId" uuid, "clientId" uuid, "requestId" text, route text, kind text, ids uuid[])`);
}

export async function purgeReadRecords(tx: Tx, days: number): Promise<void> {
  await tx.db.execute(sql`select purge_read_records(${days}::int)`);
}
