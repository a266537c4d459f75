// A database is stamped live or sandbox for ever (contract.md §2); here the stamp is read, set once and held against the settings.

export type Stamp = 'live' | 'sandbox';

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

type Result<R> = { rows: R[] };
/** A plain connection, of whatever role. */
export type Queryable = {
  query<R extends Record<string, unknown>>(text: string, values?: unknown[]): Promise<Result<R>>;
};

/** Undefined before the first migration. */
export async function readStamp(client: Queryable): Promise<Stamp | undefined> {
  const exists = await client.query<{ t: string | null }>(`select to_regclass('public.database_stamp')::text as t`);
  if (!exists.rows[0]?.t) return undefined;
  const { rows } = await client.query<{ stamp: Stamp }>('select stamp from database_stamp');
  return rows[0]?.stamp;
}

/** A MigrationError when the database is stamped otherwise; nothing has been changed by then. */
export function ensureStamp(found: Stamp | undefined, wanted: Stamp): void {
  if (found === undefined || found === wanted) return;
  throw new MigrationError(
    found === 'live'
      ? 'This database is stamped live and can never be a sandbox: set SANDBOX=false, or name an empty database.'
      : 'This database is stamped sandbox and can never go live: set SANDBOX=true outside production, or name an empty database.',
  );
}

export async function setStamp(client: Queryable, wanted: Stamp): Promise<void> {
  await client.query('insert into database_stamp (stamp) values ($1) on conflict do nothing', [wanted]);
  ensureStamp(await readStamp(client), wanted);
}
