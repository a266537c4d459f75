// What the work items ask the tables: facts, candidate agencies with their due day, and resources that changed with another.
import { and, eq, getTableColumns, inArray, isNotNull, ne, or, type SQL, sql } from 'drizzle-orm';
import { requireAgencyMap } from '../agencies/service.ts';
import { agencies } from '../agencies/table.ts';
import { caseNotices } from '../cases/notice-table.ts';
import { assistanceCases } from '../cases/table.ts';
import { madeClue } from '../clues/service.ts';
import { clues } from '../clues/table.ts';
import { madeDeadlines } from '../deadlines/service.ts';
import { deadlines } from '../deadlines/table.ts';
import { disbursements } from '../disbursements/table.ts';
import { type ActorAgency, SYSTEM_SCOPE } from '../kernel/actor.ts';
import type { ResourceKind } from '../kernel/fact.ts';
import { personErasures, personMerges, persons } from '../persons/table.ts';
import { access, madeAccess } from '../platform/db/access.ts';
import { prepared } from '../platform/db/prepared.ts';
import type { Tx } from '../platform/db/tx.ts';
import { referrals } from '../referrals/table.ts';

const place = {
  id: agencies.id,
  code: agencies.code,
  name: agencies.name,
  kind: agencies.kind,
  level: agencies.level,
  regionCode: agencies.regionCode,
};

/** The earliest running due day that binds the agency. */
const dueOn = (kind: ResourceKind, id: SQL) => sql<string | null>`(select min(d.due_on)::text from ${deadlines} d
  where d.subject_id = ${id} and d.subject_kind = ${kind} and d.party_agency_id = ${agencies.id} and d.state = 'running')`;

/** Agencies that stand in a direct relation to the resource. */
const related = (kind: ResourceKind, id: SQL) =>
  and(
    eq(access.kind, kind),
    eq(access.resourceId, id),
    ne(access.agencyId, SYSTEM_SCOPE),
    ne(access.relation, 'oversight'),
  );

const candidate = (kind: ResourceKind, id: SQL) => ({
  agency: place,
  relation: access.relation,
  dueOn: dueOn(kind, id).as('due'),
});
const wanted = sql`${sql.placeholder('id')}::uuid`;

export function findCandidates(tx: Tx, kind: ResourceKind, id: string) {
  return prepared(tx.db, `work_candidates_${kind}`, (db, name) =>
    db
      .select(candidate(kind, wanted))
      .from(access)
      .innerJoin(agencies, eq(agencies.id, access.agencyId))
      .where(related(kind, wanted))
      .prepare(name),
  ).execute({ id });
}

type Candidate = { agency: ActorAgency; relation: string; dueOn: string | null };
type WithAgency<R> = Candidate & { row: R };

/** The resource once, and the agencies that came with it. */
function folded<R>(rows: readonly WithAgency<R>[]) {
  const facts = rows[0]?.row;
  return facts && { facts, candidates: rows };
}

const { narrativeSealed: _narrative, outcomeSealed: _outcome, ...clueColumns } = getTableColumns(clues);

/** Resources whose facts are their own row come with their agencies in one statement: every write asks. */
/** The agencies of a resource that this transaction has made: nothing of it need be read. */
async function madeCandidates(tx: Tx, kind: ResourceKind, id: string): Promise<Candidate[] | undefined> {
  const [grants, clocks] = [madeAccess(tx, kind, id), madeDeadlines(tx, kind, id)];
  if (!grants || !clocks) return undefined;
  const direct = grants.filter(({ relation }) => relation !== 'oversight');
  const relations = new Map(direct.map(({ agencyId, relation }) => [agencyId, relation]));
  const agencyOf = await requireAgencyMap(tx, [...relations.keys()]);
  return [...relations].map(([agencyId, relation]) => {
    const due = clocks.filter((c) => c.partyAgencyId === agencyId && c.state === 'running').map((c) => c.dueOn);
    return { agency: agencyOf(agencyId), relation, dueOn: due.sort()[0] ?? null };
  });
}

const withUrgency = <R extends { urgency: string }>(row: R) => ({
  ...row,
  urgent: row.urgency === 'emergency_medical',
});

export async function findClueWork(tx: Tx, id: string) {
  const made = madeClue(tx, id);
  const known = made && (await madeCandidates(tx, 'clue', id));
  if (made && known) return { facts: withUrgency(made), candidates: known };
  const rows = await prepared(tx.db, 'work_clue', (db, name) =>
    db
      .select({ row: clueColumns, ...candidate('clue', sql`${clues.id}`) })
      .from(clues)
      .innerJoin(access, related('clue', sql`${clues.id}`))
      .innerJoin(agencies, eq(agencies.id, access.agencyId))
      .where(eq(clues.id, wanted))
      .prepare(name),
  ).execute({ id });
  const found = folded(rows);
  return found && { ...found, facts: withUrgency(found.facts) };
}

const {
  narrativeSealed: _facts,
  proposalSealed: _proposal,
  endingSealed: _ending,
  ...caseColumns
} = getTableColumns(assistanceCases);

export async function findCaseWork(tx: Tx, id: string) {
  const rows = await prepared(tx.db, 'work_case', (db, name) =>
    db
      .select({ row: caseColumns, ...candidate('case', sql`${assistanceCases.id}`) })
      .from(assistanceCases)
      .innerJoin(access, related('case', sql`${assistanceCases.id}`))
      .innerJoin(agencies, eq(agencies.id, access.agencyId))
      .where(eq(assistanceCases.id, wanted))
      .prepare(name),
  ).execute({ id });
  const found = folded(rows);
  return found && { ...found, facts: { ...found.facts, urgent: await isUrgentClue(tx, found.facts.clueId) } };
}

const { payeeSealed: _payee, notesSealed: _notes, ...lineColumns } = getTableColumns(disbursements);

export async function findLineWork(tx: Tx, id: string) {
  const rows = await prepared(tx.db, 'work_line', (db, name) =>
    db
      .select({ row: lineColumns, ...candidate('disbursement', sql`${disbursements.id}`) })
      .from(disbursements)
      .innerJoin(access, related('disbursement', sql`${disbursements.id}`))
      .innerJoin(agencies, eq(agencies.id, access.agencyId))
      .where(eq(disbursements.id, wanted))
      .prepare(name),
  ).execute({ id });
  return folded(rows);
}

const { number, state, senderAgencyId, agencyId, followUp, respondBy } = referrals;

export async function findReferralWork(tx: Tx, id: string) {
  const rows = await prepared(tx.db, 'work_referral', (db, name) =>
    db
      .select({
        row: { number, state, senderAgencyId, agencyId, followUp, dueOn: respondBy },
        ...candidate('referral', sql`${referrals.id}`),
      })
      .from(referrals)
      .innerJoin(access, related('referral', sql`${referrals.id}`))
      .innerJoin(agencies, eq(agencies.id, access.agencyId))
      .where(eq(referrals.id, wanted))
      .prepare(name),
  ).execute({ id });
  return folded(rows);
}

/** Urgent treatment stays urgent in the case that came of the clue. */
async function isUrgentClue(tx: Tx, clueId: string | null): Promise<boolean> {
  if (clueId === null) return false;
  const [clue] = await tx.db.select({ urgency: clues.urgency }).from(clues).where(eq(clues.id, clueId));
  return clue?.urgency === 'emergency_medical';
}

export async function findNoticeFacts(tx: Tx, id: string) {
  const { number, state, federationId } = caseNotices;
  const [notice] = await tx.db
    .select({ id: caseNotices.id, number, state, federationId })
    .from(caseNotices)
    .where(eq(caseNotices.id, id));
  return notice;
}

/** A clock with the day that has passed. */
export async function findDeadlineFacts(tx: Tx, id: string) {
  const { state: stands, stewardAgencyId, escalatedTo, supervisedOn, dueOn: due } = deadlines;
  const [clock] = await tx.db
    .select({ id: deadlines.id, state: stands, stewardAgencyId, escalatedTo, supervisedOn, dueOn: due })
    .from(deadlines)
    .where(eq(deadlines.id, id));
  return clock;
}

/** A person with the merge or the erasure that is proposed. */
export async function findPersonFacts(tx: Tx, id: string) {
  const proposed = and(eq(personMerges.personId, persons.id), eq(personMerges.state, 'proposed'));
  const [found] = await tx.db
    .select({
      id: persons.id,
      state: persons.state,
      proposedByPersonKey: personMerges.proposedByPersonKey,
      erasureProposedByPersonKey: personErasures.proposedByPersonKey,
    })
    .from(persons)
    .leftJoin(personMerges, proposed)
    .leftJoin(personErasures, and(eq(personErasures.personId, persons.id), eq(personErasures.state, 'proposed')))
    .where(and(eq(persons.id, id), or(isNotNull(personMerges.id), isNotNull(personErasures.id))));
  return found;
}

export async function findLinesOfCases(tx: Tx, caseIds: readonly string[]): Promise<string[]> {
  if (caseIds.length === 0) return [];
  const rows = await tx.db
    .select({ id: disbursements.id })
    .from(disbursements)
    .where(inArray(disbursements.caseId, [...caseIds]));
  return rows.map((row) => row.id);
}
