// Visits in the database: one row with sealed texts, the people visited and the state of each measure.
import { and, asc, desc, eq, gte, lte, type SQL, sql } from 'drizzle-orm';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import { retryOnConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type FormerDate, findConfirmations, findFormerDates, type VisitAnswer } from './confirmation-repository.ts';
import type { RiskLevel, VisitMeasure, VisitNotes, VisitState, VisitTexts } from './domain.ts';
import { visitMeasures, visitPersons, visits } from './table.ts';

// Two payments or answers at once: the later one runs again and finds the first one's plan.
retryOnConstraint('visits_first_of_case');
retryOnConstraint('visits_first_of_account');

export type VisitRow = typeof visits.$inferSelect;

/** A visit with what hangs on it, opened for the transaction that holds it. */
export type Visit = VisitRow & {
  personIds: string[];
  measures: VisitMeasure[];
  texts: VisitTexts | null;
  notes: VisitNotes;
  confirmations: VisitAnswer[];
  formerDates: FormerDate[];
};

const seen = (tx: Tx) => visible(tx, 'visit', visits.id);
const placeOf = (column: 'record' | 'notes', rowId: string) => ({ table: 'visits', column, rowId });
const leftOutPlace = (visitId: string, referralId: string) => ({
  table: 'visit_measures',
  column: 'left_out',
  rowId: `${visitId}/${referralId}`,
});

export async function findVisit(tx: Tx, id: string, lock = false): Promise<Visit | undefined> {
  const query = tx.db
    .select()
    .from(visits)
    .where(and(eq(visits.id, id), seen(tx)));
  const [row] = await (lock ? query.for('update') : query);
  return row ? openVisit(tx, row) : undefined;
}

/** The latest visits of a case as its view shows them. */
export async function findLatestOfCase(tx: Tx, caseId: string, limit: number) {
  const { id, number, state, plannedOn, doneOn } = visits;
  return tx.db
    .select({ id, number, state, plannedOn, doneOn })
    .from(visits)
    .where(and(eq(visits.assistanceCaseId, caseId), seen(tx)))
    .orderBy(desc(id))
    .limit(limit);
}

function findPersons(tx: Tx, visitId: string) {
  return tx.db
    .select()
    .from(visitPersons)
    .where(and(eq(visitPersons.visitId, visitId), visible(tx, 'visit', visitPersons.visitId)))
    .orderBy(asc(visitPersons.personId));
}

function findMeasureRows(tx: Tx, visitId: string) {
  return tx.db
    .select()
    .from(visitMeasures)
    .where(and(eq(visitMeasures.visitId, visitId), visible(tx, 'visit', visitMeasures.visitId)))
    .orderBy(asc(visitMeasures.referralId));
}

async function openVisit(tx: Tx, row: VisitRow): Promise<Visit> {
  const [persons, measures, confirmations, formerDates] = await Promise.all([
    findPersons(tx, row.id),
    findMeasureRows(tx, row.id),
    findConfirmations(tx, row.id),
    findFormerDates(tx, row.id),
  ]);
  const [texts, notes, ...leftOut] = await tx.vault.open([
    { place: placeOf('record', row.id), data: row.recordSealed },
    { place: placeOf('notes', row.id), data: row.notesSealed },
    ...measures.map((m) => ({ place: leftOutPlace(row.id, m.referralId), data: m.leftOutSealed })),
  ]);
  return {
    ...row,
    personIds: persons.map((p) => p.personId),
    measures: measures.map(({ referralId, status }, i) => ({ referralId, status, leftOutReason: leftOut[i] ?? null })),
    texts: texts ? (JSON.parse(texts) as VisitTexts) : null,
    notes: JSON.parse(notes ?? '{}') as VisitNotes,
    confirmations,
    formerDates,
  };
}

export async function insertVisit(tx: Tx, row: VisitRow): Promise<void> {
  await tx.db.insert(visits).values(row);
}

/** After the fact was recorded: the people are read back under the visit's own access rows. */
export async function insertVisitPersons(tx: Tx, visitId: string, personIds: readonly string[]): Promise<void> {
  await tx.db.insert(visitPersons).values(personIds.map((personId) => ({ visitId, personId })));
}

/** What became of each measure; the reason for leaving one out is sealed with the visit's key. */
export async function insertMeasures(tx: Tx, visitId: string, measures: readonly VisitMeasure[]): Promise<void> {
  if (measures.length === 0) return;
  const key = await tx.vault.keyFor('visit', visitId);
  const rows = measures.map(({ referralId, status, leftOutReason }) => {
    const leftOutSealed = tx.vault.sealOptional(key, leftOutPlace(visitId, referralId), leftOutReason);
    return { visitId, referralId, status, leftOutSealed };
  });
  await tx.db.insert(visitMeasures).values(rows);
}

/** Saves the given columns with the next version; texts and notes are sealed with the visit's key. */
export async function saveVisit(
  tx: Tx,
  visit: Visit,
  change: Partial<VisitRow>,
  sealed: { texts?: VisitTexts; notes?: VisitNotes } = {},
): Promise<Visit> {
  const next: Partial<VisitRow> = { ...change, version: visit.version + 1, updatedAt: tx.ctx.now };
  const notes = { ...visit.notes, ...sealed.notes };
  if (sealed.texts || sealed.notes) {
    const key = await tx.vault.keyFor('visit', visit.id);
    if (sealed.texts) next.recordSealed = tx.vault.seal(key, placeOf('record', visit.id), JSON.stringify(sealed.texts));
    if (sealed.notes) next.notesSealed = tx.vault.seal(key, placeOf('notes', visit.id), JSON.stringify(notes));
  }
  await tx.db.update(visits).set(next).where(eq(visits.id, visit.id));
  return { ...visit, ...next, notes, texts: sealed.texts ?? visit.texts };
}

export type MeasureToCheck = { referralId: string; agencyId: string; measures: string[] };

/** Accepted referrals that the visit asks about; ids and codes, whoever asks. */
export async function referralsToCheck(
  tx: Tx,
  visit: { assistanceCaseId: string | null; handlingAgencyId: string; personIds: readonly string[] },
): Promise<MeasureToCheck[]> {
  const { assistanceCaseId, handlingAgencyId, personIds } = visit;
  const { rows } = await tx.db.execute<{ id: string; agency_id: string; measures: string[] }>(
    sql`select id, agency_id, measures from referrals_to_check(${assistanceCaseId}::uuid, ${handlingAgencyId}::uuid, ${sql.param([...personIds])}::uuid[])`,
  );
  return rows.map((row) => ({ referralId: row.id, agencyId: row.agency_id, measures: row.measures }));
}

/** Referrals among `ids` of one of the people that may have brought something; a verdict on ids, never a row. */
export async function knownReferrals(
  tx: Tx,
  ids: readonly string[],
  caseId: string | null,
  personIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await tx.db.execute<{ id: string }>(
    sql`select referrals_of_visit(${sql.param([...ids])}::uuid[], ${caseId}::uuid, ${sql.param([...personIds])}::uuid[]) as id`,
  );
  return new Set(rows.map((row) => row.id));
}

export async function caseHasVisit(tx: Tx, assistanceCaseId: string): Promise<boolean> {
  const [row] = await tx.db
    .select({ id: visits.id })
    .from(visits)
    .where(and(eq(visits.assistanceCaseId, assistanceCaseId), seen(tx)))
    .limit(1);
  return row !== undefined;
}

export type VisitFilter = {
  state?: VisitState;
  assistanceCaseId?: string;
  monitoringAccountId?: string;
  riskLevel?: RiskLevel;
  plannedBefore?: string;
  updatedSince?: Date;
};

function filterOf(filter: VisitFilter): SQL | undefined {
  return and(
    filter.state ? eq(visits.state, filter.state) : undefined,
    filter.assistanceCaseId ? eq(visits.assistanceCaseId, filter.assistanceCaseId) : undefined,
    filter.monitoringAccountId ? eq(visits.monitoringAccountId, filter.monitoringAccountId) : undefined,
    filter.riskLevel ? eq(visits.riskLevel, filter.riskLevel) : undefined,
    filter.plannedBefore ? lte(visits.plannedOn, filter.plannedBefore) : undefined,
    filter.updatedSince ? gte(visits.updatedAt, filter.updatedSince) : undefined,
  );
}

export async function listVisits(tx: Tx, filter: VisitFilter, page: PageRequest): Promise<Page<ListedRow<VisitRow>>> {
  const where = filterOf(filter);
  return listVisible(tx, 'visit', visits, where, page);
}

/** Visits of a person, oldest first: what an account opened later must still show. */
export async function findVisitsOfPerson(tx: Tx, personId: string, caseId: string): Promise<VisitRow[]> {
  const rows = await tx.db
    .select({ visit: visits })
    .from(visits)
    .innerJoin(visitPersons, eq(visitPersons.visitId, visits.id))
    .where(and(eq(visitPersons.personId, personId), eq(visits.assistanceCaseId, caseId), seen(tx)))
    .orderBy(asc(visits.id));
  return rows.map((r) => r.visit);
}
