// Disbursements in the database: the notes are opened with the line, the payee only where it is shown.
import { and, asc, desc, eq, gte, inArray, notInArray, type SQL } from 'drizzle-orm';
import { maskAccount, maskName } from '../kernel/mask.ts';
import { toMoney } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { type ListedRow, listVisible, visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { DisbursementNotes, DisbursementState, Payee } from './domain.ts';
import { disbursements } from './table.ts';

export type DisbursementRow = typeof disbursements.$inferSelect;

/** A line with its free texts, opened for the transaction that holds it. */
export type Disbursement = DisbursementRow & { notes: DisbursementNotes };

const seen = (tx: Tx) => visible(tx, 'disbursement', disbursements.id);
const placeOf = (column: 'payee' | 'notes', rowId: string) => ({ table: 'disbursements', column, rowId });

async function openNotes(tx: Tx, row: DisbursementRow): Promise<Disbursement> {
  const [text] = await tx.vault.open([{ place: placeOf('notes', row.id), data: row.notesSealed }]);
  return { ...row, notes: JSON.parse(text ?? '{}') as DisbursementNotes };
}

export async function findDisbursement(tx: Tx, id: string, lock = false): Promise<Disbursement | undefined> {
  const query = tx.db
    .select()
    .from(disbursements)
    .where(and(eq(disbursements.id, id), seen(tx)));
  const [row] = await (lock ? query.for('update') : query);
  return row ? openNotes(tx, row) : undefined;
}

/** A line without its texts. */
export async function findLine(tx: Tx, id: string): Promise<DisbursementRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(disbursements)
    .where(and(eq(disbursements.id, id), seen(tx)));
  return row;
}

/** The lines of a case in id order, locked. */
export async function lockCaseLines(tx: Tx, caseId: string): Promise<Disbursement[]> {
  const rows = await tx.db
    .select()
    .from(disbursements)
    .where(and(eq(disbursements.caseId, caseId), seen(tx)))
    .orderBy(asc(disbursements.id))
    .for('update');
  return Promise.all(rows.map((row) => openNotes(tx, row)));
}

/** The latest lines of a case as its view shows them. */
export async function findLatestOfCase(tx: Tx, caseId: string, limit: number) {
  const { id, number, state, beneficiaryId, kind, amountFen, recoveryDue } = disbursements;
  const rows = await tx.db
    .select({ id, number, state, beneficiaryId, kind, amountFen, recoveryDue })
    .from(disbursements)
    .where(and(eq(disbursements.caseId, caseId), seen(tx)))
    .orderBy(desc(id))
    .limit(limit);
  return rows.map(({ amountFen: fen, ...line }) => ({ ...line, amount: toMoney(fen) }));
}

/** The line for which the agency has used the number, whatever became of it. */
export async function findByRequestNumber(tx: Tx, agencyId: string, requestNumber: string) {
  const taken = and(eq(disbursements.agencyId, agencyId), eq(disbursements.requestNumber, requestNumber));
  const [row] = await tx.db
    .select({ id: disbursements.id })
    .from(disbursements)
    .where(and(taken, seen(tx)));
  return row;
}

/** Masked columns and ciphertext of a payee; sealed with the key of the beneficiary, so that erasure reaches it. */
export async function payeeColumns(tx: Tx, id: string, personId: string, payee: Payee) {
  const { type, ...clear } = payee;
  const key = await tx.vault.keyFor('person', personId);
  return {
    payeeType: type,
    payeeNameMasked: maskName(payee.name),
    payeeAccountMasked: maskAccount(payee.accountNumber),
    payeeSealed: tx.vault.seal(key, placeOf('payee', id), JSON.stringify(clear)),
  };
}

/** The payee in clear, or null once the person's key is gone. */
export async function openPayee(tx: Tx, row: DisbursementRow): Promise<Omit<Payee, 'type'> | null> {
  const [text] = await tx.vault.open([{ place: placeOf('payee', row.id), data: row.payeeSealed }]);
  return text ? (JSON.parse(text) as Omit<Payee, 'type'>) : null;
}

export async function insertDisbursement(tx: Tx, row: typeof disbursements.$inferInsert): Promise<void> {
  await tx.db.insert(disbursements).values(row);
}

/** Saves the given columns and notes with the next version; answers the line as it now stands. */
export async function saveDisbursement(
  tx: Tx,
  line: Disbursement,
  change: Partial<DisbursementRow>,
  added: DisbursementNotes = {},
): Promise<Disbursement> {
  const next: Partial<DisbursementRow> = { ...change, version: line.version + 1, updatedAt: tx.ctx.now };
  const notes = { ...line.notes, ...added };
  if (Object.keys(added).length > 0) {
    const key = await tx.vault.keyFor('disbursement', line.id);
    next.notesSealed = tx.vault.seal(key, placeOf('notes', line.id), JSON.stringify(notes));
  }
  await tx.db.update(disbursements).set(next).where(eq(disbursements.id, line.id));
  return { ...line, ...next, notes };
}

/** Marks the lines of an ended case: nothing more is paid. */
export async function markCaseEnded(tx: Tx, caseId: string): Promise<void> {
  await tx.db.update(disbursements).set({ caseEnded: true }).where(eq(disbursements.caseId, caseId));
}

const advancesOf = (caseId: string) => and(eq(disbursements.caseId, caseId), eq(disbursements.kind, 'advance'));

/** No aid for these people, or for anybody: what was paid or sent in advance has to come back. */
export async function markRecoveryDue(tx: Tx, caseId: string, beneficiaryIds?: readonly string[]): Promise<void> {
  const out = notInArray(disbursements.state, ['voided', 'recovering', 'recovered', 'written_off']);
  const theirs = beneficiaryIds && inArray(disbursements.beneficiaryId, [...beneficiaryIds]);
  await tx.db
    .update(disbursements)
    .set({ recoveryDue: true })
    .where(and(advancesOf(caseId), out, theirs));
}

/** The case got aid after all: its advances count toward the award. */
export async function markAdvancesCounted(tx: Tx, caseId: string): Promise<void> {
  await tx.db.update(disbursements).set({ recoveryDue: false, caseEnded: false }).where(advancesOf(caseId));
}

export type DisbursementFilter = {
  state?: DisbursementState;
  agencyId?: string;
  assistanceCaseId?: string;
  updatedSince?: Date;
};

function filterOf(filter: DisbursementFilter): SQL | undefined {
  return and(
    filter.state ? eq(disbursements.state, filter.state) : undefined,
    filter.agencyId ? eq(disbursements.agencyId, filter.agencyId) : undefined,
    filter.assistanceCaseId ? eq(disbursements.caseId, filter.assistanceCaseId) : undefined,
    filter.updatedSince ? gte(disbursements.updatedAt, filter.updatedSince) : undefined,
  );
}

export async function listDisbursements(
  tx: Tx,
  filter: DisbursementFilter,
  page: PageRequest,
): Promise<Page<ListedRow<DisbursementRow>>> {
  const where = filterOf(filter);
  return listVisible(tx, 'disbursement', disbursements, where, page);
}
