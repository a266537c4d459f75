// Chapter three: three departments are asked, one refuses, and the refused need goes on elsewhere instead of dropping out.
import { agencyOf, beneficiariesOf, deliver, referralTo, theCase } from './common.ts';
import { ADDRESS, type Demo, itemsOf, listOf, objectOf, type Step } from './teller.ts';

const DEPARTMENTS = [
  ['civil', 'civil.heping', 'MCA3'],
  ['education', 'education.heping', 'EDU2'],
  ['medical', 'medical.heping', 'MI2'],
] as const;

const referral = (demo: Demo, name: string) => `${ADDRESS.referral}/${demo.id(name)}`;

export const reliefSteps: readonly Step[] = [
  {
    name: 'referrals',
    zh: '移送民政、教育、医保三个部门',
    en: 'three departments are asked at once: civil affairs, education, medical security',
    async run(demo) {
      const [mother, child] = await beneficiariesOf(demo, 'main.case');
      const people = { civil: mother, education: child, medical: mother };
      const referrals = await Promise.all(
        DEPARTMENTS.map(([name, officer, measure]) =>
          referralTo(demo, officer, measure, { beneficiaryIds: [String(people[name]?.id)] }),
        ),
      );
      const path = `${theCase(demo, 'main.case')}/referrals`;
      const sent = itemsOf(await demo.create('handler.heping', path, { referrals }));
      for (const [i, [name, officer]] of DEPARTMENTS.entries()) {
        await demo.awaits(officer, 'receipt', 'referral', demo.keep(name, sent[i]?.id));
      }
    },
  },
  {
    name: 'civil',
    zh: '民政局签收、接受、发放临时救助并办结',
    en: 'civil affairs receives, accepts, delivers temporary aid and completes',
    async run(demo) {
      await demo.sees('civil.heping', referral(demo, 'civil'), (seen) => {
        const [person = {}] = listOf(seen.persons);
        return `看到 sees ${String(person.name)} and no word of the case (${String(seen.assistanceCaseId)})`;
      });
      await deliver(demo, 'civil.heping', demo.id('civil'), ['receipt', 'acceptance', 'start']);
      const output = { measure: 'MCA3', from: demo.today, value: { amount: '3000.00', currency: 'CNY' } };
      await demo.decide('civil.heping', referral(demo, 'civil'), 'output', output);
      await deliver(demo, 'civil.heping', demo.id('civil'), ['completion']);
    },
  },
  {
    name: 'education',
    zh: '教育局接受，办理助学金',
    en: 'education accepts and starts on the student grant',
    async run(demo) {
      await deliver(demo, 'education.heping', demo.id('education'), ['receipt', 'acceptance', 'start']);
      await demo.awaits('education.heping', 'completion', 'referral', demo.id('education'));
    },
  },
  {
    name: 'rejection',
    zh: '医保局不予接受，需求回到承办人待办',
    en: 'medical security refuses; the need comes back as a duty of the sender',
    async run(demo) {
      const body = { reasonCode: 'not_eligible', reason: '自付费用未达到医疗救助起付标准' };
      await demo.decide('medical.heping', referral(demo, 'medical'), 'rejection', body);
      await demo.awaits('handler.heping', 'follow-up', 'referral', demo.id('medical'));
    },
  },
  {
    name: 'follow-up',
    zh: '承办人改向工会移送，不让需求落空',
    en: 'the handler turns to the trade union, so that nobody drops out',
    async run(demo) {
      const onward = { agencyId: await agencyOf(demo, 'union.heping'), measures: ['TU2'] };
      const body = { decision: 'referred_again', reason: '改由工会给予医疗帮扶', referral: onward };
      const seen = await demo.decide('handler.heping', referral(demo, 'medical'), 'follow-up', body);
      const id = demo.keep('union', objectOf(seen.followUpDecision).referralId);
      await demo.awaits('union.heping', 'receipt', 'referral', id);
    },
  },
  {
    name: 'union',
    zh: '工会接受并办理',
    en: 'the union takes it up',
    async run(demo) {
      await deliver(demo, 'union.heping', demo.id('union'), ['receipt', 'acceptance', 'start']);
      await demo.sees('wf.heping', `${ADDRESS.account}/${demo.id('mother.account')}`, (seen) => {
        const states = listOf(seen.referrals).map((r) => `${String(objectOf(r.agency).name)} ${String(r.state)}`);
        return `台账 account: ${states.join(', ')}`;
      });
    },
  },
];
