// What the steps of the worker share: with whose eyes an endpoint is sent events, and how an endpoint is disabled.
import { asService, holderOf } from '../agencies/service.ts';
import { type CloudEventView, findTold, type SeenEvent, toCloudEvent } from '../events/service.ts';
import type { Actor } from '../kernel/actor.ts';
import { readTx, type Tx, type TxDeps, type TxRequest, writeTx } from '../platform/db/tx.ts';
import { withoutKept } from '../platform/http/kept.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import type { Log } from '../platform/log.ts';
import type { DisabledReason } from './domain.ts';
import { type EndpointRow, saveEndpoint, takeEndpoint } from './repository.ts';

export type WorkerDeps = {
  tx: TxDeps;
  outgoing: Outgoing;
  publicUrl: string;
  /** Milliseconds of system time; tests have one of their own. */
  systemNow: () => number;
  /** In [0, 1): spreads the attempts. */
  random: () => number;
  /** The officer with the ids of what is not there for them (ADR 0023). */
  withKept: (actor: Actor) => Promise<Actor>;
  log: Log;
};

/** A suspended holder is noticed as soon as a suspended token is elsewhere (S-18). */
const HOLDER_MS = 5000;

/** Of an endpoint, who set its address. */
type Held = Pick<EndpointRow, 'agencyId' | 'clientId' | 'officerId'>;

export type Eyes = {
  /** The holder's request for a transaction, or undefined: suspended, or gone. */
  of(endpoint: Held): Promise<TxRequest | undefined>;
};

export function createEyes(deps: WorkerDeps): Eyes {
  const known = new Map<string, { until: number; request: TxRequest | undefined }>();
  async function look(endpoint: Held): Promise<TxRequest | undefined> {
    const found = await readTx(deps.tx, asService, (tx) => holderOf(tx, endpoint));
    if (!found || found.agency.id !== endpoint.agencyId) return undefined;
    // A receiver is a system: it has no duty in a sealed record, and is kept from what its officer is kept from.
    const actor: Actor = { ...(await deps.withKept(found)), officer: null };
    return { ...asService, actor, requestId: 'webhooks', oversight: actor.permissions.has('oversight:read') };
  }
  return {
    async of(endpoint) {
      const name = endpoint.clientId ?? endpoint.officerId ?? '';
      const now = deps.systemNow();
      const held = known.get(name);
      if (held && held.until > now) return held.request;
      const request = await look(endpoint);
      if (known.size > 1000) known.clear();
      known.set(name, { until: now + HOLDER_MS, request });
      return request;
    },
  };
}

/** As the feed would show them to the holder, whatever it is kept from left out. */
export const keptOut = ({ actor }: Pick<TxRequest, 'actor'>, rows: readonly SeenEvent[], publicUrl: string) =>
  withoutKept(actor, { items: rows.map((row) => toCloudEvent(row, publicUrl)) }).items;

/** Which of these events the holder is told now, by id. */
export async function toldNow(
  deps: WorkerDeps,
  request: TxRequest,
  ids: readonly string[],
): Promise<Map<string, CloudEventView>> {
  const rows = await readTx(deps.tx, request, (tx) => findTold(tx, ids));
  return new Map(keptOut(request, rows, deps.publicUrl).map((event) => [event.id, event]));
}

/** Told by the feed, so that it is heard of otherwise than by the endpoint (W-06). */
export function disableEndpoint(
  deps: WorkerDeps,
  id: string,
  disabledReason: Exclude<DisabledReason, 'by_hand'>,
): Promise<void> {
  const verb = async (tx: Tx) => {
    const endpoint = await takeEndpoint(tx, id, 'active');
    if (!endpoint) return tx.unchanged();
    await saveEndpoint(tx, endpoint, { state: 'disabled', disabledReason });
    const data = { reason: disabledReason };
    tx.record({ type: 'webhook.disabled', kind: 'webhook_endpoint', id, changed: ['state'], data });
  };
  return writeTx(deps.tx, asService, { verb, finish: async () => undefined });
}
