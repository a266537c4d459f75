// Chapter nine: a child's money in custody, money that comes back, and a department that lets its day pass (domain §7, §8).

import { addDays } from '../kernel/civil-date.ts';
import type { Json } from './client.ts';
import {
  acceptClue,
  attach,
  beneficiariesOf,
  moveClock,
  payLine,
  propose,
  referralTo,
  submitClue,
  theCase,
} from './common.ts';
import { ADDRESS, type Demo, itemsOf, objectOf, type Step, yuan, yuanOf } from './teller.ts';

const CASE = 'ward.case';
const CUSTODIAN = '和平区民政局';
const TRUSTEE = { type: 'trustee', name: CUSTODIAN, bankName: '样例银行沈阳分行', accountNumber: '622200000000001999' };
const line = (demo: Demo, name: string) => `${ADDRESS.disbursement}/${demo.id(name)}`;

/** Asked for with a paper by one person, released by another. */
async function release(demo: Demo, amount: string, use: string, approver: string): Promise<void> {
  const path = line(demo, 'ward.line');
  const paper = await attach(demo, path, 'other', use);
  const asked = { amount: yuan(amount), purpose: 'living', use, evidenceDocumentIds: [paper] };
  const { id } = await demo.create('handler.heping', `${path}/releases`, asked);
  const one = `${path}/releases/${String(id)}`;
  await demo.awaits(approver, 'release-approval', 'disbursement', demo.id('ward.line'));
  await demo.decide('handler.heping', one, 'approval', { outcome: 'released' }, 403);
  await demo.decide(approver, one, 'approval', { outcome: 'released', opinion: '用途与凭证相符' });
  await demo.sees('finance.heping', `${path}/custody-plan`, (seen) => `托管余额 in custody ${yuanOf(seen.remaining)}`);
}

const custodySteps: readonly Step[] = [
  {
    name: 'custody',
    zh: '未成年人救助金：三方监管，按计划支取',
    en: 'a child’s award: paid into custody, with an agreement and a plan',
    async run(demo) {
      await submitClue(demo, 'ward', ['ward']);
      await acceptClue(demo, 'ward');
      await propose(demo, CASE, ['20000.00']);
      await demo.decide('chief.heping', theCase(demo, CASE), 'approval', { outcome: 'granted', opinion: '同意救助' });
      demo.keep('ward.line', await payLine(demo, CASE, '20000.00', 'custody', { payee: TRUSTEE }));
      const agreement = { number: `三方监管-${demo.tag}`, signedOn: demo.today, custodian: CUSTODIAN };
      const instalments = [
        { dueOn: addDays(demo.today, 30), amount: yuan('8000.00'), purpose: 'living' },
        { dueOn: addDays(demo.today, 120), amount: yuan('12000.00'), purpose: 'education' },
      ];
      await demo.create('handler.heping', `${line(demo, 'ward.line')}/custody-plan`, { agreement, instalments });
    },
  },
  {
    name: 'release',
    zh: '第一次支取：一人申请，另一人核准',
    en: 'the first release: one person asks with a paper, another approves',
    run: (demo) => release(demo, '8000.00', '生活费', 'head.heping'),
  },
  {
    name: 'last-release',
    zh: '第二次支取：托管款项全部支取，发放完毕',
    en: 'the second release: nothing is left in custody, the line is settled',
    async run(demo) {
      await release(demo, '12000.00', '学费', 'chief.heping');
      await demo.sees('chief.heping', line(demo, 'ward.line'), (seen) => `状态 state ${String(seen.state)}`);
    },
  },
];

const BACK = [
  ['3000.00', '首笔退回'],
  ['2000.00', '余款退回'],
] as const;

const recoveryStep: Step = {
  name: 'recovery',
  zh: '被告人事后赔偿：检察长决定追回五千元，分两笔回到资金',
  en: 'the offender paid after all: the chief orders 5,000 back, which comes in two parts',
  async run(demo) {
    const path = line(demo, 'advanced.line');
    const order = { reason: '被告人事后赔偿，重复部分应予追回', amount: yuan('5000.00') };
    await demo.decide('finance.heping', path, 'recovery', order, 403);
    await demo.decide('chief.heping', path, 'recovery', order);
    for (const [amount, reason] of BACK) {
      await demo.awaits('finance.heping', 'recovery', 'disbursement', demo.id('advanced.line'));
      await demo.decide('finance.heping', path, 'recovery', { reason, amount: yuan(amount) });
    }
    await demo.sees('chief.heping', path, (seen) => {
      return `已追回 recovered ${yuanOf(objectOf(seen.recovery).recovered)}, state ${String(seen.state)}`;
    });
  },
};

const overdueStep: Step = {
  name: 'overdue-referral',
  zh: '乡村振兴部门逾期未答复：提醒、逾期、报告上级，各一次',
  en: 'a department lets its day pass: reminder, breach and report to the superior, each once',
  async run(demo) {
    const latest = objectOf(await demo.read('handler.heping', '/v1/events?after=latest'));
    const [child] = await beneficiariesOf(demo, CASE);
    const input = await referralTo(demo, 'rural.heping', 'RR1', { beneficiaryIds: [String(child?.id)] });
    const sent = await demo.create('handler.heping', `${theCase(demo, CASE)}/referrals`, input);
    const path = `${ADDRESS.referral}/${demo.keep('rural', sent.id)}`;
    await moveClock(demo, addDays(demo.today, 40));
    const types = 'deadline.due_soon,deadline.overdue,deadline.escalated';
    const own: Json[] = [];
    // An event is told once every transaction before it has ended; until then the feed waits with the caller.
    for (let after = String(latest.nextCursor), asked = 0; own.length < 3 && asked < 12; asked++) {
      const page = `/v1/events?after=${encodeURIComponent(after)}&types=${types}&limit=200&wait=5`;
      const told = await demo.call('handler.heping', 'GET', page);
      own.push(...itemsOf(told).filter((event) => objectOf(event.data).subjectId === demo.id('rural')));
      after = String(told.nextCursor);
    }
    for (const event of own) demo.say(`事件 event ${String(event.type)}`);
    if (own.map((event) => event.type).join() !== types)
      throw new Error('reminder, breach and report are not told once');
    const clock = demo.keep('rural.clock', String(own[0]?.subject).split('/')[1]);
    await demo.sees('handler.heping', path, (seen) => `逾期未答复 responseOverdue ${String(seen.responseOverdue)}`);
    await demo.decide('handler.heping', path, 'reminder', {});
    await demo.decide('rural.heping', path, 'acceptance');
    await demo.sees('handler.heping', `${ADDRESS.deadline}/${clock}`, (seen) => `期限 deadline ${String(seen.status)}`);
  },
};

export const guardedSteps: readonly Step[] = [...custodySteps, recoveryStep, overdueStep];
