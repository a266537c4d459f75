// Who a connection string logs in as, and whether row security binds that role; and waiting for a server that is not up yet.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pgError } from './errors.ts';
import type { Queryable } from './stamp.ts';

/** A sentence that says what is wrong with the login and what to do. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
}

/** One pinned connection for questions at the start; the pool serves everything else. */
export async function withLogin<T>(url: string, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    application_name: 'judicial-assistance-start',
  });
  // The server may end the connection at any time; the query under way reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export type Login = {
  name: string;
  /** Why row security would not bind this role; undefined for the plain one. */
  privilege:
    | 'a superuser'
    | 'a role with BYPASSRLS'
    | 'the owner of the tables'
    | 'a role that may create schemas'
    | undefined;
  /** Has the rights that the migrations give to `ja_app`; false before the first migration. */
  serves: boolean;
};

const QUESTION = `
  select r.rolname as name, r.rolsuper as superuser, r.rolbypassrls as bypass,
    exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'keyring', 'drizzle') and c.relkind in ('r', 'p')
        and pg_has_role(r.oid, c.relowner, 'MEMBER')) as owner,
    has_database_privilege(r.oid, current_database(), 'CREATE') as creates,
    coalesce((select pg_has_role(r.oid, app.oid, 'USAGE') from pg_roles app where app.rolname = 'ja_app'), false) as serves
  from pg_roles r where r.rolname = current_user`;

type Answer = { name: string; superuser: boolean; bypass: boolean; owner: boolean; creates: boolean; serves: boolean };

export async function describeLogin(client: Queryable): Promise<Login> {
  const row = (await client.query<Answer>(QUESTION)).rows[0];
  if (!row) throw new LoginError('The database does not know the role that DATABASE_URL logs in as.');
  const privilege = row.superuser
    ? 'a superuser'
    : row.bypass
      ? 'a role with BYPASSRLS'
      : row.owner
        ? 'the owner of the tables'
        : row.creates
          ? 'a role that may create schemas'
          : undefined;
  return { name: row.name, privilege, serves: row.serves };
}

/** Lets a privileged login of a developer take the plain role, which the migrations made. */
export async function allowPlainRole(client: Queryable): Promise<void> {
  const may = `select pg_has_role(current_user, 'ja_app', 'SET') as may`;
  if ((await client.query<{ may: boolean }>(may)).rows[0]?.may) return;
  await client.query('grant ja_app to current_user').catch(() => {
    throw new LoginError(
      'DATABASE_URL logs in as a privileged role that may not become ja_app: name the plain role in DATABASE_URL and this one in DATABASE_OWNER_URL.',
    );
  });
}

const FATAL: Readonly<Record<string, string>> = {
  '28P01': 'refuses the user or the password',
  '28000': 'refuses the login',
  '3D000': 'has no database of that name',
  '42501': 'gives this user no right to connect',
};

/** The sentence for a login that waiting does not mend, undefined for a server that may still come up. */
function hopeless(error: unknown, setting: string): string | undefined {
  const code = pgError(error)?.code ?? '';
  const reason = FATAL[code];
  if (reason) return `The server of ${setting} ${reason} (${code}): correct ${setting}.`;
  const noTls = error instanceof Error && /does not support SSL/.test(error.message);
  return noTls
    ? `The server of ${setting} does not speak TLS: take sslmode out of ${setting}, or switch it on there.`
    : undefined;
}

export type Patience = {
  url: string;
  /** Name of the setting, for the sentence. */
  setting: string;
  signal: AbortSignal;
  /** Told once a minute at most why it still waits. */
  onWait: (code: string) => void;
  giveUpAfterMs?: number;
};

/** Returns once the server accepts the login: tries again from 0.2 s to 5 s apart, for ever unless told otherwise. */
export async function untilReachable({ url, setting, signal, onWait, giveUpAfterMs }: Patience): Promise<void> {
  let pause = 200;
  let waited = 0;
  let said = Number.NEGATIVE_INFINITY;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await withLogin(url, async () => undefined);
    } catch (error) {
      const sentence = hopeless(error, setting);
      if (sentence) throw new LoginError(sentence);
      const code = pgError(error)?.code ?? 'no answer';
      if (giveUpAfterMs !== undefined && waited >= giveUpAfterMs) {
        throw new LoginError(`The server of ${setting} cannot be reached (${code}): start it, or correct ${setting}.`);
      }
      if (waited - said >= 60_000) {
        said = waited;
        onWait(code);
      }
    }
    await sleep(pause, undefined, { signal });
    waited += pause;
    pause = Math.min(pause * 2, 5000);
  }
}
