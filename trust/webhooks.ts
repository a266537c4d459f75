// W-01, W-08, W-10: ten thousand events through push and pull with losses; the same run shows signatures and what stands in an event.
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { seededRandom } from '../src/kernel/random.ts';
import { startJobs } from '../src/platform/jobs.ts';
import { createLog } from '../src/platform/log.ts';
import { webhookJobs } from '../src/webhooks/jobs.ts';
import type { Json } from '../test/support/api.ts';
import { type Got, startReceiver } from '../test/support/receiver.ts';
import type { Service } from '../test/support/start.ts';
import { createStory } from '../test/support/story.ts';
import { createClock, endpointOf, LOOPBACK, workerDeps } from '../test/support/webhooks.ts';
import { withService } from './outside/stage.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const silent = createLog(
  'silent',
  () => undefined,
  () => new Date(),
);

const WRITERS = 16;
const EVENTS = 10_000;
const TYPES = ['clue.submitted', 'clue.withdrawn'];
type Event = { id: string; type: string; subject: string; sequence: number };

/** What a consumer keeps: by id, whichever way it came. */
function createConsumer(endpoint: { secret: string }) {
  const seen = new Map<string, Event>();
  const counts = { pushed: 0, doubled: 0, pulled: 0, verified: 0, unverified: 0, unparsed: 0, largest: 0 };
  const take = (event: Event, way: 'pushed' | 'pulled') => {
    if (seen.has(event.id)) counts.doubled += way === 'pushed' ? 1 : 0;
    else counts[way] += 1;
    seen.set(event.id, event);
  };
  const libraries = [new Webhook(endpoint.secret), new SvixWebhook(endpoint.secret)];
  const push = ({ headers, body }: Got) => {
    // An attempt of the clock that runs ahead is refused by its time; those of the present are held to it.
    const ahead = Number(headers['webhook-timestamp']) * 1000 > Date.now() + 60_000;
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    if (!ahead) counts.verified += 1;
    try {
      for (const library of ahead ? [] : libraries) library.verify(body, sent as Parameters<Webhook['verify']>[1]);
    } catch {
      counts.unverified += 1;
    }
    try {
      HTTP.toEvent({ headers: sent, body });
    } catch {
      counts.unparsed += 1;
    }
    counts.largest = Math.max(counts.largest, Buffer.byteLength(body));
    take(JSON.parse(body) as Event, 'pushed');
  };
  return { seen, counts, push, pull: (event: Event) => take(event, 'pulled') };
}

/** Sixteen writers at once; answers what each clue must have told, and the words that must stand nowhere. */
async function write({ api }: Service, say: (line: string) => void) {
  const story = createStory(api);
  const told = new Set<string>();
  const secrets = new Set<string>();
  let begun = 0;
  const writer = async () => {
    while (begun < EVENTS / 2) {
      begun += 1;
      if (begun % 1000 === 0) say(`${begun * 2} events begun`);
      const input = story.clueInput() as Json & { subjects: Json[] };
      for (const subject of input.subjects)
        for (const word of [subject.name, subject.phone, subject.idNumber]) if (word) secrets.add(String(word));
      let made = await api.create('wf.heping', '/v1/clues', input);
      for (let tries = 0; made.status === 503 && tries < 50; tries++) {
        await sleep(100);
        made = await api.create('wf.heping', '/v1/clues', input);
      }
      if (made.status !== 201) throw new Error(made.text);
      const path = `/v1/clues/${String(made.body.id)}`;
      for (let tries = 0; ; tries++) {
        const { status, text } = await api.as('wf.heping', 'POST', `${path}/withdrawal`, { etag: made.etag, body: {} });
        if (status === 200) break;
        if (status !== 503 || tries === 50) throw new Error(text);
        await sleep(100);
      }
      for (const [i, type] of TYPES.entries()) told.add(`clue/${String(made.body.id)} ${type} ${i + 1}`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return { told, secrets: [...secrets] };
}

type Pulled = { events: Event[]; next: string };
async function pull({ api }: Service, after: string): Promise<Pulled> {
  const query = new URLSearchParams({ limit: '200', types: TYPES.join(','), after });
  const { body } = await api.get('wf.heping', `/v1/events?${query.toString()}`);
  return { events: (body.items ?? []) as unknown as Event[], next: String(body.nextCursor) };
}

type Combined = Awaited<ReturnType<typeof combined>>;
async function combined({ seed, say }: ProbeContext) {
  return withService(
    async (service) => {
      const random = seededRandom(seed);
      const receiver = await startReceiver();
      const clock = createClock();
      const deps = workerDeps(service, clock, { log: silent, random: random.next });
      const endpoint = await endpointOf(service, 'wf.heping', receiver.url, TYPES);
      const consumer = createConsumer(endpoint);
      const bodies: string[] = [];
      let [refused, lost, attempts] = [0, 0, 0];
      receiver.answer((got, reply) => {
        attempts += 1;
        const chance = random.next();
        // 15 % are refused, 15 % accepted and lost by the consumer, which push alone can never tell it.
        if (chance < 0.15) refused += 1;
        else if (chance < 0.3) lost += 1;
        else {
          bodies.push(got.body);
          consumer.push(got);
        }
        reply.writeHead(chance < 0.15 ? 500 : 204).end();
      });
      const { next } = await pull(service, 'latest');
      const jobs = startJobs(webhookJobs(deps), silent);
      const began = performance.now();
      const { told, secrets } = await write(service, say);
      const wrote = (performance.now() - began) / 1000;
      await service.eventsSettled();
      const waiting = async () =>
        (
          await service.owner.query<{ n: number }>(
            `select count(*)::int as n from webhook_deliveries where state = 'pending'`,
          )
        )[0]?.n ?? 0;
      const untried = async () => {
        const tried = `select count(*) filter (where tries > 0)::int as n from webhook_deliveries`;
        return EVENTS - ((await service.owner.query<{ n: number }>(tried))[0]?.n ?? 0);
      };
      for (let waited = 0; waited < 600 && (await untried()) > 0; waited++) await sleep(200);
      // The clock runs ahead through the schedule, so that each refused one has its further attempts.
      for (let rounds = 0; rounds < 120 && (await waiting()) > 0; rounds++) {
        if (rounds > 24) clock.pass(1_800_000);
        await sleep(500);
      }
      const sent = (performance.now() - began) / 1000;
      await jobs.stop();
      const byPush = consumer.seen.size;
      for (let page = await pull(service, next); page.events.length > 0; page = await pull(service, page.next))
        for (const event of page.events) consumer.pull(event);
      const got = [...consumer.seen.values()].map((e) => `${e.subject} ${e.type} ${e.sequence}`);
      const all = new Set(got);
      const missing = [...told].filter((line) => !all.has(line)).length;
      const strange = got.filter((line) => !told.has(line)).length;
      const text = bodies.join('\n');
      const leaks = secrets.filter((word) => text.includes(word)).length;
      const left = await waiting();
      await receiver.stop();
      return {
        ...consumer.counts,
        byPush,
        missing,
        strange,
        leaks,
        canaries: secrets.length,
        refused,
        lost,
        attempts,
        wrote,
        sent,
        total: got.length,
        left,
      };
    },
    { env: LOOPBACK, poolSize: 12 },
  );
}

let shared: Promise<Combined> | undefined;
const once = (context: ProbeContext) => {
  shared ??= combined(context);
  return shared;
};

async function pushAndPull(context: ProbeContext): Promise<Reading> {
  const r = await once(context);
  return {
    figure: `${r.total} events by ${WRITERS} writers in ${r.wrote.toFixed(0)} s; ${r.attempts} attempts in ${r.sent.toFixed(0)} s, ${r.refused} refused, ${r.lost} lost behind a 2xx, ${r.doubled} doubled; by push ${r.byPush}, by pull ${r.pulled} more: ${r.missing} missing, ${r.strange} strange, ${r.left} still waiting`,
    met: r.total === EVENTS && r.missing === 0 && r.strange === 0 && r.left === 0,
  };
}

async function verified(context: ProbeContext): Promise<Reading> {
  const r = await once(context);
  return {
    figure: `${r.verified} deliveries verified by standardwebhooks and svix: ${r.unverified} refused`,
    met: r.verified >= 1000 && r.unverified === 0,
  };
}

async function thin(context: ProbeContext): Promise<Reading> {
  const r = await once(context);
  return {
    figure: `${r.pushed} events, the largest ${r.largest} bytes; ${r.unparsed} not parsed by cloudevents; ${r.leaks} of ${r.canaries} personal words found`,
    met: r.largest < 20_000 && r.unparsed === 0 && r.leaks === 0,
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'W-01',
    name: 'signatures of deliveries',
    target: '1,000 deliveries verified by standardwebhooks and svix: 100 %',
    run: verified,
  },
  {
    number: 'W-08',
    name: 'push and pull together',
    target: '10,000 events by 16 writers, 30 % of the deliveries failing: the exact set',
    run: pushAndPull,
  },
  {
    number: 'W-10',
    name: 'thin events',
    target: '10,000 events: < 20 kB, parsed by cloudevents, no personal data',
    run: thin,
  },
];
