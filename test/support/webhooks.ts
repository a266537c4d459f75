// The worker of webhooks as a test drives it: step by step, with a clock of its own, against receivers on this machine.
import { createPublicKey, verify } from 'node:crypto';
import { withKept } from '../../src/persons/kept-from.ts';
import { createOutgoing } from '../../src/platform/http/outgoing.ts';
import { createLog } from '../../src/platform/log.ts';
import { createWorker } from '../../src/webhooks/jobs.ts';
import type { WorkerDeps } from '../../src/webhooks/worker.ts';
import type { Got } from './receiver.ts';
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

export type Delivery = { id: string; eventId: string | null; state: string; tries: number; nextAt: string | null } & {
  attempts: { outcome: string; status: number | null; at: string }[];
};

export const signatureHeaders = ({ headers }: Got) => ({
  'webhook-id': String(headers['webhook-id']),
  'webhook-timestamp': String(headers['webhook-timestamp']),
  'webhook-signature': String(headers['webhook-signature']),
});

/** Each `v1a` signature of an attempt against a public key `whpk_…`. */
export function verifyV1a({ headers, body }: Got, publicKey: string): boolean[] {
  const x = Buffer.from(publicKey.replace('whpk_', ''), 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  const offered = String(headers['webhook-signature'])
    .split(' ')
    .filter((one) => one.startsWith('v1a,'));
  return offered.map((one) => verify(null, content, key, Buffer.from(one.slice(4), 'base64')));
}
