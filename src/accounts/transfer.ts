// Transfer of an account to another region (ADR 0008): the giver answers for the person until the receiver has accepted.
import { findAgencyFor, findSuperiors, requireAgencies } from '../agencies/service.ts';
import { ensureAction } from '../kernel/action.ts';
import { grantPerson, requireRegion } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { accountActions, accountMachine, accountProblems } from './domain.ts';
import { officerOf } from './entries.ts';
import { ownerGrants } from './projection.ts';
import { type Account, deleteConsents, saveAccount } from './repository.ts';
import { lockAccount, nextOf } from './service.ts';
import { answerTransfer, insertTransfer, seersOf } from './transfer-repository.ts';

export type TransferInput = { agencyId?: string | undefined; regionCode?: string | undefined; reason: string };

/** A procuratorate by id, or the one of the caller's level for a region: 422 for any other agency. */
async function receiverOf(tx: Tx, { agencyId, regionCode }: TransferInput) {
  const pointer = agencyId ? '/agencyId' : '/regionCode';
  if (regionCode) requireRegion(regionCode, pointer);
  const found = agencyId
    ? (await requireAgencies(tx, [agencyId], () => pointer))[0]
    : await findAgencyFor(tx, 'procuratorate', regionCode ?? '', tx.ctx.actor.agency.level);
  if (found?.kind !== 'procuratorate')
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer,
        code: 'agency.not_procuratorate',
        detail: ['账户只能移交检察院', 'an account goes to a procuratorate'],
      },
    ]);
  return found;
}

async function begin(tx: Tx, id: string, action: keyof typeof accountActions, expected: ExpectedVersion) {
  const account = await lockAccount(tx, id, expected);
  ensureAction(accountMachine, accountActions, action, account, tx.ctx.actor);
  return account;
}

/** The pending transfer of an account whose action table has just said that there is one. */
function pendingOf(account: Account): NonNullable<Account['transfer']> {
  if (!account.transfer) throw accountProblems['account.no_transfer']();
  return account.transfer;
}

/** The receiver sees the account, masked, to answer; owners and duties stay as they are. */
export async function requestTransfer(
  tx: Tx,
  id: string,
  input: TransferInput,
  expected: ExpectedVersion,
): Promise<Account> {
  const account = await begin(tx, id, 'transfer', expected);
  const receiver = await receiverOf(tx, input);
  if (receiver.id === account.procuratorateId) throw accountProblems['account.same_agency']();
  const { id: requestedBy, personKey } = officerOf(tx);
  const sightGiven = !(await seersOf(tx, id)).includes(receiver.id);
  const places = { accountId: id, fromAgencyId: account.procuratorateId, toAgencyId: receiver.id };
  const transfer = await insertTransfer(tx, { ...places, requestedBy, personKey, sightGiven }, input.reason);
  const saved = await saveAccount(tx, account, await nextOf(tx, account, { transfer }));
  const access = sightGiven ? [{ agencyId: receiver.id, relation: 'partner' as const }] : [];
  const data = { transferId: transfer.id, toAgencyId: receiver.id };
  const changed = ['transfer', 'nextAction'];
  tx.record({
    type: 'account.transfer_requested',
    kind: 'account',
    id,
    changed,
    data,
    ...(sightGiven ? { access } : {}),
  });
  return { ...saved, transfer };
}

type Ending = { action: 'transfer-rejection' | 'transfer-withdrawal'; state: 'rejected' | 'withdrawn'; fact: string };

/** Nothing has changed hands; the receiver loses the sight that only the request gave. */
async function endTransfer(tx: Tx, id: string, ending: Ending, reason: string, expected: ExpectedVersion) {
  const account = await begin(tx, id, ending.action, expected);
  const transfer = pendingOf(account);
  await answerTransfer(tx, id, transfer.id, { state: ending.state, officerId: officerOf(tx).id, reason });
  const saved = await saveAccount(tx, account, await nextOf(tx, account, { transfer: null }));
  const { toAgencyId, sightGiven } = transfer;
  const data = { transferId: transfer.id, toAgencyId };
  const revoke = sightGiven && ending.state === 'withdrawn' ? { revoke: [toAgencyId] } : {};
  tx.record({ type: ending.fact, kind: 'account', id, changed: ['transfer', 'nextAction'], data, ...revoke });
  return { ...saved, transfer: null };
}

export function rejectTransfer(tx: Tx, id: string, input: { reason: string }, expected: ExpectedVersion) {
  const ending = { action: 'transfer-rejection', state: 'rejected', fact: 'account.transfer_rejected' } as const;
  return endTransfer(tx, id, ending, input.reason, expected);
}

export function withdrawTransfer(tx: Tx, id: string, input: { reason: string }, expected: ExpectedVersion) {
  const ending = { action: 'transfer-withdrawal', state: 'withdrawn', fact: 'account.transfer_withdrawn' } as const;
  return endTransfer(tx, id, ending, input.reason, expected);
}

/** New owners see account and person, the former keep a masked view; superiors of the former see it no longer. */
async function sightOf(tx: Tx, account: Account, owners: Pick<Account, 'procuratorateId' | 'federationId'>) {
  const former = [account.procuratorateId, ...(account.federationId ? [account.federationId] : [])];
  const now = await ownerGrants(tx, owners);
  const isNow = (agencyId: string) => now.some((g) => g.agencyId === agencyId && g.relation === 'owner');
  const partners = former.filter((agencyId) => !isNow(agencyId));
  const access = [...now, ...partners.map((agencyId) => ({ agencyId, relation: 'partner' as const }))];
  const kept = new Set([...access.map((grant) => grant.agencyId), ...(await seersOf(tx, account.id))]);
  const revoke = (await findSuperiors(tx, account.procuratorateId)).filter((agencyId) => !kept.has(agencyId));
  return { now, access, revoke };
}

/** From here on the receiver and the Federation of its region and level own the account; consents to closing are spent. */
export async function acceptTransfer(tx: Tx, id: string, expected: ExpectedVersion): Promise<Account> {
  const account = await begin(tx, id, 'transfer-acceptance', expected);
  const transfer = pendingOf(account);
  const { agency } = tx.ctx.actor;
  const federation = await findAgencyFor(tx, 'womens_federation', agency.regionCode, agency.level);
  const owners = { procuratorateId: agency.id, federationId: federation?.id ?? null };
  const { now, access, revoke } = await sightOf(tx, account, owners);
  await answerTransfer(tx, id, transfer.id, { state: 'accepted', officerId: officerOf(tx).id, reason: null });
  if (account.consents.length > 0) await deleteConsents(tx, id);
  const next = await nextOf(tx, account, { ...owners, transfer: null, consents: [] });
  const saved = await saveAccount(tx, account, { ...owners, regionCode: agency.regionCode, ...next });
  const changed = ['owners', 'regionCode', 'transfer', 'nextAction'];
  const data = { transferId: transfer.id, fromAgencyId: account.procuratorateId, toAgencyId: agency.id };
  tx.record({ type: 'account.transferred', kind: 'account', id, changed, data, access, revoke });
  grantPerson(tx, account.personId, now);
  return { ...saved, transfer: null, consents: [] };
}
