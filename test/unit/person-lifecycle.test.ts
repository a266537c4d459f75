// The life of a person's record and of an identity review: every state and verb, and what the guards refuse.
import { describe, expect, test } from '@jest/globals';
import {
  PERSON_STATES,
  type PersonFacts,
  personActions,
  personMachine,
  REVIEW_STATES,
  reversibleUntil,
  reviewActions,
  reviewMachine,
} from '../../src/persons/lifecycle.ts';

const POSSIBLE: Readonly<Record<string, readonly string[]>> = {
  active: ['correct', 'propose-merge', 'merge', 'withdraw-merge', 'propose-erasure', 'erase'],
  merged: ['reverse-merge', 'propose-erasure', 'erase'],
  erased: [],
};

test.each([...PERSON_STATES])('a person that is %s', (state) => {
  expect(personMachine.allowed(state)).toEqual(POSSIBLE[state]);
});

test.each([...REVIEW_STATES])('a review that is %s', (state) => {
  expect(reviewMachine.allowed(state)).toEqual(state === 'open' ? ['resolve'] : []);
});

const officer = (personKey: string) => ({ officer: { personKey } }) as never;
const person = (change: Partial<PersonFacts> = {}): PersonFacts => ({
  state: 'active',
  own: true,
  handled: true,
  proposedByPersonKey: null,
  erasureProposedByPersonKey: null,
  mergedOn: null,
  today: '2026-11-23',
  ...change,
});
const codeOf = (problem: { code: string } | undefined) => problem?.code;

describe('a merge', () => {
  const { guard } = personActions.merge;
  test.each([
    [person(), undefined],
    [person({ own: false }), 'person.not_handled'],
    [person({ proposedByPersonKey: 'one' }), 'decision.four_eyes'],
    [person({ proposedByPersonKey: 'two' }), undefined],
  ])('%j: %s', (facts, code) => {
    expect(codeOf(guard(facts, officer('one')))).toBe(code);
  });

  test('is awaited once it is proposed', () => {
    expect([person(), person({ proposedByPersonKey: 'one' })].map(personActions.merge.awaited)).toEqual([false, true]);
  });
});

describe('its reversal', () => {
  const merged = person({ state: 'merged', mergedOn: '2026-11-23' });
  test.each([
    [person(), 'person.not_merged'],
    [person({ proposedByPersonKey: 'one' }), undefined],
    [{ ...merged, today: '2026-12-23' }, undefined],
    [{ ...merged, today: '2026-12-24' }, 'person.merge_final'],
    [{ ...merged, own: false }, 'person.not_handled'],
  ])('%j: %s', (facts, code) => {
    expect(codeOf(personActions['merge-reversal'].guard(facts))).toBe(code);
  });

  test('is possible to the end of the thirtieth day, over the turn of the year too', () => {
    expect(reversibleUntil('2026-12-15')).toBe('2027-01-14');
  });
});

describe('a review', () => {
  const { guard } = reviewActions.resolution;
  const facts = { state: 'open' as const, handled: true, proposedByPersonKey: null, forOthers: false };
  test.each([
    [facts, undefined],
    [{ ...facts, handled: false }, 'person.not_handled'],
    [{ ...facts, proposedByPersonKey: 'one' }, 'decision.four_eyes'],
    [{ ...facts, forOthers: true }, 'person.other_agency_decides'],
  ])('%j: %s', (known, code) => {
    expect(codeOf(guard(known, officer('one')))).toBe(code);
  });
});
