// Database errors become problems here, once: SQL and parameters never leave this folder.
import { defineProblems, Problem } from '../../kernel/problem.ts';

export const dbProblems = defineProblems({
  'service.unavailable': {
    status: 503,
    zh: ['服务暂时不可用', '数据库暂时无法应答', '按 Retry-After 稍后以相同的 Idempotency-Key 重试'],
    en: [
      'Service unavailable',
      'the database does not answer at the moment',
      'retry after Retry-After with the same Idempotency-Key',
    ],
  },
  'service.busy': {
    status: 503,
    zh: ['服务繁忙', '当前请求过多或记录正被他人修改', '按 Retry-After 稍后以相同的 Idempotency-Key 重试'],
    en: [
      'Service busy',
      'too many requests at the moment, or the record is being changed by someone else',
      'retry after Retry-After with the same Idempotency-Key',
    ],
  },
});

type PgError = { code?: string; constraint?: string; message?: string };

/** Unwraps Drizzle's error, whose message holds the SQL and every parameter; only SQLSTATE and constraint are kept. */
export function pgError(error: unknown): PgError | undefined {
  // Structural, not instanceof: errors of Node's core belong to another realm under Jest's vm.
  for (
    let e = error as (PgError & { cause?: unknown }) | undefined;
    typeof e === 'object' && e !== null;
    e = e.cause as typeof e
  ) {
    const { code, message = '' } = e;
    if (typeof code === 'string' && /^([0-9A-Z]{5}|E[A-Z_]+)$/.test(code)) return e;
    if (
      /timeout exceeded when trying to connect|Connection terminated|not queryable|Query read timeout|Client was closed|has ended/i.test(
        message,
      )
    ) {
      return { code: /trying to connect/.test(message) ? 'POOL_EXHAUSTED' : '08006' };
    }
  }
  return undefined;
}

/** No connection could be opened: SQLSTATE class 08, whatever the server said. */
export class UnreachableError extends Error {
  readonly code = '08001';
  constructor(cause: unknown) {
    super('no connection to the database', { cause });
    this.name = 'UnreachableError';
  }
}

export class DatabaseError extends Error {
  readonly sqlState: string;
  readonly constraint: string | undefined;
  constructor(sqlState: string, constraint: string | undefined) {
    super(`database error ${sqlState}${constraint ? ` on ${constraint}` : ''}`);
    this.name = 'DatabaseError';
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

/** A statement behind one that failed: it says nothing but that the transaction is over, or that its preparation was skipped. */
export const isAborted = (error: unknown): boolean => ['25P02', '26000'].includes(pgError(error)?.code ?? '');

const constraintProblems = new Map<string, () => Problem>();

/** Declares which problem a violated constraint means to the caller (UNIQUE and CHECK are the last wall of a rule). */
export function onConstraint(constraint: string, make: () => Problem): void {
  constraintProblems.set(constraint, make);
}

const RETRYABLE = new Set(['40001', '40P01']);
const BUSY = new Set(['55P03', '57014', '53300', '53400', 'POOL_EXHAUSTED']);

const retryConstraints = new Set<string>();

/** A UNIQUE that two writers may hit at once: the loser runs again and finds the winner's row (one person, one open account). */
export function retryOnConstraint(constraint: string): void {
  retryConstraints.add(constraint);
}

export function isRetryable(error: unknown): boolean {
  const pg = pgError(error);
  return RETRYABLE.has(pg?.code ?? '') || (pg?.code === '23505' && retryConstraints.has(pg.constraint ?? ''));
}

/** The connection is gone, whatever the statement was. */
export function isUnreachable(error: unknown): boolean {
  return /^(08|57P|E)/.test(pgError(error)?.code ?? '');
}

export function isLockTimeout(error: unknown): boolean {
  return pgError(error)?.code === '55P03';
}

/** What the caller is told of a failed statement: a problem where one fits, else an error without SQL. */
export function translateDbError(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const pg = pgError(error);
  if (!pg?.code) return error;
  const mapped = pg.constraint ? constraintProblems.get(pg.constraint) : undefined;
  if (mapped) return mapped();
  if (BUSY.has(pg.code) || RETRYABLE.has(pg.code)) return dbProblems['service.busy']({ retryAfter: 1 });
  if (/^(08|57P|58|53|25006|E)/.test(pg.code)) return dbProblems['service.unavailable']({ retryAfter: 2 });
  return new DatabaseError(pg.code, pg.constraint);
}
