// Working-day vectors of domain §11, explanations and provisional results.
import { describe, expect, test } from '@jest/globals';
import { addWorkingDays, dayReasons } from '../../src/kernel/working-days.ts';
import { isPlannedWorkday } from '../../src/reference/calendar.ts';
import { enumValues } from '../../src/reference/enums.ts';

test.each([
  ['2023-02-21', 5, '2023-02-28'],
  ['2023-02-21', 10, '2023-03-07'],
  ['2023-01-18', 5, '2023-01-30'],
  ['2026-02-12', 10, '2026-03-04'],
  ['2026-09-29', 2, '2026-10-08'],
  ['2026-09-29', 0, '2026-09-29'],
])('%s + %i working days = %s', (start, n, dueOn) => {
  expect(addWorkingDays(start, n, isPlannedWorkday)).toMatchObject({ dueOn, provisional: false });
});

test('each day is explained', () => {
  const { explain } = addWorkingDays('2023-01-18', 5, isPlannedWorkday);
  expect(explain).toHaveLength(12);
  expect(explain[0]).toEqual({ date: '2023-01-19', counted: true, reason: 'workday' });
  expect(explain.find((day) => day.date === '2023-01-23')).toEqual({
    date: '2023-01-23',
    counted: false,
    reason: 'holiday',
  });
  expect(explain.find((day) => day.date === '2023-01-28')).toEqual({
    date: '2023-01-28',
    counted: true,
    reason: 'make_up_workday',
  });
  expect(explain.filter((day) => day.counted)).toHaveLength(5);
  expect(addWorkingDays('2026-11-20', 1, isPlannedWorkday).explain.map((day) => day.reason)).toEqual([
    'weekend',
    'weekend',
    'workday',
  ]);
});

describe('past the published plan', () => {
  test('days count as Monday to Friday and the result is provisional', () => {
    const due = addWorkingDays('2026-12-30', 3, isPlannedWorkday);
    expect(due).toMatchObject({ dueOn: '2027-01-04', provisional: true });
    expect(due.explain.map((day) => day.reason)).toEqual([
      'workday',
      'assumed_workday',
      'assumed_weekend',
      'assumed_weekend',
      'assumed_workday',
    ]);
  });

  test('a due date inside the plan is not provisional', () => {
    expect(addWorkingDays('2026-12-30', 1, isPlannedWorkday).provisional).toBe(false);
  });
});

test('bad input and a calendar without working days are refused', () => {
  expect(() => addWorkingDays('2026-02-30', 1, isPlannedWorkday)).toThrow(RangeError);
  expect(() => addWorkingDays('2026-02-12', -1, isPlannedWorkday)).toThrow(RangeError);
  expect(() => addWorkingDays('2026-02-12', 1.5, isPlannedWorkday)).toThrow(RangeError);
  expect(() => addWorkingDays('2026-02-12', 1, () => false)).toThrow(RangeError);
});

test('the reasons are a code set', () => {
  // A paused clock is no matter of the calendar.
  expect(enumValues('day-reasons')).toEqual([...dayReasons, 'paused']);
});
