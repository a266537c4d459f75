// A clue as its view shows it: the row, what hangs on it and the keys that open it in one statement.
import { and, eq, sql } from 'drizzle-orm';
import { dataKeys } from '../platform/crypto/table.ts';
import { openSight, sightName, visibleAs } from '../platform/db/access.ts';
import { nested } from '../platform/db/nested.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type Clue, openClue, toClue } from './repository.ts';
import { clueRoutings, clueSubjects, clues } from './table.ts';

/** The keys of the clue and its people. */
const keysOfClue = () =>
  nested(
    dataKeys,
    sql`(${dataKeys.ownerKind}, ${dataKeys.ownerId}) in (select 'clue', ${clues.id} union all
      select 'person', s.person_id from clue_subjects s where s.clue_id = ${clues.id})`,
    dataKeys.id,
    ['id', 'wrapped'],
  );

/** The row, what hangs on it and, for `keys`, what opens it, in one statement. */
async function readWhole(tx: Tx, id: string, keys: boolean) {
  const { scope } = tx.ctx;
  const [found] = await prepared(tx.db, `whole_clue|${sightName(tx.ctx, 'clue')}|${keys}`, (db, name) =>
    db
      .select({
        row: clues,
        subjectRows: nested(clueSubjects, eq(clueSubjects.clueId, clues.id), clueSubjects.position),
        routings: nested(clueRoutings, eq(clueRoutings.clueId, clues.id), clueRoutings.position),
        keys: keys ? keysOfClue() : sql<[]>`'[]'::json`,
      })
      .from(clues)
      .where(and(eq(clues.id, sql.placeholder('id')), visibleAs(openSight(tx.ctx), 'clue', clues.id)))
      .prepare(name),
  ).execute({ id, scope });
  return found;
}

/** For a view: nothing is opened for a reader who sees masks only, which who oversees does. */
export async function findClueToShow(tx: Tx, id: string): Promise<Clue | undefined> {
  const found = await readWhole(tx, id, !tx.ctx.oversight);
  if (!found) return undefined;
  const { row, subjectRows, routings, keys } = found;
  const parties = [row.sourceAgencyId, row.receivingAgencyId, ...routings.map((r) => r.agencyId)];
  const masked = !parties.includes(tx.ctx.actor.agency.id);
  if (!masked) tx.vault.hold(keys);
  return masked ? toClue(row, subjectRows, routings, []) : openClue(tx, row, subjectRows, routings);
}
