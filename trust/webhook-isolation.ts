// W-07: a hundred endpoints of a hundred agencies, of which one is dead and one answers after 14 seconds; the others must not notice.
import pg from 'pg';
import { createClient } from '../src/agencies/clients.ts';
import { asService, holderOf } from '../src/agencies/service.ts';
import { SYSTEM_SCOPE } from '../src/kernel/actor.ts';
import { seededRandom } from '../src/kernel/random.ts';
import { type Tx, writeTx } from '../src/platform/db/tx.ts';
import { startJobs } from '../src/platform/jobs.ts';
import { createLog } from '../src/platform/log.ts';
import { webhookJobs } from '../src/webhooks/jobs.ts';
import { createEndpoint } from '../src/webhooks/service.ts';
import { startReceiver } from '../test/support/receiver.ts';
import type { Service } from '../test/support/start.ts';
import { LOOPBACK, workerDeps } from '../test/support/webhooks.ts';
import { withService } from './outside/stage.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const silent = createLog(
  'silent',
  () => undefined,
  () => new Date(),
);

const ENDPOINTS = 100;
const RATE = 50;
const SECONDS = 60;

/** An endpoint of a client of an agency of its own, as the client would make it. */
async function endpointFor(service: Service, agencyId: string, role: 'wf_officer' | 'intake', url: string) {
  const asked = async (tx: Tx) =>
    createClient(tx, service.tx.keyring, { agencyId, name: 'probe', roles: [role] }).then((made) =>
      holderOf(tx, { clientId: made.clientId, officerId: null }),
    );
  const actor = await writeTx<Awaited<ReturnType<typeof holderOf>>>(service.tx, asService, {
    verb: asked,
    finish: async (_tx, value) => value as Awaited<ReturnType<typeof holderOf>>,
  });
  if (!actor) throw new Error('a client without an agency');
  await writeTx(
    service.tx,
    { ...asService, actor },
    {
      verb: (tx) => createEndpoint(tx, { url, types: ['clue.submitted'] }, () => true),
      finish: async () => undefined,
    },
  );
}

const ADD = `with e as (insert into events (id, type, kind, resource_id, sequence, occurred_at, data)
  values ($1, 'clue.submitted', 'clue', $2, 1, clock_timestamp(), '{}') returning resource_id)
  insert into access (kind, agency_id, resource_id, relation)
  select 'clue', a.id, e.resource_id, 'source' from e, unnest($3::uuid[]) a(id)`;
const OLDEST = `select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 as age from pg_stat_activity
  where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()`;

async function isolation({ seed, say }: ProbeContext): Promise<Reading> {
  return withService(
    async (service) => {
      const random = seededRandom(seed);
      const agencies = await service.owner.query<{ id: string; kind: string }>(
        `select id, kind from agencies where kind in ('womens_federation', 'procuratorate') and state = 'active' order by id limit $1`,
        [ENDPOINTS],
      );
      if (agencies.length < ENDPOINTS) throw new Error(`only ${agencies.length} agencies`);
      const [healthy, slow, dead] = [await startReceiver(), await startReceiver(), await startReceiver()];
      const urlOf = (i: number) => (i === 0 ? dead.url : i === 1 ? slow.url : `${healthy.url}/${i}`);
      for (const [i, { id, kind }] of agencies.entries())
        await endpointFor(service, id, kind === 'procuratorate' ? 'intake' : 'wf_officer', urlOf(i));
      const deps = workerDeps(service, { now: Date.now }, { log: silent, random: random.next });
      const jobs = startJobs(webhookJobs(deps), silent);
      const active = async () =>
        (
          await service.owner.query<{ n: number }>(
            `select count(*)::int as n from webhook_endpoints where state = 'active'`,
          )
        )[0]?.n;
      for (let waited = 0; waited < 120 && (await active()) !== ENDPOINTS; waited++) await sleep(250);
      await dead.stop();
      let [held, slowGot, oldest] = [0, 0, 0];
      slow.answer((_got, reply) => {
        slowGot += 1;
        held += 1;
        setTimeout(() => {
          held -= 1;
          reply.writeHead(204).end();
        }, 14_000);
      });
      const writtenAt = new Map<string, number>();
      const took: number[] = [];
      healthy.answer(({ headers }, reply) => {
        const at = writtenAt.get(String(headers['webhook-id']));
        if (at !== undefined) took.push(performance.now() - at);
        reply.writeHead(204).end();
      });
      // Only a superuser is told when the transactions of others began.
      const watcher = new pg.Client({ connectionString: service.database.superUrl });
      await watcher.connect();
      say(`${ENDPOINTS} endpoints active, ${RATE} events a second for ${SECONDS} s`);
      const began = performance.now();
      for (let i = 0; i < RATE * SECONDS; i++) {
        const wait = began + (i * 1000) / RATE - performance.now();
        if (wait > 0) await sleep(wait);
        const own = agencies[2 + random.int(0, ENDPOINTS - 3)]?.id ?? '';
        const id = service.tx.newId(Date.now());
        await service.owner.query(ADD, [
          id,
          service.tx.newId(Date.now()),
          [SYSTEM_SCOPE, own, agencies[0]?.id, agencies[1]?.id],
        ]);
        writtenAt.set(id, performance.now());
        if (i % RATE === 0) {
          const { rows } = await watcher.query<{ age: number }>(OLDEST);
          oldest = Math.max(oldest, rows[0]?.age ?? 0);
        }
      }
      for (let waited = 0; waited < 40 && took.length < writtenAt.size; waited++) await sleep(250);
      const underWay = held;
      await jobs.stop();
      await watcher.end();
      await Promise.all([healthy.stop(), slow.stop()]);
      took.sort((a, b) => a - b);
      const at = (q: number) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * q))] ?? -1);
      return {
        figure: `${took.length} of ${writtenAt.size} events at 98 healthy endpoints, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; the slow one took ${slowGot} with ${underWay} under way, the dead one none; longest transaction ${Math.round(oldest * 1000)} ms while answers took 14 s`,
        met: took.length === writtenAt.size && at(0.99) <= 2000 && oldest < 2,
      };
    },
    { env: LOOPBACK, poolSize: 12 },
  );
}

export const probes: readonly Probe[] = [
  {
    number: 'W-07',
    name: 'one dead, one slow and 98 healthy endpoints',
    target: 'healthy p99 ≤ 2 s at 50 events/s, no transaction during HTTP',
    run: isolation,
  },
];
