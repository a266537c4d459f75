// A granted case and its lines over HTTP, as the officers of Heping would make them.
import pg from 'pg';
import { completeCitizenId } from '../../../src/kernel/citizen-id.ts';
import type { Answer, Api, Json } from '../../support/api.ts';
import { sampleClue } from '../../support/samples.ts';
import type { Service } from '../../support/service.ts';

let people = 0;
let requests = 0;

/** Another woman each time, so that no rule about one person ties two cases together. */
function subject() {
  people += 1;
  const day = String(1 + (people % 28)).padStart(2, '0');
  const idNumber = completeCitizenId(`210102${1980 + (people % 20)}04${day}${String(people * 2).padStart(3, '0')}`);
  return { ...sampleClue().subjects[0], idNumber };
}

export const yuan = (amount: string) => ({ amount, currency: 'CNY' });

export function ok(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

export type Granted = { id: string; path: string; beneficiaries: string[] };

/** A case up to its pending approval; one beneficiary per amount. */
export async function proposedCase(api: Api, amounts: readonly string[], fundId?: string): Promise<Granted> {
  const { source: _source, foundOn: _foundOn, ...clue } = sampleClue();
  const body = { ...clue, initiation: 'ex_officio', subjects: amounts.map(subject) };
  const made = ok(await api.create('intake.heping', '/v1/assistance-cases', body));
  const path = `/v1/assistance-cases/${String(made.body.id)}`;
  const me = await api.get('handler.heping', '/v1/me');
  const handlerOfficerId = (me.body.officer as { id: string }).id;
  ok(await api.decide('head.heping', path, 'assignment', { handlerOfficerId }));
  const beneficiaries = (made.body.beneficiaries as { id: string }[]).map((b) => b.id);
  const awards = amounts.map((amount, i) => ({
    beneficiaryId: beneficiaries[i],
    amount: yuan(amount),
    ...(fundId ? { fundId } : {}),
  }));
  ok(await api.decide('handler.heping', path, 'proposal', { eligibilityCode: 'E1', awards, opinion: '建议予以救助' }));
  return { id: String(made.body.id), path, beneficiaries };
}

export const grant = { outcome: 'granted', opinion: '同意' };

export async function grantedCase(api: Api, amounts: readonly string[] = ['20000.00']): Promise<Granted> {
  const found = await proposedCase(api, amounts);
  ok(await api.decide('chief.heping', found.path, 'approval', grant));
  return found;
}

export function line(found: Granted, amount = '20000.00', change: Json = {}): Json {
  requests += 1;
  return {
    beneficiaryId: found.beneficiaries[0],
    amount: yuan(amount),
    kind: 'lump',
    payee: { type: 'self', name: '李秀兰', bankName: '中国银行沈阳南湖支行', accountNumber: '6222020012345678901' },
    requestNumber: `HP-2026-${requests}`,
    ...change,
  };
}

/** Plans a line and answers its path. */
export async function planned(api: Api, found: Granted, amount?: string, change?: Json): Promise<string> {
  const answer = await api.create('handler.heping', `${found.path}/disbursements`, line(found, amount, change));
  return `/v1/disbursements/${String(ok(answer).body.id)}`;
}

const settlement = { paidOn: '2026-01-15', bankReference: 'BOC20260115-0001' };

const STEPS: readonly (readonly [state: string, officer: string, verb: string, body: Json])[] = [
  ['authorised', 'head.heping', 'authorisation', {}],
  ['submitted', 'finance.heping', 'submission', {}],
  ['settled', 'finance.heping', 'settlement', settlement],
  ['receipt_confirmed', 'handler.heping', 'receipt-confirmation', { outcome: 'received', note: '本人确认' }],
];

/** Takes a planned line along the straight path to `state`; answers the last reply. */
export async function advanceTo(api: Api, path: string, state: string): Promise<Answer> {
  let last = ok(await api.get('handler.heping', path));
  const from = STEPS.findIndex(([reached]) => reached === last.body.state) + 1;
  for (const [reached, officer, verb, body] of STEPS.slice(from)) {
    if (last.body.state === state) break;
    last = ok(await api.decide(officer, path, verb, body));
    if (last.body.state !== reached && reached !== state) throw new Error(`${path} is ${String(last.body.state)}`);
  }
  return last;
}

export async function fundPath(api: Api): Promise<string> {
  const { body } = ok(await api.get('finance.heping', '/v1/funds'));
  return `/v1/funds/${String(body.items?.[0]?.id)}`;
}

/** available, reserved, in transit, posted of Heping's default fund. */
export async function balance(api: Api): Promise<string[]> {
  const { body } = ok(await api.get('finance.heping', `${await fundPath(api)}/balance`));
  const names = ['available', 'reserved', 'inTransit', 'posted'] as const;
  return names.map((name) => (body[name] as { amount: string }).amount);
}

/** What has changed in each account since `before`, in yuan. */
export async function moved(api: Api, before: readonly string[]): Promise<number[]> {
  return (await balance(api)).map((amount, i) => Math.round(Number(amount) * 100 - Number(before[i]) * 100) / 100);
}

/** A statement as the owner of the database: what no officer could see or do. */
export async function asOwner(service: Service, text: string, values: unknown[] = []): Promise<Json[]> {
  const client = new pg.Client({ connectionString: service.database.ownerUrl });
  await client.connect();
  try {
    return (await client.query<Json>(text, values)).rows;
  } finally {
    await client.end();
  }
}
