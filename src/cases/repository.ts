// Cases in the database: rows as they stand; sealed texts are opened only where they are shown or compared.
import { and, asc, eq, gte, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { LinkedCase } from '../clues/domain.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type CaseState, caseProblems } from './domain.ts';
import { assistanceCases, caseBeneficiaries, caseDecisions, caseDocumentRequests } from './table.ts';

onConstraint('assistance_cases_clue_id_key', () => caseProblems['case.clue_taken']());

export type CaseRow = typeof assistanceCases.$inferSelect;
export type Beneficiary = typeof caseBeneficiaries.$inferSelect;
export type DecisionRow = typeof caseDecisions.$inferSelect;
export type DocumentRequestRow = typeof caseDocumentRequests.$inferSelect;

/** A case with what hangs on it, oldest first. Texts stay sealed. */
export type AssistanceCase = CaseRow & {
  beneficiaries: Beneficiary[];
  decisions: DecisionRow[];
  documentRequests: DocumentRequestRow[];
};

export async function findCase(tx: Tx, id: string, lock = false): Promise<AssistanceCase | undefined> {
  const query = tx.db
    .select()
    .from(assistanceCases)
    .where(and(eq(assistanceCases.id, id), visible(tx, 'case', assistanceCases.id)));
  const [row] = await (lock ? query.for('update') : query);
  if (!row) return undefined;
  const [beneficiaries, decisions, documentRequests] = await Promise.all([
    tx.db
      .select()
      .from(caseBeneficiaries)
      .where(eq(caseBeneficiaries.caseId, id))
      .orderBy(asc(caseBeneficiaries.position)),
    tx.db
      .select()
      .from(caseDecisions)
      .where(eq(caseDecisions.caseId, id))
      .orderBy(asc(caseDecisions.round), asc(caseDecisions.step)),
    tx.db
      .select()
      .from(caseDocumentRequests)
      .where(eq(caseDocumentRequests.caseId, id))
      .orderBy(asc(caseDocumentRequests.position)),
  ]);
  return { ...row, beneficiaries, decisions, documentRequests };
}

export function linkedCaseOf(c: CaseRow): LinkedCase {
  return { type: c.linkedType, number: c.linkedNumber, handlingOrgan: c.linkedOrgan };
}

export async function insertCase(tx: Tx, row: typeof assistanceCases.$inferInsert): Promise<void> {
  await tx.db.insert(assistanceCases).values(row);
}

export async function insertBeneficiaries(tx: Tx, rows: Beneficiary[]): Promise<void> {
  await tx.db.insert(caseBeneficiaries).values(rows);
}

/** Saves the given columns with the next version; answers the case as it now stands. */
export async function saveCase(tx: Tx, c: AssistanceCase, change: Partial<CaseRow>): Promise<AssistanceCase> {
  const next: Partial<CaseRow> = { ...change, version: c.version + 1, updatedAt: tx.ctx.now };
  await tx.db.update(assistanceCases).set(next).where(eq(assistanceCases.id, c.id));
  return { ...c, ...next };
}

type AwardColumns = Pick<Beneficiary, 'proposedFen' | 'grantedFen' | 'fundId' | 'minorAtDecision'>;

/** Writes the amounts of every beneficiary; answers them as they now stand. */
export async function saveAwards(
  tx: Tx,
  beneficiaries: readonly Beneficiary[],
  awardOf: (b: Beneficiary) => Partial<AwardColumns>,
): Promise<Beneficiary[]> {
  const saved = beneficiaries.map((b) => ({ row: b, change: awardOf(b) }));
  for (const { row, change } of saved) {
    if (Object.keys(change).length > 0)
      await tx.db.update(caseBeneficiaries).set(change).where(eq(caseBeneficiaries.id, row.id));
  }
  return saved.map(({ row, change }) => ({ ...row, ...change }));
}

export async function insertDecision(tx: Tx, row: DecisionRow): Promise<void> {
  await tx.db.insert(caseDecisions).values(row);
}

export async function insertDocumentRequest(tx: Tx, row: DocumentRequestRow): Promise<void> {
  await tx.db.insert(caseDocumentRequests).values(row);
}

/** What came of a request; its items and reason stay. */
export async function saveDocumentRequest(tx: Tx, id: string, change: Partial<DocumentRequestRow>): Promise<void> {
  await tx.db.update(caseDocumentRequests).set(change).where(eq(caseDocumentRequests.id, id));
}

type Told = Pick<DecisionRow, 'toldOn' | 'toldChannel' | 'toldBy' | 'toldSealed'>;

/** That the applicant was told is all that is ever added to a decision. */
export async function saveTold(tx: Tx, decisionId: string, told: Told): Promise<void> {
  await tx.db.update(caseDecisions).set(told).where(eq(caseDecisions.id, decisionId));
}

/** Adds a settled payment without a new version of the case. */
export async function addPaid(tx: Tx, caseId: string, fen: bigint): Promise<void> {
  await tx.db
    .update(assistanceCases)
    .set({ paidFen: sql`${assistanceCases.paidFen} + ${fen}` })
    .where(eq(assistanceCases.id, caseId));
}

/** Adds to the count of open lines without a new version; the check constraint keeps it from falling below zero. */
export async function addOpenLines(tx: Tx, caseId: string, delta: number): Promise<void> {
  const rows = await tx.db
    .update(assistanceCases)
    .set({ openLines: sql`${assistanceCases.openLines} + ${delta}` })
    .where(eq(assistanceCases.id, caseId))
    .returning({ id: assistanceCases.id });
  if (rows.length !== 1) throw new Error('the case of the line is not visible');
}

export type CaseFilter = {
  state?: CaseState;
  regionCode?: string;
  agencyId?: string;
  handlerOfficerId?: string;
  campaignCode?: string;
  clueId?: string;
  greenChannel?: boolean;
  unassigned?: boolean;
  typical?: boolean;
  updatedSince?: Date;
};

/** A flag asked for or asked against; absent, it is no filter. */
const flag = (asked: boolean | undefined, yes: SQL, no: SQL): SQL | undefined =>
  asked === undefined ? undefined : asked ? yes : no;

function filterOf(filter: CaseFilter): SQL | undefined {
  return and(
    filter.state ? eq(assistanceCases.state, filter.state) : undefined,
    filter.regionCode ? eq(assistanceCases.regionCode, filter.regionCode) : undefined,
    filter.agencyId ? eq(assistanceCases.handlingAgencyId, filter.agencyId) : undefined,
    filter.handlerOfficerId ? eq(assistanceCases.handlerOfficerId, filter.handlerOfficerId) : undefined,
    filter.greenChannel === undefined ? undefined : eq(assistanceCases.greenChannel, filter.greenChannel),
    flag(filter.unassigned, isNull(assistanceCases.handlerOfficerId), isNotNull(assistanceCases.handlerOfficerId)),
    flag(filter.typical, isNotNull(assistanceCases.typicalMarkedOn), isNull(assistanceCases.typicalMarkedOn)),
    filter.campaignCode ? eq(assistanceCases.campaignCode, filter.campaignCode) : undefined,
    filter.clueId ? eq(assistanceCases.clueId, filter.clueId) : undefined,
    filter.updatedSince ? gte(assistanceCases.updatedAt, filter.updatedSince) : undefined,
  );
}

export async function listCases(tx: Tx, filter: CaseFilter, page: PageRequest): Promise<Page<ListedRow<CaseRow>>> {
  const where = filterOf(filter);
  return listVisible(tx, 'case', assistanceCases, where, page);
}
