// P-04 and P-06: public vectors, what a field costs in each suite, and what finding somebody by number costs among a million.
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { sm4Gcm } from '../src/platform/crypto/sm.ts';
import { decrypt, encrypt, SUITES, suiteOf } from '../src/platform/crypto/suite.ts';
import { addClient } from '../test/support/clients.ts';
import { withClient } from '../test/support/sql.ts';
import type { Service } from '../test/support/start.ts';
import { createWorld } from '../test/support/world.ts';
import { runAead, runHmac } from '../test/support/wycheproof.ts';
import { withService } from './outside/stage.ts';
import type { Probe, ProbeContext, Reading } from './probe.ts';

const ID = '0198c2a4-7f00-7000-8000-000000000001';
const PLACE = `clues|narrative|${ID}`;

/** Median of some rounds, in microseconds. */
function cost(work: () => unknown, times: number): number {
  const rounds = Array.from({ length: 5 }, () => {
    const from = performance.now();
    for (let i = 0; i < times; i++) work();
    return ((performance.now() - from) / times) * 1000;
  });
  return rounds.sort((a, b) => a - b)[2] ?? 0;
}

async function suites(): Promise<Reading> {
  const verdicts = [
    ['AES-256-GCM', runAead('aes_gcm', suiteOf('A1'), 256)],
    ['SM4-GCM', runAead('sm4_gcm', sm4Gcm, 128)],
    ['HMAC-SHA-256', runHmac('hmac_sha256', 'sha256')],
    ['HMAC-SM3', runHmac('hmac_sm3', 'sm3')],
  ] as const;
  const key = createSecretKey(randomBytes(32));
  const bytes = key.export();
  const text = randomBytes(80);
  const times = (suite: string) => (suite === 'S1' ? 500 : 5000);
  const costs = SUITES.map((suite) => {
    const sealed = encrypt(ID, key, PLACE, text, suite);
    const seal = cost(() => encrypt(ID, key, PLACE, text, suite), times(suite));
    return `${suite} ${seal.toFixed(0)} + ${cost(() => decrypt(key, PLACE, sealed), times(suite)).toFixed(0)}`;
  });
  const raw = cost(() => encrypt(ID, bytes, PLACE, text), 5000);
  const macs = [key, bytes].map((by) => cost(() => createHmac('sha256', by).update(text).digest(), 5000).toFixed(0));
  const deviations = verdicts.flatMap(([, verdict]) => verdict.deviations);
  return {
    figure: `${deviations.length} deviations in ${verdicts.map(([name, v]) => `${v.run} of ${v.total} ${name}`).join(', ')}; µs to seal + open 80 bytes: ${costs.join(', ')}`,
    met: deviations.length === 0,
    detail: [
      'Vectors with keys or nonces of lengths that the format does not have must be refused, and are.',
      `With the key as bytes instead of a KeyObject A1 takes ${raw.toFixed(0)} µs to seal, an HMAC ${macs[1]} µs instead of ${macs[0]}.`,
    ],
  };
}

const PEOPLE = 1_000_000;
const LOOKUPS = 300;

async function search(service: Service, { say }: ProbeContext): Promise<Reading> {
  const world = createWorld(service.api, () => addClient(service));
  const input = world.caseInput();
  const [known] = input.subjects as { idNumber: string }[];
  const opened = await service.api.create('handler.heping', '/v1/assistance-cases', input);
  const [beneficiary] = opened.body.beneficiaries as { personId: string }[];
  const personId = String(beneficiary?.personId);
  await withClient(service.database.ownerUrl, (client) =>
    client.query(`insert into persons (id, id_type, id_number_index, name_masked, sex, created_at, updated_at)
      select gen_random_uuid(), 'citizen_id', sha256(n::text::bytea), '张*', 'female', now(), now() from generate_series(1, ${PEOPLE}) n`),
  );
  await withClient(service.database.ownerUrl, (client) => client.query('analyze persons'));
  say(`${PEOPLE} persons`);
  const audited = async () => {
    const [row] = await service.owner.query<{ n: number }>(
      `select count(*)::int as n from audit_records where type like 'person.look%'`,
    );
    return row?.n ?? 0;
  };
  const before = await audited();
  const body = { idType: 'citizen_id', idNumber: known?.idNumber };
  const times: number[] = [];
  let own = 0;
  let strangers = 0;
  for (let i = 0; i < LOOKUPS; i++) {
    const officer = i % 3 === 2 ? 'handler.tiexi' : 'handler.heping';
    const from = performance.now();
    const answer = await service.api.as(officer, 'POST', '/v1/persons/lookups', { body });
    times.push(performance.now() - from);
    const found = answer.text.includes(personId);
    if (officer === 'handler.heping' && found) own += 1;
    if (officer === 'handler.tiexi' && (answer.status >= 500 || found)) strangers += 1;
  }
  const p95 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
  const rows = (await audited()) - before;
  return {
    figure: `p95 ${p95.toFixed(1)} ms of ${LOOKUPS} lookups over HTTP among ${PEOPLE} persons; the own district found her ${own} times, another's ${LOOKUPS / 3} lookups ${strangers}; ${rows} on record`,
    met: p95 < 50 && strangers === 0 && own === (LOOKUPS * 2) / 3 && rows === LOOKUPS,
  };
}

export const probes: readonly Probe[] = [
  { number: 'P-04', name: 'suites against Wycheproof', target: '0 deviations', run: suites },
  {
    number: 'P-06',
    name: 'finding a person by number',
    target: 'p95 below 50 ms at 1,000,000, nothing to another agency, each on record',
    run: (context) => withService((service) => search(service, context)),
  },
];
