// The tables of the code are those of the migrations: names, types, nullability, and the states of every lifecycle.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { accountMachine } from '../../src/accounts/domain.ts';
import { correctionMachine } from '../../src/cases/correction-domain.ts';
import { caseMachine } from '../../src/cases/domain.ts';
import { noticeMachine } from '../../src/cases/notice-domain.ts';
import { clueMachine } from '../../src/clues/domain.ts';
import { disbursementMachine } from '../../src/disbursements/domain.ts';
import { referralMachine } from '../../src/referrals/domain.ts';
import { visitMachine } from '../../src/visits/domain.ts';
import { useService } from '../support/service.ts';
import { ROOT } from '../support/settings.ts';
import { withClient } from '../support/sql.ts';

const service = useService();

/** Every module that declares a table: the features' table files, and those of the platform. */
const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  /(?:^|[/-])table\.ts$|^platform\/db\/(?:access|heads|idempotency)\.ts$/.test(file),
);
const modules = (await Promise.all(files.map((file) => import(join(ROOT, 'src', file))))) as Record<string, unknown>[];
const tables = [...new Set(modules.flatMap((m) => Object.values(m)).filter((value) => is(value, PgTable)))].map(
  (table) => getTableConfig(table as PgTable),
);
const nameOf = (table: { schema: string | undefined; name: string }) => `${table.schema ?? 'public'}.${table.name}`;

/** Read by start-up code with one statement each, or by functions of the database alone, never by a query of a repository. */
const WITHOUT_CODE = ['public.business_clock', 'public.database_stamp', 'public.sealed_records', 'public.signing_keys'];

type Column = { name: string; column: string; type: string; required: boolean };

const inDatabase = () =>
  withClient(service.database.ownerUrl, async (client) => {
    const { rows } = await client.query<Column>(`
      select n.nspname || '.' || c.relname as name, a.attname as column,
        format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'keyring') and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`);
    return rows;
  });

test('every table of the database is one of the code, and the reverse', async () => {
  const found = new Set((await inDatabase()).map((row) => row.name));
  const known = tables.map(nameOf);
  expect(new Set(known).size).toBe(known.length);
  const missing = [...found].filter((name) => !known.includes(name) && !WITHOUT_CODE.includes(name));
  expect({ missing, invented: known.filter((name) => !found.has(name)) }).toEqual({ missing: [], invented: [] });
});

describe.each(tables.map((table) => [nameOf(table), table] as const))('%s', (name, table) => {
  test('has the columns, types and nullability of the migrations', async () => {
    const written = (await inDatabase())
      .filter((row) => row.name === name)
      .map(({ column, type, required }) => `${column} ${type}${required ? ' not null' : ''}`);
    const meant = table.columns.map((c) => `${c.name} ${c.getSQLType()}${c.notNull || c.primary ? ' not null' : ''}`);
    const keys = new Set(table.primaryKeys.flatMap((key) => key.columns.map((c) => c.name)));
    const completed = meant.map((text) =>
      keys.has(text.split(' ')[0] ?? '') && !text.endsWith('not null') ? `${text} not null` : text,
    );
    expect(completed.sort()).toEqual(written.sort());
  });
});

describe('states', () => {
  const machines = [
    ['clues', clueMachine.states],
    ['assistance_cases', caseMachine.states],
    ['case_notices', noticeMachine.states],
    ['case_corrections', correctionMachine.states],
    ['disbursements', disbursementMachine.states],
    ['referrals', referralMachine.states],
    ['visits', visitMachine.states],
    ['monitoring_accounts', accountMachine.states],
  ] as const;

  test.each(machines)('%s allows exactly those of its lifecycle', async (table, states) => {
    const { rows } = await withClient(service.database.ownerUrl, (client) =>
      client.query<{ text: string }>(
        `select pg_get_constraintdef(oid) as text from pg_constraint
         where contype = 'c' and conrelid = $1::regclass
           and conkey = array[(select attnum from pg_attribute where attrelid = $1::regclass and attname = 'state')]`,
        [table],
      ),
    );
    const lists = rows.map((row) => [...row.text.matchAll(/'([a-z_]+)'::text/g)].map((m) => m[1]).sort());
    expect(lists).toContainEqual([...states].sort());
  });
});
