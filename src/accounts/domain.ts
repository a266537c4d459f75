// The monitoring account (监测台账): one open account per aided person, kept by the procuratorate and the Federation together.
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';
import { firstVisitDue, nextVisitDue, type RiskLevel, type VisitState } from '../visits/domain.ts';

export const ACCOUNT_STATES = ['open', 'escalated', 'stable', 'closed'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];
export const NEXT_ACTION_KINDS = ['visit', 'referral_response', 'first_visit', 'plan_visit'] as const;
export type NextActionKind = (typeof NEXT_ACTION_KINDS)[number];
export const ENTRY_KINDS = ['note', 'contact', 'consultation', 'concern'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export const accountMachine = machine('account', '监测台账', ACCOUNT_STATES, {
  escalate: { from: ['open'], to: 'escalated' },
  'de-escalate': { from: ['escalated'], to: 'open' },
  stabilise: { from: ['open', 'escalated'], to: 'stable' },
  close: { from: ['stable'], to: 'closed' },
  reopen: { from: ['closed'], to: 'open' },
});
export type AccountVerb = keyof typeof accountMachine.verbs;

/** The latest reason of each step; sealed as one. */
export type AccountReasons = { escalation?: string; deEscalation?: string; stabilisation?: string; reopening?: string };

export type Consent = { agencyId: string; personKey: string };

export type AccountFacts = {
  state: AccountState;
  procuratorateId: string;
  federationId: string | null;
  consents: readonly Consent[];
};

export const accountProblems = defineProblems({
  'account.not_owner': {
    status: 403,
    zh: ['非台账主管单位', '台账由承办检察院与同级妇联共同管理', '由上述单位的人员办理'],
    en: [
      'Not an owner',
      'the account belongs to the handling procuratorate and the Federation of its region and level',
      'let an officer of an owner do it',
    ],
  },
  'account.consent_given': {
    status: 409,
    zh: ['本单位已同意销号', '本单位已同意，尚待另一主管单位同意', '由另一主管单位办理'],
    en: [
      'Consent was given',
      'your agency has agreed to close; the other owner has not',
      'let the other owner close it',
    ],
  },
  'account.person_has_open': {
    status: 409,
    zh: ['已有在管台账', '该人员已有另一在管台账，每人只能有一个', '在现有台账中继续'],
    en: ['An account is open', 'this person has another open account; there is one per person', 'continue in that one'],
  },
  'account.closed': {
    status: 409,
    zh: ['台账已销号', '台账已销号，不能新增内容', '先重新启用台账'],
    en: ['Account is closed', 'nothing can be added to a closed account', 'reopen it first'],
  },
  'account.no_origin': {
    status: 409,
    zh: ['没有可移送的来源', '台账没有本单位批准救助的案件，也没有转社会救助的线索', '从办理该案件或线索的单位移送'],
    en: [
      'Nothing to refer from',
      'the account has no granted case and no routed clue of your agency',
      'let the agency of the case or clue refer',
    ],
  },
});

export function isOwner(account: Pick<AccountFacts, 'procuratorateId' | 'federationId'>, agencyId: string): boolean {
  return agencyId === account.procuratorateId || agencyId === account.federationId;
}

const onlyOwner = (account: AccountFacts, actor: Actor): Problem | undefined =>
  isOwner(account, actor.agency.id) ? undefined : accountProblems['account.not_owner']();

/** Both owners, two different people: each consents once. */
const mayConsent = (account: AccountFacts, actor: Actor): Problem | undefined => {
  const refused = onlyOwner(account, actor);
  if (refused) return refused;
  if (account.consents.some((c) => c.agencyId === actor.agency.id)) return accountProblems['account.consent_given']();
  return account.consents.some((c) => samePerson(actor, c.personKey))
    ? actionProblems['decision.four_eyes']({ who: '两个主管单位的同意', whoEn: 'the two owners who consent' })
    : undefined;
};

const step = { permission: 'account:manage', officer: true, guard: onlyOwner } as const;

export const accountActions = {
  escalation: { ...step, verbs: ['escalate'], label: ['升级关注', 'Escalate'], path: 'escalation' },
  'de-escalation': { ...step, verbs: ['de-escalate'], label: ['解除升级', 'De-escalate'], path: 'de-escalation' },
  stabilisation: { ...step, verbs: ['stabilise'], label: ['转为稳定', 'Stabilise'], path: 'stabilisation' },
  closure: { ...step, verbs: ['close'], label: ['销号', 'Close'], path: 'closure', guard: mayConsent },
  reopening: { ...step, verbs: ['reopen'], label: ['重新启用', 'Reopen'], path: 'reopening' },
} as const satisfies ActionTable<AccountFacts, AccountVerb>;

/** True when every owner has consented with this one. */
export function closesWith(account: AccountFacts, agencyId: string): boolean {
  const given = new Set([...account.consents.map((c) => c.agencyId), agencyId]);
  return [account.procuratorateId, account.federationId].every((owner) => owner === null || given.has(owner));
}

export type ProjectedVisit = {
  state: VisitState;
  plannedOn: string;
  doneOn: string | null;
  riskLevel: RiskLevel | null;
};
export type ProjectedReferral = { state: string; respondBy: string | null };
export type NextAction = { kind: NextActionKind; dueOn: string };

const AWAITING_ANSWER = ['requested', 'received'];

const earliest = (days: readonly string[]): string | undefined => [...days].sort()[0];

/** There is always one: the next planned visit, else an answer that is awaited, else a visit to be planned (rule D-VISIT). */
export function nextActionOf(
  openedOn: string,
  visits: readonly ProjectedVisit[],
  referrals: readonly ProjectedReferral[],
): NextAction {
  const planned = earliest(visits.filter((v) => v.state === 'planned').map((v) => v.plannedOn));
  if (planned) return { kind: 'visit', dueOn: planned };
  const awaited = referrals.filter((r) => AWAITING_ANSWER.includes(r.state)).flatMap((r) => r.respondBy ?? []);
  const answer = earliest(awaited);
  if (answer) return { kind: 'referral_response', dueOn: answer };
  const lastDone = visits
    .flatMap((v) => v.doneOn ?? [])
    .sort()
    .at(-1);
  return lastDone
    ? { kind: 'plan_visit', dueOn: nextVisitDue(lastDone) }
    : { kind: 'first_visit', dueOn: firstVisitDue(openedOn) };
}

/** The risk seen at the last visit that was made; visits come oldest first. */
export function riskOf(visits: readonly ProjectedVisit[]): RiskLevel | null {
  const done = visits.filter((v) => v.doneOn !== null && v.riskLevel !== null);
  return done.sort((a, b) => ((a.doneOn ?? '') < (b.doneOn ?? '') ? -1 : 1)).at(-1)?.riskLevel ?? null;
}
