// What stands against sealing a case or opening it again (ADR 0022).
import { actionProblems } from '../kernel/action.ts';
import { type Actor, samePerson } from '../kernel/actor.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';
import type { CaseFacts } from './domain.ts';

export const sealProblems = defineProblems({
  'case.already_sealed': {
    status: 409,
    zh: ['已封存', '案件已经封存', '无需再次封存'],
    en: ['Sealed already', 'the case is sealed', 'nothing remains to be done'],
  },
  'case.not_sealed': {
    status: 409,
    zh: ['未封存', '案件没有封存', '仅可对已封存的案件解除封存'],
    en: ['Not sealed', 'the case is not sealed', 'only a sealed case can be unsealed'],
  },
});

export const handlesAndSeals = (): Problem =>
  actionProblems['decision.four_eyes']({ who: '承办与封存', whoEn: 'who handles a case and who seals it' });

/** Who deals with the case does not decide who else may look at it. */
export const sealsAnothers = (c: CaseFacts, actor: Actor): Problem | undefined =>
  actor.officer?.id === c.handlerOfficerId || samePerson(actor, c.proposedByPersonKey) ? handlesAndSeals() : undefined;

export const notSealedYet = (c: CaseFacts): Problem | undefined =>
  c.sealedAt === null ? undefined : sealProblems['case.already_sealed']();

export const isSealed = (c: CaseFacts): Problem | undefined =>
  c.sealedAt === null ? sealProblems['case.not_sealed']() : undefined;
