// Possible duplicates across all agencies: found by a definer function that answers agency, dates and state, and judged once more here.
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { EnumValue } from '../reference/enums.ts';
import { clueDuplicateVerdicts } from './table.ts';

export type Verdict = EnumValue<'duplicate-verdicts'>;
export type VerdictRow = typeof clueDuplicateVerdicts.$inferSelect;

type Found = {
  kind: EnumValue<'duplicate-kinds'>;
  resource_id: string;
  root_id: string;
  agency_id: string;
  state: string;
  opened_at: Date;
  decided_on: string | null;
  number: string | null;
  grounds: EnumValue<'duplicate-grounds'>[];
};

export type Candidate = {
  kind: Found['kind'];
  resourceId: string;
  /** The clue from which it began; stays when the clue becomes a case. */
  rootId: string;
  agencyId: string;
  state: string;
  openedAt: Date;
  decidedOn: string | null;
  /** Null where the caller does not see it. */
  number: string | null;
  grounds: Found['grounds'];
  verdict: VerdictRow | undefined;
};

/** The latest verdict of the caller's agency on each candidate. */
async function verdictsOn(tx: Tx, clueId: string, roots: readonly string[]): Promise<Map<string, VerdictRow>> {
  if (roots.length === 0) return new Map();
  const v = clueDuplicateVerdicts;
  const rows = await tx.db
    .selectDistinctOn([v.candidateId])
    .from(v)
    .where(and(eq(v.clueId, clueId), inArray(v.candidateId, [...roots]), visible(tx, 'duplicate_verdict', v.id)))
    .orderBy(v.candidateId, desc(v.id));
  return new Map(rows.map((row) => [row.candidateId, row]));
}

/** Newest first, at most 100; nothing for anyone but the clue's receiver. */
export async function findCandidates(tx: Tx, clueId: string): Promise<Candidate[]> {
  const { rows } = await tx.db.execute<Found>(
    sql`select kind, resource_id, root_id, agency_id, state, opened_at, decided_on::text, number, grounds from clue_duplicates(${clueId})`,
  );
  const verdicts = await verdictsOn(
    tx,
    clueId,
    rows.map((row) => row.root_id),
  );
  return rows.map((row) => ({
    kind: row.kind,
    resourceId: row.resource_id,
    rootId: row.root_id,
    agencyId: row.agency_id,
    state: row.state,
    openedAt: new Date(row.opened_at),
    decidedOn: row.decided_on,
    number: row.number,
    grounds: row.grounds,
    verdict: verdicts.get(row.root_id),
  }));
}

export async function insertVerdict(tx: Tx, row: VerdictRow): Promise<void> {
  await tx.db.insert(clueDuplicateVerdicts).values(row);
}
