// Every row of the public schema as text: what a plain dump of the database would show.
import type { Service } from './service.ts';

export async function rowsOf(service: Service): Promise<string> {
  const tables = await service.owner.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const rows: string[] = [];
  for (const { name } of tables)
    for (const { row } of await service.owner.query<{ row: string }>(`select t::text as row from ${name} t`))
      rows.push(row);
  return rows.join('\n');
}
