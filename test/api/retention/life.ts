// The whole life of a case with a woman and a child in it, every text with a mark of its own: what is looked for afterwards.
import { completeCitizenId } from '../../../src/kernel/citizen-id.ts';
import type { Api, Json } from '../../support/api.ts';
import { type Known, must } from '../../support/story.ts';
import { beneficiariesOf, createWorld, type World, yuan } from '../../support/world.ts';

export const worldOf = (api: Api): World =>
  createWorld(api, async () => {
    throw new Error('no client here');
  });

const NAMES = ['欧阳秀珍', '司徒慧敏', '上官婉仪', '诸葛淑芬', '夏侯玉梅', '东方丽华', '皇甫静怡', '尉迟雅琴'];
const CHILDREN = ['赵小宝', '钱多多', '孙乐乐', '周平平', '吴安安', '郑欢欢', '王朵朵', '冯豆豆'];
let lives = 0;

export type Life = {
  caseId: string;
  clue: Known;
  personId: string;
  childId: string | null;
  name: string;
  /** What is the person's own: identity, contact, account, and the marks of every text. */
  truth: string[];
  /** The child's identity: somebody else's. */
  third: string[];
  idNumber: string;
  referral: Known;
  visit: Known;
  line: Known;
  accountId: string;
};

type Options = { alone?: boolean };

/** From the clue to the settled payment, the completed referral and the visit. */
export async function liveCase(world: World, { alone = false }: Options = {}): Promise<Life> {
  lives += 1;
  const n = String(lives).padStart(2, '0');
  const mark = (what: string) => `${what}标记${n}号`;
  const truth: string[] = [];
  const told = (what: string) => {
    const text = mark(what);
    truth.push(text);
    return `${text}。`;
  };
  const name = `${NAMES[lives % NAMES.length]}${lives > NAMES.length ? '氏' : ''}`;
  const child = `${CHILDREN[lives % CHILDREN.length]}`;
  const idNumber = completeCitizenId(
    `2101021977${n.slice(-2) === '00' ? '01' : '01'}${String((lives % 28) + 1).padStart(2, '0')}${String(900 - lives * 2)}`,
  );
  const childId = completeCitizenId(
    `2101022016${'05'}${String((lives % 28) + 1).padStart(2, '0')}${String(901 - lives * 2)}`,
  );
  const phone = `1390249${String(1000 + lives)}`;
  const address = `沈阳市和平区${n}号胡同7栋`;
  const account = `62220212345678${String(10000 + lives)}`;
  truth.push(name, idNumber, phone, address, account);
  const { api, decide, officerId } = world;
  const input = {
    source: 'wf_visit',
    regionCode: '210102',
    facts: `${told('事实')}${name}之子${alone ? '' : child}同住。`,
    hardship: told('困难'),
    linkedCase: { type: 'criminal', number: `沈和检刑诉〔2026〕9${n}号`, handlingOrgan: '沈阳市和平区人民检察院' },
    subjects: [
      {
        name,
        sex: 'female',
        idType: 'citizen_id',
        idNumber,
        phone,
        address,
        householdRegionCode: '210102',
        categories: ['W2'],
        relationToCase: 'self',
      },
      ...(alone
        ? []
        : [
            {
              name: child,
              idType: 'citizen_id',
              idNumber: childId,
              categories: ['C3'],
              relationToCase: 'child',
              guardian: { name, phone },
            },
          ]),
    ],
  };
  const clue = must(await api.create('wf.heping', '/v1/clues', input), '/v1/clues');
  const accepted = await decide('head.heping', clue, 'acceptance', {
    opinion: told('受理意见'),
    handlerOfficerId: await officerId('handler.heping'),
  });
  const path = `/v1/assistance-cases/${String(accepted.body.assistanceCaseId ?? accepted.body.id)}`;
  let known = await world.read('handler.heping', path);
  known = await decide('handler.heping', known, 'proposal', { ...world.proposal(known), opinion: told('提请意见') });
  known = await decide('chief.heping', known, 'approval', { outcome: 'granted', opinion: told('审批意见') });
  const [self, other] = beneficiariesOf(known);
  const personId = self?.personId ?? '';
  const sent = await api.create('handler.heping', `${path}/referrals`, {
    agencyId: await world.agencyOf('civil.heping'),
    personIds: [personId],
    measures: ['MCA3'],
    proposal: told('帮扶建议'),
    legalBasis: 'statutory_duty',
  });
  let referral = must(sent, '/v1/referrals');
  for (const verb of ['receipt', 'acceptance', 'start']) referral = await decide('civil.heping', referral, verb, {});
  referral = await decide('civil.heping', referral, 'completion', { outcome: 'delivered', note: told('办结说明') });
  let line = must(
    await api.create('handler.heping', `${path}/disbursements`, {
      beneficiaryId: self?.id,
      amount: yuan('20000.00'),
      kind: 'lump',
      payee: { type: 'self', name, bankName: '中国银行沈阳南湖支行', accountNumber: account },
      requestNumber: world.reference(`LIFE-${process.pid}`),
    }),
    '/v1/disbursements',
  );
  line = await decide('head.heping', line, 'authorisation', {});
  line = await decide('finance.heping', line, 'submission', {});
  line = await decide('finance.heping', line, 'settlement', { paidOn: '2026-11-16', bankReference: `BOC-${n}` });
  const visits = await api.get('handler.heping', `${path}/visits`);
  const visitId = String(visits.body.items?.[0]?.id);
  let visit = await world.read('handler.heping', `/v1/visits/${visitId}`);
  visit = await decide('handler.heping', visit, 'record', {
    doneOn: '2026-11-20',
    livingConditions: told('生活状况'),
    useOfFunds: told('资金使用'),
    riskLevel: 'low',
    needs: [mark('需求')],
    ...(((visit.body.measuresToCheck as Json[]) ?? []).length > 0
      ? {
          measures: (visit.body.measuresToCheck as Json[]).map((m) => ({
            referralId: m.referralId,
            status: 'arrived',
          })),
        }
      : {}),
  });
  truth.push(mark('需求'));
  const accounts = await api.get('handler.heping', `/v1/monitoring-accounts?personId=${personId}`);
  const accountId = String(accounts.body.items?.[0]?.id);
  await api.create('handler.heping', `/v1/monitoring-accounts/${accountId}/entries`, {
    kind: 'note',
    text: told('台账记录'),
  });
  const third = alone ? [] : [child, childId];
  return {
    caseId: path.split('/').at(-1) ?? '',
    ...{
      clue,
      personId,
      childId: other?.personId ?? null,
      name,
      truth,
      third,
      idNumber,
      referral,
      visit,
      line,
      accountId,
    },
  };
}

/** Everything of it is ended: nothing is open any more. */
export async function endLife(world: World, life: Life): Promise<void> {
  const { api, decide, read } = world;
  await decide('handler.heping', life.line, 'receipt-confirmation', { outcome: 'received' });
  const path = `/v1/assistance-cases/${life.caseId}`;
  for (const visit of (await api.get('handler.heping', `${path}/visits?state=planned`)).body.items ?? [])
    await decide('handler.heping', await read('handler.heping', `/v1/visits/${String(visit.id)}`), 'cancellation', {
      reason: '不再需要',
    });
  await decide('handler.heping', await read('handler.heping', path), 'closure', { summary: '救助完毕' });
  for (const personId of [life.personId, life.childId].filter((id) => id !== null)) {
    const { body } = await api.get('handler.heping', `/v1/monitoring-accounts?personId=${personId}`);
    const id = body.items?.[0]?.id;
    if (!id) continue;
    const account = `/v1/monitoring-accounts/${String(id)}`;
    for (const entry of (await api.get('wf.heping', `${account}/entries`)).body.items ?? [])
      await api.decide('wf.heping', account, `entries/${String(entry.id)}/countersignature`);
    await decide('handler.heping', await read('handler.heping', account), 'stabilisation', { reason: '生活稳定' });
    await decide('handler.heping', await read('handler.heping', account), 'closure', { reason: '生活稳定' });
    await decide('wf.heping', await read('wf.heping', account), 'closure', { reason: '生活稳定' });
  }
}
