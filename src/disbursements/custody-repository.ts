// Plans of custody and requests for releases in the database, under the walls of their line; texts are sealed with its key.
import { and, asc, eq, sql } from 'drizzle-orm';
import { visible } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { Agreement, ReleaseTexts } from './custody-domain.ts';
import { custodyPlans, custodyReleases } from './custody-table.ts';

export type PlanRow = typeof custodyPlans.$inferSelect;
export type ReleaseRow = typeof custodyReleases.$inferSelect;

const planPlace = (rowId: string) => ({ table: 'custody_plans', column: 'agreement', rowId });
const releasePlace = (rowId: string) => ({ table: 'custody_releases', column: 'texts', rowId });

export async function findPlan(tx: Tx, disbursementId: string): Promise<PlanRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(custodyPlans)
    .where(
      and(eq(custodyPlans.disbursementId, disbursementId), visible(tx, 'disbursement', custodyPlans.disbursementId)),
    );
  return row;
}

export async function openAgreement(tx: Tx, row: PlanRow): Promise<Agreement | null> {
  const [text] = await tx.vault.open([{ place: planPlace(row.disbursementId), data: row.agreementSealed }]);
  return text ? (JSON.parse(text) as Agreement) : null;
}

type NewPlan = Omit<PlanRow, 'agreementSealed' | 'createdAt' | 'updatedAt'>;

/** A plan that nothing was asked for under may be put in place of the former. */
export async function savePlan(tx: Tx, plan: NewPlan, agreement: Agreement): Promise<void> {
  const { now } = tx.ctx;
  const key = await tx.vault.keyFor('disbursement', plan.disbursementId);
  const agreementSealed = tx.vault.seal(key, planPlace(plan.disbursementId), JSON.stringify(agreement));
  const { disbursementId: _id, ...change } = { ...plan, agreementSealed, updatedAt: now };
  await tx.db
    .insert(custodyPlans)
    .values({ ...plan, agreementSealed, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({ target: custodyPlans.disbursementId, set: change });
}

/** The requests of a line, oldest first. */
export function findReleases(tx: Tx, disbursementId: string): Promise<ReleaseRow[]> {
  return tx.db
    .select()
    .from(custodyReleases)
    .where(
      and(
        eq(custodyReleases.disbursementId, disbursementId),
        visible(tx, 'disbursement', custodyReleases.disbursementId),
      ),
    )
    .orderBy(asc(custodyReleases.position))
    .limit(500);
}

export async function openReleaseTexts(tx: Tx, rows: readonly ReleaseRow[]): Promise<(ReleaseTexts | null)[]> {
  const texts = await tx.vault.open(rows.map((row) => ({ place: releasePlace(row.id), data: row.textsSealed })));
  return texts.map((text) => (text ? (JSON.parse(text) as ReleaseTexts) : null));
}

const sealTexts = async (tx: Tx, row: { id: string; disbursementId: string }, texts: ReleaseTexts) => {
  const key = await tx.vault.keyFor('disbursement', row.disbursementId);
  return tx.vault.seal(key, releasePlace(row.id), JSON.stringify(texts));
};

type NewRelease = Omit<ReleaseRow, 'textsSealed' | 'decidedBy' | 'decidedByPersonKey' | 'decidedOn' | 'version'>;

export async function insertRelease(tx: Tx, row: NewRelease, texts: ReleaseTexts): Promise<void> {
  await tx.db.insert(custodyReleases).values({ ...row, textsSealed: await sealTexts(tx, row, texts) });
}

/** The line says which request waits, the oldest: what awaits somebody is asked of the line alone. */
export async function noteAwaited(tx: Tx, disbursementId: string): Promise<void> {
  await tx.db.execute(sql`update disbursements d
    set awaited_release_id = r.id, awaited_release_by_person_key = r.requested_by_person_key
    from (select 1) one left join lateral (
      select ${custodyReleases.id} as id, ${custodyReleases.requestedByPersonKey} as requested_by_person_key
      from ${custodyReleases} where ${custodyReleases.disbursementId} = ${disbursementId} and ${custodyReleases.state} = 'requested'
      order by ${custodyReleases.position} limit 1) r on true
    where d.id = ${disbursementId}`);
}

export async function saveRelease(
  tx: Tx,
  row: ReleaseRow,
  change: Pick<ReleaseRow, 'state' | 'decidedBy' | 'decidedByPersonKey' | 'decidedOn'>,
  texts: ReleaseTexts,
): Promise<void> {
  await tx.db
    .update(custodyReleases)
    .set({
      ...change,
      textsSealed: await sealTexts(tx, row, texts),
      version: row.version + 1,
      updatedAt: tx.ctx.now,
    })
    .where(eq(custodyReleases.id, row.id));
}
