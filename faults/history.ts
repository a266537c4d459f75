// The history of a run: what each client sent under which key and what it was told, one JSON line each, written before the next step.
import { appendFileSync, writeFileSync } from 'node:fs';

export type Attempt = {
  /** Milliseconds since the beginning of the history. */
  at: number;
  ms: number;
  /** Null: the connection broke or nothing came; what became of the command is not known. */
  status: number | null;
  /** Problem code of a refusal, or why there was no answer. */
  code: string;
  retryAfter: boolean;
  replayed: boolean;
  /** Of the resource in a 2xx answer. */
  id: string;
  /** What the answer said, to be compared with its repeats. */
  digest: string;
};

export type Op = {
  n: number;
  /** Which of the flows it belongs to. */
  flow: number;
  /** The fact that it must leave behind, exactly once: `case.granted`. */
  fact: string;
  method: string;
  path: string;
  officer: string;
  key: string;
  /** Fen that it moves to somebody, where it pays. */
  paidFen: number;
  attempts: Attempt[];
};

export type NewOp = Omit<Op, 'n' | 'attempts'>;

/** The service did not say that it did it or that it refused it: only a repeat of the same key tells. */
export const isOpen = ({ status, code }: Pick<Attempt, 'status' | 'code'>): boolean =>
  status === null || status >= 500 || status === 429 || code === 'idempotency.in_flight';

export const isAcked = (op: Pick<Op, 'attempts'>): boolean =>
  op.attempts.some(({ status }) => status !== null && status < 300);

export type History = {
  readonly ops: readonly Op[];
  send(op: NewOp): Op;
  hear(op: Op, attempt: Attempt): void;
  now(): number;
};

/** `file`: where the lines go; undefined keeps them in memory only. */
export function createHistory(file?: string): History {
  const ops: Op[] = [];
  const began = performance.now();
  if (file) writeFileSync(file, '');
  const line = (value: unknown) => {
    if (file) appendFileSync(file, `${JSON.stringify(value)}\n`);
  };
  return {
    ops,
    now: () => Math.round(performance.now() - began),
    send(given) {
      const op: Op = { ...given, n: ops.length + 1, attempts: [] };
      ops.push(op);
      line({ sent: op.n, ...given });
      return op;
    },
    hear(op, attempt) {
      op.attempts.push(attempt);
      line({ heard: op.n, ...attempt });
    },
  };
}
