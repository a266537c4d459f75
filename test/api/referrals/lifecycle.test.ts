// Every state × every verb of the referral's lifecycle (contract §3): the table below is written by hand, apart from the machine.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { REFERRAL_STATES, referralActions, referralMachine } from '../../../src/referrals/domain.ts';
import type { Answer } from '../../support/api.ts';
import { useService } from '../../support/service.ts';
import type { Known } from '../../support/story.ts';
import { createGiven, type Given, routedReferrals, steps } from './given.ts';

const service = useService();
const DEPARTMENT = 'civil.heping';
const SENDER = 'handler.heping';

type State = (typeof REFERRAL_STATES)[number];
type Row = { officer: string; body: unknown; to: Partial<Record<State, State>> };

const reason = { reason: '情况说明' };
const ended = (to: State) => ({ requested: to, received: to, accepted: to, in_progress: to, on_hold: to });
const TABLE: Record<string, Row> = {
  receipt: { officer: DEPARTMENT, body: {}, to: { requested: 'received' } },
  acceptance: { officer: DEPARTMENT, body: {}, to: { requested: 'accepted', received: 'accepted' } },
  rejection: {
    officer: DEPARTMENT,
    body: { reasonCode: 'not_eligible', reason: '不符合条件' },
    to: { requested: 'rejected', received: 'rejected' },
  },
  start: { officer: DEPARTMENT, body: {}, to: { accepted: 'in_progress' } },
  hold: { officer: DEPARTMENT, body: reason, to: { in_progress: 'on_hold' } },
  resumption: { officer: DEPARTMENT, body: {}, to: { on_hold: 'in_progress' } },
  output: {
    officer: DEPARTMENT,
    body: { measure: 'MCA3', from: '2026-11-16', note: '已发放' },
    to: { in_progress: 'in_progress' },
  },
  completion: { officer: DEPARTMENT, body: { outcome: 'delivered', note: '已落实' }, to: { in_progress: 'completed' } },
  failure: { officer: DEPARTMENT, body: reason, to: { in_progress: 'failed' } },
  cancellation: { officer: SENDER, body: reason, to: ended('cancelled') },
  reminder: { officer: SENDER, body: {}, to: { requested: 'requested', received: 'received' } },
  forwarding: { officer: SENDER, body: reason, to: ended('cancelled') },
};

/** The way from a new referral to each state. */
const PATHS: Record<State, readonly string[]> = {
  requested: [],
  received: ['receipt'],
  accepted: ['acceptance'],
  rejected: ['rejection'],
  in_progress: ['acceptance', 'start'],
  on_hold: ['acceptance', 'start', 'hold'],
  completed: ['acceptance', 'start', 'completion'],
  failed: ['acceptance', 'start', 'failure'],
  cancelled: ['cancellation'],
};

/** Moves nothing: its own rule says when (test/api/referrals/follow-up.test.ts). */
const WITHOUT_VERB = ['follow-up'];

const verbs = Object.keys(TABLE);
const rowOf = (verb: string): Row => {
  const row = TABLE[verb];
  if (!row) throw new Error(verb);
  return row;
};
const legal = REFERRAL_STATES.flatMap((state) =>
  verbs.filter((verb) => rowOf(verb).to[state]).map((verb) => [state, verb] as const),
);
const illegal = REFERRAL_STATES.flatMap((state) =>
  verbs.filter((verb) => !rowOf(verb).to[state]).map((verb) => [state, verb] as const),
);

describe('the lifecycle of a referral', () => {
  let given: Given;
  const pool: Known[] = [];
  const settled = new Map<State, Known>();
  const looks = new Map<string, Answer>();

  beforeAll(async () => {
    given = createGiven(service.api);
    const needed = legal.length + REFERRAL_STATES.length;
    while (pool.length < needed) pool.push(...(await routedReferrals(given, 20)));
    const agencyId = await given.story.agencyOf('hr.heping');
    rowOf('forwarding').body = { agencyId, measures: ['HR1'], ...reason };
  }, 60_000);

  async function inState(state: State): Promise<Known> {
    let known = pool.pop();
    if (!known) throw new Error('no referral left');
    for (const verb of PATHS[state]) {
      const { officer, body } = rowOf(verb);
      known = await steps(given.story, officer, known, [[verb, body]]);
    }
    return known;
  }

  test('the table, the machine and the actions name the same verbs', () => {
    expect([...verbs, ...WITHOUT_VERB].toSorted()).toEqual(Object.keys(referralActions).toSorted());
    const used = Object.values(referralActions).flatMap((action) => [...action.verbs]);
    expect(used.toSorted()).toEqual(Object.keys(referralMachine.verbs).toSorted());
    expect(legal.length + illegal.length).toBe(REFERRAL_STATES.length * verbs.length);
  });

  test.each(legal)('%s: %s moves on', async (state, verb) => {
    const known = await inState(state);
    const { officer, body, to } = rowOf(verb);
    const answer = await service.api.decide(officer, known.path, verb, body);
    expect([answer.status, answer.body.state]).toEqual([200, to[state]]);
    expect(answer.body.version).toBe(Number((known.body as { version: number }).version) + 1);
    expect(answer.etag).toMatch(/^"\d+\./);
  });

  /** A refusal changes nothing, so that one referral and one look per officer serve all refusals of a state. */
  async function look(state: State, officer: string): Promise<Answer> {
    const known = settled.get(state) ?? (await inState(state));
    settled.set(state, known);
    const seen = looks.get(`${state} ${officer}`) ?? (await service.api.get(officer, known.path));
    looks.set(`${state} ${officer}`, seen);
    return seen;
  }

  test.each(illegal)('%s: %s is refused with what is allowed', async (state, verb) => {
    const { officer, body } = rowOf(verb);
    const { etag, body: seen } = await look(state, officer);
    const answer = await service.api.as(officer, 'POST', `/v1/referrals/${String(seen.id)}/${verb}`, { body, etag });
    expect([answer.status, answer.body.code]).toEqual([409, 'referral.illegal_transition']);
    expect((answer.body.allowed as string[]).toSorted()).toEqual(referralMachine.allowed(state).toSorted());
    const actions = seen.availableActions as { action: string; allowed: boolean }[];
    expect(actions.find((a) => a.action === verb)?.allowed).toBe(false);
  });

  test('no refusal has changed anything', async () => {
    for (const [state, known] of settled) {
      const seen = await service.api.get(SENDER, known.path);
      expect(seen.body.state).toBe(state);
      expect(seen.etag).toBe(looks.get(`${state} ${SENDER}`)?.etag ?? seen.etag);
    }
  });
});
