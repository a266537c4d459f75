// Every column has a data class (P-01): docs/data-catalogue.csv and the migrated database name the same columns, and whatever is
// personal is sealed, masked, digested or a code beside a pseudonym.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sealedColumns, serviceSealed } from '../../src/keys/sealed.ts';
import { readConfig } from '../../src/platform/config.ts';
import { personKeepMonths, retentionRule } from '../../src/retention/policy.ts';
import { useService } from '../support/service.ts';
import { ROOT } from '../support/settings.ts';
import { withClient } from '../support/sql.ts';

const service = useService();

type Row = { table: string; column: string; class: string; protection: string; basis: string; retention: string };

const CLASSES = ['public', 'internal', 'pi', 'sensitive_pi', 'minor'];
const PROTECTIONS = ['plain', 'coded', 'masked', 'digest', 'blind_index', 'sealed', 'wrapped'];
/** The words of the catalogue, and the rule of the policy behind each. */
const RULES = {
  case_file: 'case_file',
  accounting_30y: 'payment',
  audit_10y: 'audit_record',
  read_log: 'security_log',
  days: 'stored_reply',
} as const;
const RETENTIONS = [...Object.keys(RULES), 'with_owner', 'with_resource', 'service_life'];

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

describe('retention', () => {
  test('is in the catalogue what the policy says, in its words and in its figures', () => {
    const md = readFileSync(join(ROOT, 'docs/data-catalogue.md'), 'utf8');
    for (const [word, code] of Object.entries(RULES)) {
      const { floorMonths, keepMonths } = retentionRule(code);
      const [, rules, floor, due] =
        new RegExp(`^\\| \`${word}\` \\| ([^|]+) \\| (\\d+) \\| (\\d+|\u2013) \\|`, 'm').exec(md) ?? [];
      expect([word, rules?.includes(`\`${code}\``), floor, due]).toEqual([
        word,
        true,
        String(floorMonths),
        keepMonths === null ? '\u2013' : String(keepMonths),
      ]);
      const years = /_(\d+)y$/.exec(word)?.[1];
      if (years) expect([word, floorMonths]).toEqual([word, Number(years) * 12]);
    }
    expect(personKeepMonths()).toBe(retentionRule('case_file').keepMonths);
  });

  test('of access records is that of the setting and of the database', async () => {
    const { floorMonths, keepMonths } = retentionRule('security_log');
    const { readRecordDays } = readConfig({ SANDBOX: 'true' });
    expect(Math.floor(readRecordDays / 30.5)).toBe(keepMonths);
    const [row] = await service.owner.query<{ src: string }>(
      `select pg_get_functiondef('purge_read_records'::regproc) as src`,
    );
    expect(Number(/GREATEST\([a-z_.]*days, (\d+)\)/i.exec(row?.src ?? '')?.[1])).toBeGreaterThanOrEqual(
      floorMonths * 30.5,
    );
    expect(() => readConfig({ SANDBOX: 'true', READ_RECORD_DAYS: '180' })).toThrow();
  });

  test('ends somewhere for whatever is personal', () => {
    const forEver = rows.filter((row) => isPersonal(row) && row.retention === 'service_life');
    expect(forEver.map(nameOf)).toEqual([]);
  });

  test('of ten years and more is kept by the database: the service cannot delete it, nor does an erasure', async () => {
    const found = await service.owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
       and has_table_privilege('ja_app', oid, 'DELETE')`,
    );
    const [erasure] = await service.owner.query<{ src: string }>(
      `select pg_get_functiondef('erasure_destroy'::regproc) as src`,
    );
    const erased = [...(erasure?.src ?? '').matchAll(/delete from ([a-z_.]+)/g)].map((m) => m[1] ?? '');
    expect(erased).toEqual(expect.arrayContaining(['safe_contact_rules', 'keyring.data_keys']));
    const deleted = new Set([...found.map((row) => row.name), ...erased]);
    const kept = rows.filter((row) => ['accounting_30y', 'audit_10y'].includes(row.retention));
    expect([...new Set(kept.filter((row) => deleted.has(row.table)).map((row) => row.table))]).toEqual([]);
  });
});

test('a migration without a class is noticed', async () => {
  await withClient(service.database.ownerUrl, (client) => client.query('alter table clues add column forgotten text'));
  expect([...(await columns()).keys()].filter((name) => !names.includes(name))).toEqual(['clues.forgotten']);
});
