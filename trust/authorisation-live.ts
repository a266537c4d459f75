// Probes of authorisation while requests run: rights that end, on two replicas; and many agencies on few connections.
import { setTimeout as pause } from 'node:timers/promises';
import { Api } from '../test/support/api.ts';
import { addClient } from '../test/support/clients.ts';
import startDatabase from '../test/support/global-setup.ts';
import { matrixActors } from '../test/support/matrix/actors.ts';
import { type Service, startService } from '../test/support/start.ts';
import { createWorld, type World } from '../test/support/world.ts';
import type { Probe, Reading } from './probe.ts';

async function withReplicas<T>(work: (services: readonly [Service, Service], world: World) => Promise<T>): Promise<T> {
  const stop = await startDatabase();
  try {
    const first = await startService();
    const second = await startService({ database: first.database });
    try {
      return await work(
        [first, second],
        createWorld(first.api, () => addClient(first)),
      );
    } finally {
      await second.stop();
      await first.stop();
    }
  } finally {
    await stop();
  }
}

const WAIT = 5000;

/** Asks both replicas all the time while `end` takes the right away; answers successes after commit and five seconds. */
async function lateSuccesses(services: readonly Service[], officer: string, path: string, end: () => Promise<unknown>) {
  const apis = await Promise.all(
    services.map(async (service) => {
      const api = new Api(service.app);
      await api.token(officer);
      return api;
    }),
  );
  const answers: { at: number; status: number }[] = [];
  let running = true;
  const loops = apis.map(async (api) => {
    while (running) {
      const at = performance.now();
      answers.push({ at, status: (await api.get(officer, path)).status });
      await pause(10);
    }
  });
  await pause(300);
  await end();
  const committed = performance.now();
  await pause(WAIT + 2000);
  running = false;
  await Promise.all(loops);
  const good = answers.filter(({ status }) => status === 200);
  return {
    before: good.filter(({ at }) => at < committed).length,
    late: good.filter(({ at }) => at > committed + WAIT).length,
    last: Math.max(0, ...good.map(({ at }) => at - committed)),
    after: answers.filter(({ at }) => at > committed + WAIT).length,
  };
}

async function immediate(): Promise<Reading> {
  return withReplicas(async (services, world) => {
    const [{ owner }] = services;
    const change = async (text: string, values: unknown[]) => owner.query(text, values);
    const lineOf = await world.line('submitted');
    const referral = await world.referral('accepted');
    const clue = await world.clue();
    const tries = [
      {
        name: 'a role taken away',
        officer: 'finance.heping',
        path: lineOf.path,
        end: () => change(`update officers set roles = '{}' where code = $1`, ['finance.heping']),
      },
      {
        name: 'an officer suspended',
        officer: 'intake.heping',
        path: clue.path,
        end: () => change(`update officers set state = 'suspended' where code = $1`, ['intake.heping']),
      },
      {
        name: 'a share ended',
        officer: 'civil.heping',
        path: referral.path,
        end: async () =>
          change('update access set until = now() where resource_id = $1 and agency_id = $2', [
            referral.id,
            await world.agencyOf('civil.heping'),
          ]),
      },
      {
        name: 'a clue rerouted',
        officer: 'chief.heping',
        path: `${clue.path}/receipt`,
        end: async () =>
          world.decide('head.heping', clue, 'rerouting', {
            agencyId: await world.agencyOf('intake.tiexi'),
            reason: '原案由铁西区检察院办理',
          }),
      },
    ];
    const detail: string[] = [];
    let late = 0;
    for (const { name, officer, path, end } of tries) {
      const found = await lateSuccesses(services, officer, path, end);
      late += found.late + (found.before === 0 ? 1 : 0);
      detail.push(
        `${name}: ${found.before} successes before, the last ${Math.round(found.last)} ms after the commit, ${found.late} of ${found.after} answers after 5 s`,
      );
    }
    return {
      figure: `${tries.length} changes on 2 replicas, ${late} successes after commit + 5 s`,
      met: late === 0,
      detail,
    };
  });
}

const LISTS = [
  '/v1/clues',
  '/v1/assistance-cases',
  '/v1/disbursements',
  '/v1/referrals',
  '/v1/visits',
  '/v1/monitoring-accounts',
];
const REQUESTS = 10_000;
const AT_ONCE = 40;

/** What each agency may see, read once as the owner. */
async function sightOf({ owner }: Service): Promise<Set<string>> {
  const rows = await owner.query<{ pair: string }>(
    `select agency_id || '/' || resource_id as pair from access where relation <> 'oversight'`,
  );
  return new Set(rows.map(({ pair }) => pair));
}

type Caller = { agencyId: string; token: string };

async function callersOf(service: Service): Promise<Caller[]> {
  const actors = await matrixActors(service.owner);
  const kept = new Map<string, Caller>();
  for (const { code, agencyId, role } of actors)
    if (['handler', 'wf_officer', 'dept_officer', 'treasury_officer'].includes(role))
      kept.set(agencyId, { agencyId, token: await service.api.token(code) });
  for (const code of [
    ...['hr', 'rural', 'medical', 'union', 'youth', 'disabled', 'veterans'].map((post) => `${post}.heping`),
    'wf.liaoning',
  ]) {
    const { body } = await service.api.get(code, '/v1/me');
    kept.set(String((body.agency as { id: string }).id), {
      agencyId: String((body.agency as { id: string }).id),
      token: await service.api.token(code),
    });
  }
  return [...kept.values()].slice(0, 20);
}

async function bleed(): Promise<Reading> {
  const stop = await startDatabase();
  try {
    const service = await startService({ poolSize: 5 });
    try {
      const world = createWorld(service.api, () => addClient(service));
      for (const district of ['heping', 'tiexi'] as const) {
        await world.line('submitted', district);
        await world.referral('accepted', district);
        await world.visit(district);
        for (let i = 0; i < 10; i++) await world.clue(district);
      }
      // A row held by somebody else: a write on it ends by its time-out while the others go on.
      const held = await world.clue();
      const callers = await callersOf(service);
      const mine = await sightOf(service);
      const count = { answered: 0, rows: 0, foreign: 0, aborted: 0, busy: 0, failed: 0 };
      const holder = await service.owner.connect();
      await holder.client.query('set idle_in_transaction_session_timeout = 0');
      await holder.client.query('begin');
      await holder.client.query('select 1 from clues where id = $1 for update', [held.id]);
      const wait = service.api.as('wf.heping', 'POST', `${held.path}/withdrawal`, {
        body: { reason: '重复' },
        etag: '"1.x"',
      });
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, lane) => {
          for (let n = lane; n < REQUESTS; n += AT_ONCE) {
            const caller = callers[n % callers.length];
            if (!caller) continue;
            const leave = new AbortController();
            // Not AbortSignal.timeout: nothing holds such a signal, and a request whose signal is collected waits for ever.
            const timer = setTimeout(() => leave.abort(), n % 17 === 0 ? 1 + (n % 7) : 15_000);
            try {
              const response = await fetch(`${service.url}${LISTS[n % LISTS.length]}?limit=20`, {
                headers: { authorization: `Bearer ${caller.token}` },
                signal: leave.signal,
              });
              const { items = [] } = (await response.json()) as { items?: { id: string }[] };
              if (response.status === 503) count.busy += 1;
              else if (response.status !== 200 && response.status !== 403) count.failed += 1;
              else count.answered += 1;
              count.rows += items.length;
              count.foreign += items.filter(({ id }) => !mine.has(`${caller.agencyId}/${id}`)).length;
            } catch {
              count.aborted += 1;
            } finally {
              clearTimeout(timer);
            }
          }
        }),
      );
      const ended = await wait;
      await holder.client.query('rollback');
      holder.release(true);
      const { answered, rows, foreign, aborted, busy, failed } = count;
      return {
        figure: `${REQUESTS} requests of ${callers.length} agencies on 5 connections: ${answered} answered with ${rows} rows, ${foreign} of others; ${aborted} aborted, ${busy} busy, ${failed} failed; a write on a held row ${ended.status}`,
        met: foreign === 0 && rows > 0 && failed === 0,
      };
    } finally {
      await service.stop();
    }
  } finally {
    await stop();
  }
}

export const probes: readonly Probe[] = [
  {
    number: 'S-18',
    name: 'Rights that end while requests run',
    target: '0 successes after commit + 5 s on 2 replicas',
    run: immediate,
  },
  {
    number: 'S-20',
    name: 'Many agencies on few connections',
    target: '0 rows of other agencies in 10,000 requests',
    run: bleed,
  },
];
