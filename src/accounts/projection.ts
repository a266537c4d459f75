// How an account is opened and kept: everything here runs inside the transaction of the fact that it follows.
import { findAgencyFor, findSuperiors, requireAgencyMap } from '../agencies/service.ts';
import type { AccessGrant, Fact } from '../kernel/fact.ts';
import { grantPerson } from '../persons/service.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { firstVisitDue } from '../visits/domain.ts';
import { accountMachine, isOwner, nextActionOf, riskOf } from './domain.ts';
import { addTimeline, findOpenAccounts, insertAccount, sumPaid } from './projection-repository.ts';
import { type Account, type AccountRow, findAccount, saveAccount, settleAccount } from './repository.ts';

/** The person's account that is not closed, locked; an account closed meanwhile is not taken. */
async function lockOpenAccount(tx: Tx, personId: string): Promise<Account | undefined> {
  const [row] = await findOpenAccounts(tx, [personId]);
  const account = row && (await findAccount(tx, row.id, true));
  if (!account) return undefined;
  return account.state === 'closed' ? lockOpenAccount(tx, personId) : account;
}

async function ownerGrants(tx: Tx, row: AccountRow): Promise<AccessGrant[]> {
  const owners = [row.procuratorateId, ...(row.federationId ? [row.federationId] : [])];
  const superiors = await findSuperiors(tx, row.procuratorateId);
  return [
    ...superiors.map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
    ...owners.map((agencyId) => ({ agencyId, relation: 'owner' as const })),
  ];
}

/** Opens an account, due for a first visit, owned with the Federation of the procuratorate's region and level. */
async function openAccount(tx: Tx, personId: string, procuratorateId: string): Promise<Account> {
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
    nextDueOn: firstVisitDue(tx.ctx.today),
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
  return { ...row, reasons: {}, consents: [], cases: [], referrals: [], visits: [] };
}

/** What the account shows of the person's visits, money and next step, from what was projected. */
async function stateOf(tx: Tx, account: Account): Promise<Partial<AccountRow>> {
  const next = nextActionOf(account.openedOn, account.visits, account.referrals);
  const action = account.state === 'closed' ? {} : { nextActionKind: next.kind, nextDueOn: next.dueOn };
  const grantedFen = account.cases.reduce((sum, c) => sum + c.grantedFen, 0n);
  return { riskLevel: riskOf(account.visits), grantedFen, paidFen: await sumPaid(tx, account.id), ...action };
}

export type Projection = {
  fact: Fact;
  /** Name of the part that changed, for the account's own fact. */
  part: 'cases' | 'payments' | 'referrals' | 'visits';
  write: (account: Account) => Promise<void>;
};

/** Writes one projection under the account's lock and works out again what follows from it; a new version unless just opened. */
async function project(tx: Tx, account: Account, { fact, part, write }: Projection, opened: boolean): Promise<Account> {
  await write(account);
  await addTimeline(tx, account.id, fact);
  const current = await findAccount(tx, account.id);
  if (!current) throw new Error(`account ${account.id} is gone`);
  const change = await stateOf(tx, current);
  if (opened) return settleAccount(tx, current, change);
  const columns = Object.keys(change) as (keyof typeof change)[];
  const changed = columns.filter((column) => change[column] !== current[column]);
  const saved = await saveAccount(tx, current, change);
  tx.record({ type: 'account.updated', kind: 'account', id: account.id, changed: [part, ...changed] });
  return saved;
}

/** On an account that stands; one that the caller no longer finds is passed over. */
export async function projectOn(tx: Tx, accountId: string, projection: Projection): Promise<Account | undefined> {
  const account = await findAccount(tx, accountId, true);
  return account && project(tx, account, projection, false);
}

/**
 * On the person's open account, opened where there is none. A second procuratorate that aids the person sees the account
 * (it has a case of its own for them), and leaves it with its owners.
 */
export async function projectOnPerson(
  tx: Tx,
  personId: string,
  procuratorateId: string,
  projection: Projection,
): Promise<Account> {
  const standing = await lockOpenAccount(tx, personId);
  if (!standing) return project(tx, await openAccount(tx, personId, procuratorateId), projection, true);
  if (!isOwner(standing, procuratorateId)) {
    const access = [{ agencyId: procuratorateId, relation: 'partner' as const }];
    tx.record({
      type: 'account.shared',
      kind: 'account',
      id: standing.id,
      data: { agencyId: procuratorateId },
      access,
    });
  }
  return project(tx, standing, projection, false);
}
