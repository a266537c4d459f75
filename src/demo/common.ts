// What several chapters of the demo need: who belongs where, the original case, people of a case, payment from plan to receipt.
import type { Json } from './client.ts';
import { ADDRESS, type Demo, itemsOf, listOf, objectOf, yuan } from './teller.ts';

const meOf = (demo: Demo, officer: string) => demo.read(officer, '/v1/me');
export const agencyOf = async (demo: Demo, officer: string) => String(objectOf((await meOf(demo, officer)).agency).id);
export const officerIdOf = async (demo: Demo, officer: string) =>
  String(objectOf((await meOf(demo, officer)).officer).id);

export const clue = (demo: Demo, name: string) => `${ADDRESS.clue}/${demo.id(name)}`;
export const theCase = (demo: Demo, name: string) => `${ADDRESS.case}/${demo.id(name)}`;

export async function moveClock(demo: Demo, day: string): Promise<void> {
  const body = { now: `${day}T09:00:00+08:00` };
  await demo.call('admin', 'POST', '/v1/sandbox/clock', { body }, 200);
  demo.today = day;
}

export function clueInput(demo: Demo, key: string, people: readonly string[], change: Json = {}): Json {
  return {
    externalId: `demo-${demo.tag}-${key}`,
    source: 'wf_visit',
    regionCode: '210102',
    foundOn: demo.today,
    facts: '被害人一方因案致困，被告人无赔偿能力，未能获得赔偿。（演示虚构）',
    hardship: '家庭收入中断，医疗与子女就学支出难以负担。（演示虚构）',
    linkedCase: {
      type: 'criminal',
      number: `沈和检刑诉〔${demo.today.slice(0, 4)}〕演${demo.tag}${key}号`,
      handlingOrgan: '沈阳市和平区人民检察院',
    },
    subjects: people.map((name) => demo.person(name)),
    ...change,
  };
}

export const submitClue = async (demo: Demo, key: string, people: readonly string[], change: Json = {}) => {
  const made = await demo.create('wf.heping', ADDRESS.clue, clueInput(demo, key, people, change));
  return demo.keep(key, made.id);
};

/** The head accepts and names the handler; the case is kept as `<clue>.case`. */
export async function acceptClue(demo: Demo, key: string): Promise<string> {
  const handlerOfficerId = await officerIdOf(demo, 'handler.heping');
  const body = { opinion: '符合受理条件，指定专人优先办理。', handlerOfficerId };
  const accepted = await demo.decide('head.heping', clue(demo, key), 'acceptance', body);
  return demo.keep(`${key}.case`, accepted.assistanceCaseId);
}

export type Beneficiary = { id: string; personId: string; grantedAmount: unknown };
export async function beneficiariesOf(demo: Demo, caseName: string): Promise<Beneficiary[]> {
  const body = await demo.read('handler.heping', theCase(demo, caseName));
  return listOf(body.beneficiaries).map(({ id, personId, grantedAmount }) => ({
    ...{ id: String(id), personId: String(personId) },
    grantedAmount,
  }));
}

/** Own amounts, one for each beneficiary in the order of the case. */
export async function propose(
  demo: Demo,
  caseName: string,
  amounts: readonly string[],
  change: Json = {},
  status = 200,
): Promise<void> {
  const people = await beneficiariesOf(demo, caseName);
  const awards = people.map(({ id }, i) => ({ beneficiaryId: id, amount: yuan(amounts[i] ?? '10000.00') }));
  const body = {
    eligibilityCode: 'E3',
    exclusions: [{ code: 'X1', applies: false, note: '无过错' }],
    awards,
    opinion: '因案致困，符合救助条件，建议救助。',
    ...change,
  };
  await demo.decide('handler.heping', theCase(demo, caseName), 'proposal', body, status);
}

export async function planLines(demo: Demo, caseName: string): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, { id, grantedAmount }] of (await beneficiariesOf(demo, caseName)).entries()) {
    const payee = {
      type: i === 0 ? 'self' : 'guardian',
      name: '李秀兰',
      bankName: '样例银行沈阳分行',
      accountNumber: `62220000000000${1000 + i}`,
    };
    const requestNumber = `demo-${demo.tag}-${caseName}-${i + 1}`;
    const body = { beneficiaryId: id, amount: grantedAmount, kind: 'lump', payee, requestNumber };
    ids.push(String((await demo.create('handler.heping', `${theCase(demo, caseName)}/disbursements`, body)).id));
  }
  return ids;
}

type Paying = { payer?: string; fundId?: string; payee?: Json };
const SELF = { type: 'self', name: '李秀兰', bankName: '样例银行沈阳分行', accountNumber: '622200000000001000' };

/** A line of that kind through authorisation, submission and settlement; finance of who carries that part pays it. */
export async function payLine(
  demo: Demo,
  caseName: string,
  amount: string,
  kind: string,
  { payer = 'finance.heping', fundId, payee = SELF }: Paying = {},
): Promise<string> {
  const [beneficiary] = await beneficiariesOf(demo, caseName);
  const requestNumber = `demo-${demo.tag}-${caseName}-${kind}-${payer}`;
  const drawn = fundId ? { fundId } : {};
  const body = { beneficiaryId: beneficiary?.id, amount: yuan(amount), kind, payee, requestNumber, ...drawn };
  const line = await demo.create('handler.heping', `${theCase(demo, caseName)}/disbursements`, body);
  const path = `${ADDRESS.disbursement}/${String(line.id)}`;
  await demo.decide('head.heping', path, 'authorisation');
  await demo.decide(payer, path, 'submission');
  await demo.decide(payer, path, 'settlement', { paidOn: demo.today, bankReference: `BK-${requestNumber}` });
  return String(line.id);
}

/** A paper put on a record, in a few bytes that are what they claim to be. */
export async function attach(demo: Demo, path: string, kind: string, title: string): Promise<string> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('title', title);
  form.set('file', new Blob(['%PDF-1.7\n%%EOF\n'], { type: 'application/pdf' }), `${title}.pdf`);
  return String((await demo.call('handler.heping', 'POST', `${path}/documents`, { form })).id);
}

/** The same step on every line of the case. */
export async function onLines(demo: Demo, caseName: string, officer: string, verb: string, body: Json = {}) {
  const known = await demo.read('handler.heping', `${theCase(demo, caseName)}/disbursements`);
  for (const line of itemsOf(known).reverse()) {
    await demo.decide(officer, `${ADDRESS.disbursement}/${String(line.id)}`, verb, body);
  }
}

/** A referral to the department of that officer, in the words of the procuratorate. */
export async function referralTo(demo: Demo, officer: string, measure: string, people: Json): Promise<Json> {
  const proposal = '家庭因案致困，建议依职责落实相应救助措施。（演示虚构）';
  const agencyId = await agencyOf(demo, officer);
  return { agencyId, measures: [measure], proposal, legalBasis: 'statutory_duty', ...people };
}

/** The department takes it up and delivers. */
export async function deliver(demo: Demo, officer: string, referralId: string, verbs: readonly string[]) {
  const bodies: Readonly<Record<string, Json>> = {
    completion: { outcome: 'delivered', note: '措施已落实' },
  };
  for (const verb of verbs) {
    await demo.decide(officer, `${ADDRESS.referral}/${referralId}`, verb, bodies[verb] ?? {});
  }
}

export async function answerClue(demo: Demo, key: string, officer: string, body: Json): Promise<void> {
  await demo.awaits(officer, 'answer', 'clue', demo.id(key));
  await demo.decide(officer, clue(demo, key), 'answer', body);
  await demo.sees('wf.heping', clue(demo, key), (seen) => {
    const { result } = objectOf(seen.answer ?? seen.outcome);
    return `看到结果 reads the answer: ${String(result ?? seen.state)}`;
  });
}
