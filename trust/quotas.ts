// S-48, S-49: quotas over two replicas, and the alarm about bulk reading, each with real requests.
import { watchBulkReading } from '../src/audit/bulk-read.ts';
import { createLog } from '../src/platform/log.ts';
import { createDatabase } from '../test/support/database.ts';
import startDatabase from '../test/support/global-setup.ts';
import { type Service, startService } from '../test/support/start.ts';
import { createStory } from '../test/support/story.ts';
import { withService } from './outside/stage.ts';
import type { Probe, Reading } from './probe.ts';

const LIMIT = 3000;
const WINDOW_MS = 60_000;

/** Two services on one database, in one process: what they share goes through PostgreSQL alone. */
async function withReplicas<T>(work: (replicas: readonly [Service, Service]) => Promise<T>): Promise<T> {
  const stop = await startDatabase();
  try {
    const database = await createDatabase();
    const env = { QUOTA_REQUESTS: String(LIMIT), QUOTA_AGENCY: '0', QUOTA_EXPENSIVE: '0' };
    const replicas = [await startService({ database, env }), await startService({ database, env })] as const;
    try {
      return await work(replicas);
    } finally {
      for (const replica of replicas) await replica.stop();
    }
  } finally {
    await stop();
  }
}

const untilWindowBegins = () =>
  new Promise((resolve) => setTimeout(resolve, WINDOW_MS - (Date.now() % WINDOW_MS) + 200));

async function replicas(): Promise<Reading> {
  return withReplicas(async ([first, second]) => {
    const token = await first.api.token('handler.heping');
    const headers = { authorization: `Bearer ${token}` };
    const ask = (replica: Service) => replica.api.request('GET', '/v1/me', { headers });
    await Promise.all([ask(first), ask(second)]);
    await untilWindowBegins();
    const end = Date.now() + WINDOW_MS - 5000;
    let [admitted, refused, wrong] = [0, 0, 0];
    const caller = async (replica: Service) => {
      // Until both refuse for good; a retry after the first refusal shows that they agree.
      for (let streak = 0; streak < 200 && Date.now() < end; ) {
        const { status, headers: answer } = await ask(replica);
        if (status === 200) admitted += 1;
        if (status === 429) refused += 1;
        if (status === 429 && !answer['retry-after']) wrong += 1;
        if (!/^"default";q=3000;w=60$/.test(answer['ratelimit-policy'] ?? '')) wrong += 1;
        if (!/^"default";r=\d+;t=\d+$/.test(answer.ratelimit ?? '')) wrong += 1;
        streak = status === 429 ? streak + 1 : 0;
      }
    };
    const started = Date.now();
    await Promise.all([caller(first), caller(first), caller(second)]);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const excess = ((admitted / LIMIT - 1) * 100).toFixed(1);
    return {
      figure: `${admitted} of ${LIMIT} admitted by two replicas (${excess} %), ${refused} refused, in ${seconds} s; ${wrong} headers wrong`,
      met: Math.abs(admitted - LIMIT) <= LIMIT / 10 && refused > 0 && wrong === 0,
    };
  });
}

const PERSONS = 510;

async function alarm(): Promise<Reading> {
  return withService(async (service) => {
    const story = createStory(service.api);
    for (let i = 0; i < PERSONS / 10; i++) {
      const subjects = Array.from({ length: 10 }, () => story.subject());
      const made = await service.api.create('wf.heping', '/v1/clues', { ...story.clueInput(), subjects });
      await service.api.get('wf.heping', `/v1/clues/${String(made.body.id)}`);
    }
    const lines: string[] = [];
    const log = createLog(
      'info',
      (line) => void lines.push(line),
      () => new Date(),
    );
    const started = performance.now();
    const raised = await watchBulkReading(service.tx, { limit: 500, block: true }, log);
    const ms = Math.round(performance.now() - started);
    let refusedAfter = -1;
    for (const begun = Date.now(); refusedAfter < 0 && Date.now() - begun < 10_000; ) {
      if ((await service.api.get('wf.heping', '/v1/me')).status === 429) refusedAfter = Date.now() - begun;
    }
    const again = await watchBulkReading(service.tx, { limit: 500, block: true }, log);
    return {
      figure: `${PERSONS} persons seen: ${raised} alert, ${again} repeated; the search took ${ms} ms and runs every 20 s; refused after ${refusedAfter} ms`,
      met: raised === 1 && again === 0 && lines.length === 1 && refusedAfter >= 0 && refusedAfter < 2000,
    };
  });
}

export const probes: readonly Probe[] = [
  {
    number: 'S-48',
    name: 'quota over two replicas',
    target: '± 10 % of the quota, headers of the draft',
    run: replicas,
  },
  {
    number: 'S-49',
    name: 'bulk reading by one credential',
    target: 'one alert within 60 s, blocked where wanted',
    run: alarm,
  },
];
