// S-21: whoever holds the key of one client, and nothing else, walks at random through everything its officers may do, and decides nothing.
import { assertionOf, JWT_BEARER, keyOf, type TestKey } from '../test/support/assertions.ts';
import { addClient } from '../test/support/clients.ts';
import startDatabase from '../test/support/global-setup.ts';
import type { Service } from '../test/support/start.ts';
import { startService } from '../test/support/start.ts';
import type { Known } from '../test/support/story.ts';
import { createWorld, GRANT, type World } from '../test/support/world.ts';
import { type Random, randomOf } from './identity-tools.ts';
import type { Probe } from './probe.ts';

const WALKS = 1000;
const STEPS = 6;
const FORM = 'application/x-www-form-urlencoded';
const POSTS = ['intake', 'handler', 'head', 'chief', 'deputy', 'finance'];
/** Acts that bind money or rights: each leaves one of these records. */
const DECIDED = `type in ('case.granted', 'case.refused', 'case.returned', 'case.step_approved', 'case.revoked', 'case.advance_approved',
  'case.share_given', 'case.correction_confirmed', 'disbursement.authorised', 'disbursement.submitted', 'disbursement.settled',
  'disbursement.failed', 'disbursement.outcome_unknown', 'disbursement.recovery_started', 'disbursement.recovered',
  'disbursement.written_off', 'deadline.extended', 'deadline.waived', 'agency.officer_added', 'agency.officer_edited',
  'agency.officer_reinstated', 'agency.role_grant_proposed', 'agency.role_grant_confirmed', 'agency.credential_added',
  'agency.credential_confirmed', 'agency.client_created', 'agency.client_key_added', 'agency.client_rotated')`;

type Held = { id: string; key: TestKey; officers: readonly string[]; agency: string };
type Targets = { cases: Known[]; lines: Known[] };
type Move = { path: string; body: unknown; etag?: string };

async function clientOf(service: Service, of: string, roles: string[], officers: readonly string[]): Promise<Held> {
  const agency = String(((await service.api.get(of, '/v1/me')).body.agency as { id: string }).id);
  const made = await service.api.create('admin', '/v1/clients', {
    agencyId: agency,
    name: 'the key that was lost',
    roles,
  });
  const id = String(made.body.id);
  const key = keyOf(`lost of ${of}`);
  const added = await service.api.create('security', `/v1/clients/${id}/keys`, { publicKey: key.publicKey });
  if (added.status !== 201) throw new Error(added.text);
  return { id, key, officers, agency };
}

/** Every token that the key gives: of the client, and of each officer it can vouch for. */
async function tokensOf(service: Service, held: Held): Promise<string[]> {
  const proof = async () => ({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionOf(held.key, { iss: held.id }),
  });
  const get = async (fields: Record<string, string>) => {
    const raw = new URLSearchParams({ ...fields, ...(await proof()) }).toString();
    const answer = await service.api.request('POST', '/v1/oauth/token', {
      raw,
      key: null,
      headers: { 'content-type': FORM },
    });
    if (answer.status !== 200) throw new Error(answer.text);
    return String(answer.body.access_token);
  };
  const tokens = [await get({ grant_type: 'client_credentials' })];
  for (const sub of held.officers)
    tokens.push(await get({ grant_type: JWT_BEARER, assertion: await assertionOf(held.key, { iss: held.id, sub }) }));
  return tokens;
}

const BECAUSE = { reason: '测试' };
const LINE_BODIES: Readonly<Record<string, unknown>> = {
  authorisation: {},
  submission: {},
  settlement: { paidOn: '2026-11-16', bankReference: 'X1' },
  failure: BECAUSE,
  recovery: { ...BECAUSE, amount: { amount: '1.00', currency: 'CNY' } },
  'write-off': BECAUSE,
};

/** One act that would bind somebody, against a random target. */
function moveOf(random: Random, world: World, held: Held, { cases, lines }: Targets, ids: readonly string[]): Move {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const [one, line, officerId] = [pick(cases), pick(lines), pick(ids)];
  const etag = `"${1 + random(8)}.x"`;
  const officer = `/v1/agencies/${held.agency}/officers`;
  const key = { publicKey: keyOf(`found ${random(2 ** 31)}`).publicKey };
  const verb = pick(Object.keys(LINE_BODIES));
  const input = { code: `n${random(2 ** 31)}`, name: '新', roles: ['chief'], personKey: `n${random(2 ** 31)}` };
  return pick<Move>([
    { path: `${one.path}/proposal`, body: world.proposal(one), etag },
    { path: `${one.path}/approval`, body: GRANT, etag },
    { path: `${one.path}/revocation`, body: BECAUSE, etag },
    { path: `${one.path}/disbursements`, body: world.lineInput(one) },
    { path: `${line.path}/${verb}`, body: LINE_BODIES[verb], etag },
    { path: `${line.path}/${verb}`, body: LINE_BODIES[verb], etag },
    { path: officer, body: input },
    { path: `${officer}/${officerId}/role-grants`, body: { roles: ['chief'] } },
    { path: `${officer}/${officerId}/credentials`, body: key },
    { path: `/v1/clients/${held.id}/keys`, body: key },
    { path: `/v1/clients/${held.id}/secret-rotation`, body: { overlapHours: 1 }, etag },
    { path: '/v1/clients', body: { agencyId: held.agency, name: 'x', roles: ['chief'] } },
  ]);
}

async function stage(world: World): Promise<Targets> {
  const cases: Known[] = [];
  const lines: Known[] = [];
  for (let i = 0; i < 6; i++) {
    cases.push(await world.underReview(), await world.proposed(), await world.granted());
    lines.push(await world.line('reserved'), await world.line('authorised'), await world.line('submitted'));
  }
  return { cases, lines };
}

const decided = async (service: Service) =>
  (await service.owner.query<{ n: number }>(`select count(*)::int as n from audit_records where ${DECIDED}`))[0]?.n ??
  0;

async function walkAll(service: Service, seed: number) {
  const random = randomOf(seed);
  const world = createWorld(service.api, () => addClient(service));
  const targets = await stage(world);
  const local = POSTS.map((post) => `${post}.heping`);
  const above = ['admin', 'security', 'chief.liaoning', 'head.liaoning', 'finance.liaoning', 'auditor.liaoning'];
  const roles = ['handler', 'head', 'chief', 'finance'];
  const held = [
    await clientOf(service, 'head.heping', roles, local),
    await clientOf(service, 'admin', [...roles, 'admin'], above),
  ];
  const tokens = await Promise.all(held.map((one) => tokensOf(service, one)));
  const ids = await Promise.all([...local, ...above].map((code) => world.officerId(code)));
  const before = await decided(service);
  const counts = new Map<string, number>();
  for (let step = 0; step < WALKS * STEPS; step++) {
    const which = Math.floor(step / STEPS) % held.length;
    const own = tokens[which] ?? [];
    const move = moveOf(random, world, held[which] as Held, targets, ids);
    const headers = { authorization: `Bearer ${own[random(own.length)]}` };
    const { status, body } = await service.api.request('POST', move.path, { headers, ...move });
    const told = status < 300 ? `${status} ${move.path.split('/').at(-1)}` : `${status} ${String(body.code)}`;
    counts.set(told, (counts.get(told) ?? 0) + 1);
  }
  return { bypasses: (await decided(service)) - before, counts };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-21',
    name: "random walks with one client's key alone",
    target: '0 bypasses in 1,000 walks',
    async run({ seed }) {
      const stopDatabase = await startDatabase();
      const service = await startService({ env: { QUOTA_REQUESTS: '0', QUOTA_AGENCY: '0' } });
      try {
        const { bypasses, counts } = await walkAll(service, seed);
        const factor = counts.get('403 auth.factor_required') ?? 0;
        const most = [...counts].toSorted(([, a], [, b]) => b - a).map(([told, n]) => `${n} x ${told}`);
        return {
          figure: `${WALKS} walks of ${STEPS} acts with tokens of a county's and the province's client: ${bypasses} decisions, ${factor} refused for the factor`,
          met: bypasses === 0 && factor > 1000,
          detail: [`Answers: ${most.join(', ')}.`],
        };
      } finally {
        await service.stop();
        await stopDatabase();
      }
    },
  },
];
