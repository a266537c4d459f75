// Migrations: one runner at a time (advisory lock on a pinned client), every landed file checked by hash, the stamp set once.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { ensureStamp, MigrationError, type Queryable, readStamp, type Stamp, setStamp } from './stamp.ts';

export { MigrationError, type Stamp } from './stamp.ts';

const LOCK = 727_210_000;
const TABLE = { migrationsSchema: 'drizzle', migrationsTable: 'migrations' };

type Journal = { entries: { idx: number; when: number; tag: string }[] };
type Landed = { hash: string; created_at: string };

async function readLanded(client: Queryable): Promise<Landed[]> {
  const known = await client.query<{ t: string | null }>(`select to_regclass('drizzle.migrations')::text as t`);
  if (!known.rows[0]?.t) return [];
  return (await client.query<Landed>('select hash, created_at from drizzle.migrations order by created_at')).rows;
}

/**
 * Drizzle skips edited and older-stamped files in silence: compare what landed with the files. Answers how many files
 * are still to come; negative when the database is ahead of this program.
 */
function compareLanded(landed: readonly Landed[], folder: string): number {
  const { entries } = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as Journal;
  for (const [i, entry] of entries.entries()) {
    const row = landed[i];
    if (!row) break;
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, `${entry.tag}.sql`)))
      .digest('hex');
    if (hash !== row.hash || Number(row.created_at) !== entry.when) {
      throw new MigrationError(
        `Migration ${entry.tag} was changed after it landed: restore the file as released; migrations are forward only.`,
      );
    }
  }
  return entries.length - landed.length;
}

/** The plain role may see which migrations landed, so that a server can tell whether it may start. */
const SHOW_TO_APP = `grant usage on schema drizzle to ja_app; grant select on drizzle.migrations to ja_app`;

/** Brings the database of the owner connection up to date. Two replicas at once: exactly one runs, the other finds nothing to do. */
export async function migrateDatabase(options: { ownerUrl: string; folder: string; stamp: Stamp }): Promise<void> {
  const client = new pg.Client({ connectionString: options.ownerUrl, application_name: 'judicial-assistance-migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`);
    await client.query(`set lock_timeout = '3s'`);
    ensureStamp(await readStamp(client), options.stamp);
    if (compareLanded(await readLanded(client), options.folder) < 0) {
      throw new MigrationError(
        'The database is newer than this program: run the newer release, or restore the backup taken before it.',
      );
    }
    await migrate(drizzle({ client }), { migrationsFolder: options.folder, ...TABLE });
    await client.query(SHOW_TO_APP);
    await setStamp(client, options.stamp);
  } finally {
    await client.end();
  }
}

/**
 * For a server that may not migrate: every migration of this release has landed and the stamp fits. A database that is
 * ahead serves too, so that the former release can be restarted while the next one rolls out.
 */
export async function checkMigrated(client: Queryable, folder: string, stamp: Stamp): Promise<void> {
  ensureStamp(await readStamp(client), stamp);
  const landed = await readLanded(client).catch(() => []);
  const missing = compareLanded(landed, folder);
  if (missing <= 0) return;
  throw new MigrationError(
    `The database lacks ${missing} migration${missing === 1 ? '' : 's'} of this release: run \`npm run migrate\` with DATABASE_OWNER_URL first.`,
  );
}
