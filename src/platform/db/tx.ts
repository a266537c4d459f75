// One transaction: context, facts, vault. A write collects facts and flushes them to every sink before COMMIT.
import { setTimeout as sleep } from 'node:timers/promises';
import { SYSTEM_SCOPE } from '../../kernel/actor.ts';
import type { Fact } from '../../kernel/fact.ts';
import type { NewId } from '../../kernel/ids.ts';
import type { Keyring } from '../crypto/vault.ts';
import type { Connection, Pool } from './client.ts';
import type { Tx, View, Walls } from './context.ts';
import { isAborted, isRetryable, isUnreachable, translateDbError } from './errors.ts';
import { type SequencedFact, sequenceFacts } from './heads.ts';
import { begin, OPEN, OPEN_GATED, type Open, type TxRequest } from './opening.ts';
import { landed } from './statements.ts';

export type { Ctx, Tx, View } from './context.ts';
export type { TxRequest } from './opening.ts';

/** Receives all facts of a transaction before COMMIT; what it only writes it hands to `tx.later`. */
export type FactSink = (tx: Tx, facts: readonly SequencedFact[], views: readonly View[]) => Promise<void>;

/** An upward reaction: runs in the same transaction under the system scope, and may record further facts. */
export type FactHandler = { on: readonly string[]; handle: (tx: Tx, fact: Fact) => Promise<void> };

/** Hears all facts at once, after the last handler and under the system scope, for what follows from the whole; adds no fact. */
export type FactsHandler = { onAll: (tx: Tx, facts: readonly Fact[]) => Promise<void> };

export type TxDeps = {
  pool: Pool;
  newId: NewId;
  keyring: Keyring;
  sinks: readonly FactSink[];
  handlers: readonly (FactHandler | FactsHandler)[];
  /** Before a write, and outside its transaction: refuses it, or answers undefined where nothing is to be waited for. */
  sealed?: (() => Promise<void> | undefined) | undefined;
  /** A sandbox: writes are refused while it is being reset. */
  gated?: boolean;
  /** For tests alone: what they take down while the service runs, see Ctx. */
  walls?: Walls;
};

const SCOPE = {
  name: 'tx_scope',
  text: `select set_config('app.agency', $1, true), set_config('app.oversight', $2, true)`,
};
/** Runs upward handlers under the system scope until no new fact appears. */
async function runHandlers(deps: TxDeps, open: Open): Promise<void> {
  const scope = (agency: string, oversight: string) =>
    open.later(open.conn.client.query({ ...SCOPE, values: [agency, oversight] }));
  const { ctx } = open.tx;
  const former = { scope: ctx.scope, oversight: ctx.oversight };
  let switched = false;
  const enter = () => {
    if (switched) return;
    switched = true;
    scope(SYSTEM_SCOPE, 'on');
    ctx.scope = SYSTEM_SCOPE;
    ctx.oversight = true;
  };
  for (let i = 0; i < open.facts.length; i++) {
    const fact = open.facts[i];
    for (const handler of deps.handlers) {
      if (!fact || !('on' in handler) || !handler.on.includes(fact.type)) continue;
      enter();
      await handler.handle(open.tx, fact);
    }
  }
  const all = [...open.facts];
  for (const handler of deps.handlers) {
    if (all.length === 0 || !('onAll' in handler)) continue;
    enter();
    await handler.onAll(open.tx, all);
  }
  if (open.facts.length > all.length) throw new Error('a handler of all facts recorded another');
  if (switched) {
    scope(former.scope, former.oversight ? 'on' : 'off');
    Object.assign(ctx, former);
  }
}

const MAX_TRIES = 3;

/** Two that met in a deadlock must not meet again: each waits a time of its own. */
const apart = (attempt: number) => sleep(Math.random() * 40 * attempt);

/** Long enough for a server that works on something, not for one that has gone. */
const SILENCE_MS = 2000;
const LOOK_EVERY_MS = 500;

/** From `until` on, a server that does not say anything any more is left alone: the caller is told within ten seconds. */
function watchSilence(conn: Connection, until: number | undefined): () => void {
  if (until === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    if (performance.now() - conn.flight.heardAt > SILENCE_MS) conn.cut();
    else timer = setTimeout(look, LOOK_EVERY_MS);
  };
  timer = setTimeout(look, Math.max(0, until - performance.now()));
  return () => clearTimeout(timer);
}

/** `ending`: a statement whose answer the caller need not wait for; the connection is free behind it. */
type Done<T> = { value: T; ending?: Promise<unknown> };

async function withConnection<T>(
  deps: TxDeps,
  { until }: TxRequest,
  run: (conn: Connection) => Promise<Done<T>>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1) await apart(attempt);
    let unwatch: (() => void) | undefined;
    let broken = false;
    let conn: Connection | undefined;
    let ending: Promise<unknown> | undefined;
    try {
      conn = await deps.pool.connect();
      unwatch = watchSilence(conn, until);
      const done = await run(conn);
      ending = done.ending;
      return done.value;
    } catch (thrown) {
      if (conn) await landed(conn.flight);
      const error = isAborted(thrown) ? (conn?.flight.failure ?? thrown) : thrown;
      // Nobody is there to roll back for: a lost connection is the end of its transaction.
      broken = isUnreachable(error);
      if (conn && !broken) {
        broken = await conn.client.query('rollback').then(
          () => false,
          () => true,
        );
      }
      if (attempt < MAX_TRIES && isRetryable(error)) continue;
      throw translateDbError(error);
    } finally {
      unwatch?.();
      const { release } = conn ?? { release: () => undefined };
      if (ending)
        ending.then(
          () => release(),
          () => release(true),
        );
      else release(broken);
    }
  }
}

export type ReadOptions = {
  /** Refuses before the read; sent with the opening. */
  before?: ((tx: Tx) => Promise<void>) | undefined;
  /** The read itself is sent with the opening: it must not ask the clock before its first statement is answered. */
  ahead?: boolean | undefined;
  /** Nothing was written, so the answer need not wait for the end of the transaction. */
  pure?: boolean;
};

/** A read: sees what the caller sees, and commits only the access record of what was shown. */
export function readTx<T>(
  deps: TxDeps,
  request: TxRequest,
  read: (tx: Tx) => Promise<T>,
  { before, ahead, pure }: ReadOptions = {},
): Promise<T> {
  return withConnection(deps, request, async (conn) => {
    const sentAhead = async (tx: Tx) => {
      const allowed = before?.(tx);
      const value = ahead ? read(tx) : undefined;
      value?.catch(() => undefined);
      await allowed;
      return value;
    };
    const open = await begin(deps, conn, request, { ahead: sentAhead });
    // What was sent ahead is what `read` answers.
    const value = ahead ? (open.early as T) : await read(open.tx);
    if (open.facts.length > 0) throw new Error('a read recorded a fact');
    if (pure && open.views.length === 0) return { value, ending: conn.client.query('commit') };
    await flushAndEnd(deps, open, 'commit');
    return { value };
  });
}

type Flush = { sequenced?: Promise<SequencedFact[]> | undefined; store?: () => Promise<unknown> | undefined };

/**
 * Sends what is left and the end behind it in one flight: should a statement fail, PostgreSQL makes the COMMIT a ROLLBACK and
 * its error is the outcome.
 */
async function flushAndEnd(
  deps: TxDeps,
  open: Open,
  end: 'commit' | 'rollback',
  { sequenced, store }: Flush = {},
): Promise<void> {
  if (end === 'commit') {
    const facts = (await sequenced) ?? [];
    await Promise.all(deps.sinks.map((sink) => sink(open.tx, facts, open.views)));
    const stored = store?.();
    if (stored) open.later(stored);
  }
  const ended = open.conn.client.query(end);
  ended.catch(() => undefined);
  await open.settle();
  const done = await ended;
  if (done.command.toLowerCase() !== end) throw new Error(`transaction ended with ${done.command}`);
}

/** What was shown in clear although nothing was kept (dry run, replay, no change) is audited in a transaction of its own. */
async function auditViews(deps: TxDeps, conn: Connection, request: TxRequest, views: readonly View[]): Promise<void> {
  if (views.length === 0) return;
  const open = await begin(deps, conn, request);
  open.views.push(...views);
  await flushAndEnd(deps, open, 'commit');
}

export type WriteSteps<T> = {
  /** Before the verb: visibility, idempotency claim, sent ahead of the clock. A returned value ends the transaction with that result. */
  before?: (tx: Tx) => Promise<{ result: T } | undefined>;
  verb: (tx: Tx) => Promise<unknown>;
  /** Renders what the caller gets, after the handlers have run. */
  finish: (tx: Tx, value: unknown) => Promise<T>;
  /** Stores the reply beside the effect. */
  store?: (tx: Tx, result: T, views: readonly View[]) => Promise<unknown> | undefined;
};

/** A write: verb, upward handlers, view, sinks, stored reply, COMMIT — or nothing at all. */
export async function writeTx<T>(deps: TxDeps, request: TxRequest, steps: WriteSteps<T>): Promise<T> {
  const refusing = deps.sealed?.();
  if (refusing) await refusing;
  return withConnection(deps, request, async (conn) => {
    const gate = deps.gated ? OPEN_GATED : OPEN;
    const open = await begin(deps, conn, request, { open: gate, ahead: steps.before });
    const { early } = open;
    if (early) {
      await flushAndEnd(deps, open, 'rollback');
      await auditViews(deps, conn, request, open.views);
      return { value: early.result };
    }
    const value = await steps.verb(open.tx);
    await runHandlers(deps, open);
    if (open.facts.length === 0 && !open.isUnchanged()) throw new Error('a write recorded no fact');
    const keep = !request.dryRun && open.facts.length > 0;
    // No fact comes any more: their numbers are asked for in the flight of the view.
    const sequenced = keep ? sequenceFacts(open.tx, open.facts) : undefined;
    sequenced?.catch(() => undefined);
    const result = await steps.finish(open.tx, value);
    // A dry run ends without COMMIT: what it has sent ahead must have succeeded all the same.
    if (!keep) await open.settle();
    const store = () => steps.store?.(open.tx, result, open.views);
    await flushAndEnd(deps, open, keep ? 'commit' : 'rollback', { sequenced, store });
    if (!keep) await auditViews(deps, conn, request, open.views);
    return { value: result };
  });
}
