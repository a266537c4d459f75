// The machines of all lifecycles without their types, for the random walks (S-22).
import { accountMachine } from '../../src/accounts/domain.ts';
import { correctionMachine } from '../../src/cases/correction-domain.ts';
import { caseMachine } from '../../src/cases/domain.ts';
import { noticeMachine } from '../../src/cases/notice-domain.ts';
import { clueMachine } from '../../src/clues/domain.ts';
import { disbursementMachine } from '../../src/disbursements/domain.ts';
import type { Machine } from '../../src/kernel/machine.ts';
import { referralMachine } from '../../src/referrals/domain.ts';
import { visitMachine } from '../../src/visits/domain.ts';
import { RECORDED_ONLY } from './lifecycle-data.ts';

/** A machine without its types, so that all of them stand in one list. */
export type PlainMachine = Pick<Machine<string, string>, 'name' | 'states' | 'initial'> & {
  verbs: readonly string[];
  next(state: string, verb: string): string;
  allowed(state: string): readonly string[];
};

function plain<S extends string, V extends string>(m: Machine<S, V>): PlainMachine {
  const verbs = (Object.keys(m.verbs) as V[]).filter((verb) => !RECORDED_ONLY.has(verb));
  // Both names come from the machine's own lists.
  const state = (name: string) => m.states[m.states.indexOf(name as S)] as S;
  return {
    name: m.name,
    states: m.states,
    initial: m.initial,
    verbs,
    next: (from, verb) => m.next(state(from), verb as V),
    allowed: (from) => m.allowed(state(from)).filter((verb) => !RECORDED_ONLY.has(verb)),
  };
}

export const machines: readonly PlainMachine[] = [
  plain(clueMachine),
  plain(caseMachine),
  plain(disbursementMachine),
  plain(referralMachine),
  plain(visitMachine),
  plain(accountMachine),
  plain(noticeMachine),
  plain(correctionMachine),
];
