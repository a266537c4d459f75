// Names of lifecycle states: as many as the machine has, in its order, in both languages.
import { expect, test } from '@jest/globals';
import { lifecycleNames, type StateNames, stateSet } from '../../src/reference/lifecycle-states.ts';

const names: StateNames<'on' | 'off'> = {
  set: 'lamp-states',
  title: ['灯', 'Lamps'],
  states: { on: ['开', 'On'], off: ['关', 'Off'] },
};

test('the set follows the order of the machine', () => {
  const set = stateSet({ states: ['off', 'on'] }, names);
  expect(set).toMatchObject({ name: 'lamp-states', title: '灯', titleEn: 'Lamps' });
  expect(set.items.map(({ code, nameEn }) => [code, nameEn])).toEqual([
    ['off', 'Off'],
    ['on', 'On'],
  ]);
});

test('a name too few or too many throws', () => {
  const states: readonly ('on' | 'off')[] = ['off'];
  expect(() => stateSet({ states }, names)).toThrow('names on, which no machine has');
  const more = ['off', 'on', 'dim'] as readonly ('on' | 'off')[];
  expect(() => stateSet({ states: more }, names)).toThrow('no name for dim');
});

test('all six lifecycles are named in both languages', () => {
  const all: StateNames<string>[] = Object.values(lifecycleNames);
  expect(all.map(({ set }) => set)).toEqual([
    'clue-states',
    'case-states',
    'disbursement-states',
    'referral-states',
    'visit-states',
    'account-states',
    'notice-states',
    'break-glass-states',
    'correction-states',
  ]);
  for (const [name, nameEn] of all.flatMap(({ title, states }) => [title, ...Object.values(states)])) {
    expect(name).toMatch(/^\p{Script=Han}+$/u);
    expect(nameEn).toMatch(/^[A-Z][a-z -]+$/);
  }
});
