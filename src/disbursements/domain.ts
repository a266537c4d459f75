// The disbursement: one line of a grant from plan to receipt; planned, authorised and paid by three different people (domain §8).
import { machine } from '../kernel/machine.ts';
import { defineProblems } from '../kernel/problem.ts';
import { type EnumValue, enumValues } from '../reference/enums.ts';

export const DISBURSEMENT_STATES = [
  'reserved',
  'authorised',
  'submitted',
  'settled',
  'failed',
  'unknown',
  'voided',
  'receipt_confirmed',
  'receipt_disputed',
  'in_custody',
  'recovering',
  'recovered',
  'written_off',
] as const;
export type DisbursementState = (typeof DISBURSEMENT_STATES)[number];

const fromAuthorised = [
  'authorised',
  'submitted',
  'failed',
  'unknown',
  'settled',
  'in_custody',
  'receipt_confirmed',
  'receipt_disputed',
] as const;

export const disbursementMachine = machine('disbursement', '发放记录', DISBURSEMENT_STATES, {
  authorise: { from: ['reserved'], to: 'authorised' },
  submit: { from: ['authorised', 'failed'], to: 'submitted' },
  settle: { from: ['submitted', 'unknown'], to: 'settled' },
  fail: { from: ['submitted', 'unknown'], to: 'failed' },
  'mark-unknown': { from: ['submitted'], to: 'unknown' },
  void: { from: ['reserved', 'authorised', 'failed'], to: 'voided' },
  appropriate: { from: fromAuthorised, to: 'same' },
  notify: { from: fromAuthorised, to: 'same' },
  'confirm-receipt': { from: ['settled'], to: 'receipt_confirmed' },
  'dispute-receipt': { from: ['settled'], to: 'receipt_disputed' },
  'place-in-custody': { from: ['settled'], to: 'in_custody' },
  'plan-custody': { from: ['reserved', 'authorised', 'submitted', 'unknown', 'failed', 'in_custody'], to: 'same' },
  'request-release': { from: ['in_custody'], to: 'same' },
  release: { from: ['in_custody'], to: 'same' },
  'exhaust-custody': { from: ['in_custody'], to: 'settled' },
  'order-recovery': { from: ['settled', 'receipt_confirmed', 'receipt_disputed', 'in_custody'], to: 'recovering' },
  'recover-part': { from: ['recovering'], to: 'same' },
  recover: { from: ['recovering'], to: 'recovered' },
  'propose-write-off': { from: ['recovering'], to: 'same' },
  'write-off': { from: ['recovering'], to: 'written_off' },
});
export type DisbursementVerb = keyof typeof disbursementMachine.verbs;

export const DISBURSEMENT_KINDS = ['lump', 'instalment', 'advance', 'top_up', 'custody'] as const;
export type DisbursementKind = (typeof DISBURSEMENT_KINDS)[number];
export const PAYEE_TYPES = ['self', 'guardian', 'trustee', 'agent'] as const;
export type PayeeType = (typeof PAYEE_TYPES)[number];
export const RECEIPT_OUTCOMES = ['received', 'not_received', 'received_with_issues'] as const;
export type ReceiptOutcome = (typeof RECEIPT_OUTCOMES)[number];
export const RECOVERY_DESTINATIONS = enumValues('recovery-destinations');
export type RecoveryDestination = EnumValue<'recovery-destinations'>;
export const FAILURE_OUTCOMES = ['failed', 'unknown'] as const;

/** Lines that keep their case from being closed. */
const OPEN_STATES: readonly DisbursementState[] = ['reserved', 'authorised', 'submitted', 'unknown'];

/** By how much a change of state changes the case's count of open lines. */
export function openLinesDelta(from: DisbursementState, to: DisbursementState): number {
  return Number(OPEN_STATES.includes(to)) - Number(OPEN_STATES.includes(from));
}

export type Payee = { type: PayeeType; name: string; bankName: string; accountNumber: string };

/** Free texts of the decisions on a line; sealed as one. */
export type DisbursementNotes = {
  authorisationOpinion?: string;
  failureReason?: string;
  voidReason?: string;
  receiptNote?: string;
  recoveryReason?: string;
  writeOffReason?: string;
  writeOffOpinion?: string;
};

export type DisbursementFacts = {
  state: DisbursementState;
  kind: DisbursementKind;
  agencyId: string;
  treasuryAgencyId: string | null;
  /** The superior that carries this part of the aid; null = the handling agency's own money. */
  shareAgencyId: string | null;
  plannedByPersonKey: string;
  authorisedByPersonKey: string | null;
  recoveryOrderedByPersonKey: string | null;
  writeOffProposedByPersonKey: string | null;
  awaitedReleaseId: string | null;
  awaitedReleaseByPersonKey: string | null;
  appropriatedOn: string | null;
  notifiedOn: string | null;
  /** An advance of a case that got no aid: it has to come back. */
  recoveryDue: boolean;
  /** The case has ended, with or without aid: nothing more is paid. */
  caseEnded: boolean;
};

export const disbursementProblems = defineProblems({
  'disbursement.not_custodial': {
    status: 409,
    zh: ['不是托管款', '只有托管方式的发放记录可登记托管计划', '以托管方式重新制定发放计划'],
    en: ['Not in custody', 'only a line of the kind `custody` has a plan of custody', 'plan a line of that kind'],
  },
  'custody.no_plan': {
    status: 409,
    zh: ['没有托管计划', '尚未登记托管协议与计划', '先登记托管计划'],
    en: ['No plan of custody', 'there is no agreement and plan yet', 'record the plan first'],
  },
  'custody.none_asked': {
    status: 409,
    zh: ['没有待审批的使用申请', '该笔托管款没有待审批的使用申请', '先提出使用申请'],
    en: ['No release was asked for', 'no request for a release waits on this line', 'ask for a release first'],
  },
  'custody.plan_fixed': {
    status: 409,
    zh: ['托管计划已执行', '已有使用申请，计划不能再更改', '按现有计划办理'],
    en: ['The plan is fixed', 'a release was asked for; the plan does not change any more', 'go on with the plan'],
  },
  'custody.exceeded': {
    status: 409,
    zh: ['超出托管余额', '扣除待批准的申请后，托管余额为 {limit} 元', '减少金额，或先处理待批准的申请'],
    en: [
      'More than is in custody',
      'less what is asked for already, {limit} yuan are in custody',
      'lower the amount, or decide the other requests first',
    ],
  },
  'release.illegal_transition': {
    status: 409,
    zh: ['申请已处理', '该使用申请已有决定', '查看申请的处理结果'],
    en: ['Already decided', 'this request was decided', 'look at the decision'],
  },
  'disbursement.not_competent': {
    status: 403,
    zh: ['非承办单位', '此操作由{who}办理', '由该单位的人员办理'],
    en: ['Not the competent office', 'this is for the {whoEn}', 'let an officer of that office do it'],
  },
  'disbursement.request_number_taken': {
    status: 409,
    zh: [
      'requestNumber 已被使用',
      '本单位已有使用此 requestNumber 的发放记录',
      '核对是否重复申请；新的发放使用新的编号',
    ],
    en: [
      'requestNumber is taken',
      'this agency has a disbursement with this requestNumber; numbers are never used again',
      'check whether it is the same payment; use a new number for a new one',
    ],
  },
  'disbursement.not_granted': {
    status: 409,
    zh: ['未获批准救助', '该救助对象没有获批的救助金额', '选择有获批金额的救助对象'],
    en: ['No grant', 'this beneficiary was not granted an amount', 'choose a beneficiary with a grant'],
  },
  'disbursement.not_advanced': {
    status: 409,
    zh: ['未批准先行救助', '案件尚未决定，该救助对象没有获批的先行救助', '先由检察长批准先行救助，或等待救助决定'],
    en: [
      'No advance',
      'the case is not decided, and no advance was approved for this beneficiary',
      'let the chief approve an advance, or wait for the decision',
    ],
  },
  'disbursement.case_ended': {
    status: 409,
    zh: ['案件已终结', '案件已办结、撤回、撤销或不予救助，不能再支付', '作废此笔发放'],
    en: [
      'The case has ended',
      'the case is closed, withdrawn, revoked or got no aid; nothing more is paid',
      'void this line',
    ],
  },
  'disbursement.recovery_below_custody': {
    status: 409,
    zh: ['低于托管余额', '托管中尚有 {limit} 元，追回金额不得低于此数', '提高金额'],
    en: ['Less than is in custody', '{limit} yuan are in custody: no less is recovered', 'raise the amount'],
  },
  'disbursement.recovery_destination': {
    status: 409,
    zh: ['追回款去向不符', '追回决定确定的去向是 {to}', '按追回决定登记'],
    en: ['Another destination', 'the order of recovery names {to} as where the money goes', 'record it as ordered'],
  },
  'disbursement.recovery_exceeded': {
    status: 409,
    zh: ['超出可追回金额', '追回金额不得超过 {limit} 元', '减少金额'],
    en: ['More than can be recovered', 'the amount may not exceed {limit} yuan', 'lower the amount'],
  },
});
