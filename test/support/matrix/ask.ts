// One question of the matrix: an officer calls an operation, in a way that changes nothing, and the answer is named.
import type { Answer, Api, Send } from '../api.ts';
import { type Op, toCall } from '../contract.ts';
import type { Target } from '../fixtures/fixture.ts';

export type Outcome = 'allow' | 'permission' | 'hidden' | 'unknown' | 'rule' | 'fault';

/** What an answer says about authority. */
export function outcomeOf({ status, body }: Answer): Outcome {
  if (status < 300) return 'allow';
  if (status === 403 && body.code === 'auth.forbidden') return 'permission';
  if (status === 404) return 'hidden';
  if (status === 422 && body.code === 'request.reference_unknown') return 'unknown';
  return [403, 409, 422].includes(status) ? 'rule' : 'fault';
}

/** A write is asked as a dry run: everything but the effect. */
export function ask(api: Api, op: Op, target: Target, officer: string, version: string | undefined): Promise<Answer> {
  const dry = op.dryRun ? { ...target, query: { ...target.query, dryRun: 'true' } } : target;
  const { path, send } = toCall(op, dry);
  const matched: Send = version === undefined ? {} : { etag: version };
  return api.as(officer, op.method, path, { ...send, ...matched });
}
