// The assistance case: lifecycle, refusals and pure decisions (2021 SPP rules on judicial assistance; contract §3).
import { type Actor, may } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems } from '../kernel/problem.ts';

export const CASE_STATES = [
  'opened',
  'under_review',
  'awaiting_documents',
  'pending_approval',
  'granted',
  'refused',
  'disbursing',
  'closed',
  'revoked',
  'withdrawn',
] as const;
export type CaseState = (typeof CASE_STATES)[number];
export const INITIATIONS = ['application', 'ex_officio'] as const;
export type Initiation = (typeof INITIATIONS)[number];
export const CASE_OUTCOMES = ['granted', 'refused', 'returned'] as const;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** Why the chief of the level above approves as well (contract §2: break-outs, overrides, tiers of approval). */
export const SUPERIOR_REASONS = ['exclusion_override', 'cap_breakout', 'once_override', 'amount_tier'] as const;
export type SuperiorReason = (typeof SUPERIOR_REASONS)[number];
/** A document that the applicant cannot get is fetched by the procuratorate on request and holds nothing up (domain §10.4). */
export const ITEM_STATUSES = ['requested', 'received', 'to_be_obtained_by_organ', 'waived'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];
export const REFUSAL_BASES = ['exclusion', 'eligibility_not_met', 'aided_already', 'other'] as const;
export type RefusalBasis = (typeof REFUSAL_BASES)[number];

const undecided = ['opened', 'under_review', 'awaiting_documents', 'pending_approval'] as const;

export const caseMachine = machine('case', '案件', CASE_STATES, {
  assign: { from: ['opened'], to: 'under_review' },
  reassign: { from: ['under_review', 'awaiting_documents'], to: 'same' },
  edit: { from: undecided, to: 'same' },
  'request-documents': { from: ['under_review'], to: 'awaiting_documents' },
  'receive-documents': { from: ['awaiting_documents'], to: 'under_review' },
  'note-documents': { from: ['awaiting_documents', 'under_review'], to: 'same' },
  'add-beneficiary': { from: ['opened', 'under_review', 'awaiting_documents'], to: 'same' },
  propose: { from: ['under_review'], to: 'pending_approval' },
  'approve-step': { from: ['pending_approval'], to: 'same' },
  grant: { from: ['pending_approval'], to: 'granted' },
  refuse: { from: ['pending_approval'], to: 'refused' },
  return: { from: ['pending_approval'], to: 'under_review' },
  reconsider: { from: ['refused'], to: 'under_review' },
  disburse: { from: ['granted'], to: 'disbursing' },
  close: { from: ['granted', 'refused', 'disbursing'], to: 'closed' },
  withdraw: { from: undecided, to: 'withdrawn' },
  advance: { from: undecided, to: 'same' },
  share: { from: undecided, to: 'same' },
  revoke: { from: ['granted', 'disbursing', 'closed'], to: 'revoked' },
  // The day of a refusal may still be recorded while it is reconsidered; the guard of the action holds off undecided cases.
  tell: {
    from: ['under_review', 'awaiting_documents', 'pending_approval', 'granted', 'refused', 'disbursing', 'closed'],
    to: 'same',
  },
  'mark-typical': { from: ['granted', 'disbursing', 'closed'], to: 'same' },
  'unmark-typical': { from: ['granted', 'disbursing', 'closed'], to: 'same' },
});
export type CaseVerb = keyof typeof caseMachine.verbs;

/** A step that decided the case has a number. */
type Told = { number: string | null; toldOn: string | null };

/** What the guards look at; the case row has nearly all of it. */
export type CaseFacts = {
  state: CaseState;
  handlingAgencyId: string;
  handlerOfficerId: string | null;
  proposedByPersonKey: string | null;
  refusedByPersonKey: string | null;
  reconsidered: boolean;
  /** The superior procuratorate that may decide the reconsidered case; null before that, and for the province. */
  reconsiderationAgencyId: string | null;
  openLines: number;
  /** Who approves in the second step, if there is one: the chief of the level above, of the province another chief. */
  superiorAgencyId: string | null;
  superiorReasons: readonly SuperiorReason[];
  approvalStep: number;
  /** The people who approved in the running round. */
  stepPersonKeys: readonly string[];
  /** How many people of the own agency approve, whether a committee does, and who above the level above. */
  approvers: number;
  committee: boolean;
  higherAgencyId: string | null;
  outstandingItems: number;
  decisionOutcome: 'granted' | 'refused' | null;
  toldOn: string | null;
  /** Read with the single case alone: while a refusal is reconsidered it is not on the row any more. */
  decisions?: readonly Told[];
  grantedFen: bigint | null;
  paidFen: bigint;
  typicalMarkedOn: string | null;
  /** Since when it is sealed (ADR 0022). */
  sealedAt: Date | null;
  /** The correction that waits for another person, and the person who proposed it. */
  pendingCorrectionId: string | null;
  pendingCorrectionBy: string | null;
  /** Agencies that were asked for a share of the aid, and the people who gave one. */
  sharesAwaited: readonly string[];
  sharesGivenBy: readonly string[];
};

/** The own chief alone: before a proposal, and for one without an override and below every tier. */
export const NO_SECOND_STEP = {
  superiorAgencyId: null,
  superiorReasons: [] as SuperiorReason[],
  higherAgencyId: null,
  approvers: 1,
  committee: false,
  approvalStep: 1,
  stepPersonKeys: [] as string[],
};

/** No example to others: what was never marked, and what was revoked. */
export const NOT_TYPICAL = { typicalMarkedOn: null, typicalPublishedOn: null, typicalSealed: null };

export type CaseNarrative = {
  facts: string;
  hardship: string | null;
  acceptanceOpinion: string | null;
  /** Why a case was opened although everybody in it was aided under the same original case. */
  aidedReason?: string | null;
};
export type Exclusion = { code: string; applies: boolean; note: string | null };
/** What a court would award: the loss less the own fault, less what was received. */
export type Assessment = { lossFen: string; receivedFen: string; faultPercent: number };
/** The range of like cases that an award leaves, in fen. */
export type OutsideRange = { fromFen: string; toFen: string };
export type CaseProposal = {
  opinion: string;
  exclusions: Exclusion[];
  overrideReason?: string | null;
  amountReason?: string | null;
  outsideRange?: OutsideRange | null;
  assessment?: Assessment | null;
};

export const caseProblems = defineProblems({
  'case.not_competent': {
    status: 403,
    zh: ['非承办检察院', '此操作由案件承办检察院办理', '由承办检察院的人员办理'],
    en: [
      'Not the handling procuratorate',
      'this is for the procuratorate that handles the case',
      'let one of its officers do it',
    ],
  },
  'case.not_assigned': {
    status: 403,
    zh: ['非本案承办人', '此操作由本案承办人或部门负责人办理', '由承办人办理，或先变更承办人'],
    en: [
      'Not assigned to the case',
      'this is for the assigned handler or a head of the handling agency',
      'let the handler do it, or assign the case first',
    ],
  },
  'case.exclusion_applies': {
    status: 409,
    zh: [
      '存在不予救助情形',
      '拟批准救助，但审查认定存在不予救助情形：{conflicts}',
      '作出不予救助决定，或退回，由承办人说明理由提请上级检察院批准',
    ],
    en: [
      'An exclusion applies',
      'aid cannot be granted while the proposal finds that these exclusions apply: {conflicts}',
      'refuse, or return it: a proposal with an `override` is put before the level above',
    ],
  },
  'case.awards_missing': {
    status: 409,
    zh: ['没有拟救助金额', '批准救助须至少有一名救助对象的金额', '退回承办人补充金额，或作出不予救助决定'],
    en: ['No award proposed', 'a grant needs an amount for at least one beneficiary', 'return the proposal, or refuse'],
  },
  // Of an award against the wage standard, and of the lines against an award.
  'award.cap_exceeded': {
    status: 409,
    zh: [
      '超出限额',
      '合计不得超过 {limit} 元，超出 {missing} 元',
      '减少金额；发放超出决定金额的，作废未使用的发放记录；救助确需突破工资总额限额的，说明理由并附损失评估，报上级检察院批准',
    ],
    en: [
      'The limit would be exceeded',
      'all together may not exceed {limit} yuan; this is {missing} yuan over it',
      'lower the amount, or void a line that is not used; an award beyond the wage standard carries `override` and `assessment`',
    ],
  },
  'case.already_reconsidered': {
    status: 409,
    zh: ['已复议一次', '不予救助决定只能重新审查一次', '本案可予办结'],
    en: ['Reconsidered already', 'a refusal is reconsidered once', 'close the case'],
  },
  'case.lines_open': {
    status: 409,
    zh: ['尚有未办结的发放', '尚有 {count} 笔发放未办结', '办结或作废这些发放后再结案'],
    en: ['Disbursements are open', '{count} disbursement lines are open', 'settle or void them, then close'],
  },
  'case.awaits_superior': {
    status: 403,
    zh: ['待上级检察院审批', '本院已批准，待上级检察院检察长审批', '由上级检察院检察长（省级院为另一名检察长）审批'],
    en: [
      'The level above approves',
      'the first step is approved; the chief of the level above approves the second',
      'let that chief decide; of the province, another chief',
    ],
  },
  'case.told_already': {
    status: 409,
    zh: ['已告知申请人', '已于 {toldOn} 将决定告知申请人', '无需再次登记'],
    en: ['The applicant was told', 'the applicant was told of the decision on {toldOn}', 'nothing is left to record'],
  },
  'case.beneficiary_exists': {
    status: 409,
    zh: ['已是本案救助对象', '此人已是本案救助对象', '在本案中使用已有的救助对象'],
    en: ['A beneficiary already', 'this person is a beneficiary of the case', 'use the beneficiary that is there'],
  },
  'case.too_many_beneficiaries': {
    status: 409,
    zh: ['救助对象过多', '一个案件最多 {limit} 名救助对象', '另立一案'],
    en: ['Too many beneficiaries', 'a case has at most {limit} beneficiaries', 'open another case'],
  },
  'case.not_typical': {
    status: 409,
    zh: ['非典型案例', '本案未标记为典型案例，或并非予以救助的案件', '先标记，或只标记予以救助的案件'],
    en: [
      'No typical case',
      'the case is not marked, or aid was not granted in it',
      'mark it first, or only what was granted',
    ],
  },
  'case.clue_taken': {
    status: 409,
    zh: ['线索已立案', '此线索已有案件', '重新读取线索，查看 assistanceCaseId'],
    en: ['The clue has its case', 'a case was opened from this clue', 'read the clue again: assistanceCaseId'],
  },
});

/** The assigned handler, or a head of the handling agency: they see names and contact data while the case is open. */
export function isHandlingTeam(c: Pick<CaseFacts, 'handlingAgencyId' | 'handlerOfficerId'>, actor: Actor): boolean {
  const { officer, agency } = actor;
  if (!officer || agency.id !== c.handlingAgencyId) return false;
  return officer.id === c.handlerOfficerId || officer.roles.includes('head');
}

/**
 * Narrative, opinions and reasons are for who works on the cases of the handling agency or decides them; finance, which sees
 * whom and how much, and a supervisor are not among them (contract §1 Persons). Of the superior that may decide a reconsidered
 * case, or that approves an override, it is the chief alone.
 */
export function seesTexts(
  c: Pick<CaseFacts, 'handlingAgencyId' | 'reconsiderationAgencyId' | 'superiorAgencyId'>,
  actor: Actor,
): boolean {
  const decides = may(actor, 'case:decide');
  if (actor.agency.id === c.handlingAgencyId) return decides || may(actor, 'case:edit');
  return decides && (actor.agency.id === c.reconsiderationAgencyId || actor.agency.id === c.superiorAgencyId);
}

/** Aid before the decision is possible up to the decision. */
export function isUndecided(state: CaseState): boolean {
  return caseMachine.can(state, 'advance');
}

/** The decision that the applicant is told of: the one in force, or the refusal that is being reconsidered. */
export function decisionToTell<D extends Told>(c: { decisions?: readonly D[] }): D | undefined {
  return c.decisions?.findLast((d) => d.number !== null);
}

/** Ended cases show nobody in clear any more. */
export function isCaseOpen(state: CaseState): boolean {
  return state !== 'closed' && state !== 'revoked' && state !== 'withdrawn';
}

/** `辽沈和检司救〔2026〕12号` from the agency's template `{orgShort}检司救〔{year}〕{seq}号`. */
export function decisionNumber(template: string, values: { orgShort: string; year: string; seq: number }): string {
  return template
    .replace('{orgShort}', values.orgShort)
    .replace('{year}', values.year)
    .replace('{seq}', String(values.seq));
}
