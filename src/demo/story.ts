// The whole story in order; each step of it is also a test (test/e2e/demo.test.ts).
import { yearOf } from '../kernel/civil-date.ts';
import { endingSteps } from './ending.ts';
import { guardedSteps } from './guarded.ts';
import { moneyRuleSteps } from './money-rules.ts';
import { openingSteps } from './opening.ts';
import { otherClueSteps } from './other-clues.ts';
import { paymentSteps } from './payment.ts';
import { refusalSteps } from './refusal.ts';
import { reliefSteps } from './relief.ts';
import { type Demo, objectOf, type Step, yuanOf } from './teller.ts';
import { visitSteps } from './visits.ts';

/** Business time is system time again: the last step, and what a broken run leaves behind is mended by it. */
export const releaseClock = async (demo: Demo): Promise<void> => {
  await demo.call('admin', 'DELETE', '/v1/sandbox/clock', {}, 200);
};

const summary: Step = {
  name: 'summary',
  zh: '全省统计',
  en: 'the figures of the province',
  async run(demo) {
    const from = yearOf(demo.today) - 1;
    const path = `/v1/statistics/summary?from=${from}-01-01&to=${from + 2}-12-31`;
    const seen = await demo.call('supervisor.liaoning', 'GET', path);
    const { women, minors } = seen;
    demo.say(
      `案件 cases ${String(seen.cases)}, 人数 persons ${String(seen.persons)}, 金额 amount ${yuanOf(seen.amount)}`,
    );
    demo.say(`妇女 women ${String(objectOf(women).persons)} ${yuanOf(objectOf(women).amount)}`);
    demo.say(`未成年人 minors ${String(objectOf(minors).persons)} ${yuanOf(objectOf(minors).amount)}`);
    demo.say(`其他救助措施 other measures for ${String(seen.otherMeasuresPersons)} persons`);
  },
};

export const demoSteps: readonly Step[] = [
  ...openingSteps,
  ...paymentSteps,
  ...reliefSteps,
  ...visitSteps,
  ...endingSteps,
  ...otherClueSteps,
  ...refusalSteps,
  ...moneyRuleSteps,
  ...guardedSteps,
  summary,
  { name: 'clock-release', zh: '恢复系统时间', en: 'business time is system time again', run: releaseClock },
];
