// The lifecycles as the contract has them, written down once, in the text of test/unit/lifecycles.test.ts, and read here by the walks (S-22).
import { readFileSync } from 'node:fs';
import { accountMachine } from '../../src/accounts/domain.ts';
import { correctionMachine } from '../../src/cases/correction-domain.ts';
import { caseMachine } from '../../src/cases/domain.ts';
import { noticeMachine } from '../../src/cases/notice-domain.ts';
import { clueMachine } from '../../src/clues/domain.ts';
import { disbursementMachine } from '../../src/disbursements/domain.ts';
import type { Machine } from '../../src/kernel/machine.ts';
import { referralMachine } from '../../src/referrals/domain.ts';
import { visitMachine } from '../../src/visits/domain.ts';

/** `submitted accept` → `accepted`; what is not in it must be refused. */
export type Lifecycle = ReadonlyMap<string, string>;

/** Facts that move nothing stand in no table: appropriation and notification of a payment. */
export const RECORDED_ONLY: ReadonlySet<string> = new Set(['appropriate', 'notify']);

const rowsOf = (text: string): [string, string][] =>
  text.split(';').flatMap((line) => {
    const [from = '', verb = '', to = ''] = line.trim().split(/\s+/);
    return from.split('|').map((state): [string, string] => [`${state} ${verb}`, to === '=' ? state : to]);
  });

export function lifecycleTables(): Readonly<Record<string, Lifecycle>> {
  const text = readFileSync(new URL('../unit/lifecycles.test.ts', import.meta.url), 'utf8');
  const tables = [...text.matchAll(/^ {2}(\w+): `([^`]+)`,$/gm)].map(
    ([, name = '', table = '']) => [name, new Map(rowsOf(table))] as const,
  );
  return Object.fromEntries(tables);
}

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
