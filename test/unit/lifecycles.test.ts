// The eight lifecycles, state by verb, against the contract's table written down once more and independently.
import { describe, expect, test } from '@jest/globals';
import { accountMachine } from '../../src/accounts/domain.ts';
import { correctionMachine } from '../../src/cases/correction-domain.ts';
import { caseMachine } from '../../src/cases/domain.ts';
import { noticeMachine } from '../../src/cases/notice-domain.ts';
import { clueMachine } from '../../src/clues/domain.ts';
import { disbursementMachine } from '../../src/disbursements/domain.ts';
import type { Machine } from '../../src/kernel/machine.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { referralMachine } from '../../src/referrals/domain.ts';
import { visitMachine } from '../../src/visits/domain.ts';
import { lifecycles, RECORDED_ONLY } from '../support/lifecycle-data.ts';

type Pair = { state: string; verb: string; to: string | undefined; move: () => string };

function pairs<S extends string, V extends string>(m: Machine<S, V>): Pair[] {
  const verbs = (Object.keys(m.verbs) as V[]).filter((verb) => !RECORDED_ONLY.has(verb));
  const want = lifecycles[m.name] ?? new Map<string, string>();
  return verbs.flatMap((verb) =>
    m.states.map((state) => ({ state, verb, to: want.get(`${state} ${verb}`), move: () => m.next(state, verb) })),
  );
}

const all = [
  { name: 'notice', rows: pairs(noticeMachine) },
  { name: 'correction', rows: pairs(correctionMachine) },
  { name: 'clue', rows: pairs(clueMachine) },
  { name: 'case', rows: pairs(caseMachine) },
  { name: 'disbursement', rows: pairs(disbursementMachine) },
  { name: 'referral', rows: pairs(referralMachine) },
  { name: 'visit', rows: pairs(visitMachine) },
  { name: 'account', rows: pairs(accountMachine) },
];

describe.each(all)('lifecycle of a $name', ({ name, rows }) => {
  test('every pair of the contract is a pair of the table', () => {
    const known = new Set(rows.map(({ state, verb }) => `${state} ${verb}`));
    expect([...(lifecycles[name]?.keys() ?? [])].filter((pair) => !known.has(pair))).toEqual([]);
  });

  test.each(rows)('$state × $verb → $to', ({ to, move }) => {
    if (to !== undefined) return expect(move()).toBe(to);
    let thrown: unknown;
    try {
      move();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Problem);
    expect((thrown as Problem).status).toBe(409);
    expect((thrown as Problem).code).toBe(`${name}.illegal_transition`);
    expect(Array.isArray((thrown as Problem).shown().allowed)).toBe(true);
  });
});
