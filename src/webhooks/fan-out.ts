// The fan-out: each endpoint reads the feed from its position, with the eyes of its holder; one delivery an event (W-08).
import { asService } from '../agencies/service.ts';
import { agenciesConcerned, type FeedPosition, feedHorizon, readFeed } from '../events/service.ts';
import { readTx } from '../platform/db/tx.ts';
import { errorFields } from '../platform/log.ts';
import { insertDeliveries } from './delivery-repository.ts';
import { askedTypes } from './domain.ts';
import { type Behind, endpointsBehind, moveEndpoints, noteEndpoint, takeEndpoint } from './repository.ts';
import { disableEndpoint, type Eyes, keptOut, type WorkerDeps } from './worker.ts';

const BATCH = 200;
const ENDPOINTS = 500;

const isBehind = (a: FeedPosition, b: FeedPosition) =>
  a.xid === b.xid ? BigInt(a.position) < BigInt(b.position) : BigInt(a.xid) < BigInt(b.xid);

/** One batch of one endpoint; answers whether there may be more. */
async function advance(deps: WorkerDeps, eyes: Eyes, behind: Behind): Promise<boolean> {
  const request = await eyes.of(behind);
  if (!request) {
    await disableEndpoint(deps, behind.id, 'holder_gone');
    return false;
  }
  const now = new Date(deps.systemNow());
  // Not a business write: it has no fact. The position and the deliveries move together or not at all.
  return readTx(deps.tx, request, async (tx) => {
    const endpoint = await takeEndpoint(tx, behind.id, 'active');
    // Before the events: whatever was settled by then is among them.
    const horizon = endpoint && (await feedHorizon(tx));
    if (!horizon) return false;
    const at = { xid: endpoint.feedXid, position: String(endpoint.feedPosition) };
    const rows = await readFeed(tx, at, askedTypes(endpoint.types), BATCH);
    const told = keptOut(request, rows, deps.publicUrl).map(({ id, type }) => ({
      id: tx.newId(),
      endpointId: endpoint.id,
      eventId: id,
      type,
    }));
    await insertDeliveries(tx, told, now);
    const last = rows.at(-1);
    const read = last ? { xid: last.xid, position: String(last.position) } : at;
    const next = rows.length < BATCH && isBehind(read, horizon) ? horizon : read;
    if (isBehind(at, next))
      await noteEndpoint(tx, endpoint.id, { feedXid: next.xid, feedPosition: BigInt(next.position) });
    return rows.length === BATCH;
  });
}

/** Events; who is further behind reads the feed without a look at whom they concern. */
const FAR = 20_000n;
/** Endpoints that nothing concerns are moved on this often: each move writes a row. */
const QUIET_MS = 10_000;

export type FanOut = () => Promise<number>;

export function createFanOut(deps: WorkerDeps, eyes: Eyes): FanOut {
  let quietUntil = 0;
  /** Those whose agency stands in some relation to something new; the feed itself decides what they are told of it. */
  const concerned = (held: boolean): Promise<Behind[]> =>
    readTx(deps.tx, asService, async (tx) => {
      const horizon = await feedHorizon(tx);
      const behind = horizon ? await endpointsBehind(tx, horizon, ENDPOINTS, held) : [];
      if (!horizon) return [];
      const isFar = ({ feedPosition }: Behind) => BigInt(horizon.position) - feedPosition > FAR;
      const last = behind.find((endpoint) => !isFar(endpoint));
      const from = last && { xid: last.feedXid, position: String(last.feedPosition) };
      const agencies = from ? await agenciesConcerned(tx, from, horizon) : new Set<string>();
      const isTold = (endpoint: Behind) => isFar(endpoint) || agencies.has(endpoint.agencyId);
      const quiet = behind.filter((endpoint) => !isTold(endpoint)).map(({ id }) => id);
      if (held) await moveEndpoints(tx, quiet, horizon);
      return behind.filter(isTold);
    });
  /** What goes wrong with one endpoint is not the others' matter. */
  async function catchUp(endpoint: Behind): Promise<void> {
    try {
      while (await advance(deps, eyes, endpoint));
    } catch (error) {
      deps.log.warn('job failed', { job: 'webhook-fan-out', ...errorFields(error) });
    }
  }
  /** All endpoints up to the horizon; answers how many had something to read. */
  return async () => {
    const held = deps.systemNow() >= quietUntil;
    if (held) quietUntil = deps.systemNow() + QUIET_MS;
    const behind = await concerned(held);
    for (const endpoint of behind) await catchUp(endpoint);
    return behind.length;
  };
}
