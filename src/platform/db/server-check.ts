// What a PostgreSQL server must offer: asked before the first migration, and told in one sentence (`npm run migrate -- --check`).
import type { Queryable } from './stamp.ts';

/** Tested on 17 and 18; nothing older is promised. */
const OLDEST = 17;
const EXTENSIONS = ['btree_gist', 'pg_trgm'];

type Facts = {
  version: number;
  encoding: string;
  makes_roles: boolean;
  has_app: boolean;
  may_create: boolean;
  may_fill: boolean;
  missing: string[];
};

const QUESTION = `
  select current_setting('server_version_num')::int / 10000 as version,
    current_setting('server_encoding') as encoding,
    (select r.rolcreaterole or r.rolsuper from pg_roles r where r.rolname = current_user) as makes_roles,
    exists (select from pg_roles where rolname = 'ja_app') as has_app,
    has_database_privilege(current_database(), 'CREATE') as may_create,
    has_schema_privilege('public', 'CREATE') as may_fill,
    array(select wanted from unnest($1::text[]) as wanted
      where wanted not in (select name from pg_available_extensions)) as missing`;

/** What is missing, each as the middle of a sentence; empty when the server will do. */
export async function lacksOf(client: Queryable): Promise<string[]> {
  const facts = (await client.query<Facts>(QUESTION, [EXTENSIONS])).rows[0];
  if (!facts) return ['an answer'];
  const lacks: string[] = [];
  if (facts.version < OLDEST) lacks.push(`PostgreSQL ${OLDEST} or newer (it is ${facts.version})`);
  if (facts.encoding !== 'UTF8') lacks.push(`a database in UTF8 (it is ${facts.encoding})`);
  for (const name of facts.missing) lacks.push(`the extension ${name}`);
  if (!facts.has_app && !facts.makes_roles) lacks.push('the role ja_app, or CREATEROLE for this one to make it');
  if (!facts.may_create) lacks.push('the right to create schemas in this database');
  if (!facts.may_fill) lacks.push('the right to create tables in the schema public');
  return lacks;
}

export async function versionOf(client: Queryable): Promise<string> {
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
  return rows[0]?.version ?? 'unknown';
}
