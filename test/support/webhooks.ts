// The worker of webhooks as a test drives it: step by step, with a clock of its own, against receivers on this machine.
import { withKept } from '../../src/persons/kept-from.ts';
import { createOutgoing } from '../../src/platform/http/outgoing.ts';
import { createLog } from '../../src/platform/log.ts';
import { createWorker } from '../../src/webhooks/jobs.ts';
import type { WorkerDeps } from '../../src/webhooks/worker.ts';
import type { Service } from './start.ts';
import type { Known } from './story.ts';
import { must } from './story.ts';

/** With this the service and its worker reach receivers on this machine, and nothing else that is not public. */
export const LOOPBACK = { WEBHOOK_ALLOW: '127.0.0.1/32' };

export type Clock = { now(): number; pass(ms: number): void };

export function createClock(): Clock {
  let passed = 0;
  return {
    now: () => Date.now() + passed,
    pass: (ms) => {
      passed += ms;
    },
  };
}

export const workerDeps = (
  service: Service,
  clock: Pick<Clock, 'now'>,
  more: Partial<WorkerDeps> = {},
): WorkerDeps => ({
  tx: service.tx,
  outgoing: createOutgoing({ allow: ['127.0.0.1/32'], sandbox: true }),
  publicUrl: 'http://service.test',
  systemNow: clock.now,
  random: () => 0.5,
  withKept: (actor) => withKept(service.tx, actor),
  log: createLog(
    'warn',
    (line) => void service.logLines.push(line),
    () => new Date(),
  ),
  ...more,
});

export const workerOf = (service: Service, clock: Pick<Clock, 'now'>, more: Partial<WorkerDeps> = {}) =>
  createWorker(workerDeps(service, clock, more));

const PATH = '/v1/webhook-endpoints';

export async function endpointOf(
  { api }: Pick<Service, 'api'>,
  officer: string,
  url: string,
  types: readonly string[] = ['*'],
): Promise<Known & { secret: string; publicKey: string }> {
  const made = must(await api.create(officer, PATH, { url, types }), PATH);
  return { ...made, secret: String(made.body.secret), publicKey: String(made.body.publicKey) };
}
