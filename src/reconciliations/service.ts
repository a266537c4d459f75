// Verbs of reconciliation: a statement is imported once, each exception is resolved by two people, money moves by the verbs of its line.
import { createHash } from 'node:crypto';
import { bookReturn, bookSettlement, lockForBank, requireSettleable } from '../disbursements/payment-service.ts';
import { findFund, lockFunds } from '../funds/service.ts';
import { actionProblems } from '../kernel/action.ts';
import { type Actor, may, samePerson } from '../kernel/actor.ts';
import { isCivilDate } from '../kernel/civil-date.ts';
import { parseYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { parseCsv } from './csv.ts';
import { type BankLine, keyOf, MOVES, type Outcome, reconcile, reconciliationProblems } from './domain.ts';
import {
  type Exception,
  type ExceptionNotes,
  findException,
  findFormer,
  findPayments,
  findReceipts,
  findReconciliation,
  findStatement,
  insertReconciliation,
  noteResolved,
  openNotes,
  type ReconciliationRow,
  saveException,
} from './repository.ts';

onConstraint('reconciliations_statement', () => reconciliationProblems['reconciliation.statement_taken']());

type Line = {
  bookedOn: string;
  direction: string;
  amount: { amount: string };
  bankReference: string;
  requestNumber?: string;
};
export type StatementInput = {
  fundId: string;
  statementNumber: string;
  from: string;
  to: string;
  lines?: readonly Line[];
  csv?: string;
};

const MAX_LINES = 5000;
const REFERENCE = /^[A-Za-z0-9._:/-]{1,64}$/;

const refuse = (errors: readonly FieldError[]) => httpProblems['request.rule_violated']({}, errors.slice(0, 100));

/** The lines of the body, or those of its CSV: exactly one of the two. */
function linesOf({ lines, csv }: StatementInput): readonly Line[] {
  if ((lines === undefined) === (csv === undefined))
    throw refuse([
      { pointer: '/lines', code: 'lines.one_form', detail: ['lines 与 csv 须且只须有一项', 'either lines or csv'] },
    ]);
  if (lines) return lines;
  const parsed = parseCsv(csv ?? '');
  if ('errors' in parsed) throw refuse(parsed.errors);
  return parsed.lines.map((line) => ({ ...line, amount: { amount: line.amount } }));
}

/** What schema cannot say of a line, and of a row of CSV all of it. */
function readLine(line: Line, at: string, { from, to }: StatementInput, errors: FieldError[]): BankLine[] {
  const amountFen = parseYuan(line.amount.amount) ?? 0n;
  const { bookedOn, direction, bankReference, requestNumber = null } = line;
  const wrong = (code: string, zh: string, en: string) => errors.push({ pointer: at, code, detail: [zh, en] });
  if (amountFen <= 0n) wrong('amount.not_positive', '金额须大于 0.00', 'an amount of more than 0.00');
  if (!isCivilDate(bookedOn) || bookedOn < from || bookedOn > to)
    wrong('date.outside', '日期不在对账期内', 'a day outside the period of the statement');
  if (!REFERENCE.test(bankReference)) wrong('reference.malformed', '银行流水号格式不符', 'a malformed bank reference');
  if (requestNumber !== null && !REFERENCE.test(requestNumber))
    wrong('reference.malformed', '付款编号格式不符', 'a malformed request number');
  if (direction !== 'debit' && direction !== 'credit') {
    wrong('direction.unknown', '方向须为 debit 或 credit', 'neither debit nor credit');
    return [];
  }
  return [{ bookedOn, direction, amountFen, bankReference, requestNumber }];
}

function readStatement(tx: Tx, input: StatementInput): BankLine[] {
  const raw = linesOf(input);
  const errors: FieldError[] = [];
  if (!isCivilDate(input.from) || !isCivilDate(input.to) || input.to < input.from || input.to > tx.ctx.today)
    errors.push({ pointer: '/to', code: 'period.malformed', detail: ['对账期有误', 'not a period up to today'] });
  if (raw.length > MAX_LINES)
    errors.push({ pointer: '/csv', code: 'lines.too_many', detail: [`至多 ${MAX_LINES} 行`, `${MAX_LINES} at most`] });
  const pointer = (i: number) => (input.lines ? `/lines/${i}` : '/csv');
  const lines = errors.length > 0 ? [] : raw.flatMap((line, i) => readLine(line, pointer(i), input, errors));
  if (errors.length > 0) throw refuse(errors);
  return lines;
}

const hashOf = (input: StatementInput, lines: readonly BankLine[]) =>
  createHash('sha256')
    .update([input.from, input.to, ...lines.map(keyOf)].join('\n'))
    .digest();

function officerOf(actor: Actor) {
  if (!actor.officer) throw actionProblems['actor.officer_required']();
  return actor.officer;
}

export type Imported = { row: ReconciliationRow; created: boolean };

/** The own fund; its statement is imported once: again with the same content it is the one that is there. */
export async function importStatement(tx: Tx, input: StatementInput): Promise<Imported> {
  const lines = readStatement(tx, input);
  const officer = officerOf(tx.ctx.actor);
  const fund = await findFund(tx, input.fundId);
  if (fund?.agencyId !== tx.ctx.actor.agency.id) {
    const errors = [{ pointer: '/fundId', code: 'fund.unknown', detail: input.fundId }];
    throw httpProblems['request.reference_unknown']({}, errors);
  }
  // Two statements of one fund are read one after the other.
  await lockFunds(tx, [fund.id]);
  const contentHash = hashOf(input, lines);
  const former = await findStatement(tx, fund.id, input.statementNumber);
  if (former) {
    if (!former.contentHash.equals(contentHash)) throw reconciliationProblems['reconciliation.statement_taken']();
    tx.unchanged();
    return { row: former, created: false };
  }
  const id = await writeReconciliation(tx, input, lines, { contentHash, importedBy: officer.id });
  const row = await findReconciliation(tx, id);
  if (!row) throw new Error('a new reconciliation is not visible');
  return { row, created: true };
}

async function writeReconciliation(
  tx: Tx,
  input: StatementInput,
  lines: readonly BankLine[],
  { contentHash, importedBy }: { contentHash: Buffer; importedBy: string },
): Promise<string> {
  const { fundId, statementNumber, from, to } = input;
  const { now } = tx.ctx;
  const former = new Set((await findFormer(tx, fundId, input)).map(keyOf));
  const payments = await findPayments(tx, fundId, lines, input);
  const receipts = await findReceipts(tx, fundId);
  const { verdicts, missing } = reconcile(lines, { payments, receipts, former }, input);
  const id = tx.newId();
  const place = { reconciliationId: id, fundId };
  const rows = lines.map((line, i) => {
    const verdict = verdicts[i];
    if (!verdict) throw new Error('a line without a verdict');
    const disbursementId = verdict.outcome === 'repeated' ? null : verdict.disbursementId;
    const journalId = verdict.outcome === 'matched' ? verdict.journalId : null;
    const row = {
      id: tx.newId(),
      ...place,
      position: i + 1,
      ...line,
      outcome: verdict.outcome,
      disbursementId,
      journalId,
    };
    return { row, verdict };
  });
  const open = { state: 'open' as const, ...place, createdAt: now, updatedAt: now };
  const exceptions = [
    ...rows.flatMap(({ row, verdict }) =>
      verdict.outcome === 'exception'
        ? [{ ...open, kind: verdict.kind, bankLineId: row.id, disbursementId: verdict.disbursementId }]
        : [],
    ),
    ...missing.map((disbursementId) => ({
      ...open,
      kind: 'missing_at_bank' as const,
      bankLineId: null,
      disbursementId,
    })),
  ].map((exception, i) => ({ id: tx.newId(), position: i + 1, ...exception }));
  const count = (outcome: string) => verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const counts = {
    lines: lines.length,
    matched: count('matched'),
    repeated: count('repeated'),
    exceptions: exceptions.length,
  };
  const row = {
    ...{ id, fundId, statementNumber, fromOn: from, toOn: to, contentHash, importedBy, ...counts },
    ...{
      openExceptions: exceptions.length,
      state: exceptions.length > 0 ? ('open' as const) : ('reconciled' as const),
    },
    ...{ createdAt: now, updatedAt: now },
  };
  await insertReconciliation(
    tx,
    row,
    rows.map((one) => one.row),
    exceptions,
  );
  tx.record({
    type: 'reconciliation.imported',
    kind: 'fund',
    id: fundId,
    data: { reconciliationId: id, from, to, ...counts },
  });
  return id;
}

export type Resolved = { exception: Exception; notes: ExceptionNotes };
export type ResolutionInput = { outcome: Outcome; note: string };

/** An exception with its notes. */
export async function readException(tx: Tx, id: string, exceptionId: string): Promise<Resolved | undefined> {
  const exception = await findException(tx, id, exceptionId.toLowerCase());
  return exception && { exception, notes: await openNotes(tx, exception) };
}

/** One proposes what is to be done, another does it; another outcome is another proposal. */
export async function resolveException(
  tx: Tx,
  ids: { id: string; exceptionId: string },
  input: ResolutionInput,
  expected: ExpectedVersion,
): Promise<Resolved> {
  const { id } = ids;
  const before = await findException(tx, id, ids.exceptionId.toLowerCase());
  if (!before) throw httpProblems['resource.not_found']();
  // Case, line, then what is ours: as everywhere.
  const payment = before.disbursementId ? await lockForBank(tx, before.disbursementId) : undefined;
  const row = await findReconciliation(tx, id, true);
  const exception = await findException(tx, id, before.id);
  if (!row || !exception) throw httpProblems['resource.not_found']();
  ensureVersion(exception, expected);
  const { actor } = tx.ctx;
  const officer = officerOf(actor);
  const fund = await findFund(tx, row.fundId);
  if (fund?.agencyId !== actor.agency.id) throw httpProblems['resource.not_found']();
  if (exception.state === 'resolved') throw reconciliationProblems['exception.illegal_transition']({ allowed: [] });
  const { outcome, note } = input;
  if (outcome !== 'explain' && MOVES[exception.kind] !== outcome)
    throw reconciliationProblems['exception.outcome_not_possible']({ outcome });
  const notes = await openNotes(tx, exception);
  const data = { reconciliationId: id, exceptionId: exception.id, exceptionKind: exception.kind, outcome };
  if (exception.state === 'open' || exception.outcome !== outcome) {
    if (outcome === 'settle') requireSettleable(payment, actor);
    const who = { proposedBy: officer.id, proposedByPersonKey: officer.personKey };
    await saveException(tx, exception, { state: 'proposed', outcome, ...who }, { proposal: note, resolution: null });
    tx.record({ type: 'reconciliation.exception_proposed', kind: 'fund', id: row.fundId, data });
    return requireException(tx, id, exception.id);
  }
  if (samePerson(actor, exception.proposedByPersonKey))
    throw actionProblems['decision.four_eyes']({
      who: '提出与批准差异处理',
      whoEn: 'who proposes and who approves a resolution',
    });
  if (!may(actor, 'disbursement:authorise')) throw reconciliationProblems['exception.not_competent']();
  await apply(tx, exception, outcome, note);
  const who = { resolvedBy: officer.id, resolvedByPersonKey: officer.personKey };
  await saveException(tx, exception, { state: 'resolved', ...who }, { ...notes, resolution: note });
  await noteResolved(tx, row);
  tx.record({ type: 'reconciliation.exception_resolved', kind: 'fund', id: row.fundId, data });
  return requireException(tx, id, exception.id);
}

async function requireException(tx: Tx, id: string, exceptionId: string): Promise<Resolved> {
  const found = await readException(tx, id, exceptionId);
  if (!found) throw new Error('an exception has gone');
  return found;
}

/** The line is settled by who proposed it, and what came back is booked by who proposed it: never by who approves. */
async function apply(tx: Tx, exception: Exception, outcome: Outcome, note: string): Promise<void> {
  if (outcome === 'explain') return;
  const { line, disbursementId, proposedBy, proposedByPersonKey } = exception;
  if (!line || !disbursementId || !proposedBy || !proposedByPersonKey) throw new Error('nothing to book');
  const by = { id: proposedBy, personKey: proposedByPersonKey };
  const { bookedOn: paidOn, bankReference, amountFen } = line;
  if (outcome === 'settle') await bookSettlement(tx, disbursementId, { paidOn, bankReference }, by);
  else await bookReturn(tx, disbursementId, { amountFen, reason: note });
}
