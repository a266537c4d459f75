// The worked numbers of domain.md §7: nothing is rounded before it is compared.
import { expect, test } from '@jest/globals';
import { planOf, stepKindOf } from '../../src/cases/approval-domain.ts';
import { courtCeiling, decideCap, fenOfMonths, withinMonths } from '../../src/cases/standard-domain.ts';
import { formatYuan } from '../../src/kernel/money.ts';
import { Problem } from '../../src/kernel/problem.ts';

const ANNUAL = 8_994_100n;
const standard = { annualFen: ANNUAL, capMonths: 36 };
const assessment = { lossFen: '18000000', receivedFen: '2000000', faultPercent: 10 };

const refusal = (amountFen: bigint, courtCeilingFen: bigint | null, breakout: boolean): string => {
  try {
    return String(decideCap(standard, { amountFen, courtCeilingFen, breakout }));
  } catch (error) {
    if (error instanceof Problem)
      return `${error.code} ${String(error.params.limit ?? '')} ${String(error.params.missing ?? '')}`;
    throw error;
  }
};

test('a month of 89,941 is shown as 7,495.08, and 36 of them are 269,823.00, not 269,822.88', () => {
  expect(formatYuan(fenOfMonths(ANNUAL, 1))).toBe('7495.08');
  expect(formatYuan(fenOfMonths(ANNUAL, 36))).toBe('269823.00');
  expect(formatYuan(fenOfMonths(ANNUAL, 1) * 36n)).toBe('269822.88');
  expect([26_982_288n, 26_982_289n, 26_982_300n, 26_982_301n].map((fen) => withinMonths(fen, ANNUAL, 36))).toEqual([
    ...[true, true],
    ...[true, false],
  ]);
});

test('eight months are 59,960.66, rounded down; a court would award 142,000', () => {
  expect(formatYuan(fenOfMonths(ANNUAL, 8))).toBe('59960.66');
  expect(withinMonths(5_996_066n, ANNUAL, 8)).toBe(true);
  expect(withinMonths(5_996_067n, ANNUAL, 8)).toBe(false);
  expect(formatYuan(courtCeiling(assessment))).toBe('142000.00');
  expect(courtCeiling({ lossFen: '100', receivedFen: '200', faultPercent: 0 })).toBe(0n);
});

test('ordinary, broken out of, and refused at any level', () => {
  const ceiling = courtCeiling(assessment);
  expect(refusal(5_996_066n, ceiling, false)).toBe('false');
  expect(refusal(30_000_000n, null, false)).toBe('award.cap_exceeded 269823.00 30177.00');
  expect(refusal(30_000_000n, null, true)).toBe('award.assessment_missing  ');
  expect(refusal(30_000_000n, ceiling, true)).toBe('award.court_ceiling_exceeded 142000.00 158000.00');
  expect(refusal(30_000_000n, 40_000_000n, true)).toBe('true');
  expect(refusal(14_200_001n, ceiling, false)).toBe('award.court_ceiling_exceeded 142000.00 0.01');
});

test('the steps of a round, from the chief alone to a committee and two levels above', () => {
  const none = { approvers: 1, committee: false, superiorReasons: [] as never[], higherAgencyId: null };
  expect(planOf(none)).toEqual(['own']);
  const all = { approvers: 2, committee: true, superiorReasons: ['amount_tier' as const], higherAgencyId: 'province' };
  expect(planOf(all)).toEqual(['own', 'own', 'committee', 'superior', 'higher']);
  expect(stepKindOf({ ...all, approvalStep: 3 })).toBe('committee');
});
