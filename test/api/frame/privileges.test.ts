// What the role of the service must not be able to do: each is tried, each is denied.
import { expect, test } from '@jest/globals';
import { useService } from '../../support/service.ts';
import { withClient } from '../../support/sql.ts';

const service = useService();

const STATEMENTS = [
  'create table public.mine (id int)',
  'create temporary table mine (id int)',
  'create schema mine',
  'create extension if not exists file_fdw',
  'create function public.mine() returns int language sql as $$ select 1 $$',
  'create role mine superuser',
  'alter role ja_app superuser',
  'alter role ja_app bypassrls',
  'grant ja_owner to ja_app',
  'set role ja_owner',
  'set session authorization postgres',
  'alter table clues disable row level security',
  'alter table clues no force row level security',
  'drop policy app_read on clues',
  'create policy mine on clues using (true)',
  'alter table clues owner to ja_app',
  'truncate clues',
  'drop table persons',
  'delete from audit_records',
  'update audit_records set type = type',
  'alter table audit_records disable trigger all',
  'set session_replication_role = replica',
  'delete from keyring.data_keys',
  'update keyring.service_keys set wrapped = wrapped',
  'update database_stamp set stamp = stamp',
  `copy clues to '/tmp/clues'`,
  `copy (select 1) to program 'true'`,
  `select pg_read_file('postgresql.conf')`,
  `select lo_import('/etc/passwd')`,
  'select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user',
  'select rolpassword from pg_authid',
  `alter system set log_statement = 'all'`,
  `set log_statement = 'all'`,
  'load $$auto_explain$$',
  'checkpoint',
  'select pg_switch_wal()',
];

test('each is denied', async () => {
  const done: string[] = [];
  await withClient(service.database.appUrl, async (client) => {
    for (const sql of STATEMENTS) {
      const outcome = await client.query(sql).then(
        (result) => `done, ${result.rowCount ?? 0} rows`,
        (error: { code?: string }) => error.code,
      );
      if (outcome !== '42501') done.push(`${sql}: ${outcome}`);
    }
  });
  expect(done).toEqual([]);
  expect(STATEMENTS.length).toBeGreaterThan(20);
});
