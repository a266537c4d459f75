// Every list finds its page by an index: the plans of the real statements, on tables with thousands of rows.
import { beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { addClient } from '../support/clients.ts';
import { fillPath, loadContract, type Op } from '../support/contract.ts';
import type { Target } from '../support/fixtures/fixture.ts';
import { fixtures } from '../support/fixtures/index.ts';
import { sealRecord } from '../support/sealed.ts';
import { useService } from '../support/service.ts';
import { asAgency, withClient } from '../support/sql.ts';
import { createWorld, type World } from '../support/world.ts';

const service = useService();
const ROWS = 4000;
/** Small for ever: the tree of agencies and who works there, the logs of the audit and their keys. */
const SMALL = [
  'agencies',
  'officers',
  'feed_epochs',
  'funds',
  'business_clock',
  'directory_editions',
  'deadline_rules',
  'calendars',
  'audit_logs',
  'audit_keys',
];
/** Keyed words of a code set that the database does not list, but the answer does. */
const CODES = ['series', 'region_code'];

const { operations } = await loadContract();
const lists = operations.filter(({ id, method, operation }) => {
  const parameters = (operation.parameters ?? []).map((p) => p.name);
  return (
    method === 'GET' &&
    parameters.includes('limit') &&
    !['listCodeSets', 'listAgencies', 'listOfficers', 'listClients'].includes(id)
  );
});

/** Copies of one row of a table, each with new keys: enough of them that a scan would show. */
async function multiply(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query<{ name: string; type: string; keyed: boolean }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       exists (select from pg_index i where i.indrelid = a.attrelid and i.indisunique and a.attnum = any(i.indkey))
       -- a word out of a closed list stays what it is: the account of a posting
       and a.attname <> all($2) and not exists (select from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum]
         and pg_get_constraintdef(c.oid) like '%ANY (ARRAY[%') as keyed
     from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
       and a.attgenerated = ''`,
    [table, CODES],
  );
  const fresh: Readonly<Record<string, (name: string) => string>> = {
    uuid: (name) => `case when "${name}" is null then null else gen_random_uuid() end`,
    text: (name) => `"${name}" || '-' || n`,
    integer: (name) => (name === 'version' ? `version + n` : `"${name}"`),
    // The size of a checkpoint, the place of a leaf.
    bigint: (name) => `"${name}" + n`,
  };
  const names = rows.map((row) => `"${row.name}"`).join(', ');
  const values = rows.map((row) => (row.keyed ? (fresh[row.type]?.(row.name) ?? `"${row.name}"`) : `"${row.name}"`));
  await client.query(
    `insert into ${table} (${names}) select ${values.join(', ')} from (select * from ${table} limit 1) one, generate_series(1, ${ROWS}) n
     on conflict do nothing`,
  );
}

type Statement = { text: string; values: unknown[] };
const seen: Statement[] = [];

/** Listens to what the service asks: the same connections, the same statements. */
function listen(): void {
  const { pool } = service;
  const connect = pool.connect.bind(pool);
  pool.connect = async () => {
    const connection = await connect();
    const { client } = connection;
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const heard = (...args: unknown[]) => {
      const [config, values] = args as [string | Partial<Statement>, unknown[] | undefined];
      const text = typeof config === 'string' ? config : String(config.text);
      seen.push({ text, values: values ?? (typeof config === 'string' ? [] : (config.values ?? [])) });
      return query(...args);
    };
    Object.assign(client, { query: heard });
    const release = connection.release;
    return {
      ...connection,
      release(broken?: boolean) {
        Object.assign(client, { query });
        release(broken);
      },
    };
  };
}

let world: World;
beforeAll(async () => {
  world = createWorld(
    service.api,
    () => addClient(service),
    () => sealRecord(service),
  );
  for (const { id } of [...lists, { id: 'receiveCaseDocuments' }]) await fixtures[id]?.make(world);
  await withClient(service.database.superUrl, async (client) => {
    await client.query(`set session_replication_role = replica`);
    const { rows } = await client.query<{ name: string }>(
      `select format('%I', tablename) as name from pg_tables where schemaname = 'public' and not tablename = any($1)`,
      [[...SMALL, 'access', 'database_stamp', 'signing_keys', 'clients', 'idempotency_keys', 'counters']],
    );
    for (const name of [...rows.map((row) => row.name), 'keyring.data_keys']) await multiply(client, name);
    // A checkpoint is shown with the proof that it goes on from the one before: the tree that the copies speak of, whatever its hashes.
    await client.query(`insert into audit_leaves (leaf_index, record_id, xid, leaf_hash)
      select i, gen_random_uuid(), '1', sha256(i::text::bytea) from generate_series(0, ${3 * ROWS}) i on conflict do nothing`);
    await client.query(`insert into audit_nodes (level, node_index, hash) select l, i, sha256((l || '/' || i)::bytea)
      from generate_series(1, 14) l, lateral generate_series(0, (${3 * ROWS} >> l) - 1) i on conflict do nothing`);
    // Others see most of it, as in a province: an agency's own are few.
    await client.query(`insert into access (kind, agency_id, resource_id, relation)
      select k, gen_random_uuid(), gen_random_uuid(), 'handler'
      from unnest(array['clue','case','disbursement','referral','visit','account','fund','person','notice']) k, generate_series(1, ${ROWS})`);
    await client.query('analyze');
  });
  listen();
}, 120_000);

type Plan = { 'Node Type': string; 'Relation Name'?: string; Plans?: Plan[] };
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The page that is asked for: of a feed the next one, since from its beginning everything is to be read. */
async function pageOf(officer: string, op: Op): Promise<string> {
  // What needs no id stands already; the log of the audit would be sealed on top of its copies.
  const target: Target = (op.path.includes('{') && (await fixtures[op.id]?.make(world))) || {};
  const query: Record<string, string> = { limit: '20' };
  if (op.id === 'listEvents')
    query.after = String((await service.api.get(officer, `${op.path}?after=latest`)).body.nextCursor);
  return fillPath(op.path, target.params ?? {}, query);
}

test.each(lists.map((op) => [op.id, op] as const))('%s', async (id, op) => {
  const officer = String(fixtures[id]?.officer);
  const path = await pageOf(officer, op);
  const agency = await world.agencyOf(officer);
  seen.length = 0;
  expect((await service.api.get(officer, path)).status).toBe(200);
  const asked = seen.filter(({ text }) => /^\s*(?:select|with)\b/i.test(text) && /\bfrom\b/i.test(text));
  expect(asked.length).toBeGreaterThan(0);
  await withClient(service.database.appUrl, async (client) => {
    await asAgency(client, agency);
    for (const { text, values } of asked) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`, values);
      const nodes = nodesOf(rows[0]?.['QUERY PLAN'][0].Plan as Plan);
      const scanned = nodes
        .filter((node) => node['Node Type'] === 'Seq Scan' && !SMALL.includes(String(node['Relation Name'])))
        .map((node) => `${node['Relation Name']} is scanned by: ${text.slice(0, 400)}`);
      expect(scanned).toEqual([]);
    }
  });
});
