// Verbs on entries: either owner writes, the other countersigns or objects; an objection is answered by a new entry.
import { dueByRules } from '../deadlines/service.ts';
import { actionProblems, ensureAction } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { accountActions, accountMachine } from './domain.ts';
import { type EntryFacts, type EntryKind, entryActions, entryMachine, entryProblems } from './entry-domain.ts';
import { type Entry, findEntry, insertEntry, markAnswered, saveReview } from './entry-repository.ts';
import { nextActionOf } from './next-action.ts';
import { type Account, saveAccount } from './repository.ts';
import { ensureOwnOpen, lockAccount } from './service.ts';

export type EntryOfAccount = { account: Account; entry: Entry };

export const entryFacts = ({ procuratorateId, federationId }: Account, entry: Entry): EntryFacts => ({
  ...{ state: entry.state, agencyId: entry.agencyId, personKey: entry.personKey },
  ...{ procuratorateId, federationId },
});

/** The person who acts; the action table has refused a token without one. */
export function officerOf(tx: Tx): NonNullable<Actor['officer']> {
  const { officer } = tx.ctx.actor;
  if (!officer) throw actionProblems['actor.officer_required']();
  return officer;
}

type Due = Account['dueEntries'][number];

/** The account gets a new version only where its next action is another one; a closed account has none. */
async function withDuties(tx: Tx, account: Account, dueEntries: Due[]): Promise<Account> {
  const current = { ...account, dueEntries };
  if (account.state === 'closed') return current;
  const { kind, dueOn } = nextActionOf(current, await dueByRules(tx, account.regionCode));
  if (kind === account.nextActionKind && dueOn === account.nextDueOn) return current;
  return { ...(await saveAccount(tx, account, { nextActionKind: kind, nextDueOn: dueOn })), dueEntries };
}

const changedBy = (before: Account, after: Account) => [
  'entries',
  ...(after.version === before.version ? [] : ['nextAction']),
];

/** The entry that is answered: of this account, objected to, and by nobody taken up yet. */
async function requireObjected(tx: Tx, account: Account, id: string): Promise<Entry> {
  const entry = await findEntry(tx, account.id, id, true);
  if (!entry)
    throw httpProblems['request.reference_unknown']({}, [
      { pointer: '/answersEntryId', code: 'entry.unknown', detail: id },
    ]);
  if (entry.state !== 'objected' || entry.answered) throw entryProblems['account_entry.not_objected']();
  return entry;
}

/** A child of the account: no ETag is asked for. */
export async function addEntry(
  tx: Tx,
  accountId: string,
  input: { text: string; kind?: EntryKind | undefined; answersEntryId?: string | undefined },
  expected: ExpectedVersion,
): Promise<EntryOfAccount> {
  const account = await lockAccount(tx, accountId, expected);
  ensureOwnOpen(tx, account);
  const { id: officerId, personKey } = officerOf(tx);
  const { text, kind = 'note', answersEntryId } = input;
  const objected = answersEntryId ? await requireObjected(tx, account, answersEntryId.toLowerCase()) : undefined;
  const who = { accountId: account.id, agencyId: tx.ctx.actor.agency.id, officerId, personKey };
  const entry = await insertEntry(tx, { ...who, kind, answersEntryId: objected?.id ?? null }, text);
  if (objected) await markAnswered(tx, objected);
  const { id, state, agencyId } = entry;
  const fresh = { id, state, agencyId, personKey, since: tx.ctx.today };
  const due = [...account.dueEntries.filter((e) => e.id !== objected?.id), fresh];
  const saved = await withDuties(tx, account, due);
  const data = { entryId: entry.id, entryKind: kind, answersEntryId: entry.answersEntryId };
  tx.record({ type: 'account.entry_added', kind: 'account', id: account.id, changed: changedBy(account, saved), data });
  return { account: saved, entry };
}

type Target = { accountId: string; entryId: string; expected: ExpectedVersion };
type Answer = { action: keyof typeof entryActions; verb: 'countersign' | 'object'; fact: string };

async function answerEntry(tx: Tx, target: Target, answer: Answer, text: string | null): Promise<EntryOfAccount> {
  const account = await lockAccount(tx, target.accountId);
  const entry = await findEntry(tx, account.id, target.entryId, true);
  if (!entry) throw httpProblems['resource.not_found']();
  ensureVersion(entry, target.expected);
  ensureAction(entryMachine, entryActions, answer.action, entryFacts(account, entry), tx.ctx.actor);
  const state = entryMachine.next(entry.state, answer.verb);
  const by = { officerId: officerOf(tx).id, agencyId: tx.ctx.actor.agency.id };
  const saved = await saveReview(tx, entry, { state, ...by, text });
  const rest = account.dueEntries.filter((e) => e.id !== entry.id);
  const { id, agencyId, personKey } = entry;
  const due = state === 'objected' ? [...rest, { id, state, agencyId, personKey, since: tx.ctx.today }] : rest;
  const after = await withDuties(tx, account, due);
  const data = { entryId: entry.id };
  tx.record({ type: answer.fact, kind: 'account', id: account.id, changed: changedBy(account, after), data });
  return { account: after, entry: saved };
}

export function countersignEntry(tx: Tx, target: Target, input: { text?: string | undefined }) {
  const answer = { action: 'countersignature', verb: 'countersign', fact: 'account.entry_countersigned' } as const;
  return answerEntry(tx, target, answer, input.text ?? null);
}

/** The reason is for the owners; whoever wrote the entry answers with another one. */
export function objectToEntry(tx: Tx, target: Target, input: { text: string }) {
  const answer = { action: 'objection', verb: 'object', fact: 'account.entry_objected' } as const;
  return answerEntry(tx, target, answer, input.text);
}

/** Several entries of the other owner that were read, in one act; all or none. */
export async function countersignEntries(
  tx: Tx,
  accountId: string,
  input: { entryIds: string[] },
  expected: ExpectedVersion,
): Promise<Account> {
  let account = await lockAccount(tx, accountId, expected);
  ensureAction(accountMachine, accountActions, 'countersignature', account, tx.ctx.actor);
  for (const [i, given] of input.entryIds.entries()) {
    const entryId = given.toLowerCase();
    if (!(await findEntry(tx, accountId, entryId)))
      throw httpProblems['request.reference_unknown']({}, [
        { pointer: `/entryIds/${i}`, code: 'entry.unknown', detail: given },
      ]);
    account = (await countersignEntry(tx, { accountId, entryId, expected: undefined }, {})).account;
  }
  return account;
}
