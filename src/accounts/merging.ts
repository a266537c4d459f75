// Two persons who were one have one account; when the merge is reversed each has the own one again (ADR 0008).
import { findCase } from '../cases/service.ts';
import { findDisbursement } from '../disbursements/service.ts';
import type { Fact } from '../kernel/fact.ts';
import { grantPerson } from '../persons/service.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findReferral } from '../referrals/service.ts';
import { findVisit } from '../visits/service.ts';
import {
  insertMerge,
  type MergeRow,
  moveRows,
  type PartName,
  paymentsOf,
  reverseMerge,
  setColumns,
} from './merge-repository.ts';
import { openAccount, ownerGrants, restate } from './projection.ts';
import { headOfPerson } from './projection-repository.ts';
import { type Account, deleteConsents, findAccount, saveAccount } from './repository.ts';
import { nextOf, reopened } from './service.ts';
import { seersOf } from './transfer-repository.ts';

const partners = (agencies: readonly string[]) =>
  agencies.map((agencyId) => ({ agencyId, relation: 'partner' as const }));

async function lockHead(tx: Tx, personId: string): Promise<Account | undefined> {
  const id = await headOfPerson(tx, personId);
  return id ? findAccount(tx, id, true) : undefined;
}

const without = (agencies: readonly string[], known: readonly string[]) => agencies.filter((a) => !known.includes(a));

/** Both sides see both accounts from now on; what each gains is kept, so that it can be taken back. */
async function gainedSight(tx: Tx, absorbed: Account, survivor: Account) {
  const [ofAbsorbed, ofSurvivor] = [await seersOf(tx, absorbed.id), await seersOf(tx, survivor.id)];
  return { sharedAccount: without(ofSurvivor, ofAbsorbed), sharedInto: without(ofAbsorbed, ofSurvivor) };
}

/** The owners see whom the account is about; answers who did not before. */
async function showPerson(tx: Tx, account: Account, personId: string): Promise<string[]> {
  const known = await seersOf(tx, personId, 'person');
  const grants = (await ownerGrants(tx, account)).filter((grant) => !known.includes(grant.agencyId));
  if (grants.length > 0) grantPerson(tx, personId, grants);
  return grants.map((grant) => grant.agencyId);
}

const NO_ACCOUNT = { accountId: null, intoAccountId: null, formerState: null, formerStateOn: null } as const;
const NO_SIGHT = { sharedAccount: [], sharedInto: [], sharedPerson: [] };

/** Closes the account that goes on in another; a closed one keeps its own reason. */
async function closeInto(tx: Tx, account: Account, headId: string, access: readonly string[]): Promise<void> {
  const closing = {
    ...({ state: 'closed', stateOn: tx.ctx.today, closingReason: 'merged' } as const),
    ...{ nextActionKind: null, nextDueOn: null },
  };
  const change = account.state === 'closed' ? {} : closing;
  await saveAccount(tx, account, { ...change, mergedIntoId: headId });
  const data = { mergedIntoId: headId };
  const changed = ['state', 'closingReason', 'mergedIntoId'];
  tx.record({ type: 'account.merged', kind: 'account', id: account.id, changed, data, access: partners(access) });
}

/** The survivor has an account: the absorbed person's goes into it, or, where only that one is open, the other way round. */
async function joinAccounts(tx: Tx, absorbed: Account, survivor: Account, ids: PersonIds): Promise<void> {
  const swapped = survivor.state === 'closed' && absorbed.state !== 'closed';
  const gained = await gainedSight(tx, absorbed, survivor);
  const former = absorbed.state === 'closed' || swapped ? null : absorbed.state;
  await insertMerge(tx, {
    ...ids,
    ...gained,
    mode: swapped ? 'swapped' : 'joined',
    ...{ accountId: absorbed.id, intoAccountId: survivor.id },
    ...{ formerState: former, formerStateOn: former ? absorbed.stateOn : null },
    sharedPerson: swapped ? await showPerson(tx, absorbed, ids.intoPersonId) : [],
  });
  const [head, part] = swapped ? [absorbed, survivor] : [survivor, absorbed];
  await closeInto(tx, part, head.id, swapped ? gained.sharedInto : gained.sharedAccount);
  if (swapped) await setColumns(tx, head.id, { personId: ids.intoPersonId });
  const access = partners(swapped ? gained.sharedAccount : gained.sharedInto);
  tx.record({ type: 'account.shared', kind: 'account', id: head.id, data: { mergedId: part.id }, access });
  await restate(tx, head.id, 'mergedAccountIds');
}

/** The survivor has none: the account becomes the survivor's. */
async function moveAccount(tx: Tx, account: Account, ids: PersonIds): Promise<void> {
  const sharedPerson = await showPerson(tx, account, ids.intoPersonId);
  await insertMerge(tx, { ...ids, ...NO_ACCOUNT, ...NO_SIGHT, mode: 'moved', accountId: account.id, sharedPerson });
  await saveAccount(tx, account, { personId: ids.intoPersonId });
  const data = { personId: ids.intoPersonId, formerPersonId: ids.personId };
  tx.record({ type: 'account.merged', kind: 'account', id: account.id, changed: ['person'], data });
}

type PersonIds = { personId: string; intoPersonId: string };

async function onMerged(tx: Tx, fact: Fact): Promise<void> {
  const ids = { personId: fact.id, intoPersonId: String(fact.data?.intoPersonId) };
  // In id order, as locks go.
  const found = new Map<string, Account | undefined>();
  for (const id of [ids.personId, ids.intoPersonId].sort()) found.set(id, await lockHead(tx, id));
  const [absorbed, survivor] = [found.get(ids.personId), found.get(ids.intoPersonId)];
  if (!absorbed) await insertMerge(tx, { ...ids, ...NO_ACCOUNT, ...NO_SIGHT, mode: 'none' });
  else if (survivor) await joinAccounts(tx, absorbed, survivor, ids);
  else await moveAccount(tx, absorbed, ids);
}

/** Whom a row is about. */
async function peopleOf(tx: Tx, part: PartName, id: string): Promise<string[]> {
  if (part === 'case') return (await findCase(tx, id))?.beneficiaries.map((b) => b.personId) ?? [];
  if (part === 'referral') return (await findReferral(tx, id))?.persons.map((p) => p.personId) ?? [];
  if (part === 'visit') return (await findVisit(tx, id))?.personIds ?? [];
  const line = await findDisbursement(tx, id);
  return line ? [line.personId] : [];
}

/** Rows of the account itself that are about one of the two persons and not about the other. */
async function rowsAbout(tx: Tx, account: Account, one: string, other: string): Promise<Map<PartName, string[]>> {
  const own = <T extends { accountId: string }>(rows: T[]) => rows.filter((row) => row.accountId === account.id);
  const rows: [PartName, string[]][] = [
    ['case', own(account.cases).map((c) => c.caseId)],
    ['referral', own(account.referrals).map((r) => r.referralId)],
    ['visit', own(account.visits).map((v) => v.visitId)],
    ['payment', await paymentsOf(tx, account.id)],
  ];
  const found = new Map<PartName, string[]>();
  for (const [part, resources] of rows)
    for (const id of resources) {
      const people = await peopleOf(tx, part, id);
      if (people.includes(one) && !people.includes(other)) found.set(part, [...(found.get(part) ?? []), id]);
    }
  return found;
}

async function giveRows(tx: Tx, rows: Map<PartName, string[]>, from: string, to: string): Promise<void> {
  for (const [part, resources] of rows) await moveRows(tx, part, resources, from, to);
}

/** What came for the survivor since the merge goes to the own account: the one that was closed, taken up again, or a new one. */
async function giveBack(tx: Tx, account: Account, { personId, intoPersonId }: PersonIds): Promise<void> {
  const rows = await rowsAbout(tx, account, intoPersonId, personId);
  if (rows.size === 0) return;
  const standing = await lockHead(tx, intoPersonId);
  const target = standing ?? (await openAccount(tx, intoPersonId, account.procuratorateId));
  if (target.state === 'closed') {
    await deleteConsents(tx, target.id);
    await saveAccount(tx, target, await reopened(tx, target));
  }
  await giveRows(tx, rows, account.id, target.id);
  await restate(tx, target.id, 'merge');
}

/** Open again in the state it had, with what came for its person meanwhile. */
async function separateJoined(tx: Tx, merge: MergeRow, account: Account, survivor: Account): Promise<void> {
  const { formerState, formerStateOn } = merge;
  const back = formerState
    ? { state: formerState, stateOn: formerStateOn ?? account.stateOn, closingReason: null }
    : undefined;
  const next = back ? await nextOf(tx, account, back) : {};
  await saveAccount(tx, account, { ...back, ...next, mergedIntoId: null });
  await giveRows(tx, await rowsAbout(tx, survivor, merge.personId, merge.intoPersonId), survivor.id, account.id);
  await restate(tx, survivor.id, 'merge');
}

/** The account is the absorbed person's again; sight that only the merge gave ends. */
async function restore(tx: Tx, merge: MergeRow & { accountId: string }): Promise<void> {
  const account = await findAccount(tx, merge.accountId, true);
  if (!account) return;
  const other = merge.intoAccountId ? await findAccount(tx, merge.intoAccountId, true) : undefined;
  if (other && merge.mode === 'joined') await separateJoined(tx, merge, account, other);
  else {
    await saveAccount(tx, account, { personId: merge.personId });
    if (other) await saveAccount(tx, other, { mergedIntoId: null });
    await giveBack(tx, account, merge);
  }
  await restate(tx, account.id, 'merge');
  endSight(tx, merge);
}

/** What only the merge gave to see is taken back: on both accounts, and of the survivor. */
function endSight(tx: Tx, merge: MergeRow): void {
  const { personId, intoPersonId, sharedAccount, sharedInto, sharedPerson } = merge;
  const reversed = { type: 'account.merge_reversed', kind: 'account', changed: ['person', 'mergedIntoId'] } as const;
  const data = { personId, intoPersonId };
  if (merge.accountId) tx.record({ ...reversed, id: merge.accountId, data, revoke: sharedAccount });
  if (merge.intoAccountId) tx.record({ ...reversed, id: merge.intoAccountId, data, revoke: sharedInto });
  if (sharedPerson.length > 0)
    tx.record({ type: 'person.unlinked', kind: 'person', id: intoPersonId, revoke: sharedPerson });
}

async function onReversed(tx: Tx, fact: Fact): Promise<void> {
  const merge = await reverseMerge(tx, fact.id);
  const accountId = merge?.accountId;
  if (merge && accountId) await restore(tx, { ...merge, accountId });
}

export const mergeHandlers: readonly FactHandler[] = [
  { on: ['person.merged'], handle: onMerged },
  { on: ['person.merge_reversed'], handle: onReversed },
];
