// Migrations: one runner at a time (advisory lock on a pinned client), every landed file checked by hash, the stamp set once.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

export type Stamp = 'live' | 'sandbox';

export class MigrationError extends Error {}

const LOCK = 727_210_000;
const TABLE = { migrationsSchema: 'drizzle', migrationsTable: 'migrations' };

type Journal = { entries: { idx: number; when: number; tag: string }[] };

/** Drizzle skips edited and older-stamped files in silence: compare what landed with the files before it runs. */
async function checkLanded(client: pg.Client, folder: string): Promise<void> {
  const known = await client.query<{ t: string | null }>(`select to_regclass('drizzle.migrations')::text as t`);
  if (!known.rows[0]?.t) return;
  const landed = await client.query<{ hash: string; created_at: string }>(
    'select hash, created_at from drizzle.migrations order by created_at',
  );
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as Journal;
  for (const [i, row] of landed.rows.entries()) {
    const entry = journal.entries[i];
    if (!entry)
      throw new MigrationError(
        'The database is newer than this program: start the newer release, or restore the backup taken before it.',
      );
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, `${entry.tag}.sql`)))
      .digest('hex');
    if (hash !== row.hash || Number(row.created_at) !== entry.when) {
      throw new MigrationError(
        `Migration ${entry.tag} was changed after it landed: restore the file as released; migrations are forward only.`,
      );
    }
  }
}

async function stampDatabase(client: pg.Client, stamp: Stamp): Promise<void> {
  await client.query('insert into database_stamp (stamp) values ($1) on conflict do nothing', [stamp]);
  const { rows } = await client.query<{ stamp: Stamp }>('select stamp from database_stamp');
  const found = rows[0]?.stamp;
  if (found !== stamp) {
    throw new MigrationError(
      found === 'live'
        ? 'This database is stamped live: it can never be a sandbox; unset SANDBOX or use another database.'
        : 'This database is stamped sandbox: it can never go live; create an empty database for production.',
    );
  }
}

/** Brings the database of the owner connection up to date. Two replicas at once: exactly one runs, the other finds nothing to do. */
export async function migrateDatabase(options: { ownerUrl: string; folder: string; stamp: Stamp }): Promise<void> {
  const client = new pg.Client({ connectionString: options.ownerUrl, application_name: 'judicial-assistance-migrate' });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`);
    await client.query(`set lock_timeout = '3s'`);
    await checkLanded(client, options.folder);
    await migrate(drizzle({ client }), { migrationsFolder: options.folder, ...TABLE });
    await stampDatabase(client, options.stamp);
  } finally {
    await client.end();
  }
}

export async function readStamp(url: string): Promise<Stamp | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const exists = await client.query<{ t: string | null }>(`select to_regclass('public.database_stamp')::text as t`);
    if (!exists.rows[0]?.t) return undefined;
    const { rows } = await client.query<{ stamp: Stamp }>('select stamp from database_stamp');
    return rows[0]?.stamp;
  } finally {
    await client.end();
  }
}
