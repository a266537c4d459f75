// The six lifecycles, state by verb, against the contract's table written down here once more and independently.
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

/** `from verb to`, one line each; whatever is not listed must be refused. `=` stays where it is. */
const expected: Readonly<Record<string, string>> = {
  clue: `submitted|returned return returned; submitted|returned supplement submitted; submitted|returned withdraw withdrawn;
    submitted accept accepted; submitted reject rejected; submitted reroute =; submitted route-to-social routed_to_social_assistance;
    rejected|routed_to_social_assistance|accepted answer answered`,
  case: `opened assign under_review; under_review|awaiting_documents reassign =; opened|under_review|awaiting_documents|pending_approval edit =;
    under_review request-documents awaiting_documents; awaiting_documents receive-documents under_review; under_review propose pending_approval;
    pending_approval grant granted; pending_approval refuse refused; pending_approval return under_review; refused reconsider under_review;
    granted disburse disbursing; granted|refused|disbursing close closed; opened|under_review|awaiting_documents|pending_approval withdraw withdrawn;
    granted|disbursing|closed revoke revoked; awaiting_documents|under_review note-documents =;
    opened|under_review|awaiting_documents|pending_approval advance =; opened|under_review|awaiting_documents|pending_approval share =;
    opened|under_review|awaiting_documents add-beneficiary =; pending_approval approve-step =;
    under_review|awaiting_documents|pending_approval|granted|refused|disbursing|closed tell =; granted|disbursing|closed mark-typical =; granted|disbursing|closed unmark-typical =`,
  disbursement: `reserved authorise authorised; authorised|failed submit submitted; submitted|unknown settle settled; submitted|unknown fail failed;
    submitted mark-unknown unknown; reserved|authorised|failed void voided; settled confirm-receipt receipt_confirmed;
    settled dispute-receipt receipt_disputed; settled place-in-custody in_custody; in_custody exhaust-custody settled;
    reserved|authorised|submitted|unknown|failed|in_custody plan-custody =; in_custody request-release =; in_custody release =;
    settled|receipt_confirmed|receipt_disputed|in_custody order-recovery recovering; recovering recover-part =; recovering recover recovered;
    recovering propose-write-off =; recovering write-off written_off`,
  referral: `requested receive received; requested|received accept accepted; requested|received reject rejected; accepted start in_progress;
    in_progress hold on_hold; on_hold resume in_progress; in_progress record-output =; in_progress complete completed; in_progress fail failed;
    requested|received|accepted|in_progress|on_hold cancel cancelled; requested|received remind =;
    requested|received|accepted|in_progress|on_hold forward cancelled`,
  notice: `sent receive received`,
  correction: `proposed confirm applied; proposed refuse refused`,
  visit: `planned record done; planned miss missed; planned|missed reschedule planned; planned cancel cancelled`,
  account: `open escalate escalated; escalated de-escalate open; open|escalated stabilise stable; stable close closed; closed reopen open`,
};

/** Recorded facts of a running payment: they belong to every state from the authorisation on, and move nothing. */
const recordedOnly = new Set(['appropriate', 'notify']);

function expectation(name: string): Map<string, string> {
  const lines = (expected[name] ?? '').split(';').map((line) => line.trim().split(/\s+/));
  return new Map(
    lines.flatMap(([from = '', verb = '', to = '']) =>
      from.split('|').map((state) => [`${state} ${verb}`, to === '=' ? state : to] as const),
    ),
  );
}

type Pair = { state: string; verb: string; to: string | undefined; move: () => string };

function pairs<S extends string, V extends string>(m: Machine<S, V>): Pair[] {
  const verbs = (Object.keys(m.verbs) as V[]).filter((verb) => !recordedOnly.has(verb));
  const want = expectation(m.name);
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
    expect([...expectation(name).keys()].filter((pair) => !known.has(pair))).toEqual([]);
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
