// Reconciliations in the database, under the walls of their fund; payments and allocations are read where they stand.
import { and, asc, desc, eq, gt, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { disbursements } from '../disbursements/table.ts';
import { ledgerJournals, ledgerPostings } from '../funds/table.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { BankLine, ExceptionState, Payment, Receipt, ReconciliationState } from './domain.ts';
import { bankLines, reconciliationExceptions, reconciliations } from './table.ts';

export type ReconciliationRow = typeof reconciliations.$inferSelect;
export type BankLineRow = typeof bankLines.$inferSelect;
export type ExceptionRow = typeof reconciliationExceptions.$inferSelect;
export type ExceptionNotes = { proposal: string | null; resolution: string | null };
/** `barred`: its payment belongs to a sealed case in which the caller has no duty (ADR 0022). */
export type Exception = ExceptionRow & { line: BankLineRow | null; barred: boolean };

const seen = (tx: Tx) => visible(tx, 'fund', reconciliations.fundId);

export async function findReconciliation(tx: Tx, id: string, lock = false): Promise<ReconciliationRow | undefined> {
  const query = tx.db
    .select()
    .from(reconciliations)
    .where(and(eq(reconciliations.id, id), seen(tx)));
  const [row] = await (lock ? query.for('update') : query);
  return row;
}

export async function findStatement(tx: Tx, fundId: string, number: string): Promise<ReconciliationRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(reconciliations)
    .where(and(eq(reconciliations.fundId, fundId), eq(reconciliations.statementNumber, number), seen(tx)));
  return row;
}

export type ReconciliationFilter = { fundId?: string; state?: ReconciliationState };

export async function listReconciliations(
  tx: Tx,
  { fundId, state }: ReconciliationFilter,
  page: PageRequest,
): Promise<Page<ReconciliationRow>> {
  const mine = and(
    seen(tx),
    fundId ? eq(reconciliations.fundId, fundId) : undefined,
    state ? eq(reconciliations.state, state) : undefined,
  );
  const rows = await tx.db
    .select()
    .from(reconciliations)
    .where(and(mine, page.before ? lt(reconciliations.id, page.before) : undefined))
    .orderBy(desc(reconciliations.id))
    .limit(page.limit + 1);
  const total = page.includeTotal ? { total: await tx.db.$count(reconciliations, mine) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

const exceptionsSeen = (tx: Tx) => visible(tx, 'fund', reconciliationExceptions.fundId);

async function selectExceptions(tx: Tx, where: SQL | undefined, limit: number): Promise<Exception[]> {
  const barred = sql<boolean>`app_barred('disbursement', ${reconciliationExceptions.disbursementId})`;
  const rows = await tx.db
    .select({ row: reconciliationExceptions, line: bankLines, barred })
    .from(reconciliationExceptions)
    .leftJoin(bankLines, eq(bankLines.id, reconciliationExceptions.bankLineId))
    .where(and(where, exceptionsSeen(tx)))
    .orderBy(desc(reconciliationExceptions.id))
    .limit(limit);
  return rows.map((found) => ({ ...found.row, line: found.line, barred: found.barred }));
}

export async function findException(tx: Tx, id: string, exceptionId: string): Promise<Exception | undefined> {
  const one = and(eq(reconciliationExceptions.id, exceptionId), eq(reconciliationExceptions.reconciliationId, id));
  return (await selectExceptions(tx, one, 1))[0];
}

export async function listExceptions(
  tx: Tx,
  id: string,
  { state }: { state?: ExceptionState },
  page: PageRequest,
): Promise<Page<Exception>> {
  const mine = and(
    eq(reconciliationExceptions.reconciliationId, id),
    state ? eq(reconciliationExceptions.state, state) : undefined,
  );
  const before = page.before ? lt(reconciliationExceptions.id, page.before) : undefined;
  const rows = await selectExceptions(tx, and(mine, before), page.limit + 1);
  const counted = and(mine, exceptionsSeen(tx));
  const total = page.includeTotal ? { total: await tx.db.$count(reconciliationExceptions, counted) } : {};
  return { ...toPage(rows, page.limit), ...total };
}

/** A payment of the bank that stands for the line: matched, or the one that told us of it. */
const stoodFor = sql<boolean>`exists (
  select from bank_lines b left join reconciliation_exceptions e on e.bank_line_id = b.id
  where b.disbursement_id = disbursements.id and b.direction = 'debit'
    and (b.outcome = 'matched' or e.kind = 'unconfirmed_payment'))`;

/** What the statement may speak of: what is named in it, what waits for the bank, what was paid in its days. */
export async function findPayments(
  tx: Tx,
  fundId: string,
  lines: readonly BankLine[],
  period: { from: string; to: string },
): Promise<Payment[]> {
  const { id, requestNumber, bankReference, paidOn, amountFen, state } = disbursements;
  const numbers = lines.flatMap((line) => (line.requestNumber ? [line.requestNumber] : []));
  const references = lines.map((line) => line.bankReference);
  const spoken = or(
    inArray(state, ['submitted', 'unknown']),
    sql`${paidOn} between ${period.from} and ${period.to}`,
    numbers.length > 0 ? inArray(requestNumber, numbers) : undefined,
    references.length > 0 ? inArray(bankReference, references) : undefined,
  );
  return tx.db
    .select({ id, requestNumber, bankReference, paidOn, amountFen, state, matched: stoodFor })
    .from(disbursements)
    .where(and(eq(disbursements.fundId, fundId), spoken, visible(tx, 'disbursement', id)))
    .orderBy(asc(id));
}

export async function findReceipts(tx: Tx, fundId: string): Promise<Receipt[]> {
  const used = sql<boolean>`exists (select from bank_lines b where b.journal_id = ledger_journals.id)`;
  return tx.db
    .select({
      journalId: ledgerJournals.id,
      amountFen: ledgerPostings.amountFen,
      documentNumber: ledgerJournals.documentNumber,
      matched: used,
    })
    .from(ledgerJournals)
    .innerJoin(ledgerPostings, eq(ledgerPostings.journalId, ledgerJournals.id))
    .where(
      and(
        eq(ledgerJournals.fundId, fundId),
        eq(ledgerJournals.kind, 'allocation'),
        gt(ledgerPostings.amountFen, 0n),
        visible(tx, 'fund', ledgerJournals.fundId),
      ),
    )
    .orderBy(asc(ledgerJournals.position));
}

/** Lines of earlier statements in the same days. */
export async function findFormer(tx: Tx, fundId: string, period: { from: string; to: string }): Promise<BankLineRow[]> {
  return tx.db
    .select()
    .from(bankLines)
    .where(
      and(
        eq(bankLines.fundId, fundId),
        sql`${bankLines.bookedOn} between ${period.from} and ${period.to}`,
        visible(tx, 'fund', bankLines.fundId),
      ),
    );
}

const CHUNK = 500;

export async function insertReconciliation(
  tx: Tx,
  row: typeof reconciliations.$inferInsert,
  lines: readonly BankLineRow[],
  exceptions: readonly (typeof reconciliationExceptions.$inferInsert)[],
): Promise<void> {
  await tx.db.insert(reconciliations).values(row);
  for (let i = 0; i < lines.length; i += CHUNK) await tx.db.insert(bankLines).values(lines.slice(i, i + CHUNK));
  for (let i = 0; i < exceptions.length; i += CHUNK)
    await tx.db.insert(reconciliationExceptions).values(exceptions.slice(i, i + CHUNK));
}

const notesPlace = (rowId: string) => ({ table: 'reconciliation_exceptions', column: 'notes', rowId });

export async function openNotes(tx: Tx, row: ExceptionRow): Promise<ExceptionNotes> {
  const [text] = await tx.vault.open([{ place: notesPlace(row.id), data: row.notesSealed }]);
  return text ? (JSON.parse(text) as ExceptionNotes) : { proposal: null, resolution: null };
}

export async function saveException(
  tx: Tx,
  row: ExceptionRow,
  change: Partial<ExceptionRow>,
  notes: ExceptionNotes,
): Promise<void> {
  const key = await tx.vault.keyFor('fund', row.fundId);
  const notesSealed = tx.vault.seal(key, notesPlace(row.id), JSON.stringify(notes));
  await tx.db
    .update(reconciliationExceptions)
    .set({ ...change, notesSealed, version: row.version + 1, updatedAt: tx.ctx.now })
    .where(eq(reconciliationExceptions.id, row.id));
}

/** One exception less. */
export async function noteResolved(tx: Tx, row: ReconciliationRow): Promise<void> {
  const openExceptions = row.openExceptions - 1;
  await tx.db
    .update(reconciliations)
    .set({
      openExceptions,
      state: openExceptions === 0 ? 'reconciled' : 'open',
      version: row.version + 1,
      updatedAt: tx.ctx.now,
    })
    .where(eq(reconciliations.id, row.id));
}
