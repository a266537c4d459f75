// Corrections and field revisions in the database: values and reasons sealed with the case's key, rows newest first.
import { and, desc, eq, lt, type SQL } from 'drizzle-orm';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import type { Place } from '../platform/db/context.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { FieldValue } from './correction-domain.ts';
import { caseCorrections, caseFieldRevisions } from './record-table.ts';
import type { AssistanceCase, Beneficiary } from './repository.ts';
import { caseBeneficiaries } from './table.ts';

export type CorrectionRow = typeof caseCorrections.$inferSelect;
export type RevisionRow = typeof caseFieldRevisions.$inferSelect;

export type CorrectionText = { from: FieldValue; to: FieldValue; reason: string };
export type FieldChange = { pointer: string; from: FieldValue; to: FieldValue };
type Values = Pick<FieldChange, 'from' | 'to'>;

const correctionText = (rowId: string): Place => ({ table: 'case_corrections', column: 'text', rowId });
const decisionText = (rowId: string): Place => ({ table: 'case_corrections', column: 'decision', rowId });
const revisionValues = (rowId: string): Place => ({ table: 'case_field_revisions', column: 'values', rowId });

const parsed = <T>(text: string | null | undefined): T | null => (text ? (JSON.parse(text) as T) : null);

async function seal(tx: Tx, caseId: string, place: Place, value: unknown): Promise<Buffer> {
  return tx.vault.seal(await tx.vault.keyFor('case', caseId), place, JSON.stringify(value));
}

type NewCorrection = Omit<
  CorrectionRow,
  'textSealed' | 'decidedBy' | 'decidedByPersonKey' | 'decidedAt' | 'decisionSealed'
>;

export async function insertCorrection(tx: Tx, row: NewCorrection, text: CorrectionText): Promise<void> {
  const textSealed = await seal(tx, row.caseId, correctionText(row.id), text);
  await tx.db.insert(caseCorrections).values({ ...row, textSealed });
}

const ofCase = (tx: Tx, caseId: string): SQL | undefined =>
  and(eq(caseCorrections.caseId, caseId), visible(tx, 'case', caseCorrections.caseId));

export async function findCorrection(tx: Tx, caseId: string, id: string): Promise<CorrectionRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(caseCorrections)
    .where(and(eq(caseCorrections.id, id), ofCase(tx, caseId)));
  return row;
}

/** Values, reason and what was said to them; null for a row whose key is gone. */
export async function openCorrections(tx: Tx, rows: readonly CorrectionRow[]) {
  const texts = await tx.vault.open([
    ...rows.map((row) => ({ place: correctionText(row.id), data: row.textSealed })),
    ...rows.map((row) => ({ place: decisionText(row.id), data: row.decisionSealed })),
  ]);
  return rows.map((_, i) => ({
    text: parsed<CorrectionText>(texts[i]),
    decision: parsed<string>(texts[rows.length + i]),
  }));
}

export async function saveCorrection(
  tx: Tx,
  row: CorrectionRow,
  change: Partial<CorrectionRow>,
  said: string | null,
): Promise<void> {
  const decisionSealed = said === null ? null : await seal(tx, row.caseId, decisionText(row.id), said);
  await tx.db
    .update(caseCorrections)
    .set({ ...change, decisionSealed })
    .where(eq(caseCorrections.id, row.id));
}

export async function listCorrections(tx: Tx, caseId: string, page: PageRequest): Promise<Page<CorrectionRow>> {
  const mine = ofCase(tx, caseId);
  const rows = await tx.db
    .select()
    .from(caseCorrections)
    .where(and(mine, page.before ? lt(caseCorrections.id, page.before) : undefined))
    .orderBy(desc(caseCorrections.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(caseCorrections, mine) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

export type ChangeOf = { factType: string; correctionId?: string };

/** Keeps what each field was and became, with the version that the change made. */
export async function keepRevisions(
  tx: Tx,
  c: Pick<AssistanceCase, 'id' | 'version'>,
  of: ChangeOf,
  changes: readonly FieldChange[],
): Promise<void> {
  const rows: RevisionRow[] = [];
  for (const { pointer, from, to } of changes) {
    const id = tx.newId();
    rows.push({
      id,
      caseId: c.id,
      caseVersion: c.version,
      factType: of.factType,
      pointer,
      valuesSealed: await seal(tx, c.id, revisionValues(id), { from, to } satisfies Values),
      correctionId: of.correctionId ?? null,
      agencyId: tx.ctx.actor.agency.id,
      officerId: tx.ctx.actor.officer?.id ?? null,
      changedAt: tx.ctx.now,
    });
  }
  if (rows.length > 0) await tx.db.insert(caseFieldRevisions).values(rows);
}

export async function listRevisions(tx: Tx, caseId: string, page: PageRequest): Promise<Page<RevisionRow>> {
  const mine = and(eq(caseFieldRevisions.caseId, caseId), visible(tx, 'case', caseFieldRevisions.caseId));
  const rows = await tx.db
    .select()
    .from(caseFieldRevisions)
    .where(and(mine, page.before ? lt(caseFieldRevisions.id, page.before) : undefined))
    .orderBy(desc(caseFieldRevisions.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(caseFieldRevisions, mine) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

export async function openRevisions(tx: Tx, rows: readonly RevisionRow[]): Promise<(Values | null)[]> {
  const texts = await tx.vault.open(rows.map((row) => ({ place: revisionValues(row.id), data: row.valuesSealed })));
  return texts.map((text) => parsed<Values>(text));
}

/** Writes corrected members of one beneficiary; answers all of them as they now stand. */
export async function saveBeneficiary(
  tx: Tx,
  c: AssistanceCase,
  id: string,
  change: Partial<Pick<Beneficiary, 'relation' | 'categories' | 'householdRegionCode' | 'grantedFen'>>,
): Promise<Beneficiary[]> {
  await tx.db.update(caseBeneficiaries).set(change).where(eq(caseBeneficiaries.id, id));
  return c.beneficiaries.map((b) => (b.id === id ? { ...b, ...change } : b));
}
