// The fan-out: each endpoint reads the feed from its position, with the eyes of its holder; one delivery an event (W-08).
import { asService } from '../agencies/service.ts';
import { type FeedPosition, feedHorizon, readFeed } from '../events/service.ts';
import { readTx } from '../platform/db/tx.ts';
import { insertDeliveries } from './delivery-repository.ts';
import { askedTypes } from './domain.ts';
import { type Behind, endpointsBehind, noteEndpoint, takeEndpoint } from './repository.ts';
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

/** All endpoints up to the horizon; answers how many were behind it. */
export async function fanOut(deps: WorkerDeps, eyes: Eyes): Promise<number> {
  const behind = await readTx(deps.tx, asService, async (tx) => {
    const horizon = await feedHorizon(tx);
    return horizon ? endpointsBehind(tx, horizon, ENDPOINTS) : [];
  });
  for (const endpoint of behind) while (await advance(deps, eyes, endpoint));
  return behind.length;
}
