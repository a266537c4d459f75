// Sequence numbers per aggregate and running document numbers: allotted in the transaction, locked last and in id order.
import { sql } from 'drizzle-orm';
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { Fact } from '../../kernel/fact.ts';
import { bytea } from '../crypto/table.ts';
import type { Tx } from './context.ts';
import { insertRows, prepared } from './prepared.ts';

export const aggregateHeads = pgTable(
  'aggregate_heads',
  {
    kind: text().notNull(),
    resourceId: uuid('resource_id').notNull(),
    sequence: integer().notNull(),
    /** Of the last record of the chain; the row lock that gives the number guards it too. */
    hash: bytea(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.resourceId] })],
);

export const counters = pgTable('counters', { series: text().primaryKey(), value: integer().notNull() });

/** `head`: the hash of the aggregate's last record before this transaction. */
export type SequencedFact = Fact & { sequence: number; head: Buffer | null };

/** Gives every fact the next number of its aggregate, in the order in which the facts were recorded. */
export async function sequenceFacts(tx: Tx, facts: readonly Fact[]): Promise<SequencedFact[]> {
  const counts = new Map<string, { kind: string; resourceId: string; sequence: number }>();
  for (const fact of facts) {
    const name = `${fact.id}|${fact.kind}`;
    const entry = counts.get(name) ?? { kind: fact.kind, resourceId: fact.id, sequence: 0 };
    entry.sequence += 1;
    counts.set(name, entry);
  }
  if (counts.size === 0) return [];
  const values = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  const heads = await insertRows(tx.db, aggregateHeads, values, {
    name: 'heads',
    end: (insert) =>
      insert
        .onConflictDoUpdate({
          target: [aggregateHeads.kind, aggregateHeads.resourceId],
          set: { sequence: sql`${aggregateHeads.sequence} + excluded.sequence` },
        })
        .returning(),
  });
  const found = new Map(heads.map((h) => [`${h.resourceId}|${h.kind}`, h]));
  const next = new Map(heads.map((h) => [h, h.sequence - (counts.get(`${h.resourceId}|${h.kind}`)?.sequence ?? 0)]));
  return facts.map((fact) => {
    const head = found.get(`${fact.id}|${fact.kind}`);
    if (!head) throw new Error('a fact has no head');
    const sequence = (next.get(head) ?? 0) + 1;
    next.set(head, sequence);
    return { ...fact, sequence, head: head.hash };
  });
}

export type Head = { kind: string; resourceId: string; sequence: number; hash: Buffer };

/** Keeps the hash of the last record of each aggregate, whose row this transaction holds since `sequenceFacts`. */
export function keepHashes(tx: Tx, heads: readonly Head[]): Promise<unknown> {
  return insertRows(tx.db, aggregateHeads, heads, {
    name: 'hashes',
    end: (insert) =>
      insert.onConflictDoUpdate({
        target: [aggregateHeads.kind, aggregateHeads.resourceId],
        set: { hash: sql`excluded.hash` },
      }),
  });
}

/** The next running number of a series such as `decision|<agency>|2026`; never reused, gaps only by rollback of a later step. */
export async function allotNumber(tx: Tx, series: string): Promise<number> {
  const [row] = await prepared(tx.db, 'counter', (db, name) =>
    db
      .insert(counters)
      .values({ series: sql.placeholder('series'), value: 1 })
      .onConflictDoUpdate({ target: counters.series, set: { value: sql`${counters.value} + 1` } })
      .returning()
      .prepare(name),
  ).execute({ series });
  if (!row) throw new Error('counter gave no value');
  return row.value;
}

/** Human number of a record: prefix, agency, year and running number, e.g. `CL-210102-2026-12`. */
export async function allotRecordNumber(tx: Tx, prefix: string, agencyCode: string): Promise<string> {
  const place = /-(\d{6})$/.exec(agencyCode)?.[1] ?? agencyCode;
  const series = `${prefix}-${place}-${tx.ctx.today.slice(0, 4)}`;
  return `${series}-${await allotNumber(tx, series)}`;
}
