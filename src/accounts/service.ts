// Verbs on monitoring accounts: escalation, stability, closing by both owners, reopening.
import { dueByRules } from '../deadlines/service.ts';
import { actionProblems, ensureAction } from '../kernel/action.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  type AccountReasons,
  type AccountVerb,
  accountActions,
  accountMachine,
  accountProblems,
  type ClosingReason,
  closesWith,
  isOwner,
} from './domain.ts';
import { nextActionOf } from './next-action.ts';
import {
  type Account,
  type AccountRow,
  deleteConsents,
  findAccount,
  insertConsent,
  saveAccount,
} from './repository.ts';

/** Locks a visible account at the version the caller has seen; 404, 412. */
export async function lockAccount(tx: Tx, id: string, expected?: ExpectedVersion): Promise<Account> {
  const account = await findAccount(tx, id, true);
  if (!account) throw httpProblems['resource.not_found']();
  ensureVersion(account, expected);
  return account;
}

/** An account of the caller's agency that is not closed: 403 and 409 otherwise. */
export function ensureOwnOpen(tx: Tx, account: Account): void {
  if (!isOwner(account, tx.ctx.actor.agency.id)) throw accountProblems['account.not_owner']();
  if (account.state === 'closed') throw accountProblems['account.closed']();
}

/** What the account does next, once the given columns and parts have changed. */
export async function nextOf(tx: Tx, account: Account, change: Partial<Account> = {}): Promise<Partial<AccountRow>> {
  const after = { ...account, ...change };
  const { kind, dueOn } = nextActionOf(after, await dueByRules(tx, after.regionCode));
  return { nextActionKind: kind, nextDueOn: dueOn };
}

type Step = {
  action: keyof typeof accountActions;
  verb: AccountVerb;
  fact: string;
  reason: (text: string) => AccountReasons;
};

const steps = {
  escalate: {
    action: 'escalation',
    verb: 'escalate',
    fact: 'account.escalated',
    reason: (escalation) => ({ escalation }),
  },
  deEscalate: {
    action: 'de-escalation',
    verb: 'de-escalate',
    fact: 'account.de_escalated',
    reason: (deEscalation) => ({ deEscalation }),
  },
  stabilise: {
    action: 'stabilisation',
    verb: 'stabilise',
    fact: 'account.stabilised',
    reason: (stabilisation) => ({ stabilisation }),
  },
} as const satisfies Record<string, Step>;

type Reasoned = { reason?: string | undefined };

async function takeStep(tx: Tx, id: string, step: Step, input: Reasoned, expected: ExpectedVersion): Promise<Account> {
  const account = await lockAccount(tx, id, expected);
  ensureAction(accountMachine, accountActions, step.action, account, tx.ctx.actor);
  const moved = { state: accountMachine.next(account.state, step.verb), stateOn: tx.ctx.today };
  const change = { ...moved, ...(await nextOf(tx, account, moved)) };
  const saved = await saveAccount(tx, account, change, input.reason ? step.reason(input.reason) : undefined);
  tx.record({ type: step.fact, kind: 'account', id, changed: ['state', 'nextAction'] });
  return saved;
}

/** What threatens the person needs more attention than the plan foresees. */
export function escalateAccount(tx: Tx, id: string, input: Reasoned, expected: ExpectedVersion): Promise<Account> {
  return takeStep(tx, id, steps.escalate, input, expected);
}

export function deEscalateAccount(tx: Tx, id: string, input: Reasoned, expected: ExpectedVersion): Promise<Account> {
  return takeStep(tx, id, steps.deEscalate, input, expected);
}

export function stabiliseAccount(tx: Tx, id: string, input: Reasoned, expected: ExpectedVersion): Promise<Account> {
  return takeStep(tx, id, steps.stabilise, input, expected);
}

/** The first owner consents and the account stays stable; the second owner's consent, by another person, closes it. */
export async function closeAccount(
  tx: Tx,
  id: string,
  input: { reason: string; reasonCode?: Exclude<ClosingReason, 'merged'> | undefined },
  expected: ExpectedVersion,
): Promise<Account> {
  const account = await lockAccount(tx, id, expected);
  ensureAction(accountMachine, accountActions, 'closure', account, tx.ctx.actor);
  const { agency, officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  const who = { accountId: id, agencyId: agency.id, officerId: officer.id, personKey: officer.personKey };
  const consent = await insertConsent(tx, who, input.reason);
  const consents = [...account.consents, consent];
  if (!closesWith(account, agency.id)) {
    const saved = await saveAccount(tx, account, await nextOf(tx, account, { consents }));
    tx.record({ type: 'account.closure_consented', kind: 'account', id, changed: ['closureConsents', 'nextAction'] });
    return { ...saved, consents };
  }
  const closingReason = input.reasonCode ?? 'stabilised';
  const state = { state: accountMachine.next(account.state, 'close'), stateOn: tx.ctx.today, closingReason };
  const saved = await saveAccount(tx, account, { ...state, nextActionKind: null, nextDueOn: null });
  const [assistanceCaseId = null, another] = account.cases.map(({ caseId }) => caseId);
  const changed = ['state', 'closureConsents', 'closingReason', 'nextAction'];
  tx.record({
    type: 'account.closed',
    kind: 'account',
    id,
    changed,
    data: { closingReason, ...(another ? {} : { assistanceCaseId }) },
  });
  return { ...saved, consents };
}

/** What a closed account becomes when monitoring is taken up again. */
export async function reopened(tx: Tx, account: Account): Promise<Partial<AccountRow>> {
  const { today } = tx.ctx;
  const moved = { state: accountMachine.next(account.state, 'reopen'), stateOn: today, reopenedOn: today };
  const change = { ...moved, closingReason: null };
  return { ...change, ...(await nextOf(tx, account, { ...change, consents: [] })) };
}

/** Back to open with the next action that its visits and referrals call for; the consents to closing are spent. */
export async function reopenAccount(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<Account> {
  const account = await lockAccount(tx, id, expected);
  ensureAction(accountMachine, accountActions, 'reopening', account, tx.ctx.actor);
  await deleteConsents(tx, id);
  const saved = await saveAccount(tx, account, await reopened(tx, account), { reopening: input.reason });
  tx.record({ type: 'account.reopened', kind: 'account', id, changed: ['state', 'nextAction'] });
  return { ...saved, consents: [] };
}

export type { Account };
export { findAccount };
