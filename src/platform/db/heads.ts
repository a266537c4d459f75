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

const nameOf = ({ id, kind }: Fact) => `${id}|${kind}`;

/** Numbers behind what each aggregate had before, in the order in which the facts were recorded. */
function numbered(facts: readonly Fact[], before: (name: string) => { sequence: number; hash: Buffer | null }) {
  const last = new Map<string, number>();
  return facts.map((fact): SequencedFact => {
    const name = nameOf(fact);
    const { sequence: start, hash } = before(name);
    const sequence = (last.get(name) ?? start) + 1;
    last.set(name, sequence);
    return { ...fact, sequence, head: hash };
  });
}

/** How many facts each aggregate has. */
function countFacts(facts: readonly Fact[]) {
  const counts = new Map<string, { kind: string; resourceId: string; sequence: number }>();
  for (const fact of facts) {
    const entry = counts.get(nameOf(fact)) ?? { kind: fact.kind, resourceId: fact.id, sequence: 0 };
    entry.sequence += 1;
    counts.set(nameOf(fact), entry);
  }
  return counts;
}

/** Takes the numbers of all these aggregates, in the order of their ids; the row locks hold until the end. */
async function takeNumbers(tx: Tx, facts: readonly Fact[]): Promise<SequencedFact[]> {
  const counts = countFacts(facts);
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
  return numbered(facts, (name) => {
    const head = found.get(name);
    if (!head) throw new Error('a fact has no head');
    return { sequence: head.sequence - (counts.get(name)?.sequence ?? 0), hash: head.hash };
  });
}

const START = { sequence: 0, hash: null };

/**
 * Gives every fact the next number of its aggregate. Where all of them came into being in this transaction the numbers are known
 * without asking; should one exist all the same, the unique number of its first record refuses the whole.
 */
export async function sequenceFacts(tx: Tx, facts: readonly Fact[]): Promise<SequencedFact[]> {
  const begun = new Set(facts.filter((fact) => fact.first).map(nameOf));
  return facts.every((fact) => begun.has(nameOf(fact))) ? numbered(facts, () => START) : takeNumbers(tx, facts);
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
