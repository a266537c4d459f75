// Chapter six: the fates of other clues, and who sees to it that nobody is lost: returned, rerouted, routed, withdrawn.
import { acceptClue, agencyOf, answerClue, clue, deliver, referralTo, submitClue, theCase } from './common.ts';
import { ADDRESS, itemsOf, listOf, objectOf, type Step } from './teller.ts';

const returned: readonly Step[] = [
  {
    name: 'incomplete',
    zh: '妇联移送一条不完整的线索',
    en: 'a clue arrives without the identity of the person',
    async run(demo) {
      const { name: _name, idNumber: _number, ...rest } = demo.person('returned');
      const subjects = [{ ...rest, nameUnknown: true }];
      const id = await submitClue(demo, 'returned', [], { subjects, hardship: null });
      await demo.awaits('intake.heping', 'return', 'clue', id);
      await demo.sees('intake.heping', clue(demo, 'returned'), (seen) => `缺 missing: ${String(seen.missing)}`);
    },
  },
  {
    name: 'return',
    zh: '受理人员一次性退回补充',
    en: 'it goes back once, with everything that is missing',
    async run(demo) {
      const body = { reason: '请补充身份信息与困难情况', missing: ['身份证号', '困难情况'] };
      await demo.decide('intake.heping', clue(demo, 'returned'), 'return', body);
      await demo.awaits('wf.heping', 'supplement', 'clue', demo.id('returned'));
    },
  },
  {
    name: 'supplement',
    zh: '妇联补充后重新提交',
    en: 'the Federation supplements it',
    async run(demo) {
      const body = { hardship: '独居，靠低保生活，医疗费欠款。', subjects: [demo.person('returned')] };
      await demo.decide('wf.heping', clue(demo, 'returned'), 'supplement', body);
      await demo.awaits('head.heping', 'acceptance', 'clue', demo.id('returned'));
    },
  },
  {
    name: 'case-withdrawal',
    zh: '受理后申请人撤回申请，案件终止，线索仍予反馈',
    en: 'accepted; the applicant withdraws, and the clue is answered all the same',
    async run(demo) {
      await acceptClue(demo, 'returned');
      const reason = '申请人子女已承担赡养义务，本人撤回申请';
      await demo.decide('handler.heping', theCase(demo, 'returned.case'), 'withdrawal', { reason });
      const answer = { result: '申请人撤回申请，案件终止。', advice: '困难再发生时可重新申请。' };
      await answerClue(demo, 'returned', 'head.heping', answer);
    },
  },
];

const rerouted: readonly Step[] = [
  {
    name: 'rerouting',
    zh: '原案由铁西区办理，线索改送铁西，期限不重新计算',
    en: 'another district handles the case: rerouted to Tiexi, the clock goes on',
    async run(demo) {
      const id = await submitClue(demo, 'rerouted', ['rerouted']);
      const body = { agencyId: await agencyOf(demo, 'intake.tiexi'), reason: '原案由铁西区人民检察院办理' };
      await demo.decide('intake.heping', clue(demo, 'rerouted'), 'rerouting', body);
      await demo.awaits('intake.tiexi', 'acceptance', 'clue', id);
    },
  },
  {
    name: 'rerouted-rejection',
    zh: '铁西区审查后不予受理并反馈发现单位',
    en: 'Tiexi rejects it with a reason and answers the finder',
    async run(demo) {
      const body = { reasonCode: 'no_hardship', reason: '被告人已全额赔偿，不存在急迫困难' };
      await demo.decide('head.tiexi', clue(demo, 'rerouted'), 'rejection', body);
      const answer = { result: '不予受理，已说明理由。', advice: '可由妇联提供心理疏导。' };
      await answerClue(demo, 'rerouted', 'head.tiexi', answer);
    },
  },
];

const routed: readonly Step[] = [
  {
    name: 'no-case',
    zh: '没有原案的困难妇女，只能转社会救助',
    en: 'a woman in need without a proceeding can only be routed to social assistance (art. 5)',
    async run(demo) {
      const id = await submitClue(demo, 'routed', ['routed'], { linkedCase: null });
      await demo.awaits('head.heping', 'social-assistance-routing', 'clue', id);
    },
  },
  {
    name: 'routing',
    zh: '转社会救助：同时产生两项移送和监测台账',
    en: 'routed: two referrals and a monitoring account in the same act',
    async run(demo) {
      const [subject = {}] = listOf((await demo.read('head.heping', clue(demo, 'routed'))).subjects);
      const people = { beneficiaryIds: [String(subject.id)] };
      const referrals = [
        await referralTo(demo, 'civil.heping', 'MCA1', people),
        await referralTo(demo, 'disabled.heping', 'DP2', people),
      ];
      const body = { reason: '困难与案件无关，转社会救助', referrals };
      await demo.decide('head.heping', clue(demo, 'routed'), 'social-assistance-routing', body);
      const mine = `${ADDRESS.referral}?direction=received&state=requested&limit=1`;
      for (const officer of ['civil.heping', 'disabled.heping']) {
        const [sent = {}] = itemsOf(await demo.read(officer, mine));
        await demo.awaits(officer, 'receipt', 'referral', demo.keep(`routed.${officer}`, sent.id));
      }
      const [account = {}] = itemsOf(await demo.read('wf.heping', `${ADDRESS.account}?state=open&limit=1`));
      const next = objectOf(account.nextAction);
      demo.say(`wf.heping 台账 account ${String(account.number)}: next ${String(next.kind)} by ${String(next.dueOn)}`);
    },
  },
  {
    name: 'routed-measures',
    zh: '民政、残联落实，检察院反馈',
    en: 'both deliver, and the clue is answered',
    async run(demo) {
      for (const officer of ['civil.heping', 'disabled.heping']) {
        await deliver(demo, officer, demo.id(`routed.${officer}`), ['receipt', 'acceptance', 'start', 'completion']);
      }
      await answerClue(demo, 'routed', 'head.heping', { result: '已转社会救助，低保与康复服务已落实。' });
    },
  },
];

const withdrawn: Step = {
  name: 'withdrawal',
  zh: '妇联撤回一条线索',
  en: 'the Federation withdraws a clue',
  async run(demo) {
    await submitClue(demo, 'withdrawn', ['withdrawn']);
    await demo.decide('wf.heping', clue(demo, 'withdrawn'), 'withdrawal', { reason: '当事人已获赔偿' });
    await demo.sees('intake.heping', clue(demo, 'withdrawn'), (seen) => `看到 sees ${String(seen.state)}`);
  },
};

export const otherClueSteps: readonly Step[] = [...returned, ...rerouted, ...routed, withdrawn];
