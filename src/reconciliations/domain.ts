// Reconciliation: each line of the bank finds its payment or allocation, or is an exception that two people resolve (M-05).
import { defineProblems } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const EXCEPTION_KINDS = enumValues('reconciliation-exception-kinds');
export type ExceptionKind = EnumValue<'reconciliation-exception-kinds'>;
export const EXCEPTION_STATES = enumValues('reconciliation-exception-states');
export type ExceptionState = EnumValue<'reconciliation-exception-states'>;
export const OUTCOMES = enumValues('reconciliation-outcomes');
export type Outcome = EnumValue<'reconciliation-outcomes'>;
export const RECONCILIATION_STATES = enumValues('reconciliation-states');
export type ReconciliationState = EnumValue<'reconciliation-states'>;

/** As the bank sees it: a debit is a payment out. Amounts in fen. */
export type BankLine = {
  bookedOn: string;
  direction: 'debit' | 'credit';
  amountFen: bigint;
  bankReference: string;
  requestNumber: string | null;
};

/** A line of ours that was sent to the bank, or an allocation that came in. */
export type Payment = {
  id: string;
  requestNumber: string;
  bankReference: string | null;
  paidOn: string | null;
  amountFen: bigint;
  state: string;
  /** A bank line of an earlier statement stands for it. */
  matched: boolean;
};
export type Receipt = { journalId: string; amountFen: bigint; documentNumber: string | null; matched: boolean };

export type Verdict =
  | { outcome: 'matched'; disbursementId: string | null; journalId: string | null }
  | { outcome: 'repeated' }
  | { outcome: 'exception'; kind: ExceptionKind; disbursementId: string | null };

export type Found = { verdicts: Verdict[]; missing: string[] };

const PENDING = ['submitted', 'unknown'];

/** By our number, else by the bank's, else by amount and day where only one payment fits. */
function paymentOf(line: BankLine, payments: readonly Payment[]): Payment | undefined {
  if (line.requestNumber) return payments.find((p) => p.requestNumber === line.requestNumber);
  const byReference = payments.filter((p) => p.bankReference === line.bankReference);
  if (byReference.length > 0) return byReference.find((p) => p.amountFen === line.amountFen) ?? byReference[0];
  const fits = payments.filter(
    (p) => p.amountFen === line.amountFen && (PENDING.includes(p.state) || (p.paidOn === line.bookedOn && !p.matched)),
  );
  return fits.length === 1 ? fits[0] : undefined;
}

const exception = (kind: ExceptionKind, payment?: Payment): Verdict => ({
  outcome: 'exception',
  kind,
  disbursementId: payment?.id ?? null,
});

function judgePayment(line: BankLine, payments: readonly Payment[], used: ReadonlySet<string>): Verdict {
  const payment = paymentOf(line, payments);
  if (!payment) return exception('unknown_payment');
  if (payment.matched || used.has(payment.id)) return exception('duplicate_payment', payment);
  if (payment.amountFen !== line.amountFen) return exception('amount_mismatch', payment);
  if (PENDING.includes(payment.state)) return exception('unconfirmed_payment', payment);
  if (payment.paidOn === null) return exception('paid_after_failure', payment);
  return { outcome: 'matched', disbursementId: payment.id, journalId: null };
}

function judgeReceipt(
  line: BankLine,
  payments: readonly Payment[],
  receipts: readonly Receipt[],
  used: ReadonlySet<string>,
): Verdict {
  const back = payments.find((p) =>
    line.requestNumber ? p.requestNumber === line.requestNumber : p.bankReference === line.bankReference,
  );
  if (back) return exception('returned_payment', back);
  const open = receipts.filter((r) => !r.matched && !used.has(r.journalId) && r.amountFen === line.amountFen);
  const named = open.find((r) => r.documentNumber === line.bankReference) ?? (open.length === 1 ? open[0] : undefined);
  return named
    ? { outcome: 'matched', disbursementId: null, journalId: named.journalId }
    : exception('unknown_receipt');
}

export const keyOf = (line: BankLine): string =>
  [line.bookedOn, line.direction, line.amountFen, line.bankReference, line.requestNumber ?? ''].join('|');

type Known = { payments: readonly Payment[]; receipts: readonly Receipt[]; former: ReadonlySet<string> };

/** A verdict for each line of the bank, and the payments of the period that the bank does not know. */
export function reconcile(lines: readonly BankLine[], known: Known, period: { from: string; to: string }): Found {
  const used = new Set<string>();
  const named = new Set<string>();
  const verdicts = lines.map((line): Verdict => {
    if (known.former.has(keyOf(line))) return { outcome: 'repeated' };
    const verdict =
      line.direction === 'debit'
        ? judgePayment(line, known.payments, used)
        : judgeReceipt(line, known.payments, known.receipts, used);
    const id = verdict.outcome === 'repeated' ? null : verdict.disbursementId;
    if (id) named.add(id);
    if (verdict.outcome === 'matched') used.add(verdict.disbursementId ?? verdict.journalId ?? '');
    else if (verdict.outcome === 'exception' && verdict.kind === 'unconfirmed_payment' && id) used.add(id);
    return verdict;
  });
  const missing = known.payments.filter(
    (p) => p.paidOn !== null && p.paidOn >= period.from && p.paidOn <= period.to && !p.matched && !named.has(p.id),
  );
  return { verdicts, missing: missing.map((p) => p.id) };
}

/** What can be done about it, besides explaining. */
export const MOVES: Readonly<Partial<Record<ExceptionKind, Outcome>>> = {
  unconfirmed_payment: 'settle',
  returned_payment: 'return',
};

export const reconciliationProblems = defineProblems({
  'reconciliation.statement_taken': {
    status: 409,
    zh: ['对账单号已导入', '此资金账户已有该单号、内容不同的对账单', '核对对账单号'],
    en: [
      'The statement was imported',
      'the fund has a statement with this number and another content',
      'check the number of the statement',
    ],
  },
  'exception.not_competent': {
    status: 403,
    zh: ['须由负责人批准', '差异处理由负责人或检察长批准', '由负责人或检察长办理'],
    en: ['For a head or chief', 'a resolution is approved by a head or chief', 'let a head or chief do it'],
  },
  'exception.illegal_transition': {
    status: 409,
    zh: ['差异已处理', '该差异已处理完毕', '查看处理结果'],
    en: ['Already resolved', 'this exception is resolved', 'look at its resolution'],
  },
  'exception.outcome_not_possible': {
    status: 409,
    zh: ['不能这样处理', '此类差异不能以 {outcome} 处理', '改用其他处理方式'],
    en: ['Not a way to resolve it', 'an exception of this kind is not resolved by {outcome}', 'choose another way'],
  },
});
