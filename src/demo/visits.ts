// Chapter four: two joint visits, each confirmed by the other side, and a need that becomes a referral in the same call.
import { addMonths } from '../kernel/civil-date.ts';
import type { Json } from './client.ts';
import { agencyOf, deliver, moveClock } from './common.ts';
import { ADDRESS, type Demo, listOf, objectOf, type Step } from './teller.ts';

const visit = (demo: Demo, name: string) => `${ADDRESS.visit}/${demo.id(name)}`;

/** Every accepted referral is asked about: did the measure arrive? */
async function checked(demo: Demo, name: string): Promise<Json[]> {
  const seen = await demo.read('handler.heping', visit(demo, name));
  return listOf(seen.measuresToCheck).map(({ referralId }) => {
    const arrived = referralId === demo.id('civil');
    return { referralId, status: arrived ? 'arrived' : 'partly' };
  });
}

const record = (demo: Demo, change: Json): Json => ({
  doneOn: demo.today,
  livingConditions: '与女儿同住，住房安全，饮食有保障。',
  useOfFunds: '用于偿还医疗欠款与女儿学费。',
  ...change,
});

export const visitSteps: readonly Step[] = [
  {
    name: 'visit-plan',
    zh: '三个月后首次回访，妇联确认参加',
    en: 'three months later the first visit is due; the Federation confirms the day',
    async run(demo) {
      await demo.awaits('wf.heping', 'confirmation', 'visit', demo.id('visit'));
      await demo.decide('wf.heping', visit(demo, 'visit'), 'confirmation');
      await moveClock(demo, String((await demo.read('wf.heping', visit(demo, 'visit'))).plannedOn));
      await demo.awaits('handler.heping', 'record', 'visit', demo.id('visit'));
    },
  },
  {
    name: 'visit-record',
    zh: '联合回访：逐项核查措施，新的就业需求当场移送人社局',
    en: 'visited together: each measure is checked, and a new need becomes a referral in the same call',
    async run(demo) {
      const agencyId = await agencyOf(demo, 'hr.heping');
      const referral = { agencyId, measures: ['HR1'], personIds: [demo.id('mother')], legalBasis: 'statutory_duty' };
      const body = record(demo, {
        riskLevel: 'medium',
        measures: await checked(demo, 'visit'),
        needs: [{ text: '希望学习一门手艺，重新就业', measure: 'HR1', referral }],
        nextVisitOn: addMonths(demo.today, 6),
      });
      const seen = await demo.decide('handler.heping', visit(demo, 'visit'), 'record', body);
      const [need = {}] = listOf(seen.needs);
      demo.keep('next visit', seen.nextVisitId);
      await demo.awaits('hr.heping', 'receipt', 'referral', demo.keep('hr', need.referralId));
      await demo.awaits('wf.heping', 'confirmation', 'visit', demo.id('visit'));
    },
  },
  {
    name: 'visit-confirmation',
    zh: '妇联确认回访记录',
    en: 'the Federation confirms the record',
    async run(demo) {
      const seen = await demo.decide('wf.heping', visit(demo, 'visit'), 'confirmation');
      demo.say(`待确认 awaiting: ${listOf(seen.awaitingConfirmation).length}`);
    },
  },
  {
    name: 'departments',
    zh: '教育、工会、人社陆续落实',
    en: 'education, union and employment deliver',
    async run(demo) {
      await deliver(demo, 'education.heping', demo.id('education'), ['completion']);
      await deliver(demo, 'union.heping', demo.id('union'), ['completion']);
      await deliver(demo, 'hr.heping', demo.id('hr'), ['receipt', 'acceptance', 'start', 'completion']);
      await demo.sees('wf.heping', `${ADDRESS.account}/${demo.id('mother.account')}`, (seen) => {
        const done = listOf(seen.referrals).filter((r) => r.state === 'completed');
        return `台账 account: ${done.length} of ${listOf(seen.referrals).length} referrals completed`;
      });
    },
  },
  {
    name: 'second-visit',
    zh: '半年后再次联合回访，由妇联登记、检察院确认',
    en: 'half a year later the second visit: recorded by the Federation, confirmed by the procuratorate',
    async run(demo) {
      await moveClock(demo, String((await demo.read('wf.heping', visit(demo, 'next visit'))).plannedOn));
      await demo.awaits('wf.heping', 'record', 'visit', demo.id('next visit'));
      const measures = (await checked(demo, 'next visit')).map((m) => ({ ...m, status: 'arrived' }));
      const body = record(demo, { riskLevel: 'low', measures, needs: [] });
      const seen = await demo.decide('wf.heping', visit(demo, 'next visit'), 'record', body);
      demo.say(`风险 risk ${String(seen.riskLevel)}; 措施 measures ${listOf(seen.measures).length} × arrived`);
      await demo.awaits('handler.heping', 'confirmation', 'visit', demo.id('next visit'));
      await demo.decide('handler.heping', visit(demo, 'next visit'), 'confirmation');
      await demo.sees('wf.heping', `${ADDRESS.account}/${demo.id('mother.account')}`, (account) => {
        const next = objectOf(account.nextAction);
        return `台账 account: risk ${String(account.riskLevel)}, 下一步 next ${String(next.kind)} by ${String(next.dueOn)}`;
      });
    },
  },
];
