// A clue as its view shows it: the row, what hangs on it and the keys that open it in one statement.
import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { type DeadlineRow, deadlinesNested } from '../deadlines/service.ts';
import { contactsNested, type FoundRule } from '../persons/safe-contact.ts';
import { dataKeys } from '../platform/crypto/table.ts';
import { openSight, sightName, visibleAs } from '../platform/db/access.ts';
import { nested } from '../platform/db/nested.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type Clue, type ClueRow, openClue, type RoutingRow, type SubjectRow, toClue } from './repository.ts';
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

/** What hangs on a clue and is not its own. */
export type Hanging = { deadlineRows: DeadlineRow[]; contactRows: FoundRule[] };

type Whole = ClueRow &
  Hanging & { subjectRows: SubjectRow[]; routings: RoutingRow[]; keys: { id: string; wrapped: Buffer }[] };

/** The row, what hangs on it and, for `keys`, what opens it. */
const wholeOf = (tx: Tx, db: Tx['db'], keys: boolean) =>
  db
    .select({
      ...getTableColumns(clues),
      subjectRows: nested(clueSubjects, eq(clueSubjects.clueId, clues.id), clueSubjects.position).as('subject_rows'),
      routings: nested(clueRoutings, eq(clueRoutings.clueId, clues.id), clueRoutings.position).as('routings'),
      deadlineRows: deadlinesNested('clue', clues.id).as('deadline_rows'),
      contactRows: contactsNested('clue', clues.id).as('contact_rows'),
      keys: (keys ? keysOfClue() : sql<[]>`'[]'::json`).as('opening_keys'),
    })
    .from(clues)
    .where(and(eq(clues.id, sql.placeholder('id')), visibleAs(openSight(tx.ctx), 'clue', clues.id)));

const nameOf = (tx: Tx, keys: boolean) => `${sightName(tx.ctx, 'clue')}|${keys}`;

async function readWhole(tx: Tx, id: string, keys: boolean): Promise<Whole | undefined> {
  const statement = prepared(tx.db, `whole_clue|${nameOf(tx, keys)}`, (db, name) =>
    wholeOf(tx, db, keys).prepare(name),
  );
  const [found] = await statement.execute({ id, scope: tx.ctx.scope });
  return found as Whole | undefined;
}

/** For a view: nothing is opened for a reader who sees masks only, which who oversees does. */
export async function findClueToShow(tx: Tx, id: string): Promise<{ clue: Clue; hanging: Hanging } | undefined> {
  const found = await readWhole(tx, id, !tx.ctx.oversight);
  if (!found) return undefined;
  const { subjectRows, routings, deadlineRows, contactRows, keys, ...row } = found;
  const parties = [row.sourceAgencyId, row.receivingAgencyId, ...routings.map((r) => r.agencyId)];
  const masked = !parties.includes(tx.ctx.actor.agency.id);
  if (!masked) tx.vault.hold(keys);
  const clue = masked ? toClue(row, subjectRows, routings, []) : await openClue(tx, row, subjectRows, routings);
  return { clue, hanging: { deadlineRows, contactRows } };
}
