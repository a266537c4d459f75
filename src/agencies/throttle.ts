// Failures of authentication: twenty in five minutes for a subject and its source, and for a source alone; a source is an IPv4 address or an IPv6 /64 (S-11).
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import type { Problem } from '../kernel/problem.ts';
import { readTx, type Tx, type TxDeps, writeTx } from '../platform/db/tx.ts';
import { authProblems } from '../platform/http/auth.ts';
import { sourceOf } from '../platform/http/source.ts';
import { countFailures, type Failures, findFailures } from './assertion-repository.ts';
import { serviceActor } from './system-actor.ts';

/** Of one subject from one source. */
const FAILURE_LIMIT = 20;
/** Of one source, whatever it names; a test run fails on purpose, and all of it from one address. */
export const sourceLimit = ({ sandbox }: { sandbox: boolean }): number => (sandbox ? 30_000 : FAILURE_LIMIT);
const WINDOW_MS = 300_000;
/** Any subject. */
const ANY = '*';
/** Tokens at the API name nobody. */
const API = 'api';

const request = (requestId: string) =>
  ({ actor: serviceActor(), requestId, language: 'zh', dryRun: false, oversight: false }) as const;

function secondsLeft({ since }: Failures, now: number): number {
  return Math.max(1, Math.ceil((since.getTime() + WINDOW_MS - now) / 1000));
}

const throttled = (failures: Failures, now: number): Problem =>
  authProblems['auth.throttled']({ retryAfter: secondsLeft(failures, now), error: 'temporarily_unavailable' });

/**
 * Throws for a subject that was guessed at too often from this very source; from another source it goes on. For a source that has
 * failed with many subjects it answers the problem that a further failure gets: a right credential from there still passes.
 */
export async function ensureNotThrottled(
  tx: Tx,
  source: string,
  subject: string,
  limit: number,
): Promise<Problem | undefined> {
  const now = tx.ctx.systemNow.getTime();
  const found = await findFailures(tx, sourceOf(source), [subject, ANY]);
  const own = found.find((one) => one.subject === subject);
  if (own && own.failures >= FAILURE_LIMIT) throw throttled(own, now);
  const all = found.find((one) => one.subject === ANY);
  return all && all.failures >= limit ? throttled(all, now) : undefined;
}

export type Failure = {
  subject: string;
  source: string;
  requestId: string;
  /** How it was tried, and for whom, as far as that is known. */
  method: string;
  agencyId: string | undefined;
  /** Of the source. */
  limit: number;
};

/** Counts and records a failure at the token endpoint; answers 429 where the source has used up its tries. */
export function recordFailure(deps: TxDeps, failure: Failure): Promise<Problem | undefined> {
  const { subject, source, method, limit } = failure;
  const verb = async (tx: Tx) => {
    const counted = await countFailures(tx, sourceOf(source), [subject, ANY]);
    const worst = counted.find((one) => one.failures > (one.subject === ANY ? limit : FAILURE_LIMIT));
    tx.record({
      type: 'agency.authentication_failed',
      kind: 'agency',
      id: failure.agencyId ?? SYSTEM_SCOPE,
      data: { subject, source, method, throttled: worst !== undefined },
    });
    return worst && throttled(worst, tx.ctx.systemNow.getTime());
  };
  const finish = async (_tx: Tx, value: unknown) => value as Problem | undefined;
  return writeTx<Problem | undefined>(deps, request(failure.requestId), { verb, finish });
}

export type ApiThrottle = {
  /** A token that nobody has signed came from there: 429 once there were too many, undefined before. */
  failed(source: string, requestId: string): Promise<Problem | undefined>;
};

/** Who is refused already costs no query. */
export function createApiThrottle(deps: TxDeps, now: () => number, limit: number): ApiThrottle {
  const refused = new Map<string, Failures>();
  const count = async (source: string, requestId: string): Promise<Failures | undefined> => {
    const one = await readTx(deps, request(requestId), async (tx) => (await countFailures(tx, source, [API]))[0]);
    if (one?.failures !== limit + 1) return one;
    // Once for each source and window: the record of an assault, not one row for each of its requests.
    const verb = async (tx: Tx) =>
      tx.record({ type: 'agency.source_throttled', kind: 'agency', id: SYSTEM_SCOPE, data: { source, limit } });
    await writeTx(deps, request(requestId), { verb, finish: async () => undefined });
    return one;
  };
  return {
    async failed(address, requestId) {
      const source = sourceOf(address);
      const known = refused.get(source);
      if (known && known.since.getTime() + WINDOW_MS > now()) return throttled(known, now());
      refused.delete(source);
      const counted = await count(source, requestId);
      if (!counted || counted.failures <= limit) return undefined;
      if (refused.size > 10_000) refused.clear();
      refused.set(source, counted);
      return throttled(counted, now());
    },
  };
}
