// What the sweep asks besides the document: who lacks a permission, who does not see, and whether anything was written.
import pg from 'pg';
import { permissionsOf } from '../../src/agencies/roles.ts';
import { sandboxOfficers } from '../../src/sandbox/officers.ts';
import type { Answer } from './api.ts';

const may = (code: string, permission: string) =>
  sandboxOfficers.some((officer) => officer.code === code && permissionsOf(officer.roles).has(permission));

/** An officer of Heping's procuratorate with no role at all: for what every sandbox officer may do. */
export const ROLELESS = 'nobody.heping';

export async function addRoleless(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(
      `insert into officers (id, agency_id, code, name, person_key, roles, created_at, updated_at)
       select gen_random_uuid(), agency_id, $1, '无岗', $1, '{}', now(), now() from officers where code = 'head.heping'`,
      [ROLELESS],
    );
  } finally {
    await client.end();
  }
}

/** Somebody whose roles do not give the permission. */
export function officerWithout(permission: string): string {
  return sandboxOfficers.map((officer) => officer.code).find((code) => !may(code, permission)) ?? ROLELESS;
}

/** The same post in Tiexi, or anybody there with the permission: what happened in Heping is invisible to them. */
export function strangerFor(permission: string, officer: string): string {
  const post = officer.split('.')[0];
  const inTiexi = sandboxOfficers.map((o) => o.code).filter((code) => code.endsWith('.tiexi'));
  const found = [`${post}.tiexi`, ...inTiexi].find((code) => may(code, permission));
  if (!found) throw new Error(`nobody in Tiexi has ${permission}: give the fixture a stranger and a foreign target`);
  return found;
}

/** Ids in the form of the service's own that nothing has. */
export const absentId = (n: number) => `0198c2a4-7f00-7000-8000-00000000000${n}`;

/** An error body without what may differ: its address and the request's id. */
export function core(answer: Answer | undefined): string {
  const { instance: _instance, requestId: _requestId, ...rest } = answer?.body ?? {};
  return `${answer?.status} ${answer?.headers['content-type']} ${JSON.stringify(rest)}`;
}

const WANTED: Readonly<Record<string, RegExp>> = {
  'cache-control': /^no-store$/,
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /^default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/,
  'strict-transport-security': /^max-age=(31536000|63072000); includeSubDomains$/,
  'referrer-policy': /^no-referrer$/,
  'x-request-id': /^[0-9a-f-]{36}$/,
  vary: /Authorization/,
};

/** Security headers that are absent or wrong, and headers that tell about the inside (S-38); `cacheable`: a public document may say so. */
export function headerFaults(answer: Pick<Answer, 'headers' | 'status'>, cacheable = false): string[] {
  const kept = cacheable && /^public, max-age=\d{1,3}$/.test(answer.headers['cache-control'] ?? '');
  const faults = Object.entries(WANTED)
    .filter(([name]) => !(kept && name === 'cache-control'))
    .filter(([name, wanted]) => !wanted.test(answer.headers[name] ?? ''))
    .map(([name]) => `${name}: ${answer.headers[name] ?? 'absent'}`);
  const telling = ['server', 'x-powered-by'].filter((name) => answer.headers[name] !== undefined);
  return [...faults, ...telling];
}

/** What the service alone sets (S-16); a body that names one is refused, each with its pointer. */
export const SERVER_OWNED = [
  ...['id', 'version', 'createdAt', 'updatedAt', 'createdBy', 'approvedBy', 'authorisedBy', 'settledAt', 'decidedOn'],
  ...[
    'personKey',
    'acr',
    'sealed',
    'availableActions',
    'paidAmount',
    'grantedAmount',
    'amountPaid',
    'prevHash',
    'epoch',
  ],
] as const;

type Node = Record<string, unknown>;

/** Objects with named members that would let others through as well: places in the document (S-16, S-17). */
export function openObjects(document: unknown): string[] {
  const open: string[] = [];
  const visit = (node: unknown, place: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, properties, additionalProperties, unevaluatedProperties } = node as Node;
    const closed = additionalProperties === false || unevaluatedProperties === false;
    if (type === 'object' && properties !== undefined && !closed) open.push(place);
    for (const [name, member] of Object.entries(node))
      if (name !== 'example' && name !== 'examples') visit(member, `${place}/${name}`);
  };
  const { paths, components } = document as { paths: Node; components: { schemas: Node } };
  visit(paths, '/paths');
  visit(components.schemas, '/components/schemas');
  return open;
}

/** Stands in a column that no view lists (S-17). */
export const UNLISTED = 'unlisted-column-value';

/** A column more on every table of the business: an answer that carries it was made of whatever the row has. */
export async function addUnlistedColumns(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`do $$ declare t text; begin
      for t in select format('%I', tablename) from pg_tables where schemaname = 'public' and tableowner = current_user loop
        execute format('alter table %s add column unlisted_column text not null default ''${UNLISTED}''', t);
      end loop; end $$`);
  } finally {
    await client.end();
  }
}

/** What was looked at is kept even where nothing else is written, and requests are counted whatever comes of them. */
const LOOKED = ['public.read_records', 'public.view_heads', 'public.quota_counts'];

async function stateQuery(client: pg.Client): Promise<pg.QueryConfig> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('public', 'keyring') order by 1`,
  );
  const parts = rows
    .filter(({ name }) => !LOOKED.includes(name))
    .map(({ name }) => {
      const kept = name === 'public.audit_records' ? ` where type <> 'person.viewed'` : '';
      return `select '${name}' as name, count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) as state from ${name}${kept}`;
    });
  const sequences = `select schemaname || '.' || sequencename, coalesce(last_value::text, '-') from pg_sequences
    where schemaname in ('public', 'keyring')`;
  return { name: 'state-of-every-table', text: [...parts, sequences].join(' union all ') };
}

type Watch = { client: pg.Client; query: pg.QueryConfig };
/** A connection for each database, and a statement that is planned once: it is asked hundreds of times. */
const watches = new Map<string, Promise<Watch>>();

async function openWatch(ownerUrl: string): Promise<Watch> {
  const client = new pg.Client({ connectionString: ownerUrl });
  // It ends with the database, which is dropped by force.
  client.on('error', () => undefined);
  await client.connect();
  return { client, query: await stateQuery(client) };
}

/** Row count and newest writer of every table, and every sequence: held against the same after a call that must not write. */
export async function snapshot(ownerUrl: string): Promise<Record<string, string>> {
  const watch = watches.get(ownerUrl) ?? openWatch(ownerUrl);
  watches.set(ownerUrl, watch);
  const { client, query } = await watch;
  const found = await client.query<{ name: string; state: string }>(query);
  return Object.fromEntries(found.rows.map((row) => [row.name, row.state]));
}
