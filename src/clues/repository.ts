// Clues in the database: one row with sealed narrative, subjects with masked columns beside the ciphertext.
import { and, eq, isNull, sql } from 'drizzle-orm';
import { maskAddress, maskIdNumber, maskName, maskPhone } from '../kernel/mask.ts';
import type { Subject } from '../persons/domain.ts';
import { access, listScope, openSight, sightName, visible, visibleAs } from '../platform/db/access.ts';
import { insertRows, prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { findRegion, regionChain } from '../reference/regions.ts';
import type { ClueContent, ClueOutcome } from './domain.ts';
import { clueRoutings, clueSubjects, clues } from './table.ts';

export type ClueRow = typeof clues.$inferSelect;
export type SubjectRow = typeof clueSubjects.$inferSelect;
export type RoutingRow = typeof clueRoutings.$inferSelect;

/** A clue with what hangs on it, opened for the transaction that holds it. */
export type Clue = ClueRow & {
  content: ClueContent;
  outcome: ClueOutcome;
  subjectRows: SubjectRow[];
  routings: (RoutingRow & { reason: string | null })[];
};

const seen = (tx: Tx) => visible(tx, 'clue', clues.id);
const placeOf = (table: string, column: string, rowId: string) => ({ table, column, rowId });

const wanted = sql.placeholder('id');

/** The row if the caller sees it; `visible` with its values left open. */
const rowQuery = (tx: Tx, db: Tx['db']) => {
  const sees = visibleAs(openSight(tx.ctx), 'clue', clues.id);
  return db
    .select()
    .from(clues)
    .where(and(eq(clues.id, wanted), sees));
};

function subjectsOf(tx: Tx, id: string): Promise<SubjectRow[]> {
  return prepared(tx.db, 'clue_subjects', (db, name) =>
    db.select().from(clueSubjects).where(eq(clueSubjects.clueId, wanted)).orderBy(clueSubjects.position).prepare(name),
  ).execute({ id });
}

function routingsOf(tx: Tx, id: string): Promise<RoutingRow[]> {
  return prepared(tx.db, 'clue_routings', (db, name) =>
    db.select().from(clueRoutings).where(eq(clueRoutings.clueId, wanted)).orderBy(clueRoutings.position).prepare(name),
  ).execute({ id });
}

type Parts = [row: ClueRow | undefined, subjectRows: SubjectRow[], routings: RoutingRow[]];

/** The clue and what hangs on it in one flight; a lock is taken first, so that what follows is what it guards. */
async function readParts(tx: Tx, id: string, lock: boolean): Promise<Parts> {
  const { scope } = tx.ctx;
  const found = prepared(tx.db, `clue|${sightName(tx.ctx, 'clue')}|${lock}`, (db, name) => {
    const query = rowQuery(tx, db);
    return (lock ? query.for('update') : query).prepare(name);
  }).execute({ id, scope });
  const [rows, subjectRows, routings] = await Promise.all([found, subjectsOf(tx, id), routingsOf(tx, id)]);
  return [rows[0], subjectRows, routings];
}

export async function findClue(tx: Tx, id: string, lock = false): Promise<Clue | undefined> {
  const [row, subjectRows, routings] = await readParts(tx, id, lock);
  return row && openClue(tx, row, subjectRows, routings);
}

/** The clue of the caller's own agency with that external id, locked. */
export async function lockByExternalId(tx: Tx, externalId: string): Promise<Clue | undefined> {
  const mine = and(eq(clues.sourceAgencyId, tx.ctx.actor.agency.id), eq(clues.externalId, externalId), seen(tx));
  const [row] = await tx.db.select().from(clues).where(mine).for('update');
  return row && openClue(tx, row, ...(await Promise.all([subjectsOf(tx, row.id), routingsOf(tx, row.id)])));
}

export async function openClue(tx: Tx, row: ClueRow, subjectRows: SubjectRow[], routings: RoutingRow[]): Promise<Clue> {
  const opened = await tx.vault.open([
    { place: placeOf('clues', 'narrative', row.id), data: row.narrativeSealed },
    { place: placeOf('clues', 'outcome', row.id), data: row.outcomeSealed },
    ...subjectRows.map((s) => ({ place: placeOf('clue_subjects', 'submitted', s.id), data: s.submittedSealed })),
    ...routings.map((r) => ({
      place: placeOf('clue_routings', 'reason', `${r.clueId}/${r.position}`),
      data: r.reasonSealed,
    })),
  ]);
  return toClue(row, subjectRows, routings, opened);
}

/** `opened`: narrative, outcome, one text for each subject and each routing; what is absent stays closed. */
export function toClue(
  row: ClueRow,
  subjectRows: SubjectRow[],
  routings: RoutingRow[],
  opened: readonly (string | null)[],
): Clue {
  const narrative = JSON.parse(opened[0] ?? '{"facts":"","hardship":null}') as Pick<ClueContent, 'facts' | 'hardship'>;
  const outcome = JSON.parse(opened[1] ?? '{}') as ClueOutcome;
  const subjects = subjectRows.map((s, i) => openSubject(s, opened[2 + i] ?? null));
  const reasons = opened.slice(2 + subjectRows.length);
  const linkedCase = row.linkedType
    ? { type: row.linkedType, number: row.linkedNumber, handlingOrgan: row.linkedOrgan ?? '' }
    : null;
  const { source, regionCode, urgency, foundOn, campaignCode } = row;
  const content = { source, regionCode, urgency, foundOn, campaignCode, ...narrative, linkedCase, subjects };
  return {
    ...row,
    content,
    outcome,
    subjectRows,
    routings: routings.map((r, i) => ({ ...r, reason: reasons[i] ?? null })),
  };
}

type Submitted = Pick<Subject, 'name' | 'birthDate' | 'idNumber' | 'phone' | 'address' | 'guardian'>;

function openSubject(row: SubjectRow, sealed: string | null): Subject {
  const empty: Submitted = { name: null, birthDate: null, idNumber: null, phone: null, address: null, guardian: null };
  const submitted = sealed ? (JSON.parse(sealed) as Submitted) : empty;
  const { householdRegionCode, categories, relationToCase } = row;
  return {
    ...submitted,
    sex: row.sex as Subject['sex'],
    idType: row.idType as Subject['idType'],
    householdRegionCode,
    categories,
    relationToCase,
  };
}

export function maskedSubject(subject: Subject) {
  const county = subject.householdRegionCode ? regionChain(subject.householdRegionCode)[0] : undefined;
  return {
    nameMasked: subject.name ? maskName(subject.name) : null,
    idNumberMasked: subject.idNumber ? maskIdNumber(subject.idNumber) : null,
    phoneMasked: subject.phone ? maskPhone(subject.phone) : null,
    addressMasked: subject.address
      ? maskAddress(county?.name ?? findRegion(subject.householdRegionCode ?? '')?.name)
      : null,
  };
}

/** Replaces the subjects of a clue; each is sealed with the key of the person it was matched to. */
export async function writeSubjects(
  tx: Tx,
  clueId: string,
  subjects: readonly { subject: Subject; personId: string }[],
  former: readonly SubjectRow[] = [],
): Promise<SubjectRow[]> {
  if (former.length > 0) await tx.db.delete(clueSubjects).where(eq(clueSubjects.clueId, clueId));
  const rows: SubjectRow[] = [];
  for (const [position, { subject, personId }] of subjects.entries()) {
    const id = tx.newId();
    const { name, birthDate, idNumber, phone, address, guardian, ...plain } = subject;
    const key = await tx.vault.keyFor('person', personId);
    const submittedSealed = tx.vault.seal(
      key,
      placeOf('clue_subjects', 'submitted', id),
      JSON.stringify({ name, birthDate, idNumber, phone, address, guardian }),
    );
    rows.push({ id, clueId, position, personId, ...plain, ...maskedSubject(subject), submittedSealed });
  }
  tx.later(insertRows(tx.db, clueSubjects, rows));
  return rows;
}

export function contentColumns(content: ClueContent) {
  const { source, regionCode, urgency, foundOn, campaignCode, linkedCase, subjects } = content;
  const linked = {
    linkedType: linkedCase?.type ?? null,
    linkedNumber: linkedCase?.number ?? null,
    linkedOrgan: linkedCase?.handlingOrgan ?? null,
  };
  return { source, regionCode, urgency, foundOn, campaignCode, ...linked, subjectCount: subjects.length };
}

export async function sealNarrative(tx: Tx, clueId: string, content: ClueContent): Promise<Buffer> {
  const key = await tx.vault.keyFor('clue', clueId);
  return tx.vault.seal(
    key,
    placeOf('clues', 'narrative', clueId),
    JSON.stringify({ facts: content.facts, hardship: content.hardship }),
  );
}

const madeName = (id: string) => `clue|${id}`;

export function insertClue(tx: Tx, row: ClueRow): void {
  tx.made.set(madeName(row.id), row);
  tx.later(insertRows(tx.db, clues, [row]));
}

/** The row of a clue that this transaction has submitted and not changed since. */
export const madeClue = (tx: Tx, id: string) => tx.made.get(madeName(id)) as ClueRow | undefined;

/** Saves the given columns with the next version; answers the clue as it now stands. */
export async function saveClue(tx: Tx, clue: Clue, change: Partial<ClueRow>, outcome?: ClueOutcome): Promise<Clue> {
  const next: Partial<ClueRow> = { ...change, version: clue.version + 1, updatedAt: tx.ctx.now };
  if (outcome) {
    const key = await tx.vault.keyFor('clue', clue.id);
    next.outcomeSealed = tx.vault.seal(
      key,
      placeOf('clues', 'outcome', clue.id),
      JSON.stringify({ ...clue.outcome, ...outcome }),
    );
  }
  tx.made.delete(madeName(clue.id));
  await tx.db.update(clues).set(next).where(eq(clues.id, clue.id));
  return { ...clue, ...next, outcome: { ...clue.outcome, ...outcome } };
}

/** Closes the open routing with its reason and adds the next one. */
export async function routeClue(tx: Tx, clue: Clue, agencyId: string, reason: string): Promise<Clue['routings']> {
  const last = clue.routings.at(-1);
  const position = (last?.position ?? -1) + 1;
  const key = await tx.vault.keyFor('clue', clue.id);
  const closed = last
    ? {
        ...last,
        until: tx.ctx.now,
        reason,
        reasonSealed: tx.vault.seal(key, placeOf('clue_routings', 'reason', `${clue.id}/${last.position}`), reason),
      }
    : undefined;
  if (closed) {
    const open = and(eq(clueRoutings.clueId, clue.id), isNull(clueRoutings.until));
    await tx.db.update(clueRoutings).set({ until: closed.until, reasonSealed: closed.reasonSealed }).where(open);
  }
  const next = await firstRouting(tx, clue.id, agencyId, position);
  return [...clue.routings.slice(0, -1), ...(closed ? [closed] : []), next];
}

export async function firstRouting(
  tx: Tx,
  clueId: string,
  agencyId: string,
  position = 0,
): Promise<Clue['routings'][number]> {
  const row = { clueId, position, agencyId, until: null, reasonSealed: null };
  tx.later(insertRows(tx.db, clueRoutings, [row]));
  return { ...row, reason: null };
}

/** Marks that the case of a clue has ended (or runs again after a reconsideration); a handler of `cases` calls it. */
export async function setCaseEnded(
  tx: Tx,
  clueId: string,
  ended: boolean,
): Promise<Pick<ClueRow, 'receivingAgencyId' | 'caseId'> | undefined> {
  tx.made.delete(madeName(clueId));
  const set = { caseEnded: ended, version: sql`${clues.version} + 1`, updatedAt: tx.ctx.now };
  const [row] = await tx.db
    .update(clues)
    .set(set)
    .where(and(eq(clues.id, clueId), eq(clues.caseEnded, !ended)))
    .returning({ receivingAgencyId: clues.receivingAgencyId, caseId: clues.caseId });
  return row;
}

/** For the sandbox: true when the caller's scope sees no clue at all. */
export async function isEmptyOfClues(tx: Tx): Promise<boolean> {
  const rows = await tx.db
    .select({ id: access.resourceId })
    .from(access)
    .where(listScope(tx, 'clue', null))
    .limit(1);
  return rows.length === 0;
}
