// From whom an endangered person is kept (P-13): what the rules of safe contact close to an officer, looked up with the caller (ADR 0023).
import { asService } from '../agencies/service.ts';
import type { Actor } from '../kernel/actor.ts';
import { readTx, type TxDeps } from '../platform/db/tx.ts';
import { recordsKeptFrom } from './kept-from-repository.ts';
import { blockedDigestsOf } from './safe-contact.ts';

/**
 * The caller with the ids of all that is not there for them: the person, the records the person stands on, and what hangs on those.
 * For nearly everybody that is nothing, at the price of one look at an index when the token is first seen.
 */
export async function withKept(deps: TxDeps, actor: Actor): Promise<Actor> {
  const { officer } = actor;
  if (!officer) return actor;
  const ids = await readTx(deps, asService, (tx) => recordsKeptFrom(tx, blockedDigestsOf(tx, officer)));
  return ids.length === 0 ? actor : { ...actor, keptFrom: new Set(ids) };
}
