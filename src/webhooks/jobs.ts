// The jobs of webhooks: fan-out and sending several times a second, addresses that are asked, and the log that is cut.
import { asService } from '../agencies/service.ts';
import { readTx } from '../platform/db/tx.ts';
import type { Job } from '../platform/jobs.ts';
import { askAddresses } from './challenge.ts';
import { purgeDeliveries } from './delivery-repository.ts';
import { createFanOut } from './fan-out.ts';
import { createSender } from './sending.ts';
import { createEyes, type WorkerDeps } from './worker.ts';

const TICK_MS = 300;
const ASK_MS = 1000;
const HOUR = 3_600_000;
const KEPT_DAYS = 30;

export function createWorker(deps: WorkerDeps) {
  const eyes = createEyes(deps);
  const sender = createSender(deps, eyes);
  const fanOut = createFanOut(deps, eyes);
  return {
    ask: () => askAddresses(deps),
    fanOut,
    sender,
    /** Everything that can be done now: for tests, which have the clock. */
    async drain(): Promise<void> {
      await askAddresses(deps);
      await fanOut();
      await sender.step();
      await sender.settled();
    },
    purge: () =>
      readTx(deps.tx, asService, (tx) => purgeDeliveries(tx, new Date(deps.systemNow() - KEPT_DAYS * 24 * HOUR))),
  };
}

export function webhookJobs(deps: WorkerDeps): Job[] {
  const worker = createWorker(deps);
  return [
    {
      name: 'webhooks',
      everyMs: TICK_MS,
      run: async () => {
        await worker.fanOut();
        await worker.sender.step();
      },
      stop: worker.sender.stop,
    },
    { name: 'webhook-addresses', everyMs: ASK_MS, run: async () => void (await worker.ask()) },
    { name: 'purge-webhook-deliveries', everyMs: HOUR, run: async () => void (await worker.purge()) },
  ];
}
