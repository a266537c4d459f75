// Identity: forged tokens, signature vectors, keys of issuers (S-01, S-04..S-06).
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { remoteKeys } from '../src/agencies/outside.ts';
import { runSignatureVectors } from '../test/support/signature-vectors.ts';
import { me, proxied, withServices } from './identity-services.ts';
import { keyServer, type Random, randomOf } from './identity-tools.ts';
import type { Probe } from './probe.ts';

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

export const probes: readonly Probe[] = [forged, vectors, rotation, down];
