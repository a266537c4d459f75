// What fact handlers keep on accounts: cases, payments, referrals and visits of the person, and the timeline.
import { and, asc, eq, inArray, ne, or, sql } from 'drizzle-orm';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { retryOnConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ReferralState } from '../referrals/domain.ts';
import type { RiskLevel, VisitState } from '../visits/domain.ts';
import type { AccountRow } from './repository.ts';
import {
  accountCases,
  accountPayments,
  accountReferrals,
  accountTimeline,
  accountVisits,
  monitoringAccounts,
} from './table.ts';

/** The wall behind "one open account per person": the later of two writers runs again and finds the first one's account. */
export const ONE_OPEN_ACCOUNT = 'monitoring_accounts_open_person';
retryOnConstraint(ONE_OPEN_ACCOUNT);

export async function insertAccount(tx: Tx, row: AccountRow): Promise<void> {
  await tx.db.insert(monitoringAccounts).values(row);
}

/** Accounts that are not closed, of these people, in id order. */
export function findOpenAccounts(tx: Tx, personIds: readonly string[]): Promise<AccountRow[]> {
  return tx.db
    .select()
    .from(monitoringAccounts)
    .where(and(inArray(monitoringAccounts.personId, [...personIds]), ne(monitoringAccounts.state, 'closed')))
    .orderBy(asc(monitoringAccounts.id));
}

const linked = {
  referral: [accountReferrals.accountId, accountReferrals, accountReferrals.referralId],
  visit: [accountVisits.accountId, accountVisits, accountVisits.visitId],
  case: [accountCases.accountId, accountCases, accountCases.caseId],
} as const;

/** Ids of the accounts on which the resource stands already, closed ones too, and of the people's open accounts. */
export async function accountsOf(
  tx: Tx,
  kind: keyof typeof linked,
  resourceId: string,
  personIds: readonly string[],
): Promise<string[]> {
  const [accountId, table, column] = linked[kind];
  const standing = tx.db.select({ id: accountId }).from(table).where(eq(column, resourceId));
  const open = and(inArray(monitoringAccounts.personId, [...personIds]), ne(monitoringAccounts.state, 'closed'));
  const rows = await tx.db
    .select({ id: monitoringAccounts.id })
    .from(monitoringAccounts)
    .where(or(inArray(monitoringAccounts.id, standing), open))
    .orderBy(asc(monitoringAccounts.id));
  return rows.map((row) => row.id);
}

type Payment = { disbursementId: string; caseId: string; personId: string };

/**
 * The account under which a line is counted: the one where it stands already (what comes back is taken off there, closed
 * or not), else the one that knows the case, else the person's open one.
 */
export async function accountForPayment(tx: Tx, payment: Payment): Promise<string | undefined> {
  const { disbursementId, caseId, personId } = payment;
  const counted = tx.db
    .select({ id: accountPayments.accountId })
    .from(accountPayments)
    .where(eq(accountPayments.disbursementId, disbursementId));
  const knows = tx.db.select({ id: accountCases.accountId }).from(accountCases).where(eq(accountCases.caseId, caseId));
  const [row] = await tx.db
    .select({ id: monitoringAccounts.id })
    .from(monitoringAccounts)
    .where(
      and(
        eq(monitoringAccounts.personId, personId),
        or(
          inArray(monitoringAccounts.id, counted),
          inArray(monitoringAccounts.id, knows),
          ne(monitoringAccounts.state, 'closed'),
        ),
      ),
    )
    .orderBy(
      sql`${monitoringAccounts.id} in (${counted}) desc`,
      sql`${monitoringAccounts.id} in (${knows}) desc`,
      sql`${monitoringAccounts.id} desc`,
    )
    .limit(1);
  return row?.id;
}

/** Links a case; an amount given replaces the one that stands (a revocation takes it back to nothing). */
export async function linkCase(tx: Tx, accountId: string, caseId: string, grantedFen?: bigint): Promise<void> {
  const row = { accountId, caseId, grantedFen: grantedFen ?? 0n, linkedAt: tx.ctx.now };
  const insert = tx.db.insert(accountCases).values(row);
  const target = [accountCases.accountId, accountCases.caseId];
  if (grantedFen === undefined) await insert.onConflictDoNothing({ target });
  else await insert.onConflictDoUpdate({ target, set: { grantedFen } });
}

export async function addPayment(tx: Tx, accountId: string, disbursementId: string, paidFen: bigint): Promise<void> {
  await tx.db
    .insert(accountPayments)
    .values({ accountId, disbursementId, paidFen })
    .onConflictDoNothing({ target: [accountPayments.accountId, accountPayments.disbursementId] });
}

export async function takeBack(tx: Tx, accountId: string, disbursementId: string, fen: bigint): Promise<void> {
  await tx.db
    .update(accountPayments)
    .set({ paidFen: sql`${accountPayments.paidFen} - ${fen}` })
    .where(and(eq(accountPayments.accountId, accountId), eq(accountPayments.disbursementId, disbursementId)));
}

type ReferralLine = {
  id: string;
  agencyId: string;
  state: ReferralState;
  measures: string[];
  respondBy: string;
};

export async function setReferral(tx: Tx, accountId: string, referral: ReferralLine): Promise<void> {
  const { id, agencyId, state, measures, respondBy } = referral;
  await tx.db
    .insert(accountReferrals)
    .values({ accountId, referralId: id, agencyId, state, measures, respondBy })
    .onConflictDoUpdate({
      target: [accountReferrals.accountId, accountReferrals.referralId],
      set: { state, measures, respondBy },
    });
}

type VisitLine = {
  id: string;
  state: VisitState;
  plannedOn: string;
  doneOn: string | null;
  riskLevel: RiskLevel | null;
};

export async function setVisit(tx: Tx, accountId: string, visit: VisitLine): Promise<void> {
  const { id, state, plannedOn, doneOn, riskLevel } = visit;
  await tx.db
    .insert(accountVisits)
    .values({ accountId, visitId: id, state, plannedOn, doneOn, riskLevel })
    .onConflictDoUpdate({
      target: [accountVisits.accountId, accountVisits.visitId],
      set: { state, plannedOn, doneOn, riskLevel },
    });
}

export async function sumPaid(tx: Tx, accountId: string): Promise<bigint> {
  const [row] = await tx.db
    .select({ paid: sql<string>`coalesce(sum(${accountPayments.paidFen}), 0)::text` })
    .from(accountPayments)
    .where(eq(accountPayments.accountId, accountId));
  return BigInt(row?.paid ?? '0');
}

/** One line of the timeline: type, resource and agency, never a text. */
export async function addTimeline(
  tx: Tx,
  accountId: string,
  line: { type: string; kind: string; id: string },
): Promise<void> {
  const { agency } = tx.ctx.actor;
  await tx.db.insert(accountTimeline).values({
    id: tx.newId(),
    accountId,
    type: line.type,
    resourceKind: line.kind,
    resourceId: line.id,
    agencyId: agency.id === SYSTEM_SCOPE ? null : agency.id,
    at: tx.ctx.now,
  });
}
