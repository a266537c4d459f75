// Where work comes from: each kind of resource with its action table, and how its facts are read; one entry per kind.
import { accountActions, accountMachine } from '../accounts/domain.ts';
import { findAccount } from '../accounts/service.ts';
import { caseActions } from '../cases/actions.ts';
import { caseMachine } from '../cases/domain.ts';
import { noticeActions, noticeMachine } from '../cases/notice-domain.ts';
import { clueActions, clueMachine } from '../clues/domain.ts';
import { deadlineActions, deadlineMachine } from '../deadlines/domain.ts';
import { disbursementActions } from '../disbursements/actions.ts';
import { disbursementMachine } from '../disbursements/domain.ts';
import { grantActions, grantMachine } from '../grants/domain.ts';
import { findGrant } from '../grants/service.ts';
import type { ActorAgency } from '../kernel/actor.ts';
import { personActions, personMachine } from '../persons/lifecycle.ts';
import type { Tx } from '../platform/db/tx.ts';
import { isResponseOverdue, referralActions, referralMachine } from '../referrals/domain.ts';
import { visitActions, visitMachine } from '../visits/domain.ts';
import { findVisit } from '../visits/service.ts';
import { type Opening, openingsFor, type Rule, type WorkKind } from './domain.ts';
import {
  findCandidates,
  findCaseWork,
  findClueWork,
  findDeadlineFacts,
  findLineWork,
  findNoticeFacts,
  findPersonFacts,
  findReferralWork,
} from './facts-repository.ts';

/** An agency that may have to act, how it stands to the resource, and the earliest clock that binds it. */
export type Candidate = { agency: ActorAgency; relation: string; dueOn: string | null };

/** A resource for which somebody may have to act. */
export type WorkResource = {
  kind: WorkKind;
  id: string;
  number: string | null;
  urgent: boolean;
  /** The day its own record names: a planned visit, an answer asked for. */
  dueOn: string | null;
  candidates: readonly Candidate[];
  openings(candidate: Candidate, grantable: ReadonlySet<string>): Opening[];
};

export type WorkSource = { read: string; load(tx: Tx, id: string): Promise<WorkResource | undefined> };

type Described = { number?: string; urgent?: boolean; dueOn?: string | null };
type Found<L> = { facts: L & Described; candidates: readonly Candidate[] } | undefined;

/** `factsFor`: where the facts depend on how the agency stands to the resource. */
function source<L extends object, F extends { state: S }, S extends string, V extends string>(
  kind: WorkKind,
  rule: Rule<F, S, V>,
  find: (tx: Tx, id: string) => Promise<Found<L>>,
  factsFor: (loaded: L, candidate: Candidate, today: string) => F,
): WorkSource {
  return {
    read: rule.read,
    async load(tx, id) {
      const found = await find(tx, id);
      if (!found) return undefined;
      const { facts, candidates } = found;
      const { number = null, urgent = false, dueOn = null } = facts;
      const { today } = tx.ctx;
      const openings = (candidate: Candidate, grantable: ReadonlySet<string>) =>
        openingsFor(rule, factsFor(facts, candidate, today), candidate.agency, grantable);
      return { kind, id, number, urgent, dueOn, candidates, openings };
    },
  };
}

/** The facts as the feature's own verbs find them, and the agencies that may have to act. */
function both<L>(kind: WorkKind, find: (tx: Tx, id: string) => Promise<(L & Described) | undefined>) {
  return async (tx: Tx, id: string): Promise<Found<L>> => {
    const [facts, candidates] = await Promise.all([find(tx, id), findCandidates(tx, kind, id)]);
    return facts && { facts, candidates };
  };
}

const asIs = <F>(facts: F): F => facts;

async function findVisitWork(tx: Tx, id: string) {
  const found = await findVisit(tx, id);
  return found && { ...found, dueOn: found.plannedOn };
}

export const sources: Readonly<Record<WorkKind, WorkSource>> = {
  clue: source('clue', { machine: clueMachine, actions: clueActions, read: 'clue:read' }, findClueWork, asIs),
  case: source('case', { machine: caseMachine, actions: caseActions, read: 'case:read' }, findCaseWork, asIs),
  disbursement: source(
    'disbursement',
    { machine: disbursementMachine, actions: disbursementActions, read: 'disbursement:read' },
    findLineWork,
    asIs,
  ),
  referral: source(
    'referral',
    { machine: referralMachine, actions: referralActions, read: 'referral:read' },
    findReferralWork,
    (r, _candidate, today) => ({ ...r, overdue: isResponseOverdue({ state: r.state, respondBy: r.dueOn }, today) }),
  ),
  visit: source(
    'visit',
    { machine: visitMachine, actions: visitActions, read: 'visit:read' },
    both('visit', findVisitWork),
    asIs,
  ),
  account: source(
    'account',
    { machine: accountMachine, actions: accountActions, read: 'account:read' },
    both('account', findAccount),
    asIs,
  ),
  notice: source(
    'notice',
    { machine: noticeMachine, actions: noticeActions, read: 'notice:read' },
    both('notice', findNoticeFacts),
    asIs,
  ),
  // Of a clock only its breach awaits anybody: the agency to which it was reported.
  deadline: source(
    'deadline',
    { machine: deadlineMachine, actions: deadlineActions, read: 'deadline:read' },
    both('deadline', findDeadlineFacts),
    asIs,
  ),
  break_glass_grant: source(
    'break_glass_grant',
    { machine: grantMachine, actions: grantActions, read: 'break_glass:read' },
    both('break_glass_grant', async (tx, id) => {
      const grant = await findGrant(tx, id);
      return grant && { ...grant, dueOn: grant.reviewDueOn };
    }),
    asIs,
  ),
  // Of a person only the confirmation of a merge awaits anybody: an agency with a case or account of its own.
  person: source(
    'person',
    { machine: personMachine, actions: personActions, read: 'person:read' },
    both('person', findPersonFacts),
    (person, { relation }, today) => {
      const own = relation === 'handler' || relation === 'owner';
      return { ...person, own, handled: own, mergedOn: null, today };
    },
  ),
};

export const isWorkKind = (kind: unknown): kind is WorkKind => typeof kind === 'string' && Object.hasOwn(sources, kind);
