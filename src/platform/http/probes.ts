// /livez, /readyz and, on a port of its own, /metrics (S-50); readiness falls first when the service drains.
import { createServer, type Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Type } from 'typebox';
import type { Pool } from '../db/client.ts';
import { httpProblems } from './problem.ts';
import { Closed, named } from './schema.ts';
import type { App } from './server.ts';

const Status = named('ServiceStatus', Closed({ status: Type.Literal('ok') }));

export type Health = { draining: boolean };

export function probeRoutes(app: App, deps: { pool: Pool; health: Health }): void {
  // While it drains, every answer asks the caller to come back by another connection.
  app.addHook('onSend', async (_req, reply) => {
    if (deps.health.draining) reply.header('connection', 'close');
  });
  const common = { config: { permission: 'public' as const } };
  app.get(
    '/livez',
    {
      ...common,
      schema: {
        operationId: 'getLiveness',
        tags: ['Service'],
        summary: 'Alive 存活探针',
        description: 'The process answers. 进程存活。',
        response: { 200: Status },
      },
    },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      ...common,
      schema: {
        operationId: 'getReadiness',
        tags: ['Service'],
        summary: 'Ready 就绪探针',
        description: 'The database answers and the instance is not stopping. 数据库可用且实例未在停止。',
        response: { 200: Status },
      },
    },
    async () => {
      if (deps.health.draining) throw httpProblems['service.shutting_down']({ retryAfter: 1 });
      await deps.pool.query('select 1');
      return { status: 'ok' as const };
    },
  );
}

export type Metrics = {
  registry: Registry;
  requests: Histogram<'method' | 'route' | 'status'>;
  /** While it rises, every replica holds its callers to the whole quota alone (ADR 0021). */
  quotaExchangeFailures: Counter;
};

export function createMetrics(pool: Pool): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of requests by route pattern',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections of the pool',
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      const size = pool.size();
      this.set({ state: 'total' }, size.total);
      this.set({ state: 'idle' }, size.idle);
      this.set({ state: 'waiting' }, size.waiting);
    },
  });
  const quotaExchangeFailures = new Counter({
    name: 'quota_exchange_failures_total',
    help: 'Exchanges of quota counts between the replicas that failed',
    registers: [registry],
  });
  new Gauge({
    name: 'bulk_read_alerts_open',
    help: 'Credentials that were shown unusually many people, not yet released (S-49)',
    registers: [registry],
    async collect() {
      const open = `select count(*)::int as n from bulk_read_alerts where state = 'open'`;
      const [row] = await pool.query<{ n: number }>(open).catch(() => []);
      if (row) this.set(row.n);
    },
  });
  return { registry, requests, quotaExchangeFailures };
}

export function observeRequests(app: App, metrics: Metrics): void {
  app.addHook('onResponse', async (req, reply) => {
    const labels = { method: req.method, route: req.routeOptions.url ?? 'none', status: String(reply.statusCode) };
    metrics.requests.observe(labels, reply.elapsedTime / 1000);
  });
}

/** `/metrics`, and for a worker, which has no other port, the probes beside it. */
export async function serveMetrics(
  metrics: Metrics,
  host: string,
  port: number,
  isReady?: () => Promise<boolean>,
): Promise<Server> {
  const answers: Readonly<Record<string, () => Promise<readonly [status: number, type: string, text: string]>>> = {
    '/metrics': async () => [200, metrics.registry.contentType, await metrics.registry.metrics()],
    ...(isReady && {
      '/livez': async () => [200, 'application/json', '{"status":"ok"}'],
      '/readyz': async () =>
        (await isReady()) ? [200, 'application/json', '{"status":"ok"}'] : [503, 'text/plain', ''],
    }),
  };
  const server = createServer((req, res) => {
    const answer = req.method === 'GET' && Object.hasOwn(answers, req.url ?? '') ? answers[req.url ?? ''] : undefined;
    if (!answer) return void res.writeHead(404).end();
    answer().then(
      ([status, type, text]) => res.writeHead(status, { 'content-type': type }).end(text),
      () => res.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return server;
}
