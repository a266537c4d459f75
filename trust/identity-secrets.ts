// Identity: client secrets, timing of refusals, throttling, what takes effect at once (S-07, S-09, S-11, S-18).
import type { Service } from '../test/support/start.ts';
import { ask, type Client, makeClient, me, proxied, withServices } from './identity-services.ts';
import { median } from './identity-tools.ts';
import type { Probe } from './probe.ts';

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

export const probes: readonly Probe[] = [secrets, uniform, throttling, immediate];
