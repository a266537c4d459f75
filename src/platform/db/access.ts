// Who may see what: one row per agency and resource, written with the fact and used by every list and by row security.
import { and, desc, eq, getTableColumns, getTableName, lt, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import {
  index,
  type PgColumn,
  type PgInsertBase,
  type PgTable,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { SYSTEM_SCOPE } from '../../kernel/actor.ts';
import { opensSealed, RELATIONS, sees } from '../../kernel/can.ts';
import type { AccessGrant, Fact, ResourceKind } from '../../kernel/fact.ts';
import { type Page, type PageRequest, toPage } from '../../kernel/page.ts';
import type { Db } from './client.ts';
import type { Ctx, Tx } from './context.ts';
import { countUpTo } from './counting.ts';
import { insertRows, prepared } from './prepared.ts';

export const access = pgTable(
  'access',
  {
    kind: text().notNull(),
    agencyId: uuid('agency_id').notNull(),
    resourceId: uuid('resource_id').notNull(),
    relation: text().notNull(),
    until: timestamp({ withTimezone: true }),
    /** Who of the agency still sees it: officers by id, others by role; null where it is not sealed. */
    sealedTo: text('sealed_to').array(),
  },
  (t) => [
    primaryKey({ columns: [t.kind, t.agencyId, t.resourceId] }),
    index('access_resource').on(t.kind, t.resourceId),
    index('access_sealed').on(t.kind, t.agencyId, t.resourceId).where(sql`sealed_to is not null`),
  ],
);

/** Whose rows, and what of the table of kernel/can.ts is open to them. */
type Sight = { scope: string | Placeholder; oversight: boolean; unfiltered?: Ctx['unfiltered'] | undefined };
type AccessColumns = { relation: SQL | PgColumn; until: SQL | PgColumn; sealedTo: SQL | PgColumn };

const aliased: AccessColumns = { relation: sql`a.relation`, until: sql`a.until`, sealedTo: sql`a.sealed_to` };

/** Not sealed, or the caller has a duty in it: what the opening says of them is only read where a row is sealed (ADR 0022). */
export const openedTo = (sealedTo: SQL | PgColumn): SQL =>
  sql`(${sealedTo} is null or ${sealedTo} && (select nullif(current_setting('app.duties', true), '')::text[]))`;

/** The relation has not ended, and is none that opens nothing to this caller. */
function opens({ oversight }: Sight, { relation, until, sealedTo }: AccessColumns): SQL {
  const held = new Set<string>(oversight ? ['oversight:read'] : []);
  const closed = Object.keys(RELATIONS).filter((name) => !sees(name, held));
  const unless = closed.map((name) => sql` and ${relation} <> ${sql.raw(`'${name}'`)}`);
  return sql.join([sql`(${until} is null or ${until} > now()) and ${openedTo(sealedTo)}`, ...unless]);
}

/** The application's wall is down: a test looks whether row security holds alone (S-19). No setting of the service does this. */
const isDown = ({ unfiltered }: Pick<Sight, 'unfiltered'>, kind: ResourceKind) =>
  unfiltered === 'all' || unfiltered === kind;

/** The caller's sight with the scope left open, for a statement that is built once. */
export const openSight = ({ oversight, unfiltered }: Pick<Ctx, 'oversight' | 'unfiltered'>): Sight => ({
  scope: sql.placeholder('scope'),
  oversight,
  unfiltered,
});

/** What such a statement differs by. */
export const sightName = (ctx: Pick<Ctx, 'oversight' | 'unfiltered'>, kind: ResourceKind): string =>
  `${ctx.oversight}${isDown(ctx, kind) ? '|down' : ''}`;

/** Condition "the caller sees this row"; every repository read carries it, row security repeats it. */
export function visibleAs(sight: Sight, kind: ResourceKind, id: PgColumn): SQL {
  if (isDown(sight, kind)) return sql`true`;
  return sql`exists (select 1 from access a where a.kind = ${kind} and a.agency_id = ${sight.scope} and a.resource_id = ${id} and ${opens(sight, aliased)})`;
}

export const visible = (tx: Tx, kind: ResourceKind, id: PgColumn): SQL => visibleAs(tx.ctx, kind, id);

function scoped(kind: ResourceKind, sight: Sight, before: string | Placeholder | null): SQL | undefined {
  const mine = isDown(sight, kind) ? undefined : and(eq(access.agencyId, sight.scope), opens(sight, access));
  const later = before === null ? undefined : lt(access.resourceId, before);
  return and(eq(access.kind, kind), mine, later);
}

/** Conditions for a list that is driven by the access rows: join `access` on the id and order by `access.resourceId`. */
export function listScope(tx: Tx, kind: ResourceKind, before: string | null): SQL | undefined {
  return scoped(kind, tx.ctx, before);
}

const newestFirst = desc(access.resourceId);

/** Exact up to 10,000, then a lower bound; counts through the same access rows as the list. */
async function countVisible(
  tx: Tx,
  kind: ResourceKind,
  table: PgTable,
  id: PgColumn,
  where: SQL | undefined,
  page: PageRequest,
): Promise<{ total?: number; totalAtLeast?: number }> {
  return countUpTo(tx, page.includeTotal, (one) =>
    one
      .from(access)
      .innerJoin(table, eq(id, access.resourceId))
      .where(and(listScope(tx, kind, null), where)),
  );
}

/** How the caller's scope stands to a resource now, and whom of it the resource is open to where it is sealed. */
export type Standing = { relation: string; sealedTo: readonly string[] | null };

export async function standingTo(tx: Tx, kind: ResourceKind, id: string): Promise<Standing | undefined> {
  if (isDown(tx.ctx, kind)) return { relation: 'owner', sealedTo: null };
  const wanted = { kind, scope: tx.ctx.scope, id };
  const [row] = await prepared(tx.db, 'relation', (db, name) =>
    db
      .select({ relation: access.relation, sealedTo: access.sealedTo })
      .from(access)
      .where(
        and(
          eq(access.kind, sql.placeholder('kind')),
          eq(access.agencyId, sql.placeholder('scope')),
          eq(access.resourceId, sql.placeholder('id')),
          sql`(${access.until} is null or ${access.until} > now())`,
        ),
      )
      .prepare(name),
  ).execute(wanted);
  return row;
}

/** The relation through which the caller sees the resource now, or undefined. */
export async function relationTo(tx: Tx, kind: ResourceKind, id: string): Promise<string | undefined> {
  const found = await standingTo(tx, kind, id);
  const { scope, actor } = tx.ctx;
  return found && (scope === SYSTEM_SCOPE || opensSealed(found.sealedTo, actor)) ? found.relation : undefined;
}

const madeName = (kind: ResourceKind, id: string) => `access|${kind}|${id}`;

/** Who sees a resource that this transaction has made, where one fact alone has said so. */
export const madeAccess = (tx: Tx, kind: ResourceKind, id: string) =>
  tx.made.get(madeName(kind, id)) as readonly AccessGrant[] | undefined;

/** Writes the grants and revocations of a fact; a direct relation replaces oversight, never the reverse. */
export function writeAccess(tx: Tx, fact: Fact): Promise<unknown>[] {
  const writes: Promise<unknown>[] = [];
  if (fact.revoke?.length || fact.access) noteMade(tx, fact);
  if (fact.revoke?.length) {
    const gone = sql`${access.agencyId} = any(${sql.param([...fact.revoke])}::uuid[])`;
    writes.push(
      tx.db
        .delete(access)
        .where(and(eq(access.kind, fact.kind), eq(access.resourceId, fact.id), gone))
        .execute(),
    );
  }
  if (fact.access) {
    const rows = new Map<string, typeof access.$inferInsert>();
    const system = { agencyId: SYSTEM_SCOPE, relation: 'owner' as const };
    for (const grant of [system, ...fact.access]) {
      const former = rows.get(grant.agencyId);
      if (former && grant.relation === 'oversight') continue;
      const until = 'until' in grant ? grant.until : undefined;
      rows.set(grant.agencyId, {
        kind: fact.kind,
        resourceId: fact.id,
        agencyId: grant.agencyId,
        relation: grant.relation,
        until: until ?? null,
      });
    }
    const end = (insert: PgInsertBase<typeof access, NodePgQueryResultHKT>) =>
      insert.onConflictDoUpdate({
        target: [access.kind, access.agencyId, access.resourceId],
        set: {
          relation: sql`excluded.relation`,
          until: sql`excluded.until`,
          // Whoever comes to know a person by a new record knows the person; a record that is sealed stays so.
          sealedTo: sql`case when ${access.kind} <> 'person' then ${access.sealedTo} end`,
        },
        setWhere: sql`excluded.relation <> 'oversight'`,
      });
    writes.push(insertRows(tx.db, access, [...rows.values()], { name: 'grant', end }));
  }
  return writes;
}

/** The first grants of a resource are all it has; what comes later has to be read. */
function noteMade(tx: Tx, fact: Fact): void {
  const name = madeName(fact.kind, fact.id);
  const first = !tx.made.has(name) && fact.access && !fact.revoke?.length;
  tx.made.set(name, first ? fact.access : undefined);
}

type Listed = PgTable & { id: PgColumn };

/** A row as a list shows it: nothing sealed is even read. */
export type ListedRow<R> = Omit<R, `${string}Sealed`>;

function openColumns(table: PgTable, only?: readonly string[]): Record<string, PgColumn> {
  const open = Object.entries(getTableColumns(table)).filter(([name]) => !name.endsWith('Sealed'));
  return Object.fromEntries(only ? open.filter(([name]) => only.includes(name)) : open);
}

function pageQuery(db: Db, table: Listed, where: SQL | undefined, limit: number, only?: readonly string[]) {
  return db
    .select(openColumns(table, only))
    .from(access)
    .innerJoin(table as PgTable, eq(table.id, access.resourceId))
    .where(where)
    .orderBy(newestFirst)
    .limit(limit);
}

/** The page without filters, which most lists are: built once per connection. */
function plainPage(
  tx: Tx,
  kind: ResourceKind,
  table: Listed,
  { before, limit }: PageRequest,
  only?: readonly string[],
) {
  const { scope } = tx.ctx;
  const open = openSight(tx.ctx);
  const built = `page|${kind}|${getTableName(table)}|${sightName(tx.ctx, kind)}|${before !== null}|${limit}`;
  return prepared(tx.db, built, (db, name) =>
    pageQuery(db, table, scoped(kind, open, before && sql.placeholder('before')), limit + 1, only).prepare(name),
  ).execute({ scope, before });
}

/**
 * A page of what the caller sees, newest first: driven by the access rows, so its work is proportional to the page. `only`: the
 * columns that the list shows, always the same of a table; each column costs its share of every row.
 */
export async function listVisible<T extends Listed, K extends string & keyof ListedRow<T['$inferSelect']>>(
  tx: Tx,
  kind: ResourceKind,
  table: T,
  where: SQL | undefined,
  page: PageRequest,
  only?: readonly K[],
): Promise<Page<Pick<ListedRow<T['$inferSelect']>, K> & { id: string }>> {
  const rows = where
    ? await pageQuery(tx.db, table, and(listScope(tx, kind, page.before), where), page.limit + 1, only)
    : await plainPage(tx, kind, table, page, only);
  const total = await countVisible(tx, kind, table, table.id, where, page);
  // The generic select forgets the table's row type; it selects exactly those columns of that table.
  const found = rows as unknown as (Pick<ListedRow<T['$inferSelect']>, K> & { id: string })[];
  return { ...toPage(found, page.limit), ...total };
}
