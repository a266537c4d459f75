// Lifecycles as data: every state × every verb either moves as the table says or is refused with what is allowed.
import { describe, expect, test } from '@jest/globals';
import { clueMachine } from '../../src/clues/domain.ts';
import { type Machine, machine, toMermaid } from '../../src/kernel/machine.ts';
import { Problem } from '../../src/kernel/problem.ts';

type AnyMachine = Machine<string, string>;

/** The contract's lifecycles (contract §3), one line per verb: from-states → to-state. */
const CONTRACT: Readonly<Record<string, { machine: AnyMachine; verbs: Record<string, [from: string, to: string]> }>> = {
  clue: {
    machine: clueMachine as unknown as AnyMachine,
    verbs: {
      return: ['submitted returned', 'returned'],
      supplement: ['submitted returned', 'submitted'],
      withdraw: ['submitted returned', 'withdrawn'],
      accept: ['submitted', 'accepted'],
      reject: ['submitted', 'rejected'],
      reroute: ['submitted', 'same'],
      'route-to-social': ['submitted', 'routed_to_social_assistance'],
      answer: ['rejected routed_to_social_assistance accepted', 'answered'],
    },
  },
};

function refusal(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each(Object.entries(CONTRACT))('%s', (noun, { machine: m, verbs }) => {
  test('has exactly the verbs of the contract', () => {
    expect(Object.keys(m.verbs).sort()).toEqual(Object.keys(verbs).sort());
  });

  const pairs = m.states.flatMap((state) => Object.keys(m.verbs).map((verb) => [state, verb] as const));
  test.each(pairs)('%s: %s', (state, verb) => {
    const [from = '', to = ''] = verbs[verb] ?? [];
    const possible = from.split(' ').includes(state);
    expect(m.can(state, verb)).toBe(possible);
    if (possible) return expect(m.next(state, verb)).toBe(to === 'same' ? state : to);
    const problem = refusal(() => m.next(state, verb));
    expect(problem).toMatchObject({ code: `${noun}.illegal_transition`, status: 409 });
    const allowed = Object.keys(verbs).filter((name) => verbs[name]?.[0].split(' ').includes(state));
    expect([...(problem.shown().allowed as string[])].sort()).toEqual(allowed.sort());
  });

  test('every state can be reached from the first one', () => {
    const reached = new Set([m.initial]);
    for (let size = 0; size < reached.size; ) {
      size = reached.size;
      for (const t of Object.values(m.verbs)) {
        if (t.to !== 'same' && t.from.some((state) => reached.has(state))) reached.add(t.to);
      }
    }
    expect([...reached].sort()).toEqual([...m.states].sort());
  });
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
