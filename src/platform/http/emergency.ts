// A read that found nothing is asked once more under the caller's own break-glass grant for exactly that resource (ADR 0017).
import type { FastifyRequest } from 'fastify';
import type { ResourceKind } from '../../kernel/fact.ts';
import { Problem } from '../../kernel/problem.ts';
import { readTx, type Tx, type TxDeps, type TxRequest } from '../db/tx.ts';

type Subject = { kind: ResourceKind; id: string };

/** The open grant of the caller for that resource; given by the feature that keeps the grants. */
export type GrantFor = (tx: Tx, subject: Subject) => Promise<string | undefined>;

const notThere = (error: unknown) => error instanceof Problem && error.code === 'resource.not_found';

/**
 * The scope of the second read is the grant: both walls open the one row that was granted to it, and nothing of the agency.
 * It is only reached where the caller would get a 404, so that no other read pays for it.
 */
export async function orUnderGrant<T>(
  deps: TxDeps & { grantFor?: GrantFor },
  req: FastifyRequest,
  request: TxRequest,
  read: (request: TxRequest, used: (tx: Tx) => void) => Promise<T>,
): Promise<T> {
  try {
    return await read(request, () => undefined);
  } catch (error) {
    const { resource: kind } = req.routeOptions.config;
    const { id } = req.params as { id?: string };
    if (!deps.grantFor || !kind || !id || !notThere(error)) throw error;
    const { grantFor } = deps;
    const grantId = await readTx(deps, request, (tx) => grantFor(tx, { kind, id }));
    if (grantId === undefined) throw error;
    const act = { type: 'break_glass.used', kind, data: { grantId, route: req.routeOptions.url ?? '' } };
    return read({ ...request, scope: grantId, oversight: false }, (tx) => tx.viewed(id, [], grantId, act));
  }
}
