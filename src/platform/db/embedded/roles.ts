// Gives the embedded cluster its database, its two plain roles and its extensions; running it again changes nothing.
import pg from 'pg';
import type { Passwords } from './passwords.ts';

export const DATABASE = 'judicial_assistance';

const OWNER = 'LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS';
// The service itself: row-level security binds it, it owns nothing and inherits nothing.
const APP = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT';
const EXTENSIONS = ['pg_trgm', 'btree_gist'];

export function databaseUrl(user: string, password: string, port: number, database: string = DATABASE): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

export async function ensureDatabase(port: number, passwords: Passwords): Promise<void> {
  await withClient(databaseUrl('postgres', passwords.superuser, port, 'postgres'), async (client) => {
    await ensureRole(client, 'ja_owner', OWNER, passwords.owner);
    await ensureRole(client, 'ja_app', APP, passwords.app);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ja_owner`);
    await client.query('REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC');
  });
  await withClient(databaseUrl('postgres', passwords.superuser, port), async (client) => {
    await client.query(`
      REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC;
      GRANT CONNECT ON DATABASE ${DATABASE} TO ja_owner, ja_app;
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO ja_owner, ja_app;`);
    const offered = await client.query<{ name: string }>(
      'SELECT name FROM pg_available_extensions WHERE name = ANY($1) AND installed_version IS NULL',
      [EXTENSIONS],
    );
    for (const { name } of offered.rows) await client.query(`CREATE EXTENSION IF NOT EXISTS ${name}`);
  });
}

/** Whether the stored password opens the server that runs on this port. */
export async function acceptsPassword(port: number, passwords: Passwords): Promise<boolean> {
  try {
    await withClient(databaseUrl('postgres', passwords.superuser, port, 'postgres'), (client) =>
      client.query('SELECT 1'),
    );
    return true;
  } catch {
    return false;
  }
}

/** The passwords hold no quote (passwords.ts), and roles and attributes are constants of this file. */
async function ensureRole(client: pg.Client, role: string, attributes: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${role} ${attributes} PASSWORD '${password}'`);
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // The server may end the connection at any time; the query under way reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}
