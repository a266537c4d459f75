// How an account is opened and kept: everything here runs inside the transaction of the fact that it follows.
import { findAgencyFor, findSuperiors, requireAgencyMap } from '../agencies/service.ts';
import { dueByRules } from '../deadlines/service.ts';
import type { AccessGrant, Fact } from '../kernel/fact.ts';
import { grantPerson } from '../persons/service.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { accountMachine, isOwner } from './domain.ts';
import { riskOf } from './next-action.ts';
import { addTimeline, headOfPerson, insertAccount, sumPaid } from './projection-repository.ts';
import {
  type Account,
  type AccountRow,
  deleteConsents,
  findAccount,
  saveAccount,
  settleAccount,
} from './repository.ts';
import { nextOf, reopened } from './service.ts';

/** The person's account, closed or not, locked; one that was merged meanwhile is not taken. */
async function lockAccountOf(tx: Tx, personId: string): Promise<Account | undefined> {
  const id = await headOfPerson(tx, personId);
  const account = id && (await findAccount(tx, id, true));
  if (!account) return undefined;
  return account.mergedIntoId ? lockAccountOf(tx, personId) : account;
}

type Owners = Pick<AccountRow, 'procuratorateId' | 'federationId'>;

/** The owners of an account, and who oversees them. */
export async function ownerGrants(tx: Tx, row: Owners): Promise<AccessGrant[]> {
  const owners = [row.procuratorateId, ...(row.federationId ? [row.federationId] : [])];
  const superiors = await findSuperiors(tx, row.procuratorateId);
  return [
    ...superiors.map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
    ...owners.map((agencyId) => ({ agencyId, relation: 'owner' as const })),
  ];
}

/** Opens an account, owned with the Federation of the procuratorate's region and level. */
export async function openAccount(tx: Tx, personId: string, procuratorateId: string): Promise<Account> {
  const procuratorate = (await requireAgencyMap(tx, [procuratorateId]))(procuratorateId);
  const { regionCode, level, code } = procuratorate;
  const federation = await findAgencyFor(tx, 'womens_federation', regionCode, level);
  const row: AccountRow = {
    id: tx.newId(),
    number: await allotRecordNumber(tx, 'MA', code),
    personId,
    procuratorateId,
    federationId: federation?.id ?? null,
    regionCode,
    state: accountMachine.initial,
    riskLevel: null,
    grantedFen: 0n,
    paidFen: 0n,
    openedOn: tx.ctx.today,
    nextActionKind: 'first_visit',
    nextDueOn: (await dueByRules(tx, regionCode))('D-VISIT', tx.ctx.today),
    stateOn: tx.ctx.today,
    reopenedOn: null,
    closingReason: null,
    mergedIntoId: null,
    assistanceSince: null,
    reasonsSealed: null,
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
  const access = await ownerGrants(tx, row);
  await insertAccount(tx, row);
  const data = { personId, procuratorateId, federationId: row.federationId };
  tx.record({ type: 'account.opened', kind: 'account', id: row.id, data, access });
  grantPerson(tx, personId, access);
  const parts = { consents: [], cases: [], referrals: [], visits: [], notices: [], dueEntries: [], mergedIds: [] };
  return { ...row, ...parts, reasons: {}, transfer: null };
}

/** What the account shows of the person's visits, money and next step, from what was projected. */
async function stateOf(tx: Tx, account: Account): Promise<Partial<AccountRow>> {
  const action = account.state === 'closed' ? {} : await nextOf(tx, account);
  const grantedFen = account.cases.reduce((sum, c) => sum + c.grantedFen, 0n);
  const paidFen = await sumPaid(tx, [account.id, ...account.mergedIds]);
  return { riskLevel: riskOf(account.visits), grantedFen, paidFen, ...action };
}

/** Works out again what follows from the rows of the account; a new version, and the names of what changed. */
export async function restate(tx: Tx, accountId: string, part: string): Promise<Account> {
  const current = await findAccount(tx, accountId);
  if (!current) throw new Error(`account ${accountId} is gone`);
  const change = await stateOf(tx, current);
  const columns = Object.keys(change) as (keyof typeof change)[];
  const changed = columns.filter((column) => change[column] !== current[column]);
  const saved = await saveAccount(tx, current, change);
  tx.record({ type: 'account.updated', kind: 'account', id: accountId, changed: [part, ...changed] });
  return saved;
}

/** Rows of merged accounts stay where they stand; a new one stands on the account that goes on. */
export function homesOf(rows: readonly { accountId: string }[], account: Account): string[] {
  return rows.length > 0 ? rows.map((row) => row.accountId) : [account.id];
}

export type Projection = {
  fact: Fact;
  /** Name of the part that changed, for the account's own fact. */
  part: 'cases' | 'payments' | 'referrals' | 'visits' | 'notices';
  write: (account: Account) => Promise<void>;
  /** What was to help the person did not: a closed account is taken up again. */
  unmet?: boolean;
};

/** Writes one projection under the account's lock; a new version unless just opened. */
async function project(tx: Tx, account: Account, { fact, part, write }: Projection, opened: boolean): Promise<Account> {
  await write(account);
  await addTimeline(tx, account.id, fact);
  if (!opened) return restate(tx, account.id, part);
  const current = await findAccount(tx, account.id);
  if (!current) throw new Error(`account ${account.id} is gone`);
  return settleAccount(tx, current, await stateOf(tx, current));
}

/** Whoever is in need again is monitored again (domain §8); the consents to closing are spent. */
async function takeUpAgain(tx: Tx, account: Account, because: string): Promise<Account> {
  await deleteConsents(tx, account.id);
  const saved = await saveAccount(tx, account, await reopened(tx, account));
  const changed = ['state', 'nextAction', 'closingReason', 'closureConsents'];
  tx.record({ type: 'account.reopened', kind: 'account', id: account.id, changed, data: { because } });
  return { ...saved, consents: [] };
}

/** On an account that stands; one that the caller no longer finds is passed over. */
export async function projectOn(tx: Tx, accountId: string, projection: Projection): Promise<Account | undefined> {
  const found = await findAccount(tx, accountId, true);
  const again = projection.unmet && found?.state === 'closed' && !found.mergedIntoId;
  const account = again ? await takeUpAgain(tx, found, projection.fact.type) : found;
  return account && project(tx, account, projection, false);
}

/**
 * On the person's account, opened where there is none and taken up again where it was closed. A second procuratorate that
 * aids the person sees the account from its own grant on, and leaves it with its owners: whoever only filed, accepted or
 * passed on a clue learns nothing because its ids match another's (contract §1 Persons).
 */
export async function projectOnPerson(
  tx: Tx,
  personId: string,
  procuratorateId: string,
  projection: Projection,
): Promise<Account> {
  const standing = await lockAccountOf(tx, personId);
  if (!standing) return project(tx, await openAccount(tx, personId, procuratorateId), projection, true);
  const { type } = projection.fact;
  if (type === 'case.granted' && !isOwner(standing, procuratorateId)) {
    const access = [{ agencyId: procuratorateId, relation: 'partner' as const }];
    const data = { agencyId: procuratorateId };
    tx.record({ type: 'account.shared', kind: 'account', id: standing.id, data, access });
  }
  const account = standing.state === 'closed' ? await takeUpAgain(tx, standing, type) : standing;
  return project(tx, account, projection, false);
}
