// How a transaction opens: the caller's agency, oversight and the clock in one statement, and what may leave with it.
import type { Actor } from '../../kernel/actor.ts';
import { dutiesOf } from '../../kernel/can.ts';
import { civilDateOf } from '../../kernel/civil-date.ts';
import type { Fact } from '../../kernel/fact.ts';
import type { NewId } from '../../kernel/ids.ts';
import type { Language } from '../../kernel/problem.ts';
import { createVault, type Keyring } from '../crypto/vault.ts';
import { writeAccess } from './access.ts';
import type { Connection } from './client.ts';
import type { Ctx, Tx, View, ViewAct, Walls } from './context.ts';
import { ENTER_GATE, gateClosed } from './gate.ts';

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
  (extract(epoch from clock_timestamp()) * 1000)::float8 as system_ms,
  coalesce((select shift_ms from business_clock), 0)::float8 as shift_ms,
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

function createTx(deps: OpenDeps, conn: Connection, request: TxRequest): Open & { clock(row: ClockRow): void } {
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
    newId: () => deps.newId(systemMs),
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
  const clock = ({ system_ms, shift_ms, edition }: ClockRow) => {
    systemMs = system_ms;
    const now = new Date(system_ms + shift_ms);
    const values = { now, today: civilDateOf(now), systemNow: new Date(system_ms), directory: edition };
    for (const name of CLOCK)
      Object.defineProperty(ctx, name, { value: values[name], writable: true, enumerable: true });
  };
  return { tx, facts, views, isUnchanged: () => unchanged, later, settle, conn, clock };
}

/** As an array of the database: ids and names of roles, nothing that would have to be quoted. */
const duties = (actor: Actor): string => {
  const held = dutiesOf(actor).filter((duty) => /^[a-z0-9_-]+$/.test(duty));
  return held.length === 0 ? '' : `{${held.join(',')}}`;
};

type ClockRow = { system_ms: number; shift_ms: number; edition: number; entered?: boolean };

/**
 * Opens the transaction; `ahead` sends statements that need no clock in the same flight, and its outcome is awaited with it.
 */
export async function begin<A>(
  deps: OpenDeps,
  conn: Connection,
  request: TxRequest,
  { open = OPEN, ahead }: { open?: typeof OPEN; ahead?: ((tx: Tx) => Promise<A>) | undefined } = {},
): Promise<Open & { early: A | undefined }> {
  const { clock, ...opened } = createTx(deps, conn, request);
  const values = [opened.tx.ctx.scope, request.oversight ? 'on' : 'off', duties(request.actor)];
  const begun = conn.client.query('begin');
  // The clock is there before any answer to what is sent ahead.
  const context = conn.client.query<ClockRow>({ ...open, values }).then(({ rows: [row] }) => {
    clock(row ?? { system_ms: 0, shift_ms: 0, edition: 0 });
    return row;
  });
  const early = ahead?.(opened.tx);
  early?.catch(() => undefined);
  const [, row] = await Promise.all([begun, context]);
  if (row?.entered === false) throw gateClosed();
  return { ...opened, early: await early };
}
