// Due days: the vectors of domain §11, pauses and extensions, and the status on each day.
import { expect, test } from '@jest/globals';
import { type Pause, type RuleSnapshot, reckon, statusOn } from '../../src/deadlines/domain.ts';
import { addDays } from '../../src/kernel/civil-date.ts';
import { isPlannedWorkday } from '../../src/reference/calendar.ts';
import { clocks } from '../../src/reference/deadline-clocks.ts';
import { deadlineRule } from '../../src/reference/deadline-rules.ts';

const rule = (n: number, change: Partial<RuleSnapshot> = {}): RuleSnapshot => ({
  ...{ name: '期限', nameEn: 'Deadline', n, unit: 'working_day', basis: 'test', mark: 'assumption', dueOn: null },
  ...change,
});
const due = (startedOn: string, r: RuleSnapshot, pauses: Pause[] = [], extensionDays = 0) =>
  reckon({ rule: r, startedOn, pauses, extensionDays }, isPlannedWorkday);
const pause = (from: string, until: string | null): Pause => ({ from, until, cause: 'test.paused' });

test.each([
  ['2023-02-21', 5, '2023-02-28'],
  ['2023-02-21', 10, '2023-03-07'],
  ['2023-01-18', 5, '2023-01-30'],
  ['2026-02-12', 10, '2026-03-04'],
  ['2026-09-29', 2, '2026-10-08'],
  ['2026-11-16', 0, '2026-11-16'],
])('%s and %i working days: %s', (start, n, expected) => {
  expect(due(start, rule(n)).dueOn).toBe(expected);
});

test('an unpaused clock and one paused and resumed on the same day are due on the same day', () => {
  for (let day = '2026-01-01'; day < '2026-12-01'; day = addDays(day, 5))
    for (const after of [0, 1, 4])
      expect(due(day, rule(5), [pause(addDays(day, after), addDays(day, after))]).dueOn).toBe(due(day, rule(5)).dueOn);
});

test('a pause moves the due day by the working days in it, two pauses by both; one after the end by nothing', () => {
  const r = rule(10);
  expect(due('2026-11-16', r).dueOn).toBe('2026-11-30');
  expect(due('2026-11-16', r, [pause('2026-11-18', '2026-11-25')]).dueOn).toBe('2026-12-07');
  expect(due('2026-11-16', r, [pause('2026-11-18', '2026-11-20'), pause('2026-11-23', '2026-11-24')]).dueOn).toBe(
    '2026-12-03',
  );
  expect(due('2026-11-16', r, [pause('2026-11-20', '2026-11-22')]).dueOn).toBe('2026-11-30');
  expect(due('2026-11-16', r, [pause('2026-12-01', '2026-12-20')]).dueOn).toBe('2026-11-30');
  expect(due('2026-11-16', r, [pause('2026-11-18', null)]).dueOn).toBe('2026-11-30');
  const long = due('2026-03-02', r, [pause('2026-03-03', '2026-09-01')]);
  expect(long.dueOn).toBe('2026-09-14');
  expect(long.explain.filter(({ counted }) => counted)).toHaveLength(10);
});

test('an extension adds working days, also to months and to an agreed day, which themselves are certain', () => {
  expect(due('2026-11-16', rule(10), [], 5).dueOn).toBe('2026-12-07');
  const months = rule(3, { unit: 'month' });
  expect(due('2026-11-30', months)).toMatchObject({ dueOn: '2027-02-28', provisional: false });
  expect(due('2026-11-30', months, [], 1)).toMatchObject({ dueOn: '2027-03-01', provisional: true });
  expect(due('2026-11-16', rule(10, { dueOn: '2026-11-20' }), [pause('2026-11-17', '2026-11-19')]).dueOn).toBe(
    '2026-11-22',
  );
});

test('beyond the published plans the due day is provisional', () => {
  expect(due('2026-12-28', rule(5))).toMatchObject({ provisional: true });
  expect(due('2026-12-21', rule(5))).toMatchObject({ provisional: false });
});

test('the status on each day', () => {
  const { dueOn, soonOn } = due('2026-11-16', rule(10));
  expect(soonOn).toBe('2026-11-26');
  const running = { state: 'running', dueOn, soonOn, endedOn: null } as const;
  expect(statusOn(running, '2026-11-25')).toBe('on_track');
  expect(statusOn(running, '2026-11-26')).toBe('due_soon');
  expect(statusOn(running, '2026-11-30')).toBe('due_soon');
  expect(statusOn(running, '2026-12-01')).toBe('overdue');
  expect(statusOn({ ...running, state: 'ended', endedOn: '2026-11-30' }, '2030-01-01')).toBe('met');
  expect(statusOn({ ...running, state: 'ended', endedOn: '2026-12-01' }, '2030-01-01')).toBe('met_late');
  expect(statusOn({ ...running, state: 'paused' }, '2030-01-01')).toBe('paused');
  expect(statusOn({ ...running, state: 'waived', endedOn: '2026-12-01' }, '2030-01-01')).toBe('waived');
});

test('every clock has a rule, and no two of one rule', () => {
  expect(clocks.map(({ code }) => deadlineRule(code).code)).toEqual(clocks.map(({ code }) => code));
  expect(new Set(clocks.map(({ code }) => code)).size).toBe(clocks.length);
});
