// Identity: forged tokens, signature vectors, keys of issuers, secrets, timing of refusals, throttling (S-01, S-04..S-07, S-09, S-11, S-18).
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { remoteKeys } from '../src/agencies/outside.ts';
import startDatabase from '../test/support/global-setup.ts';
import { runSignatureVectors } from '../test/support/signature-vectors.ts';
import { type Service, type ServiceOptions, startService } from '../test/support/start.ts';
import { keyServer, median, type Random, randomOf } from './identity-tools.ts';
import type { Probe } from './probe.ts';

const FORM = 'application/x-www-form-urlencoded';
type Client = { id: string; secret: string };

async function withServices<T>(
  options: ServiceOptions[],
  run: (first: Service, ...others: Service[]) => Promise<T>,
): Promise<T> {
  const stopDatabase = await startDatabase();
  const services: Service[] = [];
  try {
    for (const one of options) {
      const database = services[0]?.database;
      services.push(await startService({ ...one, ...(database ? { database } : {}) }));
    }
    const [first, ...others] = services;
    if (!first) throw new Error('no service');
    return await run(first, ...others);
  } finally {
    for (const service of services.reverse()) await service.stop();
    await stopDatabase();
  }
}

async function makeClient(service: Service, name: string): Promise<Client> {
  const agencyId = String(((await service.api.get('wf.heping', '/v1/me')).body.agency as { id: string }).id);
  const made = await service.api.create('admin', '/v1/clients', { agencyId, name, roles: ['wf_officer'] });
  if (made.status !== 201) throw new Error(made.text);
  return { id: String(made.body.id), secret: String(made.body.secret) };
}

/** Over a socket, as from `source` behind a trusted proxy. */
async function ask(service: Service, { id, secret }: Client, source: string): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  return fetch(`${service.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': FORM, 'x-forwarded-for': source },
    body: body.toString(),
  });
}
const me = (service: Service, token: string, source = '192.0.2.1') =>
  fetch(`${service.url}/v1/me`, { headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': source } });

const proxied = { env: { TRUST_PROXY: '127.0.0.1' } };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const ALGORITHMS = ['none', 'None', 'nOnE', '', 'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'PS256', 'ES384', 'ES512'];
const attacker = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** One change somewhere: a letter, a cut, another algorithm, another claim under the old or a foreign signature. */
function mutant(random: Random, good: string): string {
  const [head = '', body = '', signature = ''] = good.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as Record<string, unknown>;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Record<string, unknown>;
  const at = 1 + random(good.length - 2);
  const letter = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[random(64)];
  const changed = part({ ...claims, [random(2) ? 'sub' : 'n']: randomBytes(8).toString('hex') });
  const foreign = (text: string) =>
    sign('sha256', Buffer.from(text), { key: attacker.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  const alg = ALGORITHMS[random(ALGORITHMS.length)];
  const pick = [
    () => `${good.slice(0, at)}${letter === good[at] ? '.' : letter}${good.slice(at + 1)}`,
    () => good.slice(0, at),
    () => `${part({ ...header, alg })}.${body}.${random(2) ? signature : ''}`,
    () => `${head}.${changed}.${signature}`,
    () => `${head}.${changed}.${foreign(`${head}.${changed}`)}`,
    () => `${head}.${body}.${randomBytes(64).toString('base64url')}`,
  ];
  return pick[random(pick.length)]?.() ?? '';
}

const forged: Probe = {
  number: 'S-01',
  name: 'forged tokens',
  target: '>= 40 mutants, all 401, 0 reach a handler',
  run: ({ seed }) =>
    withServices([proxied], async (service) => {
      const random = randomOf(seed);
      let reached = 0;
      const good = await service.api.token('handler.heping');
      const answers = new Map<number, number>();
      for (let i = 0; i < 4000; i++) {
        const { status } = await me(service, mutant(random, good), `198.51.100.${i % 200}`);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        if (status < 400 || status === 403) reached += 1;
      }
      const told = [...answers].map(([status, n]) => `${n} x ${status}`).join(', ');
      return { figure: `4,000 mutants: ${told}; ${reached} reached a handler`, met: answers.get(401) === 4000 };
    }),
};

const vectors: Probe = {
  number: 'S-04',
  name: 'Wycheproof json_web_signature',
  target: '0 of 355 invalid accepted',
  async run() {
    const { tests, invalidAccepted, validAccepted, validRefused } = await runSignatureVectors();
    return {
      figure: `${tests} tests, ${invalidAccepted.length} invalid accepted, ${validAccepted} of 46 valid accepted`,
      met: invalidAccepted.length === 0,
      detail: [`Valid ones that are refused are of ${validRefused.join(', ')}, or below 2048 bits.`],
    };
  },
};

/** Ten minutes of 100 requests a second on a clock of its own. */
const rotation: Probe = {
  number: 'S-05',
  name: 'keys of an issuer: rotation and random kids',
  target:
    '0 false refusals of B after one refetch, A refused <= 5 min after removal, <= 1 fetch per 30 s under 10,000 kids',
  async run({ seed }) {
    const random = randomOf(seed);
    const server = await keyServer(['a']);
    let now = 0;
    const keyOf = remoteKeys(server.url, () => now);
    const good = (kid: string) =>
      keyOf({ alg: 'ES256', kid }).then(
        () => true,
        () => false,
      );
    await good('a');
    let [falseB, lastA, firstB] = [0, 0, Number.POSITIVE_INFINITY];
    for (now = 10; now < 600_000; now += 10) {
      if (now === 60_000) server.show(['a', 'b']);
      if (now === 180_000) server.show(['b']);
      if (now >= 60_000 && now % 20 === 0) {
        if (await good('b')) firstB = Math.min(firstB, now);
        else if (firstB < now) falseB += 1;
      } else if (await good('a')) lastA = now;
    }
    const before = server.asked();
    const began = now;
    for (let i = 0; i < 10_000; i++) {
      await good(`random-${random(2 ** 31)}`);
      now += 12;
    }
    const seconds = (now - began) / 1000;
    const fetched = server.asked() - before;
    await server.stop();
    const aFor = (lastA - 180_000) / 1000;
    return {
      figure: `B found ${(firstB - 60_000) / 1000} s after it was published, ${falseB} false refusals since; A refused ${aFor.toFixed(0)} s after removal; ${fetched} fetches in ${seconds} s of 10,000 random kids`,
      met: falseB === 0 && aFor <= 300 && fetched <= seconds / 30 + 1,
    };
  },
};

const down: Probe = {
  number: 'S-06',
  name: 'an issuer that is down',
  target: 'cached keys serve >= 1 h, then 503',
  async run() {
    const server = await keyServer(['a']);
    let now = 0;
    const keyOf = remoteKeys(server.url, () => now);
    await keyOf({ alg: 'ES256', kid: 'a' });
    await server.stop();
    let served = 0;
    let code = '';
    for (now = 1000; now < 3 * 3_600_000 && code === ''; now += 10_000) {
      await keyOf({ alg: 'ES256', kid: 'a' }).then(
        () => {
          served = now;
        },
        (error: { code?: string; status?: number }) => {
          code = `${error.status} ${error.code}`;
        },
      );
    }
    const minutes = served / 60_000;
    return {
      figure: `served for ${minutes.toFixed(0)} min, then ${code}`,
      met: minutes >= 60 && code.startsWith('503'),
    };
  },
};

/** As text, base64 at three alignments, hex. */
const forms = (secret: string): string[] => {
  const plain = [secret, Buffer.from(secret).toString('hex')];
  const aligned = ['', 'x', 'xx'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4, -4),
  );
  return [...plain, ...aligned];
};

async function secretsFound(service: Service, secrets: readonly string[]): Promise<number> {
  const tables = await service.owner.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'keyring')`,
  );
  let found = 0;
  for (const { name } of tables) {
    const rows = await service.owner.query<{ text: string }>(`select t::text as text from ${name} t`);
    const all = rows.map(({ text }) => text).join('\n');
    found += secrets.filter((secret) => all.includes(secret)).length;
  }
  return found;
}

const secrets: Probe = {
  number: 'S-07',
  name: 'client secrets',
  target: 'database holds 0 secrets; a rotation at once ends tokens in <= 5 s on every replica',
  run: () =>
    withServices([proxied, proxied], async (first, second = first) => {
      const clients: Client[] = [];
      for (let i = 0; i < 50; i++) clients.push(await makeClient(first, `system ${i}`));
      const held = clients.flatMap(({ secret }) => forms(secret));
      const found =
        (await secretsFound(first, held)) + held.filter((one) => first.logLines.join('').includes(one)).length;
      let slowest = 0;
      for (const client of clients.slice(0, 3)) {
        const { access_token: token } = (await (await ask(first, client, '192.0.2.2')).json()) as {
          access_token: string;
        };
        await me(second, token);
        await first.api.decide('security', `/v1/clients/${client.id}`, 'secret-rotation', { overlapHours: 0 });
        const ended = performance.now();
        let last = ended;
        while (performance.now() - ended < 6500) {
          if ((await me(second, token)).status === 200) last = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        slowest = Math.max(slowest, last - ended);
      }
      return {
        figure: `50 secrets in ${held.length} forms: ${found} found in tables and log; last success on the other replica ${(slowest / 1000).toFixed(2)} s after`,
        met: found === 0 && slowest <= 5000,
      };
    }),
};

const uniform: Probe = {
  number: 'S-09',
  name: 'uniform refusal at the token endpoint',
  target: 'same body, median difference < 1 ms over 2,000 samples each',
  run: ({ say }) =>
    withServices([proxied], async (service) => {
      const [known, disabled] = [await makeClient(service, 'known'), await makeClient(service, 'disabled')];
      const elsewhere = String(((await service.api.get('youth.heping', '/v1/me')).body.agency as { id: string }).id);
      await service.owner.query('update clients set agency_id = $1 where id = $2', [elsewhere, disabled.id]);
      await service.owner.query(`update agencies set state = 'suspended' where id = $1`, [elsewhere]);
      const wrong = known.secret.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A'));
      const ways: Record<string, Client> = {
        unknown: { id: '01a20893-ccc7-79df-bc07-86622be37fc1', secret: known.secret },
        wrong: { id: known.id, secret: wrong },
        disabled,
      };
      const times: Record<string, number[]> = { unknown: [], wrong: [], disabled: [] };
      const bodies = new Set<string>();
      for (let i = 0; i < 2050; i++) {
        // A new address every few tries: nobody is throttled.
        const source = `10.${i >> 10}.${(i >> 4) & 63}.${1 + (i & 1)}`;
        for (const [name, client] of Object.entries(ways).sort(() => (i % 2) - 0.5)) {
          const began = performance.now();
          const answer = await ask(service, client, source);
          const text = await answer.text();
          if (i >= 50) times[name]?.push(performance.now() - began);
          bodies.add(`${answer.status} ${text.replace(/"requestId":"[^"]+"/, '')}`);
        }
      }
      const medians = Object.entries(times).map(([name, list]) => [name, median(list)] as const);
      for (const [name, value] of medians) say(`${name}: ${value.toFixed(3)} ms`);
      const values = medians.map(([, value]) => value);
      const spread = Math.max(...values) - Math.min(...values);
      return {
        figure: `${bodies.size} body; medians ${medians.map(([name, value]) => `${name} ${value.toFixed(2)}`).join(', ')} ms; difference ${spread.toFixed(2)} ms`,
        met: bodies.size === 1 && spread < 1,
      };
    }),
};

const throttling: Probe = {
  number: 'S-11',
  name: 'throttling of guesses',
  target: '429 + Retry-After after 20 in 5 min; the victim goes on from its own source; shared by replicas',
  run: () =>
    withServices([proxied, proxied], async (first, second = first) => {
      const victim = await makeClient(first, 'victim');
      const guess = { ...victim, secret: 'guess' };
      const statuses: number[] = [];
      let retryAfter = '';
      for (let i = 0; i < 100; i++) {
        const answer = await ask(i % 2 ? first : second, guess, '198.51.100.1');
        statuses.push(answer.status);
        retryAfter = answer.headers.get('retry-after') ?? retryAfter;
      }
      let own = 0;
      for (let i = 0; i < 100; i++) own += (await ask(first, victim, '198.51.100.2')).status === 200 ? 1 : 0;
      const [{ n = 0 } = {}] = await first.owner.query<{ n: number }>(
        `select count(*)::int as n from audit_records where type = 'agency.authentication_failed'`,
      );
      const count = (status: number) => statuses.filter((one) => one === status).length;
      return {
        figure: `100 guesses over two replicas: ${count(401)} x 401, ${count(429)} x 429 (Retry-After ${retryAfter} s), ${n} records; the victim from its own source: ${own} of 100 good`,
        met: count(401) === 20 && count(429) === 80 && retryAfter !== '' && own === 100 && n === 20,
      };
    }),
};

const immediate: Probe = {
  number: 'S-18',
  name: 'suspension and removal of a role, seen from another replica',
  target: '0 successes after 5 s',
  run: () =>
    withServices([{}, {}], async (first, second = first) => {
      const [row] = await first.owner.query<{ id: string; agency: string }>(
        `select id, agency_id as agency from officers where code = 'handler.heping'`,
      );
      const path = `/v1/agencies/${row?.agency}/officers/${row?.id}`;
      const token = await first.api.token('handler.heping');
      const watch = async (url: string, isGood: (status: number) => boolean) => {
        const began = performance.now();
        let last = began;
        while (performance.now() - began < 6500) {
          const answer = await fetch(`${second.url}${url}`, { headers: { authorization: `Bearer ${token}` } });
          if (isGood(answer.status)) last = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return (last - began) / 1000;
      };
      const seen = await first.api.get('admin', path);
      await watch('/v1/me', () => false);
      await first.api.as('admin', 'PATCH', path, { body: { roles: ['agency_admin'] }, etag: seen.etag });
      const role = await watch('/v1/visits?limit=1', (status) => status !== 403);
      await first.api.decide('security', path, 'suspension');
      const suspended = await watch('/v1/me', (status) => status === 200);
      return {
        figure: `last success ${role.toFixed(2)} s after a role was taken, ${suspended.toFixed(2)} s after a suspension`,
        met: role <= 5 && suspended <= 5,
      };
    }),
};

export const probes: readonly Probe[] = [forged, vectors, rotation, down, secrets, uniform, throttling, immediate];
