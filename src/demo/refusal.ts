// Chapter seven: refused, told, reconsidered and granted by another person (contract §3: once, never by who refused).
import { acceptClue, answerClue, onLines, planLines, propose, submitClue, theCase } from './common.ts';
import { objectOf, type Step, yuanOf } from './teller.ts';

const CASE = 'refused.case';
const GRANT = { outcome: 'granted', opinion: '新证据证明困难，同意救助' };

export const refusalSteps: readonly Step[] = [
  {
    name: 'refusal',
    zh: '一名申请人被不予救助，理由与依据记录在案',
    en: 'aid is refused, with reason and basis',
    async run(demo) {
      await submitClue(demo, 'refused', ['refused']);
      await acceptClue(demo, 'refused');
      await propose(demo, CASE, ['12000.00']);
      const body = { outcome: 'refused', opinion: '已获得合理补偿', exclusionCode: 'X6' };
      await demo.decide('chief.heping', theCase(demo, CASE), 'approval', body);
      await demo.awaits('handler.heping', 'notification', 'case', demo.id(CASE));
    },
  },
  {
    name: 'told',
    zh: '告知申请人并说明理由',
    en: 'the applicant is told on that day',
    async run(demo) {
      const body = { toldOn: demo.today, channel: 'in_person', note: '当面告知并说明理由' };
      await demo.decide('handler.heping', theCase(demo, CASE), 'notification', body);
      await demo.awaits('handler.heping', 'closure', 'case', demo.id(CASE));
    },
  },
  {
    name: 'reconsideration',
    zh: '提交新事实，重新审查一次',
    en: 'new facts: it is reconsidered, once',
    async run(demo) {
      const newFacts = '赔偿款未实际到位，附执行终结裁定。';
      await demo.decide('handler.heping', theCase(demo, CASE), 'reconsideration', { newFacts });
      await propose(demo, CASE, ['12000.00']);
      await demo.awaits('deputy.heping', 'approval', 'case', demo.id(CASE));
    },
  },
  {
    name: 'same-person',
    zh: '原决定人不能再次决定',
    en: 'the person who refused may not decide anew',
    async run(demo) {
      await demo.decide('chief.heping', theCase(demo, CASE), 'approval', GRANT, 403);
    },
  },
  {
    name: 'another-person',
    zh: '另一名检察长同意救助',
    en: 'another person grants',
    async run(demo) {
      const decided = await demo.decide('deputy.heping', theCase(demo, CASE), 'approval', GRANT);
      demo.say(`${String(objectOf(decided.decision).number)}: ${yuanOf(decided.grantedAmount)}`);
      await demo.sees('handler.heping', theCase(demo, CASE), (seen) => `看到 sees ${String(seen.state)}`);
    },
  },
  {
    name: 'refused-paid',
    zh: '发放、办结并反馈',
    en: 'paid, closed and answered',
    async run(demo) {
      await planLines(demo, CASE);
      await onLines(demo, CASE, 'head.heping', 'authorisation');
      await onLines(demo, CASE, 'finance.heping', 'submission');
      const paid = { paidOn: demo.today, bankReference: `BK-${demo.tag}-2` };
      await onLines(demo, CASE, 'finance.heping', 'settlement', paid);
      await demo.awaits('handler.heping', 'closure', 'case', demo.id(CASE));
      await demo.decide('handler.heping', theCase(demo, CASE), 'closure', { summary: '重新审查后已予救助并发放。' });
      const answer = { result: '经重新审查已予救助。', aidGiven: '12000.00元' };
      await answerClue(demo, 'refused', 'handler.heping', answer);
    },
  },
];
