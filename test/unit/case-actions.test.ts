// What of a case is awaited and what is merely possible, from the facts of its row alone.
import { expect, test } from '@jest/globals';
import { caseActions } from '../../src/cases/actions.ts';
import { decideApproval } from '../../src/cases/approval-domain.ts';
import { CASE_STATES, type CaseFacts, type CaseState, caseMachine, NO_SECOND_STEP } from '../../src/cases/domain.ts';
import type { ActionSpec } from '../../src/kernel/action.ts';
import { Problem } from '../../src/kernel/problem.ts';

const BARE = {
  handlingAgencyId: 'county',
  handlerOfficerId: 'handler',
  proposedByPersonKey: null,
  refusedByPersonKey: null,
  reconsidered: false,
  reconsiderationAgencyId: null,
  openLines: 0,
  ...NO_SECOND_STEP,
  outstandingItems: 0,
  decisionOutcome: null,
  toldOn: null,
  grantedFen: null,
  paidFen: 0n,
  typicalMarkedOn: null,
  sealedAt: null,
  pendingCorrectionId: null,
  pendingCorrectionBy: null,
  sharesAwaited: [],
  sharesGivenBy: [],
};
const factsOf = (change: Partial<CaseFacts>): CaseFacts => ({ ...BARE, state: 'opened', ...change });

/** Named without those that other files of the feature add. */
const MINE = [
  'assignment',
  'document-request',
  'document-receipt',
  'proposal',
  'approval',
  'reconsideration',
  'withdrawal',
  'closure',
  'revocation',
  'beneficiaries',
  'notification',
  'typical-case',
  'typical-case-removal',
  'edit',
] as const;

function awaited(change: Partial<CaseFacts>): string[] {
  const facts = factsOf(change);
  return MINE.filter((name) => {
    const spec: ActionSpec<CaseFacts, keyof typeof caseMachine.verbs> = caseActions[name];
    if (!spec.verbs.some((verb) => caseMachine.can(facts.state, verb))) return false;
    return typeof spec.awaited === 'function' ? spec.awaited(facts) : spec.awaited === true;
  });
}

test('each state awaits its next duty', () => {
  const expected: Partial<Record<CaseState, string[]>> = {
    opened: ['assignment'],
    under_review: ['proposal'],
    awaiting_documents: ['document-receipt'],
    pending_approval: ['approval'],
  };
  for (const state of CASE_STATES) expect([state, awaited({ state })]).toEqual([state, expected[state] ?? []]);
});

test('a refusal is told, then closed; a grant is closed when all of it is paid and no line runs', () => {
  const refused = { state: 'refused', decisionOutcome: 'refused' } as const;
  expect(awaited(refused)).toEqual(['notification']);
  expect(awaited({ ...refused, toldOn: '2026-11-23' })).toContain('closure');
  const granted = { state: 'disbursing', decisionOutcome: 'granted', grantedFen: 100n } as const;
  expect(awaited({ ...granted, paidFen: 40n })).toEqual([]);
  expect(awaited({ ...granted, paidFen: 100n, openLines: 1 })).toEqual([]);
  expect(awaited({ ...granted, paidFen: 100n })).toEqual(['closure']);
});

const code = (run: () => unknown): string => {
  try {
    return String(run());
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};

test('which verb an outcome is, by step and by who decides', () => {
  const override = { superiorAgencyId: 'city', superiorReasons: ['exclusion_override'] } as const;
  const base = { ...factsOf({}), exclusionCodes: [] as string[], beneficiaries: [{ proposedFen: 1n }] };
  const excluded = { ...base, exclusionCodes: ['X1'] };
  const verb = (c: typeof base, outcome: 'granted' | 'refused' | 'returned', agency = 'county') =>
    code(() => decideApproval(c, outcome, agency));
  expect(verb(base, 'granted')).toBe('grant');
  expect(verb(base, 'refused')).toBe('refuse');
  expect(verb(base, 'returned')).toBe('return');
  expect(verb(excluded, 'granted')).toBe('case.exclusion_applies');
  expect(verb({ ...excluded, ...override }, 'granted')).toBe('approve-step');
  expect(verb({ ...excluded, ...override }, 'refused')).toBe('refuse');
  expect(verb({ ...excluded, ...override }, 'granted', 'city')).toBe('grant');
  const second = { ...excluded, ...override, approvalStep: 2 };
  expect(verb(second, 'granted', 'city')).toBe('grant');
  expect(verb(second, 'refused', 'city')).toBe('return');
  expect(verb({ ...base, beneficiaries: [] }, 'granted')).toBe('case.awards_missing');
  expect(verb({ ...excluded, ...override, superiorAgencyId: 'county' }, 'granted')).toBe('approve-step');
});
