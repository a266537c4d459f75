// Wire shapes of reconciliation: the statement, its result, exceptions and their resolution.
import { type Static, Type } from 'typebox';
import { toMoney } from '../kernel/money.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  CivilDate,
  Closed,
  Id,
  Instant,
  Literals,
  Money,
  Nullable,
  named,
  pageOf,
  pageQuery,
  Text,
} from '../platform/http/schema.ts';
import { COLUMNS } from './csv.ts';
import { EXCEPTION_KINDS, EXCEPTION_STATES, OUTCOMES, RECONCILIATION_STATES } from './domain.ts';
import type { Exception, ReconciliationRow } from './repository.ts';
import type { Resolved } from './service.ts';

const Reference = Type.String({ pattern: '^[A-Za-z0-9._:/-]{1,64}$', maxLength: 64 });
const Direction = Literals(['debit', 'credit'] as const, '`debit`: paid out; `credit`: received 借：付出；贷：收到');

const BankLineInput = named(
  'BankLineInput',
  Closed({
    bookedOn: CivilDate,
    direction: Direction,
    amount: Money,
    bankReference: Reference,
    requestNumber: Type.Optional(Reference),
  }),
);
export const StatementInput = named(
  'BankStatement',
  Closed(
    {
      fundId: Id,
      statementNumber: Reference,
      from: CivilDate,
      to: CivilDate,
      lines: Type.Optional(Type.Array(BankLineInput, { maxItems: 5000 })),
      csv: Type.Optional(
        Type.String({ maxLength: 1_000_000, description: `first row ${COLUMNS.join(',')} 首行为列名` }),
      ),
    },
    { description: 'Either `lines` or `csv`; no names or account numbers lines 与 csv 二者择一，不含姓名与账号' },
  ),
);

const OptionalId = Type.Optional(Type.String({ maxLength: 36, format: 'uuid' }));
export const ReconciliationQuery = Type.Object({
  ...pageQuery,
  fundId: OptionalId,
  state: Type.Optional(Literals(RECONCILIATION_STATES)),
});
export const ExceptionQuery = Type.Object({ ...pageQuery, state: Type.Optional(Literals(EXCEPTION_STATES)) });

const Count = Type.Integer({ minimum: 0 });
export const ReconciliationView = named(
  'Reconciliation',
  Closed({
    id: Id,
    fundId: Id,
    state: Literals(RECONCILIATION_STATES),
    version: Type.Integer({ minimum: 1 }),
    statementNumber: Reference,
    from: CivilDate,
    to: CivilDate,
    lines: Count,
    matched: Count,
    repeated: Count,
    exceptions: Count,
    openExceptions: Count,
    importedBy: Id,
    createdAt: Instant,
    updatedAt: Instant,
  }),
);
export const ReconciliationPage = pageOf('ReconciliationPage', ReconciliationView);

const listed = {
  id: Id,
  reconciliationId: Id,
  kind: Literals(EXCEPTION_KINDS),
  state: Literals(EXCEPTION_STATES),
  version: Type.Integer({ minimum: 1 }),
  disbursementId: Nullable(Id),
  bankLine: Nullable(
    Closed({
      bookedOn: CivilDate,
      direction: Direction,
      amount: Money,
      bankReference: Reference,
      requestNumber: Nullable(Reference),
    }),
  ),
  outcome: Nullable(Literals(OUTCOMES)),
  proposedBy: Nullable(Id),
  resolvedBy: Nullable(Id),
  createdAt: Instant,
  updatedAt: Instant,
};
const Note = Nullable(Type.String({ maxLength: 4000 }));
export const ExceptionItem = named('ReconciliationExceptionItem', Closed(listed));
export const ExceptionPage = pageOf('ReconciliationExceptionPage', ExceptionItem);
export const ExceptionView = named('ReconciliationException', Closed({ ...listed, proposal: Note, resolution: Note }));
export const ResolutionBody = named(
  'ReconciliationResolution',
  Closed({ outcome: Literals(OUTCOMES), note: Text(2000) }),
);

export function toReconciliationView(row: ReconciliationRow): Static<typeof ReconciliationView> {
  const { id, fundId, state, version, statementNumber, lines, matched, repeated, exceptions } = row;
  return {
    ...{ id, fundId, state, version, statementNumber, from: row.fromOn, to: row.toOn },
    ...{ lines, matched, repeated, exceptions, openExceptions: row.openExceptions, importedBy: row.importedBy },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toExceptionItem(row: Exception): Static<typeof ExceptionItem> {
  const { id, reconciliationId, kind, state, version, outcome, proposedBy, resolvedBy, line } = row;
  const disbursementId = row.barred ? null : row.disbursementId;
  return {
    ...{ id, reconciliationId, kind, state, version, disbursementId, outcome, proposedBy, resolvedBy },
    bankLine: line && {
      ...{ bookedOn: line.bookedOn, direction: line.direction, amount: toMoney(line.amountFen) },
      ...{ bankReference: line.bankReference, requestNumber: line.requestNumber },
    },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export const toExceptionView = (_tx: Tx, { exception, notes }: Resolved): Static<typeof ExceptionView> => ({
  ...toExceptionItem(exception),
  ...notes,
});
