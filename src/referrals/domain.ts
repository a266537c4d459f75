// The social-assistance referral: a department is asked for measures, answers, delivers and reports (domain §8-9; FHIR Task words).
import type { ActionTable } from '../kernel/action.ts';
import type { Actor, AgencyKind } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type FieldError, type Problem } from '../kernel/problem.ts';
import { validCode } from '../reference/code-sets.ts';
import { measureCodeSet } from '../reference/code-sets-measures.ts';
import type { EnumValue } from '../reference/enums.ts';

export const REFERRAL_STATES = [
  'requested',
  'received',
  'accepted',
  'rejected',
  'in_progress',
  'on_hold',
  'completed',
  'failed',
  'cancelled',
] as const;
export type ReferralState = (typeof REFERRAL_STATES)[number];

const unanswered = ['requested', 'received'] as const;
/** The department may still act. */
export const OPEN_STATES = ['requested', 'received', 'accepted', 'in_progress', 'on_hold'] as const;

export const referralMachine = machine('referral', '移送', REFERRAL_STATES, {
  receive: { from: ['requested'], to: 'received' },
  accept: { from: unanswered, to: 'accepted' },
  reject: { from: unanswered, to: 'rejected' },
  start: { from: ['accepted'], to: 'in_progress' },
  hold: { from: ['in_progress'], to: 'on_hold' },
  resume: { from: ['on_hold'], to: 'in_progress' },
  'record-output': { from: ['in_progress'], to: 'same' },
  complete: { from: ['in_progress'], to: 'completed' },
  fail: { from: ['in_progress'], to: 'failed' },
  cancel: { from: OPEN_STATES, to: 'cancelled' },
  remind: { from: unanswered, to: 'same' },
  forward: { from: OPEN_STATES, to: 'cancelled' },
});
export type ReferralVerb = keyof typeof referralMachine.verbs;

export const ORIGIN_KINDS = ['clue', 'case', 'account'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];
/** A referral records at most so many delivered measures, so that its view stays bounded. */
export const MAX_OUTPUTS = 100;
export type LegalBasis = 'statutory_duty' | 'consent' | 'vital_interest';
export type ReferralOutcome = 'delivered' | 'partly_delivered' | 'not_delivered';
/** A measure that did not come is not the end of the need: it stays open until the sender has decided. */
export type FollowUpState = EnumValue<'referral-follow-ups'>;
export type FollowUpDecision = EnumValue<'referral-follow-up-decisions'>;

/** Free texts of decisions on a referral; sealed as one. */
export type ReferralTexts = {
  rejectionReason?: string;
  holdReason?: string;
  failureReason?: string;
  /** Of a cancellation or a forwarding. */
  cancellationReason?: string;
  completionNote?: string;
  followUpReason?: string;
};

/** What a package discloses of one person: these fields and no other (P-11). */
export type DisclosedPerson = {
  name: string | null;
  birthDate: string | null;
  phone: string | null;
  address: string | null;
};

export type ReferralFacts = {
  state: ReferralState;
  senderAgencyId: string;
  agencyId: string;
  followUp: FollowUpState;
  /** No answer by the day it was asked for; only known where somebody is asked what awaits whom. */
  overdue?: boolean;
};

/** The package stands open while the department may still act; afterwards everything in it is masked. */
export function isOpen(state: ReferralState): boolean {
  return OPEN_STATES.some((s) => s === state);
}

/** The department has not answered by the day it was asked to; a computed mark, no state (domain §8). */
export function isResponseOverdue(r: { state: ReferralState; respondBy: string }, today: string): boolean {
  return unanswered.some((s) => s === r.state) && r.respondBy < today;
}

/** Each measure is a valid code that one of these kinds of agencies delivers (domain §9). */
export function measureErrors(
  measures: readonly { code: string; pointer: string }[],
  kinds: readonly AgencyKind[],
  day: string,
): FieldError[] {
  return measures.flatMap(({ code, pointer }) => {
    const item = validCode(measureCodeSet, code, day);
    if (!item)
      return [
        { pointer, code: 'code.unknown', detail: [`${day} 没有帮扶措施 ${code}`, `no measure ${code} on ${day}`] },
      ];
    if (kinds.some((kind) => kind === item.agencyKind)) return [];
    return [
      {
        pointer,
        code: 'measure.wrong_agency',
        detail: [`${code} 由 ${item.agencyKind} 类单位提供`, `${code} is delivered by ${item.agencyKind}`],
      },
    ];
  });
}

export const referralProblems = defineProblems({
  'referral.not_competent': {
    status: 403,
    zh: ['非承办单位', '此操作由{who}办理', '由该单位的人员办理'],
    en: ['Not the competent agency', 'this is for the {whoEn}', 'let an officer of that agency do it'],
  },
  'referral.case_not_granted': {
    status: 409,
    zh: ['案件未批准救助', '案件当前状态为 {state}，批准救助后方可移送社会救助', '批准救助后再移送'],
    en: [
      'The case is not granted',
      'the case is {state}; referrals are sent once aid was granted',
      'send the referral after the grant',
    ],
  },
  'referral.clue_not_routed': {
    status: 409,
    zh: ['线索未转社会救助', '线索当前状态为 {state}，转社会救助后方可移送', '先将线索转社会救助'],
    en: [
      'The clue is not routed to social assistance',
      'the clue is {state}; referrals are sent from a clue routed to social assistance',
      'route the clue to social assistance first',
    ],
  },
  'referral.outputs_full': {
    status: 409,
    zh: ['措施登记已满', '一次移送最多登记 {limit} 项措施', '办结本移送，其余措施另行移送'],
    en: [
      'Too many outputs',
      'a referral records at most {limit} delivered measures',
      'complete it and send another for the rest',
    ],
  },
  'referral.same_agency': {
    status: 409,
    zh: ['转送单位相同', '移送已在该单位', '选择其他部门'],
    en: ['Same agency', 'the referral is already with that agency', 'choose another department'],
  },
  'referral.agency_succeeded': {
    status: 409,
    zh: ['部门职能已划转', '{name}的职能已划转至{successor}', '改向承接部门移送'],
    en: [
      'The department has a successor',
      '{name} has ended; {successor} carries on',
      'send the referral to the successor (`errors[].detail` is its id)',
    ],
  },
  'referral.agency_ended': {
    status: 409,
    zh: ['部门已撤销', '{name}已撤销，尚未登记承接部门', '选择其他部门，或请管理员登记承接部门'],
    en: [
      'The department has ended',
      '{name} has ended and no successor is registered',
      'choose another department, or ask the administrator to register the successor',
    ],
  },
  'referral.no_follow_up': {
    status: 409,
    zh: ['无需后续处理', '移送未被退回或措施已落实，或后续已处理', '重新读取移送'],
    en: [
      'No follow-up is due',
      'the measure was neither refused nor missed, or what follows has been decided',
      'read the referral again',
    ],
  },
});

const onlyRecipient = (r: ReferralFacts, actor: Actor): Problem | undefined =>
  r.agencyId === actor.agency.id
    ? undefined
    : referralProblems['referral.not_competent']({ who: '接收部门', whoEn: 'recipient department' });

const onlySender = (r: ReferralFacts, actor: Actor): Problem | undefined =>
  r.senderAgencyId === actor.agency.id
    ? undefined
    : referralProblems['referral.not_competent']({ who: '移送单位', whoEn: 'sending agency' });

/** Only where the measure did not come, and once. */
const followUpDue = (r: ReferralFacts, actor: Actor): Problem | undefined =>
  onlySender(r, actor) ?? (r.followUp === 'open' ? undefined : referralProblems['referral.no_follow_up']());

/** One duty at a time: the step that comes next is awaited, its alternatives (rejection, hold, failure) are not. */
const next =
  (state: ReferralState) =>
  (r: ReferralFacts): boolean =>
    r.state === state;

const answer = { permission: 'referral:answer', guard: onlyRecipient } as const;
const send = { permission: 'referral:send', guard: onlySender } as const;

export const referralActions = {
  receipt: {
    ...answer,
    verbs: ['receive'],
    label: ['签收', 'Acknowledge receipt'],
    path: 'receipt',
    awaited: next('requested'),
  },
  acceptance: {
    ...answer,
    verbs: ['accept'],
    label: ['接受', 'Accept'],
    path: 'acceptance',
    officer: true,
    awaited: next('received'),
  },
  rejection: { ...answer, verbs: ['reject'], label: ['不予接受', 'Reject'], path: 'rejection', officer: true },
  start: {
    ...answer,
    verbs: ['start'],
    label: ['开始办理', 'Start'],
    path: 'start',
    officer: true,
    awaited: next('accepted'),
  },
  hold: { ...answer, verbs: ['hold'], label: ['暂停办理', 'Put on hold'], path: 'hold', officer: true },
  resumption: {
    ...answer,
    verbs: ['resume'],
    label: ['恢复办理', 'Resume'],
    path: 'resumption',
    officer: true,
    awaited: next('on_hold'),
  },
  output: { ...answer, verbs: ['record-output'], label: ['登记落实措施', 'Record a measure'], path: 'output' },
  completion: {
    ...answer,
    verbs: ['complete'],
    label: ['办结', 'Complete'],
    path: 'completion',
    officer: true,
    awaited: next('in_progress'),
  },
  failure: { ...answer, verbs: ['fail'], label: ['未能落实', 'Report failure'], path: 'failure', officer: true },
  cancellation: { ...send, verbs: ['cancel'], label: ['撤销移送', 'Cancel'], path: 'cancellation', officer: true },
  reminder: {
    ...send,
    verbs: ['remind'],
    label: ['催办', 'Remind'],
    path: 'reminder',
    // Without an answer the sender reminds, or forwards.
    awaited: (r: ReferralFacts) => r.overdue === true,
  },
  forwarding: { ...send, verbs: ['forward'], label: ['转送其他部门', 'Forward'], path: 'forwarding', officer: true },
  'follow-up': {
    ...send,
    verbs: [],
    label: ['处理未落实的移送', 'Decide what follows'],
    path: 'follow-up',
    officer: true,
    guard: followUpDue,
    awaited: (r: ReferralFacts) => r.followUp === 'open',
  },
} as const satisfies ActionTable<ReferralFacts, ReferralVerb>;
export type ReferralAction = keyof typeof referralActions;
