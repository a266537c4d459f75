// Where work comes from: each kind of resource with its action table, and how its facts are read; one line per kind.
import { accountActions, accountMachine } from '../accounts/domain.ts';
import { findAccount } from '../accounts/service.ts';
import { caseActions } from '../cases/actions.ts';
import { caseMachine } from '../cases/domain.ts';
import { findCase } from '../cases/service.ts';
import { clueActions, clueMachine } from '../clues/domain.ts';
import { disbursementActions, disbursementMachine } from '../disbursements/domain.ts';
import { findDisbursement } from '../disbursements/service.ts';
import type { ActorAgency } from '../kernel/actor.ts';
import type { Fact } from '../kernel/fact.ts';
import type { Tx } from '../platform/db/tx.ts';
import { referralActions, referralMachine } from '../referrals/domain.ts';
import { findReferral } from '../referrals/service.ts';
import { visitActions, visitMachine } from '../visits/domain.ts';
import { findVisit } from '../visits/service.ts';
import { type Opening, openingsFor, type Rule, type WorkKind } from './domain.ts';
import { findClueWork, findLinesOfCase } from './facts-repository.ts';
import { findCandidates } from './repository.ts';

/** A resource for which somebody may have to act. */
export type WorkResource = {
  kind: WorkKind;
  id: string;
  number: string;
  urgent: boolean;
  /** The day its own record names: a planned visit, an answer asked for. */
  dueOn: string | null;
  candidates: readonly ActorAgency[];
  openings(agency: ActorAgency, grantable: ReadonlySet<string>): Opening[];
};

export type WorkSource = { read: string; load(tx: Tx, id: string): Promise<WorkResource | undefined> };

type Loaded<F> = F & { id: string; number: string; urgent?: boolean; dueOn?: string | null };

function source<F extends { state: S }, S extends string, V extends string>(
  kind: WorkKind,
  rule: Rule<F, S, V>,
  load: (tx: Tx, id: string) => Promise<{ facts: Loaded<F>; candidates: readonly ActorAgency[] } | undefined>,
): WorkSource {
  return {
    read: rule.read,
    async load(tx, id) {
      const found = await load(tx, id);
      if (!found) return undefined;
      const { facts, candidates } = found;
      const { number, urgent = false, dueOn = null } = facts;
      const openings = (agency: ActorAgency, grantable: ReadonlySet<string>) =>
        openingsFor(rule, facts, agency, grantable);
      return { kind, id, number, urgent, dueOn, candidates, openings };
    },
  };
}

/** The facts as the feature's own verbs find them, and the agencies that may have to act. */
function found<F>(kind: WorkKind, find: (tx: Tx, id: string) => Promise<Loaded<F> | undefined>) {
  return async (tx: Tx, id: string) => {
    const [facts, candidates] = await Promise.all([find(tx, id), findCandidates(tx, kind, id)]);
    return facts && { facts, candidates };
  };
}

const rule = <F extends { state: S }, S extends string, V extends string>(r: Rule<F, S, V>) => r;

export const sources: Readonly<Record<WorkKind, WorkSource>> = {
  clue: source('clue', rule({ machine: clueMachine, actions: clueActions, read: 'clue:read' }), findClueWork),
  case: source(
    'case',
    rule({ machine: caseMachine, actions: caseActions, read: 'case:read' }),
    found('case', findCase),
  ),
  disbursement: source(
    'disbursement',
    rule({ machine: disbursementMachine, actions: disbursementActions, read: 'disbursement:read' }),
    found('disbursement', findDisbursement),
  ),
  referral: source(
    'referral',
    rule({ machine: referralMachine, actions: referralActions, read: 'referral:read' }),
    found('referral', async (tx, id) => {
      const referral = await findReferral(tx, id);
      return referral && { ...referral, dueOn: referral.respondBy };
    }),
  ),
  visit: source(
    'visit',
    rule({ machine: visitMachine, actions: visitActions, read: 'visit:read' }),
    found('visit', async (tx, id) => {
      const visit = await findVisit(tx, id);
      return visit && { ...visit, dueOn: visit.plannedOn };
    }),
  ),
  account: source(
    'account',
    rule({ machine: accountMachine, actions: accountActions, read: 'account:read' }),
    found('account', findAccount),
  ),
};

export const isWorkKind = (kind: string): kind is WorkKind => Object.hasOwn(sources, kind);

export type Stale = { kind: WorkKind; id: string; fresh: boolean };

/** Resources whose own facts this fact has changed without saying so: lines count in their case, and end with it. */
export async function alsoStale(tx: Tx, fact: Fact): Promise<Stale[]> {
  const caseId = fact.data?.assistanceCaseId;
  if (fact.kind === 'disbursement' && typeof caseId === 'string') return [{ kind: 'case', id: caseId, fresh: false }];
  if (fact.type !== 'case.closed' && fact.type !== 'case.revoked') return [];
  const ids = await findLinesOfCase(tx, fact.id);
  return ids.map((id) => ({ kind: 'disbursement', id, fresh: false }));
}
