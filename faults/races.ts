// S-23, M-03: many at once on one case, one payment, one award and one budget; of what excludes each other exactly one is done.
import type { Answer, Api } from '../test/support/api.ts';
import { addClient } from '../test/support/clients.ts';
import { type Service, startService } from '../test/support/start.ts';
import { beneficiariesOf, createWorld, GRANT, type World, yuan } from '../test/support/world.ts';
import { withService } from '../trust/outside/stage.ts';
import type { Fault, FaultContext, Reading } from './fault.ts';
import { differencesOfMoney } from './oracle-money.ts';
import { takeSnapshot } from './snapshot.ts';

type Two = { world: World; apis: readonly Api[]; service: Service };

/** Two replicas on one database: what one process keeps in order meets the row locks too. */
function withReplicas<T>(work: (two: Two) => Promise<T>): Promise<T> {
  return withService(async (service) => {
    const other = await startService({ database: service.database });
    try {
      const world = createWorld(service.api, () => addClient(service));
      return await work({ world, apis: [service.api, other.api], service });
    } finally {
      await other.stop();
    }
  });
}

const wins = (answers: readonly Answer[]) => answers.filter(({ status }) => status < 300).length;

/** Definite refusals only; a 503 is an invitation to repeat, and is repeated. */
async function patient(send: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await send();
    if ((answer.status !== 503 && answer.status !== 429) || tries === 20) return answer;
  }
}

type Rival = readonly [officer: string, verb: string, body: unknown];

async function race({ apis }: Two, path: string, reader: string, rivals: readonly Rival[], size: number) {
  const { etag } = await (apis[0] as Api).get(reader, path);
  const sent = Array.from({ length: size }, (_, i) => {
    const [officer, verb, body] = rivals[i % rivals.length] as Rival;
    const api = apis[i % apis.length] as Api;
    const key = `race-${path}-${i}`;
    return patient(() => api.as(officer, 'POST', `${path}/${verb}`, { body, etag, key }));
  });
  return Promise.all(sent);
}

const SIZE = 50;

function judged(name: string, answers: readonly Answer[]): string[] {
  const won = wins(answers);
  const odd = answers.filter(({ status }) => status >= 300 && status !== 409 && status !== 412);
  return [
    ...(won === 1 ? [] : [`${name}: ${won} of ${answers.length} were done`]),
    ...odd.map(({ status, body }) => `${name}: a loser was answered ${status} ${String(body.code)}`),
  ];
}

function oneCase({ rounds = 20 }: FaultContext): Promise<Reading> {
  return withReplicas(async (two) => {
    const { world } = two;
    const faults: string[] = [];
    let [acked, double] = [0, 0];
    const note = (name: string, answers: readonly Answer[]) => {
      acked += wins(answers);
      double += Math.max(0, wins(answers) - 1);
      faults.push(...judged(name, answers));
    };
    const paid = { paidOn: new Date().toISOString().slice(0, 10), bankReference: 'S23' };
    for (let round = 0; round < rounds; round++) {
      const proposed = await world.proposed();
      const decide: Rival[] = [
        ['chief.heping', 'approval', GRANT],
        ['handler.heping', 'withdrawal', { reason: '本人申请撤回' }],
        ['deputy.heping', 'approval', { outcome: 'returned', opinion: '补充材料' }],
      ];
      note('approve or withdraw', await race(two, proposed.path, 'chief.heping', decide, SIZE));
      const reserved = await world.line('reserved');
      const authorise: Rival[] = [
        ['head.heping', 'authorisation', {}],
        ['handler.heping', 'void', { reason: '计划有误' }],
      ];
      note('authorise or void', await race(two, reserved.path, 'head.heping', authorise, SIZE));
      const submitted = await world.line('submitted');
      const settle: Rival[] = [
        ['finance.heping', 'settlement', paid],
        ['finance.heping', 'failure', { reason: '账号有误' }],
      ];
      note('settle or fail', await race(two, submitted.path, 'finance.heping', settle, SIZE));
    }
    const operations = rounds * 3 * SIZE;
    return {
      ...{ cycles: rounds, operations, acked, unacked: operations - acked, lost: null, double },
      figure: `${rounds * 3} races of ${SIZE} over two replicas, ${faults.length} deviations from one that is done and all others 409 or 412`,
      met: faults.length === 0,
      detail: faults.slice(0, 10),
    };
  });
}

const PAYERS = 200;

/** One award of 20,000 yuan; each payer plans a hundredth of it. */
async function payers({ world, apis }: Two, round: number): Promise<number> {
  const known = await world.granted();
  const [beneficiary] = beneficiariesOf(known);
  const body = { ...world.lineInput(known), beneficiaryId: beneficiary?.id, amount: yuan('200.00') };
  const sent = Array.from({ length: PAYERS }, (_, i) => {
    const api = apis[i % apis.length] as Api;
    const requestNumber = `M03-${round}-${i}`;
    const path = `${known.path}/disbursements`;
    const send = () => api.as('handler.heping', 'POST', path, { body: { ...body, requestNumber }, key: requestNumber });
    return patient(send);
  });
  return wins(await Promise.all(sent));
}

function oneBudget({ rounds = 100, say }: FaultContext): Promise<Reading> {
  return withReplicas(async (two) => {
    const faults: string[] = [];
    let [acked, overspentFen] = [0, 0];
    for (let round = 1; round <= rounds; round++) {
      const done = await payers(two, round);
      acked += done;
      overspentFen += Math.max(0, done - 100) * 20_000;
      if (done !== 100) faults.push(`round ${round}: ${done} lines of 200.00 on an award of 20,000.00`);
      if (round % 10 === 0) say(`${round} rounds`);
    }
    const snapshot = await takeSnapshot(two.service.database, { chain: false });
    // Nobody was told of a payment, and none was made.
    faults.push(...differencesOfMoney([], snapshot).map(({ id, what }) => `${id}: ${what}`));
    const operations = rounds * PAYERS;
    return {
      ...{ cycles: rounds, operations, acked, unacked: operations - acked, lost: null, double: overspentFen / 20_000 },
      figure: `overspent ${overspentFen} fen; ${faults.length} deviations (as many lines as the award allows, journals that add up to nothing, balances that are the fold of their postings)`,
      met: faults.length === 0,
      detail: faults.slice(0, 10),
    };
  });
}

export const faults: readonly Fault[] = [
  {
    number: 'S-23',
    name: 'fifty at once on one case and one payment',
    target: 'exactly one wins; losers 409 or 412',
    full: 20,
    run: oneCase,
  },
  {
    number: 'M-03',
    name: '200 concurrent payers on one budget',
    target: '100 rounds: overspent 0 fen',
    full: 100,
    run: oneBudget,
  },
];
