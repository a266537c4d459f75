// The assistance case: lifecycle, refusals and pure decisions (2021 SPP rules on judicial assistance; contract §3).
import { type Actor, may } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { MAX_FEN } from '../kernel/money.ts';
import { defineProblems, type FieldError } from '../kernel/problem.ts';

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

const undecided = ['opened', 'under_review', 'awaiting_documents', 'pending_approval'] as const;

export const caseMachine = machine('case', '案件', CASE_STATES, {
  assign: { from: ['opened'], to: 'under_review' },
  reassign: { from: ['under_review', 'awaiting_documents'], to: 'same' },
  edit: { from: undecided, to: 'same' },
  'request-documents': { from: ['under_review'], to: 'awaiting_documents' },
  'receive-documents': { from: ['awaiting_documents'], to: 'under_review' },
  propose: { from: ['under_review'], to: 'pending_approval' },
  grant: { from: ['pending_approval'], to: 'granted' },
  refuse: { from: ['pending_approval'], to: 'refused' },
  return: { from: ['pending_approval'], to: 'under_review' },
  reconsider: { from: ['refused'], to: 'under_review' },
  disburse: { from: ['granted'], to: 'disbursing' },
  close: { from: ['granted', 'refused', 'disbursing'], to: 'closed' },
  withdraw: { from: undecided, to: 'withdrawn' },
  revoke: { from: ['granted', 'disbursing', 'closed'], to: 'revoked' },
});
export type CaseVerb = keyof typeof caseMachine.verbs;

/** What the guards look at; the case row has all of it. */
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
};

export type CaseNarrative = { facts: string; hardship: string | null; acceptanceOpinion: string | null };
export type Exclusion = { code: string; applies: boolean; note: string | null };
export type CaseProposal = { opinion: string; exclusions: Exclusion[] };
export type Award = { beneficiaryId: string; amountFen: bigint; fundId: string | null };

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
    zh: ['存在不予救助情形', '拟批准救助，但审查认定存在不予救助情形：{conflicts}', '作出不予救助决定，或退回重新审查'],
    en: [
      'An exclusion applies',
      'aid cannot be granted while the proposal finds that these exclusions apply: {conflicts}',
      'refuse, or return the proposal',
    ],
  },
  'case.awards_missing': {
    status: 409,
    zh: ['没有拟救助金额', '批准救助须至少有一名救助对象的金额', '退回承办人补充金额，或作出不予救助决定'],
    en: ['No award proposed', 'a grant needs an amount for at least one beneficiary', 'return the proposal, or refuse'],
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
 * case it is the chief alone.
 */
export function seesTexts(c: Pick<CaseFacts, 'handlingAgencyId' | 'reconsiderationAgencyId'>, actor: Actor): boolean {
  const decides = may(actor, 'case:decide');
  if (actor.agency.id === c.handlingAgencyId) return decides || may(actor, 'case:edit');
  return decides && actor.agency.id === c.reconsiderationAgencyId;
}

/** Ended cases show nobody in clear any more. */
export function isCaseOpen(state: CaseState): boolean {
  return state !== 'closed' && state !== 'revoked' && state !== 'withdrawn';
}

/** Awards against the beneficiaries of the case: each at most once, more than nothing; all errors at once. */
export function awardErrors(awards: readonly Award[], beneficiaryIds: ReadonlySet<string>): FieldError[] {
  return awards.flatMap((award, i) => {
    const errors: FieldError[] = [];
    const at = `/awards/${i}`;
    if (!beneficiaryIds.has(award.beneficiaryId))
      errors.push({ pointer: `${at}/beneficiaryId`, code: 'beneficiary.unknown', detail: 'not of this case' });
    if (awards.findIndex((other) => other.beneficiaryId === award.beneficiaryId) < i)
      errors.push({ pointer: `${at}/beneficiaryId`, code: 'beneficiary.repeated', detail: 'one award for each' });
    if (award.amountFen <= 0n)
      errors.push({ pointer: `${at}/amount/amount`, code: 'amount.not_positive', detail: 'more than 0.00' });
    if (award.amountFen > MAX_FEN / 100n)
      errors.push({ pointer: `${at}/amount/amount`, code: 'amount.too_large', detail: 'beyond any award' });
    return errors;
  });
}

/** `辽沈和检司救〔2026〕12号` from the agency's template `{orgShort}检司救〔{year}〕{seq}号`. */
export function decisionNumber(template: string, values: { orgShort: string; year: string; seq: number }): string {
  return template
    .replace('{orgShort}', values.orgShort)
    .replace('{year}', values.year)
    .replace('{seq}', String(values.seq));
}

export type ApprovalInput = { outcome: CaseOutcome; opinion: string; exclusionCode: string | null };

/** The verb behind an outcome, after the rules that stand against a grant (2021 rules art. 8). */
export function decideApproval(
  c: { exclusionCodes: readonly string[]; beneficiaries: readonly { proposedFen: bigint | null }[] },
  outcome: CaseOutcome,
): 'grant' | 'refuse' | 'return' {
  if (outcome === 'refused') return 'refuse';
  if (outcome === 'returned') return 'return';
  if (c.exclusionCodes.length > 0) throw caseProblems['case.exclusion_applies']({ conflicts: c.exclusionCodes });
  if (!c.beneficiaries.some((b) => b.proposedFen !== null)) throw caseProblems['case.awards_missing']();
  return 'grant';
}
