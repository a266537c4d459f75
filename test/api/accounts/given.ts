// What tests of visits and accounts start from: aided people, their accounts, accepted referrals and settled payments.
import type { Api, Json } from '../../support/api.ts';
import { type Known, must } from '../../support/story.ts';
import { advanceTo, type Granted, grantedCase, planned } from '../disbursements/flow.ts';
import { createGiven as createReferralGiven, type Department, type GrantedCase } from '../referrals/given.ts';

export type Action = { action: string; allowed: boolean; reasons: { code: string }[] };
export const actionOf = (body: Json, name: string) =>
  (body.availableActions as Action[]).find((action) => action.action === name);

const made = new WeakMap<Api, Given>();

/** One per service: every person in it is another one, whichever test asks. */
export function createGiven(api: Api): Given {
  const known = made.get(api) ?? newGiven(api);
  made.set(api, known);
  return known;
}

function newGiven(api: Api) {
  const given = createReferralGiven(api);
  const { story } = given;

  /** The account of a person as an owner sees it. */
  async function accountOf(personId: string, officer = 'handler.heping'): Promise<Known> {
    const list = await api.get(officer, `/v1/monitoring-accounts?personId=${personId}`);
    const [item] = list.body.items ?? [];
    if (!item) throw new Error(`${officer} sees no account of ${personId}: ${list.text}`);
    return read(officer, `/v1/monitoring-accounts/${String(item.id)}`);
  }

  async function read(officer: string, path: string): Promise<Known> {
    const { status, body, text } = await api.get(officer, path);
    if (status !== 200) throw new Error(`${path} as ${officer}: ${status} ${text}`);
    return { id: String(body.id), path, body };
  }

  /** A granted case, its first beneficiary, and the account that follows. */
  async function aided(people = 1): Promise<{ c: GrantedCase; personId: string; account: Known }> {
    const c = await given.grantedCase(people);
    const personId = c.beneficiaries[0]?.personId ?? '';
    return { c, personId, account: await accountOf(personId) };
  }

  /** A referral of a clue without a case: the account's only origin. */
  async function routed(
    department: Department = 'civil',
  ): Promise<{ referral: Known; personId: string; account: Known; clue: Known }> {
    const clue = await story.clue();
    const { body } = await api.get('intake.heping', clue.path);
    const subject = (body.subjects as { id: string }[])[0]?.id ?? '';
    const one = await given.request(department, [subject]);
    await story.decide('intake.heping', clue, 'social-assistance-routing', { reason: '无关联案件', referrals: [one] });
    const sent = await api.get('handler.heping', '/v1/referrals?direction=sent&limit=1');
    const item = sent.body.items?.[0] ?? {};
    const referral = await read('handler.heping', `/v1/referrals/${String(item.id)}`);
    const personId = (referral.body.persons as { personId: string }[])[0]?.personId ?? '';
    return { referral, personId, account: await accountOf(personId), clue };
  }

  async function visitsOf(casePath: string): Promise<Json[]> {
    const { body } = await api.get('handler.heping', `${casePath}/visits`);
    return body.items ?? [];
  }

  /** A case whose one line is settled. */
  async function paid(amount = '20000.00'): Promise<Granted> {
    const found = await grantedCase(api, [amount]);
    await advanceTo(api, await planned(api, found, amount), 'settled');
    return found;
  }

  const visitInput = (change: Json = {}): Json => ({ plannedOn: '2027-01-10', mode: 'home', ...change });

  async function plannedVisit(c: { path: string }, change: Json = {}): Promise<Known> {
    return must(await api.create('handler.heping', `${c.path}/visits`, visitInput(change)), '/v1/visits');
  }

  const record = (change: Json = {}): Json => ({
    doneOn: '2026-01-10',
    livingConditions: '与子女同住，住房安全，饮食有保障。',
    useOfFunds: '用于医疗与子女学费。',
    riskLevel: 'medium',
    measures: [],
    needs: ['心理疏导'],
    ...change,
  });

  return { ...given, accountOf, read, aided, routed, visitsOf, paid, visitInput, plannedVisit, record };
}

export type Given = ReturnType<typeof newGiven>;
