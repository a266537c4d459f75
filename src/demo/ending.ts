// Chapter five: the case is closed, the Federation gets its notice, and both owners close the accounts together.
import { answerClue, theCase } from './common.ts';
import { ADDRESS, type Demo, itemsOf, listOf, type Step, yuanOf } from './teller.ts';

const account = (demo: Demo, name: string) => `${ADDRESS.account}/${demo.id(`${name}.account`)}`;
const STABLE = { reason: '收入稳定，措施均已落实' };

export const endingSteps: readonly Step[] = [
  {
    name: 'closure',
    zh: '案件办结',
    en: 'the case is closed',
    async run(demo) {
      await demo.awaits('handler.heping', 'closure', 'case', demo.id('main.case'));
      const body = { summary: '救助金已发放，措施已落实，两次回访完毕。', advice: '请关注女儿升学。' };
      await demo.decide('head.heping', theCase(demo, 'main.case'), 'closure', body);
      const path = `${ADDRESS.notice}?assistanceCaseId=${demo.id('main.case')}`;
      const [notice = {}] = itemsOf(await demo.read('wf.heping', path));
      await demo.awaits('wf.heping', 'receipt', 'notice', demo.keep('notice', notice.id));
    },
  },
  {
    name: 'notice',
    zh: '妇联签收结案告知',
    en: 'the Federation receives the case notice: amounts and measures, no contact data',
    async run(demo) {
      const path = `${ADDRESS.notice}/${demo.id('notice')}`;
      await demo.sees('wf.heping', path, (seen) => {
        const people = listOf(seen.persons).map((p) => `${String(p.name)} ${yuanOf(p.paidAmount)}`);
        return `看到 sees ${people.join(', ')}`;
      });
      await demo.decide('wf.heping', path, 'receipt', { note: '由社区妇联继续联系' });
    },
  },
  {
    name: 'answer',
    zh: '检察院向妇联反馈线索办理结果',
    en: 'the clue is answered to its finder',
    run: (demo) =>
      answerClue(demo, 'main', 'head.heping', {
        result: '已给予司法救助并落实社会救助措施。',
        aidGiven: '母女共45000.00元。',
        advice: '请继续联系该家庭。',
      }),
  },
  {
    name: 'entries',
    zh: '台账记录由另一主管单位会签',
    en: 'what one owner writes in the account the other countersigns',
    async run(demo) {
      for (const [writer, signer, text] of [
        ['wf.heping', 'handler.heping', '母亲已在社区超市就业，女儿学习稳定。'],
        ['handler.heping', 'wf.heping', '电话核实，救助金使用得当。'],
      ] as const) {
        const path = `${account(demo, 'mother')}/entries`;
        const entry = await demo.create(writer, path, { text, kind: 'contact' });
        await demo.awaits(signer, 'countersignature', 'account', demo.id('mother.account'));
        await demo.decide(signer, `${path}/${String(entry.id)}`, 'countersignature', { text: '情况属实' });
      }
    },
  },
  {
    name: 'stable',
    zh: '两个台账转为稳定',
    en: 'both accounts are stable',
    async run(demo) {
      for (const name of ['mother', 'child']) {
        await demo.decide('handler.heping', account(demo, name), 'stabilisation', STABLE);
        await demo.sees('wf.heping', account(demo, name), (seen) => `台账 account ${String(seen.state)}`);
      }
    },
  },
  {
    name: 'account-closure',
    zh: '检察院与妇联共同销号',
    en: 'closed by both owners, the Federation and the procuratorate',
    async run(demo) {
      for (const name of ['mother', 'child']) {
        await demo.decide('wf.heping', account(demo, name), 'closure', STABLE);
        await demo.awaits('handler.heping', 'closure', 'account', demo.id(`${name}.account`));
        const closed = await demo.decide('handler.heping', account(demo, name), 'closure', STABLE);
        demo.say(`${String(closed.number)} ${String(closed.state)}: ${String(closed.closingReason)}`);
      }
    },
  },
];
