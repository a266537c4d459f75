// Sending: a lease in one transaction, HTTP outside any, the outcome in another; a slow receiver delays nobody else (W-04..W-07).
import { asService } from '../agencies/service.ts';
import type { CloudEventView } from '../events/service.ts';
import { readTx } from '../platform/db/tx.ts';
import type { Sent } from '../platform/http/outgoing.ts';
import { errorFields } from '../platform/log.ts';
import { type DeliveryRow, leaseDue, saveDelivery } from './delivery-repository.ts';
import { type Attempt, afterFailure, NO_FAILURES, nextDue, type Outcome, outcomeOf, retryAfter } from './domain.ts';
import { type EndpointRow, findEndpoints, noteEndpoint } from './repository.ts';
import { openSecrets, type Secrets, signatureOf } from './secrets.ts';
import { disableEndpoint, type Eyes, toldNow, type WorkerDeps } from './worker.ts';

/** Longer than the fifteen seconds of an attempt and what is written after it. */
const LEASE_MS = 60_000;
/** Under way at once, of one endpoint and of this process. */
const EACH = 4;
const MOST = 128;
/** Kept of each delivery. */
const ATTEMPTS = 20;
/** How often an endpoint notes that all is well. */
const NOTED_MS = 10_000;

type Parcel = { delivery: DeliveryRow; endpoint: EndpointRow; secrets: Secrets; event: CloudEventView | undefined };
type Result = { outcome: Outcome; status: number | null; retryAfterMs: number; ms: number };

const testEvent = ({ id, createdAt }: DeliveryRow, endpointId: string, source: string): CloudEventView => ({
  specversion: '1.0',
  id,
  source,
  type: 'webhook.test',
  subject: `webhook_endpoint/${endpointId}`,
  time: createdAt.toISOString(),
  sequence: 1,
  datacontenttype: 'application/json',
  data: {},
});

/** Signed anew in each attempt; the id stays (W-04). */
export function headersOf(endpoint: EndpointRow, secrets: Secrets, id: string, body: string, nowMs: number) {
  const timestamp = Math.floor(nowMs / 1000);
  const overlap = endpoint.formerUntil !== null && endpoint.formerUntil.getTime() > nowMs;
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': 'judicial-assistance-webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(secrets, { id, timestamp, body }, overlap),
  };
}

function resultOf(sent: Sent, startedAt: number, now: number): Result {
  const ms = Math.max(0, Math.round(now - startedAt));
  if ('failure' in sent) return { outcome: sent.failure, status: null, retryAfterMs: 0, ms };
  const header = sent.headers['retry-after'];
  return { outcome: outcomeOf(sent.status), status: sent.status, retryAfterMs: retryAfter(header, now), ms };
}

async function transmit(deps: WorkerDeps, { endpoint, secrets, event }: Parcel): Promise<Result> {
  const startedAt = deps.systemNow();
  if (!event) return { outcome: 'not_seen', status: null, retryAfterMs: 0, ms: 0 };
  const body = JSON.stringify(event);
  const sent = await deps.outgoing.send(
    endpoint.url,
    'POST',
    headersOf(endpoint, secrets, event.id, body, startedAt),
    body,
  );
  return resultOf(sent, startedAt, deps.systemNow());
}

/** What the delivery becomes. A holder that does not see the event any more is not tried again by itself. */
function settled(delivery: DeliveryRow, result: Result, now: number, chance: number): Partial<DeliveryRow> {
  const { outcome, status, ms, retryAfterMs } = result;
  const attempt: Attempt = { at: new Date(now).toISOString(), outcome, status, ms };
  const tries = delivery.tries + 1;
  const noted = {
    ...{ tries, leasedUntil: null, lastStatus: status, lastOutcome: outcome },
    attempts: [...delivery.attempts, attempt].slice(-ATTEMPTS),
  };
  if (outcome === 'accepted') return { ...noted, state: 'delivered', dueAt: null, deliveredAt: new Date(now) };
  if (outcome === 'not_seen') return { ...noted, state: 'withheld', dueAt: null };
  const due = nextDue(now, tries, chance, retryAfterMs);
  return due === undefined ? { ...noted, state: 'failed', dueAt: null } : { ...noted, dueAt: new Date(due) };
}

/** What the endpoint notes; undefined: nothing worth a write. */
function notedOf(endpoint: EndpointRow, result: Result, now: number): Partial<EndpointRow> | undefined {
  const at = new Date(now);
  if (result.outcome === 'not_seen') return undefined;
  if (result.outcome === 'accepted') {
    const recent = endpoint.lastDeliveredAt !== null && now - endpoint.lastDeliveredAt.getTime() < NOTED_MS;
    const well = endpoint.firstFailedAt === null && endpoint.throttledUntil === null;
    return recent && well ? undefined : { lastDeliveredAt: at, throttledUntil: null, ...NO_FAILURES };
  }
  const { givenUp: _, ...clock } = afterFailure(endpoint, at);
  const wait = result.outcome === 'throttled' ? Math.max(result.retryAfterMs, 5000) : 0;
  return { ...clock, ...(wait > 0 ? { throttledUntil: new Date(now + wait) } : {}) };
}

async function keep(deps: WorkerDeps, { delivery, endpoint }: Parcel, result: Result): Promise<void> {
  const now = deps.systemNow();
  await readTx(deps.tx, asService, async (tx) => {
    await saveDelivery(tx, delivery, settled(delivery, result, now, deps.random()));
    const noted = notedOf(endpoint, result, now);
    if (noted) await noteEndpoint(tx, endpoint.id, noted);
  });
  if (result.outcome === 'gone') return disableEndpoint(deps, endpoint.id, 'gone');
  const failed = result.outcome !== 'accepted' && result.outcome !== 'not_seen';
  if (failed && afterFailure(endpoint, new Date(now)).givenUp) await disableEndpoint(deps, endpoint.id, 'failing');
}

type Leased = Omit<Parcel, 'event'>;

/** Leases and what is needed to sign, in one transaction that ends before anything is sent. */
function lease(deps: WorkerDeps, most: number): Promise<Leased[]> {
  const now = deps.systemNow();
  return readTx(deps.tx, asService, async (tx) => {
    const times = { now: new Date(now), until: new Date(now + LEASE_MS) };
    const deliveries = await leaseDue(tx, { ...times, each: EACH, most });
    if (deliveries.length === 0) return [];
    const endpoints = await findEndpoints(tx, [...new Set(deliveries.map((row) => row.endpointId))]);
    const secrets = await openSecrets(tx, endpoints);
    const byId = new Map(endpoints.map((row) => [row.id, row]));
    return deliveries.flatMap((delivery) => {
      const [endpoint, own] = [byId.get(delivery.endpointId), secrets.get(delivery.endpointId)];
      return endpoint && own ? [{ delivery, endpoint, secrets: own }] : [];
    });
  });
}

/** The events of one endpoint's leases as its holder is told them now. */
async function filled(deps: WorkerDeps, eyes: Eyes, leased: readonly Leased[]): Promise<Parcel[]> {
  const [first] = leased;
  if (!first) return [];
  const request = await eyes.of(first.endpoint);
  if (!request) {
    await disableEndpoint(deps, first.endpoint.id, 'holder_gone');
    return [];
  }
  const ids = leased.flatMap(({ delivery }) => delivery.eventId ?? []);
  const told = ids.length > 0 ? await toldNow(deps, request, ids) : new Map<string, CloudEventView>();
  return leased.map((one) => {
    const { delivery, endpoint } = one;
    const event = delivery.eventId ? told.get(delivery.eventId) : testEvent(delivery, endpoint.id, deps.publicUrl);
    return { ...one, event };
  });
}

export type Sender = {
  /** Begins all that is due and free to go; what ends makes room for more by itself. */
  step(): Promise<void>;
  /** Until nothing is under way any more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

export function createSender(deps: WorkerDeps, eyes: Eyes): Sender {
  const underWay = new Set<Promise<void>>();
  let [stopped, stepping, again] = [false, false, false];
  const warn = (error: unknown) => deps.log.warn('job failed', { job: 'webhook-attempt', ...errorFields(error) });

  const begin = (run: () => Promise<void>) => {
    const running: Promise<void> = run()
      .catch(warn)
      .finally(() => {
        underWay.delete(running);
        void step().catch(warn);
      });
    underWay.add(running);
  };
  async function once(): Promise<void> {
    const free = MOST - underWay.size;
    if (free <= 0) return;
    const leased = await lease(deps, free);
    for (const [, own] of Map.groupBy(leased, ({ endpoint }) => endpoint.id)) {
      const parcels = filled(deps, eyes, own);
      for (const i of own.keys())
        begin(async () => {
          const parcel = (await parcels)[i];
          if (parcel) await keep(deps, parcel, await transmit(deps, parcel));
        });
    }
  }
  async function step(): Promise<void> {
    again = true;
    if (stepping) return;
    stepping = true;
    try {
      while (again && !stopped) {
        again = false;
        await once();
      }
    } finally {
      stepping = false;
    }
  }
  const settledNow = async () => {
    while (underWay.size > 0 || stepping) await Promise.race([...underWay, new Promise(setImmediate)]);
  };
  return {
    step,
    settled: settledNow,
    async stop() {
      stopped = true;
      await settledNow();
    },
  };
}
