// The monitoring account (监测台账): one open account per aided person, kept by the procuratorate and the Federation together.
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const ACCOUNT_STATES = ['open', 'escalated', 'stable', 'closed'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];
export const CLOSING_REASONS = enumValues('account-closing-reasons');
export type ClosingReason = EnumValue<'account-closing-reasons'>;

export const accountMachine = machine('account', '监测台账', ACCOUNT_STATES, {
  escalate: { from: ['open'], to: 'escalated' },
  'de-escalate': { from: ['escalated'], to: 'open' },
  stabilise: { from: ['open', 'escalated'], to: 'stable' },
  close: { from: ['stable'], to: 'closed' },
  reopen: { from: ['closed'], to: 'open' },
});
export const ENTRY_STATES = enumValues('account-entry-states');
export type EntryState = EnumValue<'account-entry-states'>;
export type AccountVerb = keyof typeof accountMachine.verbs;

/** The latest reason of each step; sealed as one. */
export type AccountReasons = { escalation?: string; deEscalation?: string; stabilisation?: string; reopening?: string };

export type Consent = { agencyId: string; personKey: string };

/** An entry that waits for the other owner, or whose objection waits for its writer. */
export type DueEntry = { state: EntryState; agencyId: string; personKey: string | null };

export type AccountFacts = {
  state: AccountState;
  procuratorateId: string;
  federationId: string | null;
  consents: readonly Consent[];
  dueEntries: readonly DueEntry[];
  /** A transfer that the receiver has not answered yet. */
  transfer: { toAgencyId: string; personKey: string } | null;
  /** The account of the same person in which this one goes on. */
  mergedIntoId: string | null;
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
  'account.merged': {
    status: 409,
    zh: ['台账已合并', '该人员的台账已并入另一台账，每人只能有一个', '在 mergedIntoId 所指的台账中继续'],
    en: ['Account was merged', 'the person has another account, in which this one goes on', 'continue in mergedIntoId'],
  },
  'account.closed': {
    status: 409,
    zh: ['台账已销号', '台账已销号，不能新增内容', '先重新启用台账'],
    en: ['Account is closed', 'nothing can be added to a closed account', 'reopen it first'],
  },
  'account.no_origin': {
    status: 409,
    zh: [
      '没有可移送的来源',
      '台账没有本单位已决定的案件，也没有转社会救助的线索或接收的移交',
      '从办理该案件或线索的单位移送',
    ],
    en: [
      'Nothing to refer from',
      'the account has no decided case, no routed clue and no transfer of your agency',
      'let the agency of the case or clue refer',
    ],
  },
  'account.nothing_to_countersign': {
    status: 409,
    zh: ['没有待会签的记录', '另一主管单位没有待本单位会签的记录', '无须办理'],
    en: ['Nothing to countersign', 'no entry of the other owner waits for your agency', 'nothing is to be done'],
  },
  'account.nothing_to_answer': {
    status: 409,
    zh: ['没有待答复的异议', '本单位的记录没有待答复的异议', '无须办理'],
    en: ['Nothing to answer', 'no objection to an entry of your agency waits for an answer', 'nothing is to be done'],
  },
  'account.transfer_pending': {
    status: 409,
    zh: ['移交待确认', '台账已提出移交，接收单位尚未答复', '等待答复，或撤回移交'],
    en: [
      'A transfer is pending',
      'the receiving procuratorate has not answered yet',
      'wait for the answer, or withdraw the transfer',
    ],
  },
  'account.no_transfer': {
    status: 409,
    zh: ['没有待确认的移交', '台账没有待接收单位答复的移交', '先提出移交'],
    en: ['No transfer is pending', 'there is no transfer to be answered', 'request a transfer first'],
  },
  'account.not_receiver': {
    status: 403,
    zh: ['非接收单位', '移交由接收检察院答复', '由接收检察院的人员办理'],
    en: [
      'Not the receiving procuratorate',
      'a transfer is answered by the procuratorate that is to take over',
      'let one of its officers do it',
    ],
  },
  'account.same_agency': {
    status: 409,
    zh: ['移交单位相同', '台账已由该检察院管理', '选择其他检察院'],
    en: ['Same agency', 'the account belongs to that procuratorate already', 'choose another procuratorate'],
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
  if (account.transfer) return accountProblems['account.transfer_pending']();
  if (account.consents.some((c) => c.agencyId === actor.agency.id)) return accountProblems['account.consent_given']();
  return account.consents.some((c) => samePerson(actor, c.personKey))
    ? actionProblems['decision.four_eyes']({ who: '两个主管单位的同意', whoEn: 'the two owners who consent' })
    : undefined;
};

const mayReopen = (account: AccountFacts, actor: Actor): Problem | undefined =>
  onlyOwner(account, actor) ?? (account.mergedIntoId ? accountProblems['account.merged']() : undefined);

const mayTransfer = (account: AccountFacts, actor: Actor): Problem | undefined => {
  const refused = onlyOwner(account, actor);
  if (refused) return refused;
  if (account.state === 'closed') return accountProblems['account.closed']();
  return account.transfer ? accountProblems['account.transfer_pending']() : undefined;
};

/** The receiver answers, by another human than the one who asked. */
/** Of an account that went into another one nothing is transferred any more; it waits for the merge to be reversed. */
const mayAnswerTransfer = ({ state, transfer }: AccountFacts, actor: Actor): Problem | undefined => {
  if (!transfer || state === 'closed') return accountProblems['account.no_transfer']();
  if (transfer.toAgencyId !== actor.agency.id) return accountProblems['account.not_receiver']();
  return samePerson(actor, transfer.personKey)
    ? actionProblems['decision.four_eyes']({ who: '移交与接收', whoEn: 'who hands over and who takes over' })
    : undefined;
};

const mayWithdrawTransfer = (account: AccountFacts, actor: Actor): Problem | undefined =>
  onlyOwner(account, actor) ??
  (account.transfer && account.state !== 'closed' ? undefined : accountProblems['account.no_transfer']());

/** Entries of the other owner, written by another human. */
const mayCountersign = (account: AccountFacts, actor: Actor): Problem | undefined => {
  const refused = onlyOwner(account, actor);
  if (refused) return refused;
  const theirs = account.dueEntries.filter((e) => e.state === 'open' && e.agencyId !== actor.agency.id);
  if (theirs.length === 0) return accountProblems['account.nothing_to_countersign']();
  return theirs.every((e) => samePerson(actor, e.personKey))
    ? actionProblems['decision.four_eyes']({ who: '记入与会签', whoEn: 'who writes an entry and who answers it' })
    : undefined;
};

/** Whoever wrote what was objected to answers by another entry. */
const mayAnswerObjection = (account: AccountFacts, actor: Actor): Problem | undefined => {
  const refused = onlyOwner(account, actor);
  if (refused) return refused;
  if (account.state === 'closed') return accountProblems['account.closed']();
  return account.dueEntries.some((e) => e.state === 'objected' && e.agencyId === actor.agency.id)
    ? undefined
    : accountProblems['account.nothing_to_answer']();
};

const entry = { permission: 'account:entry', officer: true, verbs: [], awaited: true } as const;
const step = { permission: 'account:manage', officer: true, guard: onlyOwner } as const;
const answer = { ...step, verbs: [], guard: mayAnswerTransfer } as const;

export const accountActions = {
  escalation: { ...step, verbs: ['escalate'], label: ['升级关注', 'Escalate'], path: 'escalation' },
  'de-escalation': {
    ...step,
    verbs: ['de-escalate'],
    label: ['解除升级', 'De-escalate'],
    path: 'de-escalation',
    // an escalated account is waiting for the owners' decision, whichever it is
    awaited: true,
  },
  stabilisation: { ...step, verbs: ['stabilise'], label: ['转为稳定', 'Stabilise'], path: 'stabilisation' },
  closure: {
    ...step,
    verbs: ['close'],
    label: ['销号', 'Close'],
    path: 'closure',
    guard: mayConsent,
    awaited: ({ consents }: AccountFacts) => consents.length > 0,
  },
  reopening: { ...step, verbs: ['reopen'], label: ['重新启用', 'Reopen'], path: 'reopening', guard: mayReopen },
  countersignature: {
    ...entry,
    label: ['会签记录', 'Countersign entries'],
    path: 'countersignature',
    guard: mayCountersign,
  },
  'objection-answer': {
    ...entry,
    label: ['答复异议', 'Answer an objection'],
    path: 'entries',
    guard: mayAnswerObjection,
  },
  transfer: { ...step, verbs: [], label: ['移交', 'Transfer'], path: 'transfer', guard: mayTransfer },
  'transfer-acceptance': {
    ...answer,
    label: ['接收移交', 'Accept the transfer'],
    path: 'transfer-acceptance',
    awaited: true,
  },
  'transfer-rejection': { ...answer, label: ['不予接收', 'Reject the transfer'], path: 'transfer-rejection' },
  'transfer-withdrawal': {
    ...step,
    verbs: [],
    label: ['撤回移交', 'Withdraw the transfer'],
    path: 'transfer-withdrawal',
    guard: mayWithdrawTransfer,
  },
} as const satisfies ActionTable<AccountFacts, AccountVerb>;

/** True when every owner has consented with this one. */
export function closesWith(account: AccountFacts, agencyId: string): boolean {
  const given = new Set([...account.consents.map((c) => c.agencyId), agencyId]);
  return [account.procuratorateId, account.federationId].every((owner) => owner === null || given.has(owner));
}
