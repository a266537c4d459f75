// The whole flow as stories: cases, payments, referrals, visits and accounts of a district, each brought into a given state over HTTP.
import type { NewClient } from '../../src/agencies/clients.ts';
import type { Api, Json } from './api.ts';
import type { UploadFile } from './fixtures/fixture.ts';
import { multipart } from './multipart.ts';
import { sampleClue } from './samples.ts';
import { createStory, type District, type Known, must, REGION } from './story.ts';

export const yuan = (amount: string) => ({ amount, currency: 'CNY' });
export const GRANT = { outcome: 'granted', opinion: '同意救助' };
const BECAUSE = { reason: '生活稳定，措施落实' };

type Beneficiary = { id: string; personId: string };
export const beneficiariesOf = (known: Known) => known.body.beneficiaries as Beneficiary[];

/** What no route can make: a credential without an officer, and a sealed audit record, whose id `seal` answers. */
export function createWorld(api: Api, addClient: () => Promise<NewClient>, seal?: () => Promise<string>) {
  const story = createStory(api);
  const { decide } = story;
  const at = (post: string, district: District = 'heping') => `${post}.${district}`;

  async function sealed(): Promise<string> {
    if (!seal) throw new Error('this world seals nothing');
    await shared('granted');
    return seal();
  }

  const officerId = async (officer: string) => ((await story.me(officer)).officer as { id: string }).id;

  async function read(officer: string, path: string): Promise<Known> {
    const answer = await api.get(officer, path);
    if (answer.status !== 200) throw new Error(`${path} as ${officer}: ${answer.status} ${answer.text}`);
    return { id: String(answer.body.id), path, body: answer.body };
  }

  const made = new Map<string, Promise<Known>>();
  /** One for all who only read it, or only add to it. */
  function shared(state: 'granted' | 'account' | 'visit' | 'referral'): Promise<Known> {
    const makers = { granted, account, visit, referral: () => referral('accepted') };
    const known = made.get(state) ?? makers[state]();
    made.set(state, known);
    return known;
  }

  const caseInput = (district: District = 'heping'): Json => ({
    initiation: 'ex_officio',
    regionCode: REGION[district],
    linkedCase: sampleClue().linkedCase,
    facts: '被害人重伤，被告人无赔偿能力。',
    hardship: '独自抚养一名未成年子女。',
    subjects: [story.subject()],
  });

  async function opened(district: District = 'heping'): Promise<Known> {
    const path = '/v1/assistance-cases';
    return must(await api.create(at('handler', district), path, caseInput(district)), path);
  }

  const proposal = (known: Known): Json => ({
    eligibilityCode: 'E1',
    exclusions: [{ code: 'X1', applies: false, note: '无过错' }],
    awards: beneficiariesOf(known).map((b) => ({ beneficiaryId: b.id, amount: yuan('20000.00') })),
    opinion: '符合救助条件，建议予以救助',
  });

  async function underReview(district: District = 'heping'): Promise<Known> {
    const handlerOfficerId = await officerId(at('handler', district));
    return decide(at('head', district), await opened(district), 'assignment', { handlerOfficerId });
  }

  /** Half of what a case is usually granted, from the city. */
  async function shareInput(): Promise<Json> {
    return { agencyId: await story.agencyOf('chief.shenyang'), amount: yuan('10000.00') };
  }

  async function proposed(district: District = 'heping'): Promise<Known> {
    const known = await underReview(district);
    return decide(at('handler', district), known, 'proposal', proposal(known));
  }

  const granted = async (district: District = 'heping') =>
    decide(at('chief', district), await proposed(district), 'approval', GRANT);

  const refused = async () =>
    decide('chief.heping', await proposed(), 'approval', {
      outcome: 'refused',
      opinion: '生活困难与案件无关',
      exclusionCode: 'X5',
    });

  const lineInput = (known: Known): Json => ({
    beneficiaryId: beneficiariesOf(known)[0]?.id,
    amount: yuan('20000.00'),
    kind: 'lump',
    payee: { type: 'self', name: '李秀兰', bankName: '中国银行沈阳南湖支行', accountNumber: '6222020012345678901' },
    requestNumber: story.reference('HP-2026'),
  });

  const STEPS: readonly (readonly [state: string, post: string, verb: string, body: Json])[] = [
    ['authorised', 'head', 'authorisation', {}],
    ['submitted', 'finance', 'submission', {}],
    ['settled', 'finance', 'settlement', { paidOn: '2026-11-16', bankReference: 'BOC20261116-0001' }],
  ];

  /** A line of a granted case, taken along the straight path up to `state`. */
  async function line(state = 'reserved', district: District = 'heping'): Promise<Known> {
    const known = await granted(district);
    const path = `${known.path}/disbursements`;
    let made = must(await api.create(at('handler', district), path, lineInput(known)), '/v1/disbursements');
    for (const [reached, post, verb, body] of STEPS) {
      if (made.body.state === state) break;
      made = await decide(at(post, district), made, verb, body);
      if (made.body.state !== reached) throw new Error(`${made.path} is ${String(made.body.state)}`);
    }
    return made;
  }

  async function referralInput(known: Known, officer = 'civil.heping', measures = ['MCA3']): Promise<Json> {
    return {
      agencyId: await story.agencyOf(officer),
      personIds: beneficiariesOf(known).map((b) => b.personId),
      measures,
      proposal: '家庭生活困难，建议给予救助',
      legalBasis: 'statutory_duty',
    };
  }

  const REFERRAL_STEPS: readonly (readonly [state: string, verb: string, body: Json])[] = [
    ['received', 'receipt', {}],
    ['accepted', 'acceptance', {}],
    ['in_progress', 'start', {}],
    ['on_hold', 'hold', { reason: '等待户籍证明' }],
  ];

  /** A referral of a granted case to the civil affairs bureau of its district, in the given state. */
  async function referral(state = 'requested', district: District = 'heping'): Promise<Known> {
    const known = await granted(district);
    const civil = at('civil', district);
    const body = await referralInput(known, civil);
    let made = must(await api.create(at('handler', district), `${known.path}/referrals`, body), '/v1/referrals');
    for (const [, verb, input] of REFERRAL_STEPS) {
      if (made.body.state === state) break;
      made = await decide(civil, made, verb, input);
    }
    return made;
  }

  const visitInput = (change: Json = {}): Json => ({ plannedOn: '2027-01-12', mode: 'home', ...change });

  async function visit(district: District = 'heping'): Promise<Known> {
    const known = await granted(district);
    const path = `${known.path}/visits`;
    return must(await api.create(at('handler', district), path, visitInput()), '/v1/visits');
  }

  /** The account that follows a grant, as its procuratorate sees it. */
  async function account(district: District = 'heping'): Promise<Known> {
    const known = await granted(district);
    const officer = at('handler', district);
    const personId = beneficiariesOf(known)[0]?.personId ?? '';
    const { body } = await api.get(officer, `/v1/monitoring-accounts?personId=${personId}`);
    return read(officer, `/v1/monitoring-accounts/${String(body.items?.[0]?.id)}`);
  }

  const stableAccount = async () => decide('handler.heping', await account(), 'stabilisation', BECAUSE);

  async function closedAccount(): Promise<Known> {
    const known = await stableAccount();
    await decide('handler.heping', known, 'closure', BECAUSE);
    return decide('wf.heping', known, 'closure', BECAUSE);
  }

  async function fund(officer = 'finance.heping'): Promise<Known> {
    const { body } = await api.get(officer, '/v1/funds');
    return read(officer, `/v1/funds/${String(body.items?.[0]?.id)}`);
  }

  /** What the Federation gets when a case with a woman in it is closed. */
  async function notice(district: District = 'heping'): Promise<Known> {
    const known = await granted(district);
    const ending = { summary: '救助完毕，转妇联跟进', advice: '关注其子女就学情况' };
    await decide(at('handler', district), known, 'closure', ending);
    const officer = at('wf', district);
    const { body } = await api.get(officer, `/v1/case-notices?assistanceCaseId=${known.id}`);
    return read(officer, `/v1/case-notices/${String(body.items?.[0]?.id)}`);
  }

  /** A document on the resource with that path. */
  async function uploaded(
    officer: string,
    path: string,
    file: UploadFile,
    fields: Json = { kind: 'other' },
  ): Promise<Known> {
    const at = `${path}/documents`;
    return must(await api.as(officer, 'POST', at, multipart(fields, file)), '/v1/documents');
  }

  return {
    ...story,
    api,
    uploaded,
    addClient,
    officerId,
    read,
    shared,
    caseInput,
    opened,
    proposal,
    underReview,
    shareInput,
    proposed,
    granted,
    refused,
    lineInput,
    line,
    referralInput,
    referral,
    visitInput,
    visit,
    account,
    stableAccount,
    closedAccount,
    fund,
    notice,
    sealed,
  };
}

export type World = ReturnType<typeof createWorld>;
