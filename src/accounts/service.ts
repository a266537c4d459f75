// Verbs on monitoring accounts: escalation, stability, closing by both owners, reopening, and entries of either owner.

import { actionProblems, ensureAction } from '../kernel/action.ts';
import { onConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  type AccountReasons,
  type AccountVerb,
  accountActions,
  accountMachine,
  accountProblems,
  closesWith,
  type EntryKind,
  isOwner,
  nextActionOf,
} from './domain.ts';
import { ONE_OPEN_ACCOUNT } from './projection-repository.ts';
import {
  type Account,
  deleteConsents,
  type Entry,
  findAccount,
  insertConsent,
  insertEntry,
  saveAccount,
} from './repository.ts';

onConstraint(ONE_OPEN_ACCOUNT, () => accountProblems['account.person_has_open']());

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
  const change = { state: accountMachine.next(account.state, step.verb) };
  const saved = await saveAccount(tx, account, change, input.reason ? step.reason(input.reason) : undefined);
  tx.record({ type: step.fact, kind: 'account', id, changed: ['state'] });
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
  input: { reason: string },
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
    const saved = await saveAccount(tx, account, {});
    tx.record({ type: 'account.closure_consented', kind: 'account', id, changed: ['closureConsents'] });
    return { ...saved, consents };
  }
  const change = { state: accountMachine.next(account.state, 'close'), nextActionKind: null, nextDueOn: null };
  const saved = await saveAccount(tx, account, change);
  tx.record({ type: 'account.closed', kind: 'account', id, changed: ['state', 'closureConsents', 'nextAction'] });
  return { ...saved, consents };
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
  const next = nextActionOf(account.openedOn, account.visits, account.referrals);
  const state = accountMachine.next(account.state, 'reopen');
  const change = { state, nextActionKind: next.kind, nextDueOn: next.dueOn };
  const saved = await saveAccount(tx, account, change, { reopening: input.reason });
  tx.record({ type: 'account.reopened', kind: 'account', id, changed: ['state', 'nextAction'] });
  return { ...saved, consents: [] };
}

/** A child of the account: nothing of the account itself changes, so no ETag is asked for. */
export async function addEntry(
  tx: Tx,
  accountId: string,
  input: { text: string; kind?: EntryKind | undefined },
  expected: ExpectedVersion,
): Promise<{ account: Account; entry: Entry }> {
  const account = await lockAccount(tx, accountId, expected);
  ensureOwnOpen(tx, account);
  const { agency, officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  const { text, kind = 'note' } = input;
  const who = { accountId: account.id, agencyId: agency.id, officerId: officer.id };
  const entry = await insertEntry(tx, { ...who, kind }, text);
  const data = { entryId: entry.id, entryKind: kind };
  tx.record({ type: 'account.entry_added', kind: 'account', id: account.id, changed: ['entries'], data });
  return { account, entry };
}

export type { Account };
export { findAccount };
