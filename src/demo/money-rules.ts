// Chapter eight: money before the decision that is topped up by it, and an award that three levels carry together (domain §7).
import { acceptClue, agencyOf, beneficiariesOf, payLine, propose, submitClue, theCase } from './common.ts';
import { ADDRESS, type Demo, listOf, objectOf, type Step, yuan, yuanOf } from './teller.ts';

const ADVANCED = 'advanced.case';
const JOINT = 'joint.case';
const GRANT = { outcome: 'granted', opinion: '符合救助条件，同意救助' };
const REASON = '伤情危重，抢救费用高；同类案件金额不具可比性。';

async function showAdvance(demo: Demo): Promise<void> {
  await demo.sees('chief.heping', theCase(demo, ADVANCED), (seen) => {
    const [advance = {}] = listOf(seen.advances);
    return `先行救助 advance ${yuanOf(advance.amount)} ${String(advance.status)}, 已付 paid ${yuanOf(seen.paidAmount)}`;
  });
}

const advanceSteps: readonly Step[] = [
  {
    name: 'advance',
    zh: '抢救急需：超过三个月工资须说明理由，当即预留并先行发放',
    en: 'an emergency advance: beyond three monthly wages a reason is needed; reserved and paid at once',
    async run(demo) {
      await submitClue(demo, 'advanced', ['advanced'], { urgency: 'emergency_medical' });
      await acceptClue(demo, 'advanced');
      const [beneficiary] = await beneficiariesOf(demo, ADVANCED);
      const asked = { beneficiaryId: beneficiary?.id, amount: yuan('30000.00') };
      const path = theCase(demo, ADVANCED);
      await demo.decide('chief.heping', path, 'emergency-advance', asked, 409);
      await demo.decide('chief.heping', path, 'emergency-advance', { ...asked, reason: '重伤抢救，每日费用高' });
      await payLine(demo, ADVANCED, '30000.00', 'advance');
      await showAdvance(demo);
    },
  },
  {
    name: 'topped-up',
    zh: '决定救助五万元：先行救助计入其中，余款补足',
    en: 'the decision takes the advance in, the rest is topped up',
    async run(demo) {
      await propose(demo, ADVANCED, ['50000.00'], { amountReason: REASON });
      await demo.decide('chief.heping', theCase(demo, ADVANCED), 'approval', GRANT);
      demo.keep('advanced.line', await payLine(demo, ADVANCED, '20000.00', 'top_up'));
      await showAdvance(demo);
      await demo.decide('handler.heping', theCase(demo, ADVANCED), 'closure', {
        summary: '先行救助已补足，救助完毕。',
      });
    },
  },
  {
    name: 'aided-once',
    zh: '同一原案件、同一人再次申请：受理即被拦下',
    en: 'the same person under the same original case: stopped before it is accepted',
    async run(demo) {
      await submitClue(demo, 'again', ['advanced'], {
        linkedCase: (await demo.read('handler.heping', theCase(demo, ADVANCED))).linkedCase,
      });
      await demo.decide('head.heping', `${ADDRESS.clue}/${demo.id('again')}`, 'acceptance', {}, 409);
      await demo.decide('head.heping', `${ADDRESS.clue}/${demo.id('again')}`, 'rejection', {
        ...{ reasonCode: 'other', reason: '同一原案件已获救助，一案只救助一次。' },
      });
    },
  },
];

const jointSteps: readonly Step[] = [
  {
    name: 'joint-shares',
    zh: '县、市、省三级联合救助：请求分担，上级各自预留',
    en: 'county, city and province together: shares are asked for and reserved on three funds',
    async run(demo) {
      await submitClue(demo, 'joint', ['joint']);
      await acceptClue(demo, 'joint');
      for (const place of ['shenyang', 'liaoning']) {
        const share = { agencyId: await agencyOf(demo, `chief.${place}`), amount: yuan('30000.00') };
        await demo.decide('handler.heping', theCase(demo, JOINT), 'joint-share-request', share);
        await demo.awaits(`chief.${place}`, 'joint-share', 'case', demo.id(JOINT));
        await demo.decide(`chief.${place}`, theCase(demo, JOINT), 'joint-share', share);
      }
    },
  },
  {
    name: 'joint-grant',
    zh: '限额按总额核定：突破三十六个月工资的不予受理，九万元获批',
    en: 'the cap is tested on the sum: beyond 36 monthly wages it is refused, 90,000 is granted',
    async run(demo) {
      await propose(demo, JOINT, ['9000000.00'], {}, 409);
      await propose(demo, JOINT, ['90000.00'], { amountReason: REASON });
      const granted = await demo.decide('chief.heping', theCase(demo, JOINT), 'approval', GRANT);
      const { standard } = objectOf(granted.decision);
      demo.say(`限额 cap ${yuanOf(objectOf(standard).capAmount)}, 决定 granted ${yuanOf(granted.grantedAmount)}`);
    },
  },
  {
    name: 'joint-paid',
    zh: '每一级各付一笔',
    en: 'each level pays its own line',
    async run(demo) {
      const { shares } = await demo.read('handler.heping', theCase(demo, JOINT));
      await payLine(demo, JOINT, '30000.00', 'lump');
      for (const [i, payer] of ['finance.shenyang', 'finance.liaoning'].entries())
        await payLine(demo, JOINT, '30000.00', 'lump', { payer, fundId: String(listOf(shares)[i]?.fundId) });
      await demo.sees('chief.heping', theCase(demo, JOINT), (seen) => `已付 paid ${yuanOf(seen.paidAmount)}`);
      await demo.decide('handler.heping', theCase(demo, JOINT), 'closure', { summary: '三级联合救助已全部发放。' });
    },
  },
];

export const moneyRuleSteps: readonly Step[] = [...advanceSteps, ...jointSteps];
