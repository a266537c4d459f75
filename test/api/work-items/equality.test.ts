// Work items equal availableActions: random walks over HTTP, then every officer against every resource that officer sees.
import { beforeAll, expect, test } from '@jest/globals';
import type { Json } from '../../support/api.ts';
import { addClient } from '../../support/clients.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { compareWork } from '../../support/work-equality.ts';
import { createWorld, type World } from '../../support/world.ts';

const service = useService();
const SEED = 20261123;
const WALKS = 40;
const STEPS = 4;
let world: World;
beforeAll(() => {
  world = createWorld(service.api, () => addClient(service));
});

/** The same walk for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const BECAUSE = { reason: '生活稳定，措施落实' };
const payment = { paidOn: '2026-11-16', bankReference: 'BOC20261116-0001' };

/** Who may try what; a refusal is a step too: nothing may have changed by it. */
const TRIES: Readonly<Record<string, readonly (readonly [officer: string, verb: string, body: Json])[]>> = {
  clue: [
    ['intake.heping', 'acceptance', {}],
    ['intake.heping', 'return', { reason: '请补充', missing: ['赔偿执行情况'] }],
    ['wf.heping', 'supplement', { facts: '补充：赔偿无法执行。' }],
    ['intake.heping', 'rejection', { reasonCode: 'other', reason: '不属于救助范围' }],
    ['head.heping', 'answer', { result: '不予司法救助' }],
    ['wf.heping', 'withdrawal', { reason: '本人已获赔偿' }],
  ],
  case: [
    ['handler.heping', 'document-request', { items: ['户口簿'], reason: '核实家庭情况' }],
    ['handler.heping', 'document-receipt', {}],
    ['chief.heping', 'approval', { outcome: 'returned', opinion: '补充材料' }],
    ['chief.heping', 'approval', { outcome: 'granted', opinion: '同意' }],
    ['deputy.heping', 'approval', { outcome: 'refused', opinion: '不符合', exclusionCode: 'X5' }],
    ['handler.heping', 'reconsideration', { newFacts: '赔偿未到位' }],
    ['handler.heping', 'withdrawal', { reason: '本人放弃' }],
    ['handler.heping', 'closure', { summary: '办结' }],
    ['chief.heping', 'revocation', { reason: '骗取救助金' }],
  ],
  disbursement: [
    ['head.heping', 'authorisation', {}],
    ['finance.heping', 'submission', {}],
    ['finance.heping', 'settlement', payment],
    ['finance.heping', 'failure', { reason: '账号有误' }],
    ['bureau.heping', 'appropriation', { receivedOn: '2026-11-16', documentNumber: '财政拨〔2026〕3号' }],
    ['handler.heping', 'notification', { toldOn: '2026-11-16', channel: 'phone' }],
    ['handler.heping', 'receipt-confirmation', { outcome: 'received' }],
    ['handler.heping', 'void', { reason: '计划有误' }],
  ],
  referral: [
    ['civil.heping', 'receipt', {}],
    ['civil.heping', 'acceptance', {}],
    ['civil.heping', 'start', {}],
    ['civil.heping', 'hold', { reason: '等待证明' }],
    ['civil.heping', 'resumption', {}],
    ['civil.heping', 'completion', { outcome: 'delivered' }],
    ['civil.heping', 'rejection', { reasonCode: 'other', reason: '不符合条件' }],
    ['civil.heping', 'failure', { reason: '无法联系' }],
    ['handler.heping', 'cancellation', { reason: '已通过其他途径解决' }],
  ],
  visit: [
    ['handler.heping', 'missed', { reasonCode: 'other', reason: '家中无人' }],
    ['handler.heping', 'rescheduling', { plannedOn: '2027-02-01', reason: '另约时间' }],
    ['handler.heping', 'cancellation', { reason: '迁出' }],
  ],
  account: [
    ['handler.heping', 'escalation', BECAUSE],
    ['wf.heping', 'de-escalation', BECAUSE],
    ['handler.heping', 'stabilisation', BECAUSE],
    ['handler.heping', 'closure', BECAUSE],
    ['wf.heping', 'closure', BECAUSE],
    ['wf.heping', 'entries', { text: '电话联系，情况稳定。' }],
  ],
};

const STARTS: readonly (readonly [kind: string, make: () => Promise<Known>])[] = [
  ['clue', () => world.clue()],
  ['clue', () => world.clue('heping', { urgency: 'emergency_medical' })],
  ['case', () => world.underReview()],
  ['case', () => world.proposed()],
  ['case', () => world.refused()],
  ['disbursement', () => world.line()],
  ['disbursement', () => world.line('submitted')],
  ['referral', () => world.referral()],
  ['referral', () => world.referral('in_progress')],
  ['visit', () => world.visit()],
  ['account', () => world.account()],
  ['account', () => world.stableAccount()],
];

test(`items equal actions after ${WALKS} random walks over HTTP`, async () => {
  const random = randomFrom(SEED);
  let done = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    const [kind, make] = STARTS[walk % STARTS.length] ?? ['clue', () => world.clue()];
    const known = await make();
    const tries = TRIES[kind] ?? [];
    for (let step = 0; step < STEPS; step++) {
      const [officer, verb, body] = tries[random(tries.length)] ?? ['', '', {}];
      const answer = await service.api.decide(officer, known.path, verb, body);
      if (answer.status < 300) done += 1;
      expect(answer.status).toBeLessThan(500);
    }
  }
  const { faults, ...counts } = await compareWork(service);
  process.stdout.write(
    `work items: seed ${SEED}, ${WALKS} walks over HTTP, ${done} steps taken, ${JSON.stringify(counts)}\n`,
  );
  expect(faults).toEqual([]);
  expect(counts.items).toBeGreaterThan(WALKS);
}, 180_000);
