// Facts of resources as the work items ask for them; a clue comes with its agencies in one statement, for every submission asks.
import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { agencies } from '../agencies/table.ts';
import { clues } from '../clues/table.ts';
import { disbursements } from '../disbursements/table.ts';
import { access } from '../platform/db/access.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { placeColumns, related } from './repository.ts';

const { narrativeSealed: _narrative, outcomeSealed: _outcome, ...clueColumns } = getTableColumns(clues);

export async function findClueWork(tx: Tx, id: string) {
  const rows = await prepared(tx.db, 'clue_work', (db, name) =>
    db
      .select({ clue: clueColumns, agency: placeColumns })
      .from(clues)
      .innerJoin(access, related('clue', sql`${clues.id}`))
      .innerJoin(agencies, eq(agencies.id, access.agencyId))
      .where(eq(clues.id, sql.placeholder('id')))
      .prepare(name),
  ).execute({ id });
  const clue = rows[0]?.clue;
  if (!clue) return undefined;
  const facts = { ...clue, urgent: clue.urgency === 'emergency_medical' };
  return { facts, candidates: rows.map((row) => row.agency) };
}

export async function findLinesOfCase(tx: Tx, caseId: string): Promise<string[]> {
  const rows = await tx.db
    .select({ id: disbursements.id })
    .from(disbursements)
    .where(and(eq(disbursements.caseId, caseId)));
  return rows.map((row) => row.id);
}
