// Sight in an emergency: asked for with a reason, short, told to the home agency at once, and reviewed by somebody else (ADR 0017).
import type { ActionTable } from '../kernel/action.ts';
import { actionProblems } from '../kernel/action.ts';
import { type Actor, may, samePerson } from '../kernel/actor.ts';
import { machine } from '../kernel/machine.ts';
import { defineProblems, type Problem } from '../kernel/problem.ts';

/** What can be named: one resource, never a list. */
export const SUBJECT_KINDS = ['clue', 'case', 'person', 'disbursement', 'referral', 'visit', 'account'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export const GRANT_STATES = ['granted', 'justified', 'unjustified'] as const;
export type GrantState = (typeof GRANT_STATES)[number];

export const grantMachine = machine('break_glass_grant', '紧急查阅', GRANT_STATES, {
  justify: { from: ['granted'], to: 'justified' },
  refute: { from: ['granted'], to: 'unjustified' },
});
export type GrantVerb = keyof typeof grantMachine.verbs;

export type GrantFacts = { state: GrantState; homeAgencyId: string; officerPersonKey: string };

export const grantProblems = defineProblems({
  'break_glass.not_needed': {
    status: 409,
    zh: ['无需紧急查阅', '本机关已可查看该资源，或已有一项有效的紧急查阅', '直接查看该资源'],
    en: [
      'No emergency sight is needed',
      'your agency sees the resource already, or you hold an open grant for it',
      'read the resource itself',
    ],
  },
  'break_glass.refuted': {
    status: 403,
    zh: ['曾被认定不正当', '此前对该资源的紧急查阅经复核认定不正当，不得由同一人再次申请', '由另一名人员申请'],
    en: [
      'Found unjustified before',
      'a review has found that this person opened the resource without reason: not to the same person again',
      'let another officer ask',
    ],
  },
  'break_glass.not_procuratorate': {
    status: 403,
    zh: ['仅限检察机关', '紧急查阅仅限检察机关人员申请', '联系承办检察院'],
    en: [
      'Procuratorates only',
      'only officers of a procuratorate can ask for emergency sight',
      'turn to the handling procuratorate',
    ],
  },
  'break_glass.not_reviewer': {
    status: 403,
    zh: ['无权复核', '复核由被查阅资源的承办机关或审计人员办理', '由承办机关或审计人员复核'],
    en: [
      'Not the reviewer',
      'the review is for the home agency of the resource or an auditor',
      'let the home agency or an auditor review it',
    ],
  },
});

/** The home agency or an auditor, and never the person who looked. */
const reviewer = (grant: GrantFacts, actor: Actor): Problem | undefined => {
  if (samePerson(actor, grant.officerPersonKey))
    return actionProblems['decision.four_eyes']({ who: '紧急查阅与复核', whoEn: 'who looked and who reviews it' });
  return actor.agency.id === grant.homeAgencyId || may(actor, 'audit:read')
    ? undefined
    : grantProblems['break_glass.not_reviewer']();
};

export const grantActions = {
  review: {
    verbs: ['justify', 'refute'],
    permission: 'break_glass:review',
    label: ['复核', 'Review'],
    path: 'review',
    officer: true,
    decisive: true,
    awaited: true,
    guard: reviewer,
  },
} as const satisfies ActionTable<GrantFacts, GrantVerb>;

/** Whose resource it is: who deals with it now comes first. */
const HOME = ['handler', 'receiver', 'owner', 'recipient', 'source'] as const;

export function homeOf(relations: readonly { agencyId: string; relation: string }[]): string | undefined {
  for (const relation of HOME) {
    const found = relations.find((row) => row.relation === relation);
    if (found) return found.agencyId;
  }
  return undefined;
}
