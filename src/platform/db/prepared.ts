// Statements of the hot paths, built by Drizzle once per connection: building one costs 0.1 ms each time (docs/evidence/bench.md).
import { getTableColumns, getTableName, sql } from 'drizzle-orm';
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgInsertBase, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from './client.ts';
import { ROWS } from './statements.ts';

type Prepared<R> = { execute(values?: Record<string, unknown>): Promise<R> };

const built = new WeakMap<Db, Map<string, Prepared<unknown>>>();

/** The statement of that name on this connection; `build` ends in `.prepare(name)` and has `sql.placeholder` where values go. */
export function prepared<P extends Prepared<unknown>>(db: Db, name: string, build: (db: Db, name: string) => P): P {
  let known = built.get(db);
  if (!known) {
    known = new Map();
    built.set(db, known);
  }
  // One name has one builder, so what is found is what this builder makes.
  const found = known.get(name) as P | undefined;
  if (found) return found;
  const made = build(db, name);
  known.set(name, made);
  return made;
}

/** More rows than this are rare, and each number of rows is a statement of its own. */
const MAX_ROWS = 8;

type Row = Readonly<Record<string, unknown>>;

type Insertable<T extends PgTable> = PgInsertBase<T, NodePgQueryResultHKT>;

/**
 * Inserts rows that have the same members; sent when it is called. `end` adds what follows the values (a conflict, a return) and
 * has the `name` to itself.
 */
export function insertRows<T extends PgTable, P extends Prepared<unknown> = Prepared<unknown>>(
  db: Db,
  table: T,
  rows: readonly T['$inferInsert'][],
  { name = 'insert', end }: { name?: string; end?: (insert: Insertable<T>) => { prepare(name: string): P } } = {},
): ReturnType<P['execute']> {
  const [first] = rows;
  if (!first) return Promise.resolve([]) as unknown as ReturnType<P['execute']>;
  const members = Object.keys(first);
  const statement = `${ROWS}${name}|${getTableName(table)}|${members.join()}|${rows.length}`;
  const build = (given: readonly unknown[]) => {
    const insert = db.insert(table).values(given as T['$inferInsert'][]) as unknown as Insertable<T>;
    return ((end?.(insert) ?? insert) as { prepare(name: string): P }).prepare(statement);
  };
  if (rows.length > MAX_ROWS) return build(rows).execute() as ReturnType<P['execute']>;
  // Mapped here: Drizzle would hand a null that comes through a placeholder to the column's own mapping.
  const slot = (i: number, m: string) => sql`${sql.placeholder(`${i}.${m}`)}`;
  const slots = () => rows.map((_, i) => Object.fromEntries(members.map((m) => [m, slot(i, m)])));
  const columns = getTableColumns(table);
  const values: Record<string, unknown> = {};
  for (const [i, row] of rows.entries())
    for (const m of members) {
      const value = (row as Row)[m] ?? null;
      values[`${i}.${m}`] = value === null ? null : columns[m]?.mapToDriverValue(value);
    }
  return prepared(db, statement, () => build(slots())).execute(values) as ReturnType<P['execute']>;
}
