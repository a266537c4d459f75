// Every state × every verb of a disbursement, against the lifecycle as the contract writes it (§3).
import { describe, expect, test } from '@jest/globals';
import { disbursementActions } from '../../src/disbursements/actions.ts';
import {
  DISBURSEMENT_STATES,
  type DisbursementState,
  disbursementMachine,
  openLinesDelta,
} from '../../src/disbursements/domain.ts';
import { applyPostings, MOVEMENTS, type MovementKind, NO_BALANCE, postingsOf } from '../../src/funds/domain.ts';

/** state → verb → next state; what is not here is a 409. Appropriation and notification record without moving. */
const recorded = { appropriate: 'same', notify: 'same' };
const ALLOWED: Readonly<Record<DisbursementState, Readonly<Record<string, string>>>> = {
  reserved: { authorise: 'authorised', void: 'voided', 'plan-custody': 'same' },
  authorised: { submit: 'submitted', void: 'voided', 'plan-custody': 'same', ...recorded },
  submitted: { settle: 'settled', fail: 'failed', 'mark-unknown': 'unknown', 'plan-custody': 'same', ...recorded },
  unknown: { settle: 'settled', fail: 'failed', 'plan-custody': 'same', ...recorded },
  failed: { submit: 'submitted', void: 'voided', 'plan-custody': 'same', ...recorded },
  settled: {
    'confirm-receipt': 'receipt_confirmed',
    'dispute-receipt': 'receipt_disputed',
    'place-in-custody': 'in_custody',
    'order-recovery': 'recovering',
    ...recorded,
  },
  in_custody: {
    'plan-custody': 'same',
    'request-release': 'same',
    release: 'same',
    'exhaust-custody': 'settled',
    'order-recovery': 'recovering',
    ...recorded,
  },
  receipt_confirmed: { 'order-recovery': 'recovering', ...recorded },
  receipt_disputed: { 'order-recovery': 'recovering', ...recorded },
  recovering: { recover: 'recovered', 'recover-part': 'same', 'propose-write-off': 'same', 'write-off': 'written_off' },
  recovered: {},
  voided: {},
  written_off: {},
};

const verbs = Object.keys(disbursementMachine.verbs) as (keyof typeof disbursementMachine.verbs)[];

describe.each(DISBURSEMENT_STATES)('a line that is %s', (state) => {
  test.each(verbs)('%s', (verb) => {
    const to = ALLOWED[state][verb];
    if (to) expect(disbursementMachine.next(state, verb)).toBe(to === 'same' ? state : to);
    else expect(() => disbursementMachine.next(state, verb)).toThrow('disbursement.illegal_transition');
  });
});

test('every action stands on verbs of the machine, and every state can be reached', () => {
  const used = new Set<string>(Object.values(disbursementActions).flatMap((action) => [...action.verbs]));
  for (const verb of used) expect(verbs).toContain(verb);
  const reached = new Set(['reserved', ...Object.values(disbursementMachine.verbs).map((verb) => verb.to)]);
  for (const state of DISBURSEMENT_STATES) expect(reached).toContain(state);
});

test('lines keep their case open exactly while they are reserved, authorised, submitted or unknown', () => {
  expect(openLinesDelta('authorised', 'submitted')).toBe(0);
  expect(openLinesDelta('submitted', 'unknown')).toBe(0);
  expect(openLinesDelta('submitted', 'failed')).toBe(-1);
  expect(openLinesDelta('failed', 'submitted')).toBe(1);
  expect(openLinesDelta('failed', 'voided')).toBe(0);
  expect(openLinesDelta('unknown', 'settled')).toBe(-1);
});

test('a movement takes from one account what it gives to another', () => {
  for (const [kind, { from, to }] of Object.entries(MOVEMENTS)) {
    const after = applyPostings(NO_BALANCE, postingsOf(kind as MovementKind, 5n));
    expect([kind, after]).toEqual([kind, { ...NO_BALANCE, [from]: -5n, [to]: 5n }]);
    expect(Object.values(after).reduce((sum, fen) => sum + fen)).toBe(0n);
  }
});
