// What fact handlers keep on accounts: cases, payments, referrals and visits of the person, and the timeline.
import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import { SYSTEM_SCOPE } from '../kernel/actor.ts';
import { retryOnConstraint } from '../platform/db/errors.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { FollowUpState, ReferralState } from '../referrals/domain.ts';
import type { RiskLevel, VisitState } from '../visits/domain.ts';
import type { CasePhase } from './next-action.ts';
import type { AccountRow } from './repository.ts';
import {
  accountCases,
  accountNotices,
  accountPayments,
  accountReferrals,
  accountTimeline,
  accountVisits,
  monitoringAccounts,
} from './table.ts';

// Two writers at once: the later one runs again and finds the first one's account.
retryOnConstraint('monitoring_accounts_one_person');

export async function insertAccount(tx: Tx, row: AccountRow): Promise<void> {
  await tx.db.insert(monitoringAccounts).values(row);
}

/**
 * The account in which the person's monitoring goes on, closed or not: a person who was merged into another has the other's
 * account, and an account that was merged goes on in the one it went into.
 */
export async function headOfPerson(tx: Tx, personId: string): Promise<string | undefined> {
  const { rows } = await tx.db.execute<{ id: string }>(sql`
    with recursive who as (
      select ${personId}::uuid as id
      union
      select m.into_person_id from account_merges m join who on m.person_id = who.id where m.reversed_at is null
    )
    select a.id from monitoring_accounts a join who on a.person_id = who.id where a.merged_into_id is null`);
  return rows[0]?.id;
}

/** The account in which this one goes on: itself, unless it was merged. */
export async function headOf(tx: Tx, accountId: string): Promise<string> {
  const { rows } = await tx.db.execute<{ id: string }>(sql`
    with recursive line as (
      select a.id, a.merged_into_id from monitoring_accounts a where a.id = ${accountId}
      union
      select a.id, a.merged_into_id from monitoring_accounts a join line on a.id = line.merged_into_id
    )
    select id from line where merged_into_id is null`);
  return rows[0]?.id ?? accountId;
}

const linked = {
  notice: [accountNotices.accountId, accountNotices, accountNotices.noticeId],
  referral: [accountReferrals.accountId, accountReferrals, accountReferrals.referralId],
  visit: [accountVisits.accountId, accountVisits, accountVisits.visitId],
  case: [accountCases.accountId, accountCases, accountCases.caseId],
} as const;

/** Accounts on which the resource stands already. */
export async function standingOn(tx: Tx, kind: keyof typeof linked, resourceId: string): Promise<string[]> {
  const [accountId, table, column] = linked[kind];
  const rows = await tx.db.select({ id: accountId }).from(table).where(eq(column, resourceId)).orderBy(asc(accountId));
  return rows.map((row) => row.id);
}

/**
 * The accounts that follow the resource, in id order: those on which it stands, closed ones too, and the people's accounts
 * that are not closed; each as the one in which it goes on.
 */
export async function accountsOf(
  tx: Tx,
  kind: keyof typeof linked,
  resourceId: string,
  personIds: readonly string[],
): Promise<string[]> {
  const heads = new Set<string>();
  for (const id of await standingOn(tx, kind, resourceId)) heads.add(await headOf(tx, id));
  const people = new Set<string>();
  for (const personId of personIds) people.add((await headOfPerson(tx, personId)) ?? '');
  const open = await tx.db
    .select({ id: monitoringAccounts.id })
    .from(monitoringAccounts)
    .where(and(inArray(monitoringAccounts.id, [...people].filter(Boolean)), ne(monitoringAccounts.state, 'closed')));
  return [...new Set([...heads, ...open.map((row) => row.id)])].sort();
}

type Payment = { disbursementId: string; caseId: string; personId: string };

/**
 * Where a line is counted: where it stands already (what comes back is taken off there, closed or not), else on the account
 * of the person that knows the case; `head` is the account that shows it.
 */
export async function placeOfPayment(tx: Tx, payment: Payment): Promise<{ home: string; head: string } | undefined> {
  const { disbursementId, caseId, personId } = payment;
  const [counted] = await tx.db
    .select({ id: accountPayments.accountId })
    .from(accountPayments)
    .where(eq(accountPayments.disbursementId, disbursementId));
  if (counted) return { home: counted.id, head: await headOf(tx, counted.id) };
  const head = await headOfPerson(tx, personId);
  if (!head) return undefined;
  for (const id of await standingOn(tx, 'case', caseId))
    if (id !== head && (await headOf(tx, id)) === head) return { home: id, head };
  return { home: head, head };
}

type CaseLine = { id: string; phase: CasePhase };

/** Links a case in its phase; an amount given replaces the one that stands (a revocation takes it back to nothing). */
export async function setCase(tx: Tx, accountId: string, line: CaseLine, grantedFen?: bigint): Promise<void> {
  const { id: caseId, phase } = line;
  const row = { accountId, caseId, phase, phaseOn: tx.ctx.today, linkedAt: tx.ctx.now };
  const phaseOn = sql`case when ${accountCases.phase} = excluded.phase then ${accountCases.phaseOn} else excluded.phase_on end`;
  await tx.db
    .insert(accountCases)
    .values({ ...row, grantedFen: grantedFen ?? 0n })
    .onConflictDoUpdate({
      target: [accountCases.accountId, accountCases.caseId],
      set: { phase, phaseOn, ...(grantedFen === undefined ? {} : { grantedFen }) },
    });
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
  followUp: FollowUpState;
};

export async function setReferral(tx: Tx, accountId: string, referral: ReferralLine): Promise<void> {
  const { id: referralId, agencyId, state, measures, respondBy } = referral;
  const followUp = referral.followUp === 'open';
  const shown = { agencyId, state, measures, respondBy, followUp };
  const since = followUp ? tx.ctx.today : null;
  await tx.db
    .insert(accountReferrals)
    .values({ accountId, referralId, ...shown, followUpOn: since })
    .onConflictDoUpdate({
      target: [accountReferrals.accountId, accountReferrals.referralId],
      set: { ...shown, followUpOn: sql`coalesce(${accountReferrals.followUpOn}, excluded.follow_up_on)` },
    });
}

type NoticeLine = { id: string; federationId: string };

/** A case notice stands on the account from the day it was sent; its receipt is noted once. */
export async function setNotice(tx: Tx, accountId: string, notice: NoticeLine, received: boolean): Promise<void> {
  const receivedOn = received ? tx.ctx.today : null;
  const { id: noticeId, federationId } = notice;
  await tx.db
    .insert(accountNotices)
    .values({ accountId, noticeId, federationId, sentOn: tx.ctx.today, receivedOn })
    .onConflictDoUpdate({
      target: [accountNotices.accountId, accountNotices.noticeId],
      set: { receivedOn: sql`coalesce(${accountNotices.receivedOn}, excluded.received_on)` },
    });
}

export type VisitLine = {
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

export async function sumPaid(tx: Tx, accountIds: readonly string[]): Promise<bigint> {
  const [row] = await tx.db
    .select({ paid: sql<string>`coalesce(sum(${accountPayments.paidFen}), 0)::text` })
    .from(accountPayments)
    .where(inArray(accountPayments.accountId, [...accountIds]));
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
