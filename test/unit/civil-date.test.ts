// Civil dates in Asia/Shanghai: midnight, leap days, ages and month ends.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  ageOn,
  civilDateOf,
  compare,
  daysBetween,
  isCivilDate,
  weekdayOf,
  yearOf,
} from '../../src/kernel/civil-date.ts';

test('an instant belongs to the day in Shanghai', () => {
  expect(civilDateOf(new Date('2026-02-12T09:00:00+08:00'))).toBe('2026-02-12');
  expect(civilDateOf(new Date('2026-02-12T15:59:59.999Z'))).toBe('2026-02-12');
  expect(civilDateOf(new Date('2026-02-12T16:00:00Z'))).toBe('2026-02-13');
  expect(civilDateOf(new Date('2025-12-31T16:00:00Z'))).toBe('2026-01-01');
});

test.each(['2024-02-29', '2000-02-29', '1949-12-31', '0001-01-01', '9999-12-31'])('%s exists', (day) => {
  expect(isCivilDate(day)).toBe(true);
});

test.each([
  '2023-02-29',
  '1900-02-29',
  '2023-13-01',
  '2023-00-10',
  '2023-04-31',
  '0000-01-01',
  '2023-1-1',
  '20230101',
  '2023-01-01T00:00:00Z',
  '',
])('"%s" does not', (day) => expect(isCivilDate(day)).toBe(false));

test('days, months, weekdays', () => {
  expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  expect(addMonths('2026-11-30', 3)).toBe('2027-02-28');
  expect(addMonths('2023-11-30', 3)).toBe('2024-02-29');
  expect(addMonths('2026-01-15', 12)).toBe('2027-01-15');
  expect(addMonths('2026-01-31', -2)).toBe('2025-11-30');
  expect(daysBetween('2026-02-12', '2026-03-04')).toBe(20);
  expect(weekdayOf('2026-11-23')).toBe(1);
  expect(weekdayOf('2026-11-22')).toBe(7);
  expect(yearOf('2026-11-23')).toBe(2026);
  expect(['2026-01-02', '2025-12-31', '2026-01-01'].toSorted(compare)).toEqual([
    '2025-12-31',
    '2026-01-01',
    '2026-01-02',
  ]);
  expect(compare('2026-01-01', '2026-01-01')).toBe(0);
});

test('what is no date throws', () => {
  expect(() => addDays('2023-02-29', 1)).toThrow(RangeError);
  expect(() => yearOf('20230101')).toThrow(RangeError);
});

describe('ageOn', () => {
  test.each([
    ['2008-03-15', '2026-03-14', 17],
    ['2008-03-15', '2026-03-15', 18],
    ['2008-02-29', '2026-02-28', 17],
    ['2008-02-29', '2026-03-01', 18],
    ['2008-02-29', '2028-02-29', 20],
    ['2026-11-23', '2026-11-23', 0],
    ['2026-11-23', '2026-11-22', -1],
  ])('born %s, on %s: %i', (birthDate, day, age) => expect(ageOn(birthDate, day)).toBe(age));
});

test('days added and taken away cancel out', () => {
  fc.assert(
    fc.property(fc.nat(40_000), fc.integer({ min: -20_000, max: 20_000 }), (offset, days) => {
      const day = addDays('1950-01-01', offset);
      expect(addDays(addDays(day, days), -days)).toBe(day);
      expect(daysBetween(day, addDays(day, days))).toBe(days);
    }),
  );
});
