// Steps of approval: the own chief, further approvers, a committee and the levels above, as far as overrides and tiers ask for them.
import { defineProblems } from '../kernel/problem.ts';
import { enumValues } from '../reference/enums.ts';
import { type CaseFacts, type CaseOutcome, caseProblems, type RefusalBasis } from './domain.ts';

export const STEP_KINDS = enumValues('approval-step-kinds');
export type StepKind = (typeof STEP_KINDS)[number];

/** The minutes of a committee; a chief records them, who they are is no secret. */
export type Minutes = { heldOn: string; reference: string };

export type ApprovalInput = {
  outcome: CaseOutcome;
  opinion: string;
  exclusionCode: string | null;
  basis?: RefusalBasis | null | undefined;
  minutes?: Minutes | null | undefined;
};

export const approvalProblems = defineProblems({
  'approval.minutes_missing': {
    status: 409,
    zh: ['缺少会议记录', '本步骤为集体讨论，须注明会议日期与记录编号', '填写 minutes'],
    en: [
      'The minutes are missing',
      "this step is a committee's: its day and the reference of its minutes belong to it",
      'add `minutes`',
    ],
  },
  'approval.minutes_needless': {
    status: 409,
    zh: ['本步骤不是集体讨论', '会议记录只属于集体讨论步骤', '去掉 minutes'],
    en: ['Not the step of a committee', 'minutes belong to the step of a committee only', 'leave out `minutes`'],
  },
});

type Planned = Pick<CaseFacts, 'approvers' | 'committee' | 'superiorReasons' | 'higherAgencyId' | 'approvalStep'>;

/** All steps of the running round, in their order. */
export function planOf(c: Omit<Planned, 'approvalStep'>): StepKind[] {
  const own = Array.from({ length: c.approvers }, (): StepKind => 'own');
  const above: StepKind[] = c.superiorReasons.length > 0 ? ['superior'] : [];
  return [
    ...own,
    ...(c.committee ? (['committee'] as const) : []),
    ...above,
    ...(c.higherAgencyId ? (['higher'] as const) : []),
  ];
}

export function stepKindOf(c: Planned): StepKind {
  return planOf(c)[c.approvalStep - 1] ?? 'own';
}

/** Whether the step that is awaited belongs to a level above. */
export function isAbove(c: Planned): boolean {
  const kind = stepKindOf(c);
  return kind === 'superior' || kind === 'higher';
}

type Decided = Planned &
  Pick<CaseFacts, 'handlingAgencyId' | 'superiorAgencyId'> & {
    exclusionCodes: readonly string[];
    beneficiaries: readonly { proposedFen: bigint | null }[];
  };

/** The step after this one; a superior that decides a reconsidered case in the place of the own chief is not asked again. */
export function nextStep(c: Decided, agencyId: string): number | null {
  const plan = planOf(c);
  const instead = agencyId === c.superiorAgencyId && agencyId !== c.handlingAgencyId;
  const skipped = plan[c.approvalStep] === 'superior' && instead;
  const next = c.approvalStep + (skipped ? 2 : 1);
  return next <= plan.length ? next : null;
}

/**
 * The verb behind an outcome, after the rules that stand against a grant (2021 rules art. 8: "generally" not granted). What a later
 * step does not approve is not refused by it: the case goes back to those who handle it.
 */
export function decideApproval(
  c: Decided,
  outcome: CaseOutcome,
  agencyId: string,
): 'approve-step' | 'grant' | 'refuse' | 'return' {
  if (outcome === 'returned' || (outcome === 'refused' && c.approvalStep > 1)) return 'return';
  if (outcome === 'refused') return 'refuse';
  if (c.exclusionCodes.length > 0 && !c.superiorReasons.includes('exclusion_override'))
    throw caseProblems['case.exclusion_applies']({ conflicts: c.exclusionCodes });
  if (!c.beneficiaries.some((b) => b.proposedFen !== null)) throw caseProblems['case.awards_missing']();
  return nextStep(c, agencyId) === null ? 'grant' : 'approve-step';
}

/** Minutes stand with the approval of a committee, and only there. */
export function ensureMinutes(c: Planned, { outcome, minutes }: Pick<ApprovalInput, 'outcome' | 'minutes'>): void {
  const wanted = stepKindOf(c) === 'committee';
  if (wanted && outcome === 'granted' && !minutes) throw approvalProblems['approval.minutes_missing']();
  if (!wanted && minutes) throw approvalProblems['approval.minutes_needless']();
}
