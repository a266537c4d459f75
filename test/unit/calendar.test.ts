// The working-day calendar against an independent package, day by day, and its edges.
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { weekdayOf } from '../../src/kernel/civil-date.ts';
import { calendarDays, calendarVersion, coveredYears, isPlannedWorkday } from '../../src/reference/calendar.ts';

type OtherDay = { date: string; type: 'public_holiday' | 'transfer_workday' };
const load = createRequire(import.meta.url);

function otherPackage(year: number): Map<string, OtherDay['type']> {
  const { dates } = load(`holiday-calendar/data/CN/${year}.json`) as { dates: OtherDay[] };
  return new Map(dates.map(({ date, type }) => [date, type]));
}

function mismatches(year: number): string[] {
  const other = otherPackage(year);
  const expected = (day: string): boolean => {
    const type = other.get(day);
    return type === undefined ? weekdayOf(day) <= 5 : type === 'transfer_workday';
  };
  return (calendarDays(year) ?? []).filter((row) => row.isWorkday !== expected(row.day)).map((row) => row.day);
}

test.each([2017, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026])(
  '%i agrees with holiday-calendar on every day',
  (year) => {
    expect(mismatches(year)).toEqual([]);
  },
);

test('2018 differs on four days, where a third data set (holiday-cn) sides with ours', () => {
  expect(mismatches(2018)).toEqual(['2018-06-16', '2018-09-22', '2018-12-29', '2018-12-31']);
  expect(['2018-06-16', '2018-09-22', '2018-12-29', '2018-12-31'].map(isPlannedWorkday)).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

test('2026 has 365 rows and 248 working days', () => {
  const days = calendarDays(2026) ?? [];
  expect(days).toHaveLength(365);
  expect(days.filter((row) => row.isWorkday)).toHaveLength(248);
  const makeUps = days.filter((row) => row.isWorkday && weekdayOf(row.day) > 5).map((row) => row.day.slice(5));
  expect(makeUps).toEqual(['01-04', '02-14', '02-28', '05-09', '09-20', '10-10']);
  expect(days[44]).toEqual({
    day: '2026-02-14',
    isWorkday: true,
    name: '春节（调休上班）',
    source: 'chinese-days',
    version: calendarVersion,
  });
  expect(days.find((row) => row.day === '2026-02-17')).toMatchObject({ isWorkday: false, name: '春节' });
  expect(days.find((row) => row.day === '2026-03-03')).toMatchObject({ isWorkday: true, name: null });
});

describe('edges', () => {
  test('changes within a year are in it', () => {
    expect(isPlannedWorkday('2020-01-31')).toBe(false);
    expect(isPlannedWorkday('2015-09-03')).toBe(false);
  });

  test('years without a plan are unknown, not working days', () => {
    expect(coveredYears[0]).toBe(2004);
    const next = (coveredYears.at(-1) ?? 0) + 1;
    expect(coveredYears).toHaveLength(next - 2004);
    expect(calendarDays(next)).toBeUndefined();
    expect(calendarDays(2003)).toBeUndefined();
    expect(isPlannedWorkday(`${next}-01-01`)).toBeUndefined();
  });
});
