// Verbs on webhook endpoints; whoever sets the address is their holder, with whose eyes they are sent events (ADR 0030).
import { eventType, feedHead, positionAt } from '../events/service.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Detail } from '../kernel/problem.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { type DeliveryRow, findDelivery, insertDeliveries, requeue, requeueOne } from './delivery-repository.ts';
import { ALL_TYPES, MAX_ENDPOINTS, NO_FAILURES, ROTATION_MS, webhookProblems } from './domain.ts';
import { countEndpoints, type EndpointRow, findEndpoint, insertEndpoint, saveEndpoint } from './repository.ts';
import { isChallenge, newSecrets, openSecrets, publicKeyOf, type Secrets, sealSecrets, secretOf } from './secrets.ts';

export type EndpointInput = { url: string; types: readonly string[]; description?: string };
export type Issued = { endpoint: EndpointRow; secret: string };
/** Whether such an address is ever called. */
export type Accepts = (url: string) => boolean;

const REFUSED: Detail = [
  '须为 https 公网地址，不含用户名、片段；内网或测试地址须由运维加入 WEBHOOK_ALLOW',
  'must be https and public, without user or fragment; the operator adds others to WEBHOOK_ALLOW',
];
const UNKNOWN: Detail = ['没有此事件类型，见 GET /v1/event-types', 'no such event type, see GET /v1/event-types'];

function check({ url, types }: Partial<EndpointInput>, accepts: Accepts): void {
  const wrongTypes = (types ?? []).flatMap((type, i) =>
    type === ALL_TYPES || eventType(type)
      ? []
      : [{ pointer: `/types/${i}`, code: 'event_type.unknown', detail: UNKNOWN }],
  );
  const wrongUrl =
    url === undefined || accepts(url) ? [] : [{ pointer: '/url', code: 'webhook.address_refused', detail: REFUSED }];
  if (wrongUrl.length + wrongTypes.length > 0)
    throw httpProblems['request.rule_violated']({}, [...wrongUrl, ...wrongTypes]);
}

/** A client that speaks for an officer is the officer's hand. */
const holder = ({ officer, client }: Actor) => ({
  clientId: officer ? null : (client?.id ?? null),
  officerId: officer?.id ?? null,
});

const ask = (tx: Tx) => ({ challengeAt: tx.ctx.systemNow, challengeTries: 0, challengeOutcome: null });

export async function createEndpoint(tx: Tx, input: EndpointInput, accepts: Accepts): Promise<Issued> {
  check(input, accepts);
  if ((await countEndpoints(tx)) >= MAX_ENDPOINTS) throw webhookProblems['webhook.too_many']({ limit: MAX_ENDPOINTS });
  const { actor, now } = tx.ctx;
  const id = tx.newId();
  const secrets = newSecrets();
  const { xid, position } = await feedHead(tx);
  tx.record({
    type: 'webhook.created',
    kind: 'webhook_endpoint',
    id,
    data: { clientId: holder(actor).clientId, types: [...input.types] },
    access: [{ agencyId: actor.agency.id, relation: 'owner' }],
  });
  await insertEndpoint(tx, {
    id,
    agencyId: actor.agency.id,
    ...holder(actor),
    url: input.url,
    types: [...new Set(input.types)],
    description: input.description ?? null,
    state: 'pending',
    secretsSealed: await sealSecrets(tx, id, secrets),
    publicKey: publicKeyOf(secrets),
    feedXid: xid,
    feedPosition: BigInt(position),
    ...ask(tx),
    createdAt: now,
    updatedAt: now,
  });
  const endpoint = await findEndpoint(tx, id);
  if (!endpoint) throw new Error('a new endpoint is not there');
  return { endpoint, secret: secretOf(secrets) };
}

async function lockEndpoint(tx: Tx, id: string, expected?: ExpectedVersion): Promise<EndpointRow> {
  const endpoint = await findEndpoint(tx, id, true);
  if (!endpoint) throw httpProblems['resource.not_found']();
  ensureVersion(endpoint, expected);
  return endpoint;
}

function record(tx: Tx, verb: string, id: string, changed: readonly string[], data = {}): void {
  tx.record({ type: `webhook.${verb}`, kind: 'webhook_endpoint', id, changed, data });
}

export type EndpointPatch = {
  url?: string;
  types?: readonly string[];
  description?: string | null;
  state?: 'disabled';
};

/** A new address has to confirm, and has a new holder. */
export async function editEndpoint(
  tx: Tx,
  id: string,
  patch: EndpointPatch,
  { expected, accepts }: { expected: ExpectedVersion; accepts: Accepts },
): Promise<EndpointRow> {
  const endpoint = await lockEndpoint(tx, id, expected);
  const { state, url, types, description } = patch;
  check({ ...(url === undefined ? {} : { url }), ...(types ? { types } : {}) }, accepts);
  const moved = url !== undefined && url !== endpoint.url;
  const change: Partial<EndpointRow> = {
    ...(types ? { types: [...new Set(types)] } : {}),
    ...(description === undefined ? {} : { description }),
    ...(moved ? { url, state: 'pending', disabledReason: null, ...holder(tx.ctx.actor), ...ask(tx) } : {}),
    ...(state ? { state, disabledReason: 'by_hand', challengeAt: null } : {}),
  };
  if (Object.keys(change).length === 0) {
    tx.unchanged();
    return endpoint;
  }
  const saved = await saveEndpoint(tx, endpoint, change);
  record(tx, 'edited', id, Object.keys(patch), { state: saved.state });
  return saved;
}

/** The secrets are destroyed; the row stays for what was sent. */
export async function removeEndpoint(tx: Tx, id: string, expected: ExpectedVersion): Promise<EndpointRow> {
  const endpoint = await lockEndpoint(tx, id, expected);
  const change = { state: 'removed', disabledReason: null, secretsSealed: null, challengeAt: null } as const;
  const saved = await saveEndpoint(tx, endpoint, change);
  tx.record({
    type: 'webhook.removed',
    kind: 'webhook_endpoint',
    id,
    changed: ['state'],
    revoke: [endpoint.agencyId],
  });
  return { ...saved, state: 'disabled', disabledReason: 'by_hand' };
}

async function secretsOf(tx: Tx, endpoint: EndpointRow): Promise<Secrets> {
  const secrets = (await openSecrets(tx, [endpoint])).get(endpoint.id);
  if (!secrets) throw new Error('an endpoint without secrets');
  return secrets;
}

/** The former secret signs along for a day (W-03). */
export async function rotateSecret(tx: Tx, id: string, expected: ExpectedVersion): Promise<Issued> {
  const endpoint = await lockEndpoint(tx, id, expected);
  const secrets = newSecrets(await secretsOf(tx, endpoint));
  const saved = await saveEndpoint(tx, endpoint, {
    secretsSealed: await sealSecrets(tx, id, secrets),
    publicKey: publicKeyOf(secrets),
    formerUntil: new Date(tx.ctx.systemNow.getTime() + ROTATION_MS),
  });
  record(tx, 'secret_rotated', id, ['secret', 'publicKey']);
  return { endpoint: saved, secret: secretOf(secrets) };
}

/** With the challenge that the address was sent it is confirmed by hand; without it the address is asked again. */
export async function activateEndpoint(
  tx: Tx,
  id: string,
  { challenge, keyring }: { challenge: string | undefined; keyring: Keyring },
): Promise<EndpointRow> {
  const endpoint = await lockEndpoint(tx, id);
  if (challenge !== undefined && !isChallenge(keyring, endpoint, challenge))
    throw webhookProblems['webhook.challenge_wrong']();
  if (endpoint.state === 'active') {
    tx.unchanged();
    return endpoint;
  }
  const fresh = { disabledReason: null, throttledUntil: null, ...NO_FAILURES };
  if (challenge !== undefined) {
    const active = { ...fresh, state: 'active', challengeAt: null, challengeOutcome: 'accepted' } as const;
    const saved = await saveEndpoint(tx, endpoint, active);
    record(tx, 'activated', id, ['state']);
    return saved;
  }
  const saved = await saveEndpoint(tx, endpoint, { ...fresh, state: 'pending', ...ask(tx) });
  record(tx, 'challenged', id, ['state']);
  return saved;
}

/** A delivery without an event of the feed; like every other it waits until the address has confirmed. */
export async function testEndpoint(tx: Tx, id: string): Promise<DeliveryRow> {
  await lockEndpoint(tx, id);
  const delivery = { id: tx.newId(), endpointId: id, eventId: null, type: 'webhook.test' };
  await insertDeliveries(tx, [delivery], tx.ctx.systemNow);
  record(tx, 'tested', id, [], { deliveryId: delivery.id });
  return requireDelivery(tx, id, delivery.id);
}

async function requireDelivery(tx: Tx, endpoint: string, id: string): Promise<DeliveryRow> {
  const found = await findDelivery(tx, endpoint, id.toLowerCase());
  if (!found) throw httpProblems['resource.not_found']();
  return found;
}

/** At once, from the first of its attempts, whatever came of it before. */
export async function replayDelivery(tx: Tx, id: string, deliveryId: string): Promise<DeliveryRow> {
  await lockEndpoint(tx, id);
  const replayed = await requeueOne(tx, await requireDelivery(tx, id, deliveryId), tx.ctx.systemNow);
  record(tx, 'replayed', id, [], { deliveryId: replayed.id });
  return replayed;
}

export type Recovery = { since: string; until?: string; includeDelivered?: boolean };

/** What was not delivered since then is sent again, and the feed is read again from there: nothing that was missed stays so. */
export async function recoverEndpoint(tx: Tx, id: string, input: Recovery): Promise<{ queued: number }> {
  const endpoint = await lockEndpoint(tx, id);
  const { now, systemNow } = tx.ctx;
  // The deliveries and ids of events are of system time, which the clock of a sandbox has left.
  const shift = now.getTime() - systemNow.getTime();
  const since = new Date(new Date(input.since).getTime() - shift);
  const until = input.until === undefined ? systemNow : new Date(new Date(input.until).getTime() - shift);
  const states = input.includeDelivered
    ? (['failed', 'withheld', 'delivered'] as const)
    : (['failed', 'withheld'] as const);
  const queued = await requeue(tx, id, states, { since, until, now: systemNow });
  const from = await positionAt(tx, since);
  const before =
    from &&
    (BigInt(from.xid) < BigInt(endpoint.feedXid) ||
      (from.xid === endpoint.feedXid && BigInt(from.position) < endpoint.feedPosition));
  const back = before ? { feedXid: from.xid, feedPosition: BigInt(from.position) } : {};
  await saveEndpoint(tx, endpoint, { ...back, throttledUntil: null });
  record(tx, 'recovered', id, [], { queued, since: since.toISOString() });
  return { queued };
}
