// A read that is one statement: the caller's context is set within it, so that it is a transaction by itself (docs/evidence/bench.md).
import { type SQL, type Subquery, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Actor } from '../../kernel/actor.ts';
import { dutiesOf } from '../../kernel/can.ts';
import type { Db } from './client.ts';
import type { ClockRow, Tx } from './context.ts';

/** Condition of what is looked for: it is true once the context is set, and there is nothing to compare it with before. */
export const ENTERED: SQL = sql`context.entered`;

/** As an array of the database: ids and names of roles, nothing that would have to be quoted. */
export const dutyList = (actor: Actor): string => {
  const held = dutiesOf(actor).filter((duty) => /^[a-z0-9_-]+$/.test(duty));
  return held.length === 0 ? '' : `{${held.join(',')}}`;
};

/** What the opening of a transaction does (opening.ts), as a table of one row. What sets something is never merged into its user. */
const CONTEXT: SQL = sql`
  select set_config('app.agency', ${sql.placeholder('scope')}, true) is not null
      and set_config('app.oversight', ${sql.placeholder('oversight')}, true) is not null
      and set_config('app.duties', ${sql.placeholder('duties')}, true) is not null as entered,
    (extract(epoch from clock_timestamp()) * 1000)::float8 as system_ms,
    coalesce((select shift_ms from business_clock), 0)::float8 as shift_ms,
    (select edition::float8 from directory_editions) as edition`;

const CLOCK = {
  systemMs: sql<number>`context.system_ms`.as('system_ms'),
  shiftMs: sql<number>`context.shift_ms`.as('shift_ms'),
  edition: sql<number>`context.edition`.as('edition'),
};

/** The columns of a subquery by the names it was selected with. */
type Inner = Subquery & { _: { selectedFields: Record<string, unknown> } };

/**
 * The context, and joined to it laterally what `inner` finds under `ENTERED`: looked for after the caller's agency is set, and
 * nothing were it not. `id` is a column of it that is never null.
 */
export function onceOver(db: Db, inner: Inner, name: string, order: SQL[] = []) {
  const field = (column: string) => (inner as unknown as Record<string, PgColumn>)[column] as PgColumn;
  const columns = Object.fromEntries(Object.keys(inner._.selectedFields).map((column) => [column, field(column)]));
  return db
    .with(db.$with('context').as(CONTEXT as never))
    .select({ ...CLOCK, ...columns })
    .from(sql`context`)
    .leftJoinLateral(inner, sql`true`)
    .orderBy(...order)
    .prepare(name);
}

/** The rows found, and the clock brought to the transaction. */
export async function lookOnce<R extends { id: string }>(
  tx: Tx,
  statement: ReturnType<typeof onceOver>,
  values: Record<string, unknown>,
): Promise<R[]> {
  const { scope, oversight, actor } = tx.ctx;
  const context = { scope, oversight: oversight ? 'on' : 'off', duties: dutyList(actor) };
  const rows = await statement.execute({ ...values, ...context });
  const found = rows as unknown as (R & ClockRow)[];
  const [first] = found;
  if (!first) throw new Error('a context without a row');
  tx.enter(first);
  return first.id === null ? [] : found;
}
