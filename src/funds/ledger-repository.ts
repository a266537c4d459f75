// The ledger in the database: journals and their postings are added, the triggers number them and keep the balances (ADR 0026).
import { and, desc, eq, getTableColumns, inArray, lt, lte, not, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import { visible } from '../platform/db/access.ts';
import { countUpTo } from '../platform/db/counting.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  type Balances,
  FUND_ACCOUNTS,
  type JournalKind,
  type MovementKind,
  type Posting,
  postingsOf,
} from './domain.ts';
import { type FundRow, findFund } from './repository.ts';
import { ledgerJournals, ledgerPostings } from './table.ts';

export type JournalRow = typeof ledgerJournals.$inferSelect;
export type FundEntry = JournalRow & { postings: Posting[] };

/** What a journal may say besides its money. */
type About = Partial<
  Pick<JournalRow, 'caseId' | 'disbursementId' | 'releaseId' | 'reversesId' | 'documentNumber' | 'recordedByPersonKey'>
>;
export type Journal = About & { id: string; fundId: string; kind: JournalKind; postings: readonly Posting[] };

/** Adds journals with their postings; the CHECKs of the fund refuse what is not there. */
export async function postJournals(tx: Tx, journals: readonly Journal[]): Promise<void> {
  if (journals.length === 0) return;
  const { now: occurredAt } = tx.ctx;
  // The number is the database's to give.
  const rows = journals.map(({ postings, ...row }) => ({ ...row, legs: postings.length, position: 0, occurredAt }));
  const legs = journals.flatMap(({ id: journalId, fundId, postings }) =>
    postings.map((posting, i) => ({ journalId, fundId, line: i + 1, ...posting })),
  );
  await tx.db.insert(ledgerJournals).values(rows);
  await tx.db.insert(ledgerPostings).values(legs);
}

export type FundMovement = {
  kind: MovementKind;
  amountFen: bigint;
  caseId: string | null;
  disbursementId: string | null;
  releaseId?: string;
};

/** Moves money between two accounts of a fund. */
export async function postMovement(tx: Tx, fundId: string, movement: FundMovement & About): Promise<string> {
  const { amountFen, ...about } = movement;
  const id = tx.newId();
  await postJournals(tx, [{ ...about, id, fundId, postings: postingsOf(movement.kind, amountFen) }]);
  return id;
}

const ofFund = (tx: Tx, fundId: string) =>
  and(eq(ledgerJournals.fundId, fundId), visible(tx, 'fund', ledgerJournals.fundId));

async function withPostings(tx: Tx, rows: readonly JournalRow[]): Promise<FundEntry[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const mine = and(inArray(ledgerPostings.journalId, ids), visible(tx, 'fund', ledgerPostings.fundId));
  const legs = await tx.db
    .select()
    .from(ledgerPostings)
    .where(mine)
    .orderBy(ledgerPostings.journalId, ledgerPostings.line);
  const postings = Map.groupBy(legs, (leg) => leg.journalId);
  return rows.map((row) => ({ ...row, postings: postings.get(row.id) ?? [] }));
}

export type EntryFilter = { assistanceCaseId?: string; disbursementId?: string };

/** Money counts in every balance; which sealed case or payment it went to is told by duty alone (ADR 0022). */
const closed = (kind: 'case' | 'disbursement', id: PgColumn) => sql`app_barred(${kind}, ${id})`;
const told = {
  ...getTableColumns(ledgerJournals),
  caseId: sql<string | null>`case when not ${closed('case', ledgerJournals.caseId)} then ${ledgerJournals.caseId} end`,
  disbursementId: sql<
    string | null
  >`case when not ${closed('disbursement', ledgerJournals.disbursementId)} then ${ledgerJournals.disbursementId} end`,
};

export async function listEntries(
  tx: Tx,
  fundId: string,
  filter: EntryFilter,
  page: PageRequest,
): Promise<Page<FundEntry>> {
  const { assistanceCaseId, disbursementId } = filter;
  const mine = and(
    ofFund(tx, fundId),
    assistanceCaseId
      ? and(eq(ledgerJournals.caseId, assistanceCaseId), not(closed('case', ledgerJournals.caseId)))
      : undefined,
    disbursementId
      ? and(
          eq(ledgerJournals.disbursementId, disbursementId),
          not(closed('disbursement', ledgerJournals.disbursementId)),
        )
      : undefined,
  );
  const rows = await tx.db
    .select(told)
    .from(ledgerJournals)
    .where(and(mine, page.before ? lt(ledgerJournals.id, page.before) : undefined))
    .orderBy(desc(ledgerJournals.id))
    .limit(page.limit + 1);
  const { items, ...rest } = toPage(rows, page.limit);
  const total = await countUpTo(tx, page.includeTotal, (one) => one.from(ledgerJournals).where(mine));
  return { ...rest, ...total, items: await withPostings(tx, items) };
}

/** As it stands for the verbs; `shown`: as its reader is told of it. */
export async function findEntry(tx: Tx, fundId: string, id: string, shown = false): Promise<FundEntry | undefined> {
  const rows = await tx.db
    .select(shown ? told : getTableColumns(ledgerJournals))
    .from(ledgerJournals)
    .where(and(ofFund(tx, fundId), eq(ledgerJournals.id, id)));
  return (await withPostings(tx, rows))[0];
}

/** True when a journal turns this one round. */
export async function isReversed(tx: Tx, { id, fundId }: JournalRow): Promise<boolean> {
  const rows = await tx.db
    .select({ id: ledgerJournals.id })
    .from(ledgerJournals)
    .where(and(ofFund(tx, fundId), eq(ledgerJournals.reversesId, id)));
  return rows.length > 0;
}

/** The allocation of that paper which stands: what was reversed may be booked anew. */
export async function findAllocation(tx: Tx, fundId: string, documentNumber: string): Promise<JournalRow | undefined> {
  const rows = await tx.db
    .select()
    .from(ledgerJournals)
    .where(and(ofFund(tx, fundId), eq(ledgerJournals.documentNumber, documentNumber)));
  for (const row of rows) if (!(await isReversed(tx, row))) return row;
  return undefined;
}

export function balancesOf(fund: FundRow): Balances {
  return {
    treasury: fund.treasuryFen,
    available: fund.availableFen,
    reserved: fund.reservedFen,
    in_transit: fund.inTransitFen,
    paid: fund.paidFen,
    custody: fund.custodyFen,
    receivable: fund.receivableFen,
    written_off: fund.writtenOffFen,
  };
}

/** The balances of a visible fund: its own columns now, the fold of its postings for an earlier instant. */
export async function balanceOf(tx: Tx, id: string, asOf: Date | undefined): Promise<Balances | undefined> {
  const fund = await findFund(tx, id);
  if (!fund || asOf) return fund && asOf ? balancesAt(tx, id, asOf) : undefined;
  return balancesOf(fund);
}

/**
 * Balances as they stood after the last movement up to that business instant. A prefix of the journals, not a choice of
 * them, so that it is a state the fund was in even where the sandbox clock was moved back.
 */
async function balancesAt(tx: Tx, fundId: string, instant: Date): Promise<Balances> {
  const last = tx.db
    .select({ position: sql`max(${ledgerJournals.position})` })
    .from(ledgerJournals)
    .where(and(ofFund(tx, fundId), lte(ledgerJournals.occurredAt, instant)));
  const rows = await tx.db
    .select({ account: ledgerPostings.account, fen: sql<string>`sum(${ledgerPostings.amountFen})::text` })
    .from(ledgerPostings)
    .innerJoin(ledgerJournals, eq(ledgerJournals.id, ledgerPostings.journalId))
    .where(and(ofFund(tx, fundId), sql`${ledgerJournals.position} <= (${last})`))
    .groupBy(ledgerPostings.account);
  const sums = new Map(rows.map((row) => [row.account, BigInt(row.fen)]));
  return Object.fromEntries(FUND_ACCOUNTS.map((account) => [account, sums.get(account) ?? 0n])) as Balances;
}
