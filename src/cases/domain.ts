// The assistance case: lifecycle, refusals and pure decisions (2021 SPP rules on judicial assistance; contract §3).
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, may, samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { MAX_FEN } from '../kernel/money.ts';
import { defineProblems, type FieldError, type Problem } from '../kernel/problem.ts';

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

const onlyAgency = (c: CaseFacts, actor: Actor): Problem | undefined =>
  actor.agency.id === c.handlingAgencyId ? undefined : caseProblems['case.not_competent']();

/** A reconsidered case is decided by another person: of the handling agency, or of its superior (contract §3). */
const onlyDeciders = (c: CaseFacts, actor: Actor): Problem | undefined =>
  actor.agency.id === c.reconsiderationAgencyId ? undefined : onlyAgency(c, actor);

/** Before the assignment there is no team yet: whoever has the permission in the handling agency may act. */
const onlyTeam = (c: CaseFacts, actor: Actor): Problem | undefined =>
  onlyAgency(c, actor) ??
  (c.handlerOfficerId === null || isHandlingTeam(c, actor) ? undefined : caseProblems['case.not_assigned']());

/** Never the proposer, and after a reconsideration never the person who refused (contract §3). */
const anotherPerson = (c: CaseFacts, actor: Actor): Problem | undefined => {
  const fourEyes = actionProblems['decision.four_eyes'];
  if (samePerson(actor, c.proposedByPersonKey))
    return fourEyes({ who: '提出意见与审批', whoEn: 'the proposer and the approver' });
  if (c.reconsidered && samePerson(actor, c.refusedByPersonKey))
    return fourEyes({ who: '原不予救助决定与重新审查后的决定', whoEn: 'who refused and who decides anew' });
  return undefined;
};

export const caseActions = {
  edit: {
    verbs: ['edit'],
    permission: 'case:edit',
    label: ['修改案件', 'Edit'],
    method: 'PATCH',
    path: '',
    guard: onlyTeam,
  },
  assignment: {
    verbs: ['assign', 'reassign'],
    permission: 'case:assign',
    label: ['指定承办人', 'Assign'],
    path: 'assignment',
    officer: true,
    guard: onlyAgency,
  },
  'document-request': {
    verbs: ['request-documents'],
    permission: 'case:request_documents',
    label: ['要求补充材料', 'Request documents'],
    path: 'document-request',
    officer: true,
    guard: onlyTeam,
  },
  'document-receipt': {
    verbs: ['receive-documents'],
    permission: 'case:request_documents',
    label: ['材料已补充', 'Documents received'],
    path: 'document-receipt',
    officer: true,
    guard: onlyTeam,
  },
  proposal: {
    verbs: ['propose'],
    permission: 'case:propose',
    label: ['提出意见', 'Propose'],
    path: 'proposal',
    officer: true,
    guard: onlyTeam,
  },
  approval: {
    verbs: ['grant', 'refuse', 'return'],
    permission: 'case:decide',
    label: ['审批', 'Decide'],
    path: 'approval',
    officer: true,
    guard: (c, actor) => onlyDeciders(c, actor) ?? anotherPerson(c, actor),
  },
  reconsideration: {
    verbs: ['reconsider'],
    permission: 'case:reconsider',
    label: ['重新审查', 'Reconsider'],
    path: 'reconsideration',
    officer: true,
    guard: (c, actor) =>
      onlyTeam(c, actor) ?? (c.reconsidered ? caseProblems['case.already_reconsidered']() : undefined),
  },
  withdrawal: {
    verbs: ['withdraw'],
    permission: 'case:withdraw',
    label: ['撤回', 'Withdraw'],
    path: 'withdrawal',
    officer: true,
    guard: onlyTeam,
  },
  closure: {
    verbs: ['close'],
    permission: 'case:close',
    label: ['办结', 'Close'],
    path: 'closure',
    officer: true,
    guard: (c, actor) =>
      onlyTeam(c, actor) ?? (c.openLines > 0 ? caseProblems['case.lines_open']({ count: c.openLines }) : undefined),
  },
  revocation: {
    verbs: ['revoke'],
    permission: 'case:revoke',
    label: ['撤销决定', 'Revoke'],
    path: 'revocation',
    officer: true,
    guard: onlyAgency,
  },
} as const satisfies ActionTable<CaseFacts, CaseVerb>;

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
