// The disbursement: one line of a grant from plan to receipt; planned, authorised and paid by three different people (domain §8).
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, may, samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';
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
  agencyId: string;
  treasuryAgencyId: string | null;
  /** The superior that carries this part of the aid; null = the handling agency's own money. */
  shareAgencyId: string | null;
  plannedByPersonKey: string;
  authorisedByPersonKey: string | null;
  recoveryOrderedByPersonKey: string | null;
  writeOffProposedByPersonKey: string | null;
  appropriatedOn: string | null;
  notifiedOn: string | null;
  /** An advance of a case that got no aid: it has to come back. */
  recoveryDue: boolean;
  /** The case has ended, with or without aid: nothing more is paid. */
  caseEnded: boolean;
};

export const disbursementProblems = defineProblems({
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

const { 'decision.four_eyes': fourEyes } = actionProblems;
const notCompetent = (who: string, whoEn: string) => disbursementProblems['disbursement.not_competent']({ who, whoEn });

const own = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  line.agencyId === actor.agency.id ? undefined : notCompetent('承办检察院', 'handling procuratorate');

/** Whose finance pays. */
const payerOf = (line: DisbursementFacts): string => line.shareAgencyId ?? line.agencyId;

const paying = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  payerOf(line) === actor.agency.id ? undefined : notCompetent('出资检察院', 'procuratorate whose money it is');

const running = (line: DisbursementFacts): Problem | undefined =>
  line.caseEnded ? disbursementProblems['disbursement.case_ended']() : undefined;

const notPlanner = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  samePerson(actor, line.plannedByPersonKey)
    ? fourEyes({ who: '发放计划与审批', whoEn: 'planner and authoriser' })
    : undefined;

/** Who planned or authorised a line neither sends it to the bank nor says what became of it. */
const payer = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  samePerson(actor, line.plannedByPersonKey) || samePerson(actor, line.authorisedByPersonKey)
    ? fourEyes({ who: '发放计划、审批与支付', whoEn: 'planner, authoriser and payer' })
    : undefined;

const treasuryOrPayer = (line: DisbursementFacts, actor: Actor): Problem | undefined =>
  line.treasuryAgencyId === actor.agency.id ? undefined : paying(line, actor);

/** The chief orders; in a recovery that runs, finance records what came back, and is another person. */
const recovery = (line: DisbursementFacts, actor: Actor): Problem | undefined => {
  if (line.state !== 'recovering') return own(line, actor) ?? chief(actor);
  const wrong = paying(line, actor);
  if (wrong) return wrong;
  if (!may(actor, 'disbursement:settle')) return notCompetent('财务人员', 'finance officer');
  const same = samePerson(actor, line.recoveryOrderedByPersonKey);
  return same ? fourEyes({ who: '追回决定与追回入账', whoEn: 'who orders and who records a recovery' }) : undefined;
};

const chief = (actor: Actor): Problem | undefined =>
  may(actor, 'disbursement:authorise') ? undefined : notCompetent('检察长', 'chief procurator');

/** Who ordered the recovery does not propose to give it up; the chief who approves is another person than who proposed. */
export const proposesWriteOff = (line: DisbursementFacts, actor: Actor): boolean =>
  line.writeOffProposedByPersonKey === null || chief(actor) !== undefined;

const writeOff = (line: DisbursementFacts, actor: Actor): Problem | undefined => {
  const wrong = own(line, actor);
  if (wrong) return wrong;
  if (proposesWriteOff(line, actor))
    return samePerson(actor, line.recoveryOrderedByPersonKey)
      ? fourEyes({ who: '追回决定与核销申请', whoEn: 'who orders a recovery and who proposes its write-off' })
      : undefined;
  return samePerson(actor, line.writeOffProposedByPersonKey)
    ? fourEyes({ who: '核销申请与批准', whoEn: 'who proposes and who approves a write-off' })
    : undefined;
};

/** The treasury or bank has the application, whatever became of it. */
const asked = (line: DisbursementFacts): boolean =>
  line.state === 'submitted' || line.state === 'unknown' || line.state === 'settled';

export const disbursementActions = {
  authorisation: {
    verbs: ['authorise'],
    awaited: true,
    permission: 'disbursement:authorise',
    label: ['审批支付', 'Authorise'],
    path: 'authorisation',
    officer: true,
    decisive: true,
    guard: (line, actor) => own(line, actor) ?? running(line) ?? notPlanner(line, actor),
  },
  submission: {
    verbs: ['submit'],
    awaited: true,
    permission: 'disbursement:settle',
    label: ['提交支付', 'Submit for payment'],
    path: 'submission',
    officer: true,
    decisive: true,
    guard: (line, actor) => paying(line, actor) ?? running(line) ?? payer(line, actor),
  },
  appropriation: {
    verbs: ['appropriate'],
    awaited: (line) => line.appropriatedOn === null && asked(line),
    permission: 'disbursement:appropriate',
    label: ['登记拨款', 'Record the appropriation'],
    path: 'appropriation',
    guard: treasuryOrPayer,
  },
  notification: {
    verbs: ['notify'],
    awaited: (line) => line.notifiedOn === null && (line.appropriatedOn !== null || line.state === 'settled'),
    permission: 'disbursement:confirm_receipt',
    label: ['登记告知', 'Record the notification'],
    path: 'notification',
    guard: own,
  },
  settlement: {
    verbs: ['settle'],
    awaited: true,
    permission: 'disbursement:settle',
    label: ['确认支付', 'Settle'],
    path: 'settlement',
    officer: true,
    decisive: true,
    guard: (line, actor) => paying(line, actor) ?? payer(line, actor),
  },
  failure: {
    verbs: ['fail'],
    permission: 'disbursement:settle',
    label: ['登记支付失败', 'Record a failure'],
    path: 'failure',
    officer: true,
    decisive: true,
    guard: (line, actor) => paying(line, actor) ?? payer(line, actor),
  },
  void: {
    verbs: ['void'],
    permission: 'disbursement:void',
    label: ['作废', 'Void'],
    path: 'void',
    officer: true,
    guard: own,
  },
  'receipt-confirmation': {
    verbs: ['confirm-receipt', 'dispute-receipt'],
    awaited: true,
    permission: 'disbursement:confirm_receipt',
    label: ['确认收款', 'Confirm receipt'],
    path: 'receipt-confirmation',
    officer: true,
    guard: own,
  },
  recovery: {
    verbs: ['order-recovery', 'recover'],
    awaited: (line) => line.state === 'recovering' || line.recoveryDue,
    permission: 'disbursement:recover',
    label: ['追回', 'Recover'],
    path: 'recovery',
    officer: true,
    decisive: true,
    guard: recovery,
  },
  'write-off': {
    verbs: ['propose-write-off', 'write-off'],
    awaited: (line) => line.writeOffProposedByPersonKey !== null,
    permission: 'disbursement:recover',
    label: ['核销', 'Write off'],
    path: 'write-off',
    officer: true,
    decisive: true,
    guard: writeOff,
  },
} as const satisfies ActionTable<DisbursementFacts, DisbursementVerb>;

/** Finance of the agency whose money it is pays, so it sees whom and where to, while there is something to pay. */
export function seesPayee(line: DisbursementFacts, actor: Actor): boolean {
  const payable = line.state === 'authorised' || line.state === 'submitted';
  return payable && payerOf(line) === actor.agency.id && may(actor, 'disbursement:settle');
}
