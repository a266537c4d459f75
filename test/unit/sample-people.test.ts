// Synthetic people and officers: reproducible, valid, and in families that could exist.
import { describe, expect, test } from '@jest/globals';
import { parseCitizenId } from '../../src/kernel/citizen-id.ts';
import { ageOn } from '../../src/kernel/civil-date.ts';
import { parsePhone } from '../../src/kernel/phone.ts';
import { liaoningAgencies } from '../../src/reference/agencies.ts';
import { codeSets } from '../../src/reference/code-sets.ts';
import { sandboxOfficers } from '../../src/sandbox/officers.ts';
import { SAMPLE_SEED, samplePeople } from '../../src/sandbox/sample-people.ts';

const TODAY = '2026-11-23';
const options = { today: TODAY, regionCodes: ['210102', '210106', '210381'] };
const people = samplePeople(300, options);
const byKey = new Map(people.map((person) => [person.key, person]));

describe(`people of seed ${SAMPLE_SEED}`, () => {
  test('are the same each time, and others under another seed', () => {
    expect(people).toHaveLength(300);
    expect(samplePeople(300, options)).toEqual(people);
    expect(samplePeople(300, { ...options, seed: 1 })).not.toEqual(people);
  });

  test('have ids that say the same as their fields', () => {
    expect(new Set(people.map((person) => person.idNumber)).size).toBe(300);
    for (const { idNumber, sex, birthDate, householdRegionCode } of people) {
      expect(parseCitizenId(idNumber, TODAY)).toEqual({
        ok: true,
        idNumber,
        sex,
        birthDate,
        regionCode: householdRegionCode,
      });
    }
  });

  test('have telephones of a range that nobody holds, or a guardian who has', () => {
    for (const person of people) {
      const phone = person.phone ?? byKey.get(person.guardianKey ?? '')?.phone ?? '';
      expect(parsePhone(phone)).toEqual({ kind: 'mobile', number: expect.stringMatching(/^154/) });
      expect(person.phone === null).toBe(ageOn(person.birthDate, TODAY) < 18);
    }
  });

  test('have mothers old enough', () => {
    const children = people.filter((person) => person.guardianKey !== null);
    expect(children.length).toBeGreaterThan(50);
    for (const child of children) {
      const mother = byKey.get(child.guardianKey ?? '');
      expect(mother?.kin).toContainEqual({ relation: 'child', key: child.key });
      expect(ageOn(mother?.birthDate ?? child.birthDate, child.birthDate)).toBeGreaterThanOrEqual(19);
      expect(child.address).toBe(mother?.address);
    }
  });

  test('carry known categories that fit their sex and age', () => {
    const known = new Set(
      codeSets()
        .find((set) => set.name === 'categories')
        ?.items.map((item) => item.code),
    );
    for (const { categories, sex, birthDate } of people) {
      expect(categories.length).toBeGreaterThan(0);
      for (const code of categories) {
        expect(known).toContain(code);
        if (code.startsWith('W')) expect(sex).toBe('female');
        expect(code.startsWith('C')).toBe(code !== 'H1' && ageOn(birthDate, TODAY) < 18);
      }
    }
  });
});

test('42 officers with one person each, in agencies that exist', () => {
  const agencyCodes = new Set(liaoningAgencies().map((agency) => agency.code));
  expect(sandboxOfficers).toHaveLength(43);
  expect(new Set(sandboxOfficers.map((officer) => officer.code)).size).toBe(43);
  expect(new Set(sandboxOfficers.map((officer) => officer.personKey)).size).toBe(43);
  expect(sandboxOfficers.every((officer) => agencyCodes.has(officer.agencyCode))).toBe(true);
  expect(sandboxOfficers.find((officer) => officer.code === 'bureau.heping')).toMatchObject({
    agencyCode: 'fin-210102',
    roles: ['treasury_officer'],
  });
  expect(sandboxOfficers.find((officer) => officer.code === 'admin')).toMatchObject({ agencyCode: 'proc-210000' });
});
