// S-21: three human beings with six credentials of every post walk at random through cases and payments; no act of one is ever checked by the same one.
import { addClient } from '../test/support/clients.ts';
import type { Service } from '../test/support/start.ts';
import { createWorld, GRANT, type World } from '../test/support/world.ts';
import { withServices } from './identity-services.ts';
import { type Random, randomOf } from './identity-tools.ts';
import type { Probe } from './probe.ts';

const WALKS = 1000;
const STEPS = 12;
const BECAUSE = { reason: '测试' };
const POSTS = ['handler', 'head', 'chief', 'finance'];
/** Officers of one agency, two of each human being. */
const CODES = ['handler.heping', 'head.heping', 'chief.heping', 'deputy.heping', 'finance.heping', 'intake.heping'];

type Walk = { path: string; line: string | undefined };
type Move = { path: string; body: unknown };

/** Pairs of records of which the second checks the first: by one human being they are a bypass. */
const PAIRS = [
  ['case.proposed', 'case.granted'],
  ['case.proposed', 'case.refused'],
  ['case.correction_proposed', 'case.correction_confirmed'],
  ['disbursement.planned', 'disbursement.authorised'],
  ['disbursement.planned', 'disbursement.submitted'],
  ['disbursement.planned', 'disbursement.settled'],
  ['disbursement.authorised', 'disbursement.submitted'],
  ['disbursement.authorised', 'disbursement.settled'],
] as const;

/** The act that was checked is the last of its kind before the check. */
const BYPASSES = `select count(*)::int as n from audit_records c join officers co on co.id = c.officer_id
  join lateral (select p.officer_id from audit_records p where p.kind = c.kind and p.resource_id = c.resource_id and p.type = $1
    and p.sequence < c.sequence order by p.sequence desc limit 1) p on true
  join officers po on po.id = p.officer_id
  where c.type = $2 and co.person_key = po.person_key and c.occurred_at >= $3`;
const CHECKS = `select count(*)::int as n from audit_records where type = any($1) and occurred_at >= $2`;

async function twoEach({ owner }: Service): Promise<void> {
  for (const [i, code] of CODES.entries())
    await owner.query('update officers set roles = $2, person_key = $3 where code = $1', [
      code,
      POSTS,
      `human-${i % 3}`,
    ]);
}

/** What leads on from here, or any other act at all. */
function moveOf(random: Random, world: World, { path, line }: Walk, seen: Record<string, unknown>): Move {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const known = { id: String(seen.id), path, body: seen };
  const ofCase: Move[] = [
    { path: `${path}/proposal`, body: world.proposal(known) },
    { path: `${path}/approval`, body: GRANT },
    { path: `${path}/approval`, body: { outcome: 'refused', opinion: '不符', exclusionCode: 'X5' } },
    { path: `${path}/disbursements`, body: world.lineInput(known) },
    { path: `${path}/revocation`, body: BECAUSE },
  ];
  const [propose, grant, refuse, plan, revoke] = ofCase as [Move, Move, Move, Move, Move];
  if (line === undefined) {
    if (seen.state === 'granted') return random(8) === 0 ? revoke : plan;
    return seen.state === 'pending_approval' ? (random(8) === 0 ? refuse : grant) : propose;
  }
  const ofLine: Move[] = [
    { path: `${line}/authorisation`, body: {} },
    { path: `${line}/submission`, body: {} },
    { path: `${line}/settlement`, body: { paidOn: '2026-11-16', bankReference: 'X1' } },
    { path: `${line}/failure`, body: BECAUSE },
    { path: `${line}/void`, body: BECAUSE },
  ];
  return pick(random(12) === 0 ? ofCase : ofLine.slice(0, random(6) === 0 ? 5 : 3));
}

async function walkOnce(service: Service, world: World, random: Random, counts: Map<string, number>): Promise<void> {
  const opened = await world.opened();
  const assign = { handlerOfficerId: await world.officerId('handler.heping') };
  await service.api.decide('head.heping', opened.path, 'assignment', assign);
  const walk: Walk = { path: opened.path, line: undefined };
  for (let step = 0; step < STEPS; step++) {
    const officer = CODES[random(CODES.length)] as string;
    const seen = await service.api.get(officer, walk.path);
    const move = moveOf(random, world, walk, seen.body);
    const creates = move.path.endsWith('/disbursements');
    const target = move.path.slice(0, move.path.lastIndexOf('/'));
    const { etag } = creates || target === walk.path ? seen : await service.api.get(officer, target);
    const answer = await service.api.as(officer, 'POST', move.path, { body: move.body, ...(creates ? {} : { etag }) });
    if (creates && answer.status === 201) walk.line = `/v1/disbursements/${String(answer.body.id)}`;
    const told = `${answer.status} ${String(answer.body.code ?? move.path.split('/').at(-1))}`;
    counts.set(told, (counts.get(told) ?? 0) + 1);
  }
}

async function walkAll(service: Service, seed: number, walks: number) {
  const random = randomOf(seed);
  const world = createWorld(service.api, () => addClient(service));
  const counts = new Map<string, number>();
  await twoEach(service);
  const [{ since } = { since: new Date(0) }] = await service.owner.query<{ since: Date }>('select now() as since');
  for (let i = 0; i < walks; i++) await walkOnce(service, world, random, counts);
  let bypasses = 0;
  for (const [first, second] of PAIRS)
    bypasses += (await service.owner.query<{ n: number }>(BYPASSES, [first, second, since]))[0]?.n ?? 0;
  const checked = [...new Set(PAIRS.map(([, second]) => second))];
  const checks = (await service.owner.query<{ n: number }>(CHECKS, [checked, since]))[0]?.n ?? 0;
  return { bypasses, checks, counts };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-21',
    name: 'random walks of three people with six credentials',
    target: '0 acts checked by the same human being in 1,000 walks',
    run: ({ seed }) =>
      withServices([{ env: { QUOTA_REQUESTS: '0', QUOTA_AGENCY: '0' } }], async (service) => {
        const walks = Number(process.env.TRUST_WALKS ?? WALKS);
        const { bypasses, checks, counts } = await walkAll(service, seed, walks);
        const eyes = counts.get('403 decision.four_eyes') ?? 0;
        const most = [...counts].toSorted(([, a], [, b]) => b - a).map(([told, n]) => `${n} x ${told}`);
        return {
          figure: `${walks} walks of ${STEPS} acts: ${checks} acts that check another, ${bypasses} by the same human being, ${eyes} refused for it`,
          met: bypasses === 0 && checks > walks / 4 && eyes > walks / 4,
          detail: [`Answers: ${most.join(', ')}.`],
        };
      }),
  },
];
