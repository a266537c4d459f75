// Every state × verb of an account, against the table that the contract gives.
import { expect, test } from '@jest/globals';
import { ACCOUNT_STATES, type AccountState, type AccountVerb, accountMachine } from '../../../src/accounts/domain.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { actionOf, createGiven } from './given.ts';

const service = useService();
const body = { reason: '情况变化' };

const PATHS = {
  escalate: 'escalation',
  'de-escalate': 'de-escalation',
  stabilise: 'stabilisation',
  close: 'closure',
  reopen: 'reopening',
} as const satisfies Record<AccountVerb, string>;
type Step = readonly [officer: string, path: string];
const CLOSE: Step[] = [
  ['handler.heping', 'stabilisation'],
  ['handler.heping', 'closure'],
  ['wf.heping', 'closure'],
];
const WAYS: Readonly<Record<AccountState, readonly Step[]>> = {
  open: [],
  escalated: [['wf.heping', 'escalation']],
  stable: [['handler.heping', 'stabilisation']],
  closed: CLOSE,
};
const VERBS = Object.keys(PATHS) as AccountVerb[];

async function accountIn(state: AccountState): Promise<Known> {
  const { routed, story } = createGiven(service.api);
  let { account } = await routed();
  for (const [officer, path] of WAYS[state]) account = await story.decide(officer, account, path, body);
  return account;
}

test.each(ACCOUNT_STATES)('%s × every verb', async (state) => {
  const { api } = service;
  for (const verb of VERBS) {
    const account = await accountIn(state);
    const { body: seen } = await api.get('head.heping', account.path);
    expect(seen.state).toBe(state);
    expect(seen.nextAction === null).toBe(state === 'closed');
    const possible = accountMachine.can(state, verb);
    expect(actionOf(seen, PATHS[verb])?.allowed).toBe(possible);
    const answer = await api.decide('head.heping', account.path, PATHS[verb], body);
    if (possible) {
      // closing waits for the other owner
      const reached = verb === 'close' ? state : accountMachine.next(state, verb);
      expect(answer).toMatchObject({ status: 200, body: { state: reached } });
    } else {
      const allowed = accountMachine.allowed(state);
      expect(answer).toMatchObject({ status: 409, body: { code: 'account.illegal_transition', allowed } });
    }
  }
});
