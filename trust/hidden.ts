// S-13: what is hidden answers like what is absent, by bytes and by time.
import { addClient } from '../test/support/clients.ts';
import type { Service } from '../test/support/start.ts';
import { createWorld } from '../test/support/world.ts';
import { withServices } from './identity-services.ts';
import { median } from './identity-tools.ts';
import type { Probe, Reading } from './probe.ts';

const SAMPLES = 2000;
const WARM = 50;
/** Never given by a service: in the shape of one of ours. */
const ABSENT = '0198c2a4-7f00-7000-8000-000000000001';
const OF_ONE = /"(?:requestId|instance)":"[^"]*",?/g;

type Pair = { name: string; officer: string; hidden: string };

async function pairsOf(service: Service): Promise<Pair[]> {
  const world = createWorld(service.api, () => addClient(service));
  const [clue, granted, line, visit, account, referral] = [
    await world.clue('tiexi'),
    await world.granted('tiexi'),
    await world.line('submitted', 'tiexi'),
    await world.visit('tiexi'),
    await world.account('tiexi'),
    await world.referral('accepted', 'tiexi'),
  ];
  const pair = (name: string, hidden: string): Pair => ({ name, officer: 'head.heping', hidden });
  return [
    pair('clue', clue.path),
    pair('case', granted.path),
    pair('timeline of a case', `${granted.path}/timeline`),
    pair('payment', line.path),
    pair('visit', visit.path),
    pair('account', account.path),
    pair('referral', referral.path),
  ];
}

async function timed(service: Service, token: string, path: string) {
  const began = performance.now();
  const answer = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  return { ms: performance.now() - began, body: `${answer.status} ${text.replace(OF_ONE, '')}` };
}

async function compare(service: Service, { officer, hidden }: Pair) {
  const token = await service.api.token(officer);
  const absent = hidden.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, ABSENT);
  const times: { hidden: number[]; absent: number[] } = { hidden: [], absent: [] };
  const bodies = new Set<string>();
  for (let i = 0; i < SAMPLES + WARM; i++) {
    // One after the other and in turn: what slows the machine slows both.
    const order = i % 2 ? (['hidden', 'absent'] as const) : (['absent', 'hidden'] as const);
    for (const which of order) {
      const found = await timed(service, token, which === 'hidden' ? hidden : absent);
      bodies.add(found.body);
      if (i >= WARM) times[which].push(found.ms);
    }
  }
  return { bodies: bodies.size, difference: Math.abs(median(times.hidden) - median(times.absent)) };
}

async function measure(service: Service): Promise<Reading> {
  const detail: string[] = [];
  let [bodies, worst] = [0, 0];
  const pairs = await pairsOf(service);
  for (const pair of pairs) {
    const found = await compare(service, pair);
    bodies = Math.max(bodies, found.bodies);
    worst = Math.max(worst, found.difference);
    detail.push(`${pair.name}: ${found.bodies} body, medians ${found.difference.toFixed(3)} ms apart`);
  }
  return {
    figure: `${pairs.length} kinds, ${SAMPLES} samples each way: ${bodies} body, medians at most ${worst.toFixed(3)} ms apart`,
    met: bodies === 1 && worst < 1,
    detail,
  };
}

export const probes: readonly Probe[] = [
  {
    number: 'S-13',
    name: 'hidden and absent by bytes and time',
    target: 'one body but for instance and requestId; medians < 1 ms apart',
    run: () => withServices([{ env: { QUOTA_REQUESTS: '0', QUOTA_AGENCY: '0' } }], measure),
  },
];
