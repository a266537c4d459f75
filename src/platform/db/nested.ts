// Rows that hang on a row, read with it as one JSON column: a statement less costs more than the JSON (docs/evidence/bench.md).
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

type Json = Record<string, unknown>;

/** As Drizzle would have made it of PostgreSQL's text: binary comes as `\x…`, an instant as ISO 8601. */
function decoded(column: PgColumn, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (column.getSQLType() === 'bytea') return Buffer.from(String(value).slice(2), 'hex');
  return column.dataType === 'date' ? new Date(String(value)) : value;
}

/**
 * The rows of `table` that satisfy `where`, in the order of `by`; `only` names the members wanted. Not under a lock: a row that was
 * waited for is read again, what hangs on it is not.
 */
export function nested<T extends PgTable, K extends string & keyof T['$inferSelect']>(
  table: T,
  where: SQL | undefined,
  by: PgColumn,
  only?: readonly K[],
): SQL<Pick<T['$inferSelect'], K>[]> {
  const all = Object.entries(getTableColumns(table) as Record<string, PgColumn>);
  const columns = only ? all.filter(([name]) => only.includes(name as K)) : all;
  const pairs = columns.map(([name, column]) => sql`${sql.raw(`'${name}'`)}, ${column}`);
  const rows = sql<
    Pick<T['$inferSelect'], K>[]
  >`(select coalesce(json_agg(json_build_object(${sql.join(pairs, sql`, `)}) order by ${by}), '[]')
    from ${table} where ${where})`;
  return rows.mapWith((found: unknown) =>
    (found as Json[]).map((row) =>
      Object.fromEntries(columns.map(([name, column]) => [name, decoded(column, row[name])])),
    ),
  ) as SQL<Pick<T['$inferSelect'], K>[]>;
}
