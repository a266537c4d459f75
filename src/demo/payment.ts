// Chapter two: the money, moved by four people of two agencies, until the family confirms that it came.
import { onLines, planLines, theCase } from './common.ts';
import { type Demo, itemsOf, type Step, yuanOf } from './teller.ts';

const CASE = 'main.case';

/** The first line of the case waits for this officer. */
async function lineAwaits(demo: Demo, officer: string, action: string): Promise<void> {
  await demo.awaits(officer, action, 'disbursement', demo.id('main.line'));
}

export const paymentSteps: readonly Step[] = [
  {
    name: 'plan',
    zh: '承办人登记两笔发放',
    en: 'the handler plans a payment for each',
    async run(demo) {
      const [first] = await planLines(demo, CASE);
      demo.keep('main.line', first);
      await lineAwaits(demo, 'head.heping', 'authorisation');
    },
  },
  {
    name: 'authorisation',
    zh: '部门负责人审批支付',
    en: 'the head authorises what the handler planned',
    async run(demo) {
      await onLines(demo, CASE, 'head.heping', 'authorisation', { opinion: '与决定一致' });
      await lineAwaits(demo, 'finance.heping', 'submission');
    },
  },
  {
    name: 'submission',
    zh: '财务人员向财政部门申请拨款',
    en: 'the finance officer applies to the treasury',
    async run(demo) {
      await onLines(demo, CASE, 'finance.heping', 'submission');
      await lineAwaits(demo, 'bureau.heping', 'appropriation');
      await demo.sees('bureau.heping', `/v1/disbursements/${demo.id('main.line')}`, (seen) => {
        return `看到 sees ${yuanOf(seen.amount)}, state ${String(seen.state)}`;
      });
    },
  },
  {
    name: 'appropriation',
    zh: '财政局登记拨款',
    en: 'the finance bureau records the appropriation',
    async run(demo) {
      const body = { receivedOn: demo.today, documentNumber: `和财预〔${demo.today.slice(0, 4)}〕88号` };
      await onLines(demo, CASE, 'bureau.heping', 'appropriation', body);
      await lineAwaits(demo, 'handler.heping', 'notification');
    },
  },
  {
    name: 'notification',
    zh: '承办人两个工作日内通知领款',
    en: 'the handler tells the family within two working days',
    async run(demo) {
      const body = { toldOn: demo.today, channel: 'in_person' };
      await onLines(demo, CASE, 'handler.heping', 'notification', body);
      await lineAwaits(demo, 'finance.heping', 'settlement');
    },
  },
  {
    name: 'settlement',
    zh: '财务人员登记支付，系统自动安排首次回访',
    en: 'paid; the first visit arises by itself',
    async run(demo) {
      const body = { paidOn: demo.today, bankReference: `BK-${demo.tag}` };
      await onLines(demo, CASE, 'finance.heping', 'settlement', body);
      await lineAwaits(demo, 'handler.heping', 'receipt-confirmation');
      const [visit = {}] = itemsOf(await demo.read('wf.heping', `/v1/visits?assistanceCaseId=${demo.id(CASE)}`));
      demo.keep('visit', visit.id);
      demo.say(`wf.heping 联合回访 joint visit ${String(visit.number)} planned on ${String(visit.plannedOn)}`);
    },
  },
  {
    name: 'receipt-confirmation',
    zh: '本人确认到账',
    en: 'the family confirms that the money came',
    async run(demo) {
      await onLines(demo, CASE, 'handler.heping', 'receipt-confirmation', {
        outcome: 'received',
        note: '本人确认到账',
      });
      await demo.sees('handler.heping', theCase(demo, CASE), (seen) => `已支付 paid ${yuanOf(seen.paidAmount)}`);
    },
  },
];
