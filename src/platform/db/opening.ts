// How a transaction opens: the caller's agency, oversight and the clock in one statement, and what may leave with it.
import type { Actor } from '../../kernel/actor.ts';
import { civilDateOf } from '../../kernel/civil-date.ts';
import type { Fact } from '../../kernel/fact.ts';
import type { NewId } from '../../kernel/ids.ts';
import type { Language } from '../../kernel/problem.ts';
import { createVault, type Keyring } from '../crypto/vault.ts';
import { writeAccess } from './access.ts';
import type { Connection } from './client.ts';
import type { ClockRow, Ctx, Tx, View, ViewAct, Walls } from './context.ts';
import { ENTER_GATE, gateClosed } from './gate.ts';
import { dutyList } from './once.ts';

export type TxRequest = {
  actor: Actor;
  requestId: string;
  language: Language;
  dryRun: boolean;
  oversight: boolean;
  /** Whose rows are open: the caller's agency unless it reads under a grant of its own (ADR 0017). */
  scope?: string;
  /** Of `performance.now()`: when the caller is to be told, should the database have gone silent. */
  until?: number;
};

type OpenDeps = { newId: NewId; keyring: Keyring; walls?: Walls };

const CONTEXT = `select set_config('app.agency', $1, true), set_config('app.oversight', $2, true), set_config('app.duties', $3, true),
  (extract(epoch from clock_timestamp()) * 1000)::float8 as "systemMs",
  coalesce((select shift_ms from business_clock), 0)::float8 as "shiftMs",
  (select edition::float8 from directory_editions) as edition`;
export const OPEN = { name: 'tx_context', text: CONTEXT };
export const OPEN_GATED = { name: 'tx_context_gated', text: `${CONTEXT}, ${ENTER_GATE}` };

export type Open = {
  tx: Tx;
  facts: Fact[];
  views: View[];
  isUnchanged(): boolean;
  later(...statements: Promise<unknown>[]): void;
  /** Statements sent ahead; awaited before the next step so that their errors surface. */
  settle(): Promise<void>;
  conn: Connection;
};

const CLOCK = ['now', 'today', 'systemNow', 'directory'] as const;

/** A mistake of the code: what is sent with the opening asks the clock before the database has told it. */
function clockUnread(): never {
  throw new Error('the clock is asked before it is read');
}

/** A transaction that is not opened yet: its clock comes with the first answer. */
export function createTx(deps: OpenDeps, conn: Connection, request: TxRequest, once = false): Open {
  const facts: Fact[] = [];
  const views: View[] = [];
  let sent: Promise<unknown>[] = [];
  let unchanged = false;
  let systemMs = 0;
  const later = (...statements: Promise<unknown>[]) => {
    for (const statement of statements) statement.catch(() => undefined);
    sent.push(...statements);
  };
  const ctx = {
    actor: request.actor,
    scope: request.scope ?? request.actor.agency.id,
    oversight: request.oversight,
    requestId: request.requestId,
    language: request.language,
    dryRun: request.dryRun,
    ...(deps.walls?.unfiltered ? { unfiltered: deps.walls.unfiltered } : {}),
  } as Ctx;
  for (const name of CLOCK)
    Object.defineProperty(ctx, name, { get: clockUnread, configurable: true, enumerable: true });
  const tx = {
    db: conn.db,
    ctx,
    once,
    newId: () => deps.newId(systemMs),
    enter: (clock: ClockRow) => {
      ({ systemMs } = clock);
      const now = new Date(systemMs + clock.shiftMs);
      const values = { now, today: civilDateOf(now), systemNow: new Date(systemMs), directory: clock.edition };
      for (const name of CLOCK)
        Object.defineProperty(ctx, name, { value: values[name], writable: true, enumerable: true });
    },
    made: new Map(),
    unchanged: () => {
      unchanged = true;
    },
    viewed: (personId: string, fields: readonly string[], purpose: string, act?: ViewAct) => {
      views.push({ personId, fields, purpose, ...(act ? { act } : {}) });
    },
    later,
    record: (fact: Fact) => {
      facts.push(fact);
      later(...writeAccess(tx, fact));
    },
  } as unknown as Tx;
  Object.assign(tx, { vault: createVault(deps.keyring, tx) });
  const settle = async () => {
    const waiting = sent;
    sent = [];
    await Promise.all(waiting);
  };
  return { tx, facts, views, isUnchanged: () => unchanged, later, settle, conn };
}

type Opened = ClockRow & { entered?: boolean };

/**
 * Opens the transaction; `ahead` sends statements that need no clock in the same flight, and its outcome is awaited with it.
 */
export async function begin<A>(
  deps: OpenDeps,
  conn: Connection,
  request: TxRequest,
  { open = OPEN, ahead }: { open?: typeof OPEN; ahead?: ((tx: Tx) => Promise<A>) | undefined } = {},
): Promise<Open & { early: A | undefined }> {
  const opened = createTx(deps, conn, request);
  const values = [opened.tx.ctx.scope, request.oversight ? 'on' : 'off', dutyList(request.actor)];
  const begun = conn.client.query('begin');
  // The clock is there before any answer to what is sent ahead.
  const context = conn.client.query<Opened>({ ...open, values }).then(({ rows: [row] }) => {
    opened.tx.enter(row ?? { systemMs: 0, shiftMs: 0, edition: 0 });
    return row;
  });
  const early = ahead?.(opened.tx);
  early?.catch(() => undefined);
  const [, row] = await Promise.all([begun, context]);
  if (row?.entered === false) throw gateClosed();
  return { ...opened, early: await early };
}
