// Chapter one: a mother and child of Heping, from the clue to the decision by four eyes (2021 rules arts. 7, 8).
import { acceptClue, attach, beneficiariesOf, clue, moveClock, propose, submitClue, theCase } from './common.ts';
import { ADDRESS, itemsOf, listOf, objectOf, type Step, yuanOf } from './teller.ts';

const ITEMS = ['死亡医学证明', '家庭经济状况证明'];

export const openingSteps: readonly Step[] = [
  {
    name: 'clock',
    zh: '管理员设定业务时间',
    en: 'the administrator sets business time',
    run: (demo) => moveClock(demo, demo.today),
  },
  {
    name: 'clue',
    zh: '和平区妇联走访发现母女二人，移送线索',
    en: 'the Federation finds a mother and her child and transfers a clue',
    async run(demo) {
      const id = await submitClue(demo, 'main', ['mother', 'child']);
      await demo.awaits('intake.heping', 'acceptance', 'clue', id);
      await demo.sees('intake.heping', clue(demo, 'main'), (seen) => {
        const people = listOf(seen.subjects).map((s) => `${String(s.name)} ${String(s.idNumber)}`);
        return `看到 sees ${people.join(', ')}; 绿色通道 green channel ${String(seen.greenChannel)}`;
      });
    },
  },
  {
    name: 'stranger',
    zh: '其他区与其他部门看不到这条线索',
    en: 'another district cannot tell it from a clue that does not exist',
    async run(demo) {
      await demo.call('head.tiexi', 'GET', clue(demo, 'main'), {}, 404);
    },
  },
  {
    name: 'acceptance',
    zh: '检察院受理并指定承办人',
    en: 'the procuratorate accepts on the green channel and names the handler',
    async run(demo) {
      const id = await acceptClue(demo, 'main');
      await demo.awaits('handler.heping', 'proposal', 'case', id);
      await demo.sees('handler.heping', theCase(demo, 'main.case'), (seen) => {
        const [first = {}] = listOf(seen.beneficiaries);
        return `（承办人）sees ${String(first.name)} ${String(first.phone)} ${String(first.idNumber)}`;
      });
    },
  },
  {
    name: 'document-request',
    zh: '承办人一次性要求补充材料',
    en: 'the handler asks for two documents',
    async run(demo) {
      const body = { items: ITEMS, reason: '核实损失与家庭困难程度' };
      await demo.decide('handler.heping', theCase(demo, 'main.case'), 'document-request', body);
      await demo.awaits('handler.heping', 'document-receipt', 'case', demo.id('main.case'));
    },
  },
  {
    name: 'document',
    zh: '材料扫描件上传，加密保存',
    en: 'a scan is uploaded; it is encrypted before it is stored',
    async run(demo) {
      const path = `${theCase(demo, 'main.case')}/documents`;
      await attach(demo, theCase(demo, 'main.case'), 'medical', '死亡医学证明');
      await demo.sees('head.heping', path, (seen) => {
        const [file = {}] = itemsOf(seen);
        return `看到 sees ${String(file.mediaType)}, ${String(file.bytes)} bytes, SHA-256 ${String(file.sha256).slice(0, 12)}…`;
      });
    },
  },
  {
    name: 'document-receipt',
    zh: '材料齐备，恢复审查',
    en: 'the documents have come, the review goes on',
    async run(demo) {
      const body = { items: ITEMS, note: '已核对原件' };
      await demo.decide('handler.heping', theCase(demo, 'main.case'), 'document-receipt', body);
      await demo.awaits('handler.heping', 'proposal', 'case', demo.id('main.case'));
    },
  },
  {
    name: 'proposal',
    zh: '承办人提出意见，母女各有金额',
    en: 'the handler proposes an amount of her own for each of the two',
    async run(demo) {
      await propose(demo, 'main.case', ['30000.00', '15000.00']);
      await demo.awaits('chief.heping', 'approval', 'case', demo.id('main.case'));
    },
  },
  {
    name: 'own-proposal',
    zh: '承办人不能审批自己的意见',
    en: 'whoever proposes does not decide',
    async run(demo) {
      const body = { outcome: 'granted', opinion: '同意' };
      await demo.decide('handler.heping', theCase(demo, 'main.case'), 'approval', body, 403);
    },
  },
  {
    name: 'approval',
    zh: '检察长审批同意，产生文号，预留资金',
    en: 'the chief grants; the decision gets its number and the fund reserves the money',
    async run(demo) {
      const body = { outcome: 'granted', opinion: '同意救助' };
      const decided = await demo.decide('chief.heping', theCase(demo, 'main.case'), 'approval', body);
      demo.say(`${String(objectOf(decided.decision).number)}: ${yuanOf(decided.grantedAmount)}`);
      const [mother, child] = await beneficiariesOf(demo, 'main.case');
      for (const [name, person] of [
        ['mother', mother],
        ['child', child],
      ] as const) {
        const path = `${ADDRESS.account}?personId=${String(person?.personId)}`;
        const [account = {}] = itemsOf(await demo.read('wf.heping', path));
        demo.keep(`${name}.account`, account.id);
        demo.keep(name, person?.personId);
        const next = objectOf(account.nextAction);
        demo.say(
          `wf.heping 台账 account ${String(account.number)}: 下一步 next ${String(next.kind)} by ${String(next.dueOn)}`,
        );
      }
    },
  },
];
