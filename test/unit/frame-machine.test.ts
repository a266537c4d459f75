// The machine that carries the lifecycles: what it starts with, allows, refuses and draws.
import { describe, expect, test } from '@jest/globals';
import { accountMachine } from '../../src/accounts/domain.ts';
import { caseMachine } from '../../src/cases/domain.ts';
import { clueMachine } from '../../src/clues/domain.ts';
import { disbursementMachine } from '../../src/disbursements/domain.ts';
import { type Machine, machine, toMermaid } from '../../src/kernel/machine.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { referralMachine } from '../../src/referrals/domain.ts';
import { visitMachine } from '../../src/visits/domain.ts';

function reachable<S extends string, V extends string>(m: Machine<S, V>): string[] {
  const reached = new Set<S>([m.initial]);
  for (let size = 0; size < reached.size; ) {
    size = reached.size;
    for (const verb of Object.keys(m.verbs) as V[])
      for (const state of [...reached]) if (m.can(state, verb)) reached.add(m.next(state, verb));
  }
  return [...reached].sort();
}

test('every state of the six lifecycles can be reached from the first one', () => {
  expect(reachable(clueMachine)).toEqual([...clueMachine.states].sort());
  expect(reachable(caseMachine)).toEqual([...caseMachine.states].sort());
  expect(reachable(disbursementMachine)).toEqual([...disbursementMachine.states].sort());
  expect(reachable(referralMachine)).toEqual([...referralMachine.states].sort());
  expect(reachable(visitMachine)).toEqual([...visitMachine.states].sort());
  expect(reachable(accountMachine)).toEqual([...accountMachine.states].sort());
});

describe('the machine itself', () => {
  const lamp = machine('test_lamp', '灯', ['off', 'on', 'broken'], {
    press: { from: ['off'], to: 'on' },
    wipe: { from: ['off', 'on'], to: 'same' },
    drop: { from: ['off', 'on'], to: 'broken' },
  });

  test('starts in its first state and lists what is allowed in the order of the table', () => {
    expect(lamp.initial).toBe('off');
    expect(lamp.allowed('off')).toEqual(['press', 'wipe', 'drop']);
    expect(lamp.allowed('broken')).toEqual([]);
  });

  test('refuses with what is allowed instead', () => {
    try {
      lamp.next('on', 'press');
      throw new Error('nothing was refused');
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect((error as Problem).shown()).toEqual({ allowed: ['wipe', 'drop'] });
      expect(error).toMatchObject({ code: 'test_lamp.illegal_transition', status: 409 });
    }
  });

  test('draws the diagram of the docs', () => {
    expect(toMermaid(lamp).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> off',
      '  off --> on: press',
      '  off --> off: wipe',
      '  on --> on: wipe',
      '  off --> broken: drop',
      '  on --> broken: drop',
    ]);
  });
});
