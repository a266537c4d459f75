// What the probes answer is what the actions allow: 500 random walks through facts, asked by random officers of every agency.
import { expect, test } from '@jest/globals';
import { accountActions, accountMachine } from '../../src/accounts/domain.ts';
import { permissionsOf, ROLES_BY_KIND } from '../../src/agencies/roles.ts';
import { caseActions } from '../../src/cases/actions.ts';
import { caseMachine } from '../../src/cases/domain.ts';
import { noticeActions, noticeMachine } from '../../src/cases/notice-domain.ts';
import { clueActions, clueMachine } from '../../src/clues/domain.ts';
import { disbursementActions } from '../../src/disbursements/actions.ts';
import { disbursementMachine } from '../../src/disbursements/domain.ts';
import { type ActionSpec, availableActions } from '../../src/kernel/action.ts';
import type { Actor, ActorAgency, AgencyKind } from '../../src/kernel/actor.ts';
import { type Random, seededRandom } from '../../src/kernel/random.ts';
import { personActions, personMachine } from '../../src/persons/lifecycle.ts';
import { referralActions, referralMachine } from '../../src/referrals/domain.ts';
import { visitActions, visitMachine } from '../../src/visits/domain.ts';
import { designated, fits, openingsFor, queueKey, type Rule } from '../../src/work-items/domain.ts';

const SEED = 20261123;
const WALKS = 500;
const STEPS = 5;
const OFFICERS = 5;

const id = (n: number) => `0198c2a4-7f00-7000-8000-00000000000${n}`;
const agency = (n: number, kind: AgencyKind, level: ActorAgency['level'] = 'county'): ActorAgency => ({
  ...{ id: id(n), code: `a${n}`, name: `a${n}`, regionCode: '210102' },
  ...{ kind, level },
});
const [PROC, ABOVE, WF, CIVIL, BUREAU] = [
  agency(1, 'procuratorate'),
  agency(2, 'procuratorate', 'city'),
  agency(3, 'womens_federation'),
  agency(4, 'civil_affairs'),
  agency(5, 'finance'),
];
const AGENCIES = [PROC, ABOVE, WF, CIVIL, BUREAU];
const PEOPLE = ['p1', 'p2', 'p3', 'p4'];
const OFFICER_IDS = [id(6), id(7), id(8), id(9)];

/** Values that each member of the facts may take; a walk changes some of them at each step. */
type Domain = Readonly<Record<string, readonly unknown[]>>;
const person = [null, ...PEOPLE];
const day = [null, '2026-11-16'];
const flag = [true, false];
const procs = [PROC.id, ABOVE.id];
const consent = (at: ActorAgency, personKey: string) => ({ agencyId: at.id, personKey });
const answer = (at: ActorAgency, outcome: string, personKey: string) => ({
  ...{ agencyId: at.id, personKey, outcome },
  ...{ round: 0, phase: 'plan' },
});

const WORLDS: readonly (readonly [name: string, rule: Rule<never, never, never>, domain: Domain])[] = [
  [
    'clue',
    { machine: clueMachine, actions: clueActions, read: 'clue:read' } as never,
    {
      ...{ sourceAgencyId: [WF.id, PROC.id, CIVIL.id], receivingAgencyId: procs, caseEnded: flag },
      missing: [[], ['/linkedCase'], ['/subjects/0/name']],
    },
  ],
  [
    'case',
    { machine: caseMachine, actions: caseActions, read: 'case:read' } as never,
    {
      ...{ handlingAgencyId: [PROC.id], handlerOfficerId: [null, ...OFFICER_IDS], proposedByPersonKey: person },
      ...{
        refusedByPersonKey: person,
        stepPersonKeys: [[], PEOPLE.slice(0, 1)],
        reconsidered: flag,
        openLines: [0, 1],
      },
      ...{ reconsiderationAgencyId: [null, ABOVE.id], superiorAgencyId: [null, ABOVE.id], approvalStep: [1, 2] },
      ...{ superiorReasons: [[], ['exclusion_override']], outstandingItems: [0, 2], toldOn: day, typicalMarkedOn: day },
      ...{ decisionOutcome: [null, 'granted', 'refused'], grantedFen: [null, 100n], paidFen: [0n, 100n] },
      ...{ approvers: [1, 2], committee: [false], higherAgencyId: [null] },
      ...{ pendingCorrectionId: [null, id(0)], pendingCorrectionBy: person },
      ...{ sharesAwaited: [[], [ABOVE.id]], sharesGivenBy: [[], PEOPLE.slice(0, 1)] },
    },
  ],
  [
    'disbursement',
    { machine: disbursementMachine, actions: disbursementActions, read: 'disbursement:read' } as never,
    {
      ...{ agencyId: [PROC.id], treasuryAgencyId: [null, BUREAU.id], plannedByPersonKey: PEOPLE, caseEnded: flag },
      ...{ authorisedByPersonKey: person, recoveryOrderedByPersonKey: person, appropriatedOn: day, notifiedOn: day },
      ...{ recoveryDue: flag, shareAgencyId: [null, ABOVE.id] },
    },
  ],
  [
    'referral',
    { machine: referralMachine, actions: referralActions, read: 'referral:read' } as never,
    { senderAgencyId: procs, agencyId: [CIVIL.id, WF.id], followUp: ['none', 'open', 'resolved'] },
  ],
  [
    'visit',
    { machine: visitMachine, actions: visitActions, read: 'visit:read' } as never,
    {
      ...{ handlingAgencyId: [PROC.id], partnerAgencyId: [null, WF.id], jointAgencyIds: [[], [CIVIL.id], [WF.id]] },
      ...{ plannedByAgencyId: [null, PROC.id, WF.id], recordedByAgencyId: [null, PROC.id, WF.id] },
      ...{ recordedByPersonKey: person, confirmationRound: [0, 1], uncheckedReferralIds: [[], [id(0)]] },
      confirmations: [[], [answer(WF, 'confirmed', 'p1')], [answer(CIVIL, 'objected', 'p2')]],
    },
  ],
  [
    'account',
    { machine: accountMachine, actions: accountActions, read: 'account:read' } as never,
    {
      ...{ procuratorateId: [PROC.id], federationId: [null, WF.id], mergedIntoId: [null, id(0)] },
      consents: [[], [consent(PROC, 'p1')], [consent(WF, 'p2')]],
      dueEntries: [
        [],
        [{ state: 'open', ...consent(PROC, 'p1') }],
        [
          { state: 'open', ...consent(WF, 'p1') },
          { state: 'open', ...consent(WF, 'p2') },
        ],
        [{ state: 'objected', ...consent(WF, 'p3') }],
      ],
      transfer: [null, { toAgencyId: ABOVE.id, personKey: 'p1' }],
    },
  ],
  [
    'notice',
    { machine: noticeMachine, actions: noticeActions, read: 'notice:read' } as never,
    { federationId: [WF.id] },
  ],
  [
    'person',
    { machine: personMachine, actions: personActions, read: 'person:read' } as never,
    { own: flag, handled: flag, proposedByPersonKey: person, mergedOn: day, today: ['2026-11-23'] },
  ],
];

function randomOfficer(random: Random, at: ActorAgency): Actor & { officer: NonNullable<Actor['officer']> } {
  const given = ROLES_BY_KIND[at.kind].filter(() => random.chance(0.4));
  const officerId = random.pick([...OFFICER_IDS, id(0)]);
  const personKey = random.pick([...PEOPLE, 'somebody']);
  const officer = { id: officerId, code: 'x', name: 'x', roles: given, personKey };
  return { officer, client: null, agency: at, permissions: permissionsOf(given), factor: 'officer_key' };
}

type AnyRule = Rule<{ state: string }, string, string>;
type Facts = { state: string };

function walkOnce(random: Random, rule: AnyRule, domain: Domain, check: (facts: Facts) => void): void {
  const members = Object.entries(domain);
  let facts: Facts = {
    state: rule.machine.initial,
    ...Object.fromEntries(members.map(([name, values]) => [name, random.pick(values)])),
  };
  for (let step = 0; step < STEPS; step++) {
    check(facts);
    const verbs = rule.machine.allowed(facts.state);
    const state = verbs.length > 0 ? rule.machine.next(facts.state, random.pick(verbs)) : rule.machine.initial;
    const changes = members.filter(() => random.chance(0.3)).map(([name, values]) => [name, random.pick(values)]);
    facts = { ...facts, ...Object.fromEntries(changes), state };
  }
}

function awaitedFor(rule: AnyRule, facts: Facts, actor: Actor): string[] {
  const awaited = (spec: ActionSpec<Facts, string> | undefined) =>
    typeof spec?.awaited === 'function' ? spec.awaited(facts) : spec?.awaited === true;
  if (!actor.permissions.has(rule.read)) return [];
  return availableActions(rule.machine, rule.actions, facts, actor, '', 'en')
    .filter(({ action, allowed }) => allowed && awaited(rule.actions[action]))
    .map(({ action }) => action);
}

test(`${WALKS} random walks: seed ${SEED}, ${STEPS} steps, ${OFFICERS} officers of each of five agencies`, () => {
  const random = seededRandom(SEED);
  let asked = 0;
  let open = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    const [name, given, domain] = WORLDS[walk % WORLDS.length] ?? WORLDS[0] ?? [];
    const rule = given as unknown as AnyRule;
    walkOnce(random, rule, domain ?? {}, (facts) => {
      for (const at of AGENCIES) {
        const openings = openingsFor(rule, facts, at, permissionsOf(ROLES_BY_KIND[at.kind]));
        for (let i = 0; i < OFFICERS; i++) {
          const actor = randomOfficer(random, at);
          const doer = { ...actor.officer, permissions: actor.permissions };
          const found = openings.filter((one) => fits(one, doer)).map((one) => one.action);
          const meant = awaitedFor(rule, facts, actor);
          asked += 1;
          open += meant.length;
          if (String(found) !== String(meant))
            expect({ name, facts, officer: actor.officer, found }).toEqual({
              name,
              facts,
              officer: actor.officer,
              meant,
            });
        }
      }
    });
  }
  process.stdout.write(`work items: seed ${SEED}, ${WALKS} pure walks, ${asked} officers asked, ${open} items\n`);
  expect(open).toBeGreaterThan(WALKS);
});

test('a credential without an officer is offered what is no decision', () => {
  const rule = { machine: disbursementMachine, actions: disbursementActions, read: 'disbursement:read' } as const;
  const facts = {
    ...{
      state: 'submitted' as const,
      kind: 'lump' as const,
      agencyId: PROC.id,
      treasuryAgencyId: BUREAU.id,
      plannedByPersonKey: 'p1',
    },
    ...{
      authorisedByPersonKey: 'p2',
      recoveryOrderedByPersonKey: null,
      writeOffProposedByPersonKey: null,
      awaitedReleaseId: null,
      awaitedReleaseByPersonKey: null,
      appropriatedOn: null,
      notifiedOn: null,
    },
    ...{ recoveryDue: false, caseEnded: false, shareAgencyId: null },
  };
  const openings = openingsFor(rule, facts, PROC, permissionsOf(ROLES_BY_KIND.procuratorate));
  expect(openings.map(({ action, officerOnly }) => [action, officerOnly])).toEqual([
    ['appropriation', false],
    ['settlement', true],
  ]);
  expect(openings[1]?.excludedPersonKeys).toEqual(['p1', 'p2']);
});

test('what only one named officer may do is theirs from the start', () => {
  const base = { action: 'x', permissions: [], officerOnly: true, excludedPersonKeys: [], excludedOfficerIds: [] };
  const forHandler = { ...base, forAnyone: false, forHead: true, officerIds: [id(6)] };
  expect(designated(forHandler)).toBe(id(6));
  expect(designated({ ...forHandler, forAnyone: true, officerIds: [] })).toBeNull();
});

test('the queue: urgent first, then by due day, then oldest first', () => {
  const key = (urgent: boolean, dueOn: string | null, n: number) => queueKey({ urgent, dueOn, id: id(n) });
  const sorted = [
    key(true, '2026-12-31', 1),
    key(true, null, 2),
    key(false, '2026-11-30', 9),
    key(false, '2026-12-01', 3),
    key(false, null, 1),
    key(false, null, 2),
  ];
  expect([...sorted].reverse().sort()).toEqual(sorted);
});
