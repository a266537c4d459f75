// Roles: the code set, the permissions and the kinds of agency name the same ones, and duties stay apart.
import { describe, expect, test } from '@jest/globals';
import { permissionsOf, ROLES, ROLES_BY_KIND } from '../../src/agencies/roles.ts';
import { AGENCY_KINDS } from '../../src/agencies/schema.ts';
import { enumValues } from '../../src/reference/enums.ts';

const roles = Object.keys(ROLES).toSorted();

test('the code set officer-roles is the list of roles', () => {
  expect(enumValues('officer-roles').toSorted()).toEqual(roles);
});

test('every role belongs to a kind of agency, every kind has one', () => {
  expect(Object.keys(ROLES_BY_KIND).toSorted()).toEqual(AGENCY_KINDS.toSorted());
  expect([...new Set(Object.values(ROLES_BY_KIND).flat())].toSorted()).toEqual(roles);
});

describe('duties that never meet in one role', () => {
  test.each([
    ['case:propose', 'case:decide'],
    ['case:correct', 'case:confirm_correction'],
    ['disbursement:authorise', 'disbursement:settle'],
    ['case:decide', 'disbursement:settle'],
    ['officer:manage', 'case:read'],
    ['audit:read', 'person:disclose'],
  ] as const)('%s and %s', (one, other) => {
    for (const role of roles) {
      const granted = permissionsOf([role]);
      expect([role, granted.has(one) && granted.has(other)]).toEqual([role, false]);
    }
  });
});

test('an unknown role grants nothing', () => {
  expect(permissionsOf(['mayor', 'toString', '__proto__']).size).toBe(0);
});
