// What may be done with a case, by whom and what stands against it: the verbs, availableActions and work items all ask here.
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import type { Problem } from '../kernel/problem.ts';
import { isAbove, stepKindOf } from './approval-domain.ts';
import { CORRECTION_ID, correctionProblems } from './correction-domain.ts';
import {
  type CaseFacts,
  type CaseVerb,
  caseMachine,
  caseProblems,
  decisionToTell,
  isHandlingTeam,
  isUndecided,
} from './domain.ts';
import { isSealed, notSealedYet, sealsAnothers } from './seal-domain.ts';
import { shareProblems } from './share-domain.ts';

const onlyAgency = (c: CaseFacts, actor: Actor): Problem | undefined =>
  actor.agency.id === c.handlingAgencyId ? undefined : caseProblems['case.not_competent']();

/**
 * A reconsidered case is decided by another person: of the handling agency, or of its superior (contract §3). The step of
 * a level above is that level's alone.
 */
const onlyDeciders = (c: CaseFacts, actor: Actor): Problem | undefined => {
  if (isAbove(c)) return actor.agency.id === c.superiorAgencyId ? undefined : caseProblems['case.awaits_superior']();
  return actor.agency.id === c.reconsiderationAgencyId ? undefined : onlyAgency(c, actor);
};

/** Before the assignment there is no team yet: whoever has the permission in the handling agency may act. */
const onlyTeam = (c: CaseFacts, actor: Actor): Problem | undefined =>
  onlyAgency(c, actor) ??
  (c.handlerOfficerId === null || isHandlingTeam(c, actor) ? undefined : caseProblems['case.not_assigned']());

/** What one chief has approved stays as it is until the other has decided; sent back, it can be changed again. */
const notHalfApproved = (c: CaseFacts): Problem | undefined =>
  c.approvalStep > 1 ? caseMachine.refuse(c.state, 'edit') : undefined;

/** Never the proposer, and after a reconsideration never the person who refused (contract §3). */
const anotherPerson = (c: CaseFacts, actor: Actor): Problem | undefined => {
  const fourEyes = actionProblems['decision.four_eyes'];
  if (samePerson(actor, c.proposedByPersonKey))
    return fourEyes({ who: '提出意见与审批', whoEn: 'the proposer and the approver' });
  if (c.sharesGivenBy.some((key) => samePerson(actor, key)))
    return fourEyes({ who: '批准联合救助与审批', whoEn: 'who gives a share and who decides the case' });
  // The minutes of a committee speak for it, whoever records them.
  if (stepKindOf(c) !== 'committee' && c.stepPersonKeys.some((key) => samePerson(actor, key)))
    return fourEyes({ who: '各步审批', whoEn: 'the approvers of two steps' });
  if (c.reconsidered && samePerson(actor, c.refusedByPersonKey))
    return fourEyes({ who: '原不予救助决定与重新审查后的决定', whoEn: 'who refused and who decides anew' });
  return undefined;
};

/** A correction that waits, and somebody else than who proposed it. */
const onlyOther = (c: CaseFacts, actor: Actor): Problem | undefined => {
  if (c.pendingCorrectionId === null) return onlyAgency(c, actor) ?? correctionProblems['case.no_correction_pending']();
  const fourEyes = actionProblems['decision.four_eyes'];
  return (
    onlyAgency(c, actor) ??
    (samePerson(actor, c.pendingCorrectionBy)
      ? fourEyes({ who: '提出更正与确认更正', whoEn: 'who proposes a correction and who confirms it' })
      : undefined)
  );
};

/** Who handles or proposes a case approves no money for it; that the handler is no other human is asked by the verb. */
const notHandler = (c: CaseFacts, actor: Actor): Problem | undefined =>
  actor.officer?.id === c.handlerOfficerId || samePerson(actor, c.proposedByPersonKey)
    ? actionProblems['decision.four_eyes']({ who: '承办与审批先行救助', whoEn: 'the handler and the approver' })
    : undefined;

/** The chief of an agency that was asked; who proposed the case, or took its first step, gives no money to it. */
const onlyGiver = (c: CaseFacts, actor: Actor): Problem | undefined => {
  if (!c.sharesAwaited.includes(actor.agency.id)) return shareProblems['share.not_asked']();
  return samePerson(actor, c.proposedByPersonKey) || c.stepPersonKeys.some((key) => samePerson(actor, key))
    ? actionProblems['decision.four_eyes']({
        who: '提出意见、审批与批准联合救助',
        whoEn: 'proposer, approver and giver',
      })
    : undefined;
};

/** Each decision is told once; an undecided case has something to tell only while a refusal is reconsidered. */
const notTold = (c: CaseFacts): Problem | undefined => {
  const refused = isUndecided(c.state) ? decisionToTell(c) : undefined;
  if (isUndecided(c.state) && !refused) return caseMachine.refuse(c.state, 'tell');
  const toldOn = refused ? refused.toldOn : c.toldOn;
  return toldOn === null ? undefined : caseProblems['case.told_already']({ toldOn });
};

/** Aid is paid out in full, or the applicant knows why there is none. */
const hasRunItsCourse = (c: CaseFacts): boolean =>
  c.state === 'refused' ? c.toldOn !== null : c.grantedFen !== null && c.openLines === 0 && c.paidFen >= c.grantedFen;

export const caseActions = {
  edit: {
    verbs: ['edit'],
    permission: 'case:edit',
    label: ['修改案件', 'Edit'],
    method: 'PATCH',
    path: '',
    guard: (c, actor) => onlyTeam(c, actor) ?? notHalfApproved(c),
  },
  assignment: {
    verbs: ['assign', 'reassign'],
    permission: 'case:assign',
    label: ['指定承办人', 'Assign'],
    path: 'assignment',
    officer: true,
    awaited: (c) => c.state === 'opened',
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
    verbs: ['receive-documents', 'note-documents'],
    permission: 'case:request_documents',
    label: ['材料已补充', 'Documents received'],
    path: 'document-receipt',
    officer: true,
    awaited: (c) => c.state === 'awaiting_documents',
    // What comes after the review has gone on is noted; where nothing is outstanding there is nothing to receive.
    guard: (c, actor) =>
      c.state === 'under_review' && c.outstandingItems === 0
        ? caseMachine.refuse(c.state, 'receive-documents')
        : onlyTeam(c, actor),
  },
  proposal: {
    verbs: ['propose'],
    permission: 'case:propose',
    label: ['提出意见', 'Propose'],
    path: 'proposal',
    officer: true,
    awaited: true,
    guard: onlyTeam,
  },
  approval: {
    verbs: ['grant', 'refuse', 'return'],
    permission: 'case:decide',
    label: ['审批', 'Decide'],
    path: 'approval',
    officer: true,
    decisive: true,
    awaited: true,
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
    awaited: hasRunItsCourse,
    guard: (c, actor) =>
      onlyTeam(c, actor) ?? (c.openLines > 0 ? caseProblems['case.lines_open']({ count: c.openLines }) : undefined),
  },
  revocation: {
    verbs: ['revoke'],
    permission: 'case:revoke',
    label: ['撤销决定', 'Revoke'],
    path: 'revocation',
    officer: true,
    decisive: true,
    guard: onlyAgency,
  },
  'emergency-advance': {
    verbs: ['advance'],
    permission: 'case:decide',
    label: ['批准先行救助', 'Approve an emergency advance'],
    path: 'emergency-advance',
    officer: true,
    decisive: true,
    guard: (c, actor) => onlyAgency(c, actor) ?? notHandler(c, actor),
  },
  'joint-share-request': {
    verbs: ['share'],
    permission: 'case:propose',
    label: ['请求联合救助', 'Ask for a joint share'],
    path: 'joint-share-request',
    officer: true,
    guard: (c, actor) => onlyTeam(c, actor) ?? notHalfApproved(c),
  },
  'joint-share': {
    verbs: ['share'],
    permission: 'case:decide',
    label: ['批准联合救助', 'Give a joint share'],
    path: 'joint-share',
    officer: true,
    decisive: true,
    awaited: (c) => c.sharesAwaited.length > 0,
    guard: onlyGiver,
  },
  beneficiaries: {
    verbs: ['add-beneficiary'],
    permission: 'case:edit',
    label: ['增加救助对象', 'Add a beneficiary'],
    path: 'beneficiaries',
    guard: onlyTeam,
  },
  notification: {
    verbs: ['tell'],
    permission: 'case:notify',
    label: ['告知申请人', 'Tell the applicant'],
    path: 'notification',
    officer: true,
    // Of a grant the applicant learns with the money; a refusal has to be told and explained.
    awaited: (c) => c.decisionOutcome === 'refused',
    guard: (c, actor) => onlyTeam(c, actor) ?? notTold(c),
  },
  'typical-case': {
    verbs: ['mark-typical'],
    permission: 'case:mark_typical',
    label: ['标记典型案例', 'Mark as typical case'],
    path: 'typical-case',
    officer: true,
    guard: (c, actor) =>
      onlyAgency(c, actor) ?? (c.decisionOutcome === 'granted' ? undefined : caseProblems['case.not_typical']()),
  },
  'typical-case-removal': {
    verbs: ['unmark-typical'],
    permission: 'case:mark_typical',
    label: ['取消典型案例标记', 'Remove the mark'],
    path: 'typical-case-removal',
    officer: true,
    guard: (c, actor) =>
      onlyAgency(c, actor) ?? (c.typicalMarkedOn === null ? caseProblems['case.not_typical']() : undefined),
  },
  correction: {
    verbs: [],
    permission: 'case:correct',
    label: ['更正记录', 'Correct'],
    path: 'correction',
    officer: true,
    guard: (c, actor) => onlyTeam(c, actor) ?? notHalfApproved(c),
  },
  'correction-confirmation': {
    verbs: [],
    permission: 'case:confirm_correction',
    label: ['确认更正', 'Confirm the correction'],
    path: `corrections/${CORRECTION_ID}/confirmation`,
    officer: true,
    decisive: true,
    awaited: (c) => c.pendingCorrectionId !== null,
    guard: onlyOther,
  },
  'correction-refusal': {
    verbs: [],
    permission: 'case:confirm_correction',
    label: ['退回更正', 'Refuse the correction'],
    path: `corrections/${CORRECTION_ID}/refusal`,
    officer: true,
    decisive: true,
    guard: onlyOther,
  },
  sealing: {
    verbs: [],
    permission: 'case:seal',
    label: ['封存', 'Seal'],
    path: 'sealing',
    officer: true,
    decisive: true,
    guard: (c, actor) => onlyAgency(c, actor) ?? notSealedYet(c) ?? sealsAnothers(c, actor),
  },
  unsealing: {
    verbs: [],
    permission: 'case:seal',
    label: ['解除封存', 'Unseal'],
    path: 'unsealing',
    officer: true,
    decisive: true,
    guard: (c, actor) => onlyAgency(c, actor) ?? isSealed(c) ?? sealsAnothers(c, actor),
  },
} as const satisfies ActionTable<CaseFacts, CaseVerb>;
