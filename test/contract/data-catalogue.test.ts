// Every column has a data class (P-01): docs/data-catalogue.csv and the migrated database name the same columns, and whatever is
// personal is sealed, masked, digested or a code beside a pseudonym.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sealedColumns, serviceSealed } from '../../src/keys/sealed.ts';
import { useService } from '../support/service.ts';
import { ROOT } from '../support/settings.ts';
import { withClient } from '../support/sql.ts';

const service = useService();

type Row = { table: string; column: string; class: string; protection: string; basis: string; retention: string };

const CLASSES = ['public', 'internal', 'pi', 'sensitive_pi', 'minor'];
const PROTECTIONS = ['plain', 'coded', 'masked', 'digest', 'blind_index', 'sealed', 'wrapped'];
const RETENTIONS = ['days', 'with_owner', 'with_resource', 'case_file', 'accounting_30y', 'audit_10y', 'service_life'];

/** RFC 4180: a cell with a comma stands in quotes. */
function parse(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) =>
    (m[1] ?? m[2] ?? '').replaceAll('""', '"'),
  );
}

const [head, ...lines] = readFileSync(join(ROOT, 'docs/data-catalogue.csv'), 'utf8').trimEnd().split('\n');
const rows = lines.map((line) => {
  const [table = '', column = '', cls = '', protection = '', basis = '', retention = ''] = parse(line);
  return { table, column, class: cls, protection, basis, retention } satisfies Row;
});
const nameOf = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;
const names = rows.map(nameOf);
const isPersonal = (row: Row) => ['pi', 'sensitive_pi', 'minor'].includes(row.class);

const columns = () =>
  withClient(service.database.ownerUrl, async (client) => {
    const found = await client.query<{ name: string; type: string }>(`
      select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname || '.' || a.attname as name,
        format_type(a.atttypid, a.atttypmod) as type
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_temp'
        and c.relkind in ('r', 'p', 'm', 'f') and a.attnum > 0 and not a.attisdropped`);
    return new Map(found.rows.map((row) => [row.name, row.type]));
  });

test('the catalogue names every column of the database once, and none that is not there', async () => {
  const types = await columns();
  expect(head).toBe('table,column,class,protection,basis,retention');
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  const missing = [...types.keys()].filter((name) => !names.includes(name));
  const invented = names.filter((name) => !types.has(name));
  expect({ missing, invented }).toEqual({ missing: [], invented: [] });
});

test('each has a class, a protection, a legal basis or purpose and a retention class', () => {
  const bad = rows.filter(
    (row) =>
      !CLASSES.includes(row.class) ||
      !PROTECTIONS.includes(row.protection) ||
      !RETENTIONS.includes(row.retention) ||
      row.basis.length < 20,
  );
  expect(bad.map(nameOf)).toEqual([]);
});

test('personal data in words or numbers is sealed, or masked, digested or a code', async () => {
  const types = await columns();
  const wordy = (row: Row) => /^(?:text|jsonb|bytea|date|character)/.test(types.get(nameOf(row)) ?? '');
  const clear = rows.filter((row) => isPersonal(row) && wordy(row) && row.protection === 'plain');
  expect(clear.map(nameOf)).toEqual([]);
  for (const row of rows) {
    const type = types.get(nameOf(row));
    if (row.column.endsWith('_sealed') || row.protection === 'sealed')
      expect([nameOf(row), row.protection, type]).toEqual([nameOf(row), 'sealed', 'bytea']);
    if (row.column.endsWith('_masked') || row.protection === 'masked')
      expect([nameOf(row), row.protection, row.column.endsWith('_masked')]).toEqual([nameOf(row), 'masked', true]);
    if (['digest', 'blind_index'].includes(row.protection)) expect([nameOf(row), type]).not.toContain('jsonb');
  }
});

test('what is sealed is what is sealed anew when keys change', () => {
  const listed = [...sealedColumns, ...serviceSealed].map(nameOf).sort();
  expect(
    rows
      .filter((row) => row.protection === 'sealed')
      .map(nameOf)
      .sort(),
  ).toEqual(listed);
});

test('a migration without a class is noticed', async () => {
  await withClient(service.database.ownerUrl, (client) => client.query('alter table clues add column forgotten text'));
  expect([...(await columns()).keys()].filter((name) => !names.includes(name))).toEqual(['clues.forgotten']);
});
