// Minors at the moment of access, and how a file that leaves the service names people.
import { describe, expect, test } from '@jest/globals';
import { ageGroupAt, ageGroupOn } from '../../src/kernel/age.ts';
import { initialsOf, toExportPerson } from '../../src/persons/export-person.ts';

const BORN = '2012-11-24';

describe('the group of age', () => {
  test.each([
    ['2026-11-23', 'child'],
    ['2026-11-24', 'minor'],
    ['2026-11-25', 'minor'],
    ['2030-11-23', 'minor'],
    ['2030-11-24', 'adult'],
  ])('of one born on 2012-11-24 on %s is %s', (day, group) => expect(ageGroupOn(BORN, day)).toBe(group));

  test('changes at midnight in Shanghai, wherever the server stands', () => {
    expect(ageGroupAt(BORN, new Date('2026-11-23T15:59:59.999Z'))).toBe('child');
    expect(ageGroupAt(BORN, new Date('2026-11-23T16:00:00.000Z'))).toBe('minor');
    expect(ageGroupAt(BORN, new Date('2030-11-23T15:59:59.999Z'))).toBe('minor');
    expect(ageGroupAt(BORN, new Date('2030-11-23T16:00:00.000Z'))).toBe('adult');
  });

  test('of one born on 29 February changes on 1 March of a common year', () => {
    expect(ageGroupOn('2012-02-29', '2026-02-28')).toBe('child');
    expect(ageGroupOn('2012-02-29', '2026-03-01')).toBe('minor');
  });

  test('of an unknown or impossible birth date is unknown', () => {
    for (const day of [null, '2026-02-30', '2099-01-01']) expect(ageGroupOn(day, '2026-11-23')).toBe('unknown');
  });
});

describe('in an export', () => {
  const girl = { name: '李秀兰', sex: 'female', birthDate: BORN, idNumber: '210102201211240025' } as const;

  test('a minor is initials, year of birth and a masked number', () =>
    expect(toExportPerson(girl, '2030-11-23')).toEqual({
      name: '李某某',
      sex: 'female',
      birthDate: '2012',
      idNumber: '210***********0025',
      covered: true,
    }));

  test('an adult has a name and a day, and still no number', () =>
    expect(toExportPerson(girl, '2030-11-24')).toMatchObject({
      name: '李秀兰',
      birthDate: BORN,
      idNumber: '210***********0025',
      covered: false,
    }));

  test('somebody else, or whose age nobody knows, is covered', () => {
    expect(toExportPerson(girl, '2040-01-01', true)).toMatchObject({ name: '李某某', birthDate: '2012' });
    expect(toExportPerson({ ...girl, birthDate: null }, '2040-01-01')).toMatchObject({
      name: '李某某',
      birthDate: null,
    });
  });

  test.each([
    ['李', '李某'],
    ['欧阳秀珍', '欧某某'],
    ['Jane Doe', 'J. D.'],
    ['阿依古丽·买买提', '阿某某'],
    ['  ', '某'],
  ])('the initials of %j are %j', (name, initials) => expect(initialsOf(name)).toBe(initials));
});
