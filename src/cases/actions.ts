// What may be done with a case, by whom and what stands against it: the verbs, availableActions and work items all ask here.
import { type ActionTable, actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import type { Problem } from '../kernel/problem.ts';
import { type CaseFacts, type CaseVerb, caseProblems, isHandlingTeam } from './domain.ts';

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
