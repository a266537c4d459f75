// What the token endpoint remembers: assertions that were used, and failures by subject and source (S-11).
import { and, eq, gt, lt, or, sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import { authFailures, spentAssertions } from './identity-table.ts';

/** False when this issuer's `jti` was used before, on whatever replica. */
export async function spendAssertion(tx: Tx, issuer: string, jti: string, expiresAt: Date): Promise<boolean> {
  const rows = await tx.db
    .insert(spentAssertions)
    .values({ issuer, jti, expiresAt })
    .onConflictDoNothing()
    .returning({ jti: spentAssertions.jti });
  return rows.length > 0;
}

export type Failures = { subject: string; failures: number; since: Date };

const WINDOW = sql`interval '5 minutes'`;
const recent = gt(authFailures.since, sql`clock_timestamp() - ${WINDOW}`);

/** Failures of the last five minutes of each subject from this source. */
export function findFailures(tx: Tx, source: string, subjects: readonly string[]): Promise<Failures[]> {
  return tx.db
    .select({ subject: authFailures.subject, failures: authFailures.failures, since: authFailures.since })
    .from(authFailures)
    .where(and(eq(authFailures.source, source), or(...subjects.map((one) => eq(authFailures.subject, one))), recent));
}

/** One more for each subject, in one statement; five minutes after the first of them counting begins anew. */
export async function countFailures(tx: Tx, source: string, subjects: readonly string[]): Promise<Failures[]> {
  const again = sql`${authFailures.since} > clock_timestamp() - ${WINDOW}`;
  const rows = subjects.map((subject) => ({ subject, source, failures: 1, since: sql`clock_timestamp()` }));
  return tx.db
    .insert(authFailures)
    .values(rows)
    .onConflictDoUpdate({
      target: [authFailures.subject, authFailures.source],
      set: {
        failures: sql`case when ${again} then ${authFailures.failures} + 1 else 1 end`,
        since: sql`case when ${again} then ${authFailures.since} else clock_timestamp() end`,
      },
    })
    .returning({ subject: authFailures.subject, failures: authFailures.failures, since: authFailures.since });
}

/** What no longer counts. */
export async function purgeIdentity(tx: Tx): Promise<void> {
  await tx.db.delete(spentAssertions).where(lt(spentAssertions.expiresAt, sql`clock_timestamp() - interval '1 hour'`));
  await tx.db.delete(authFailures).where(lt(authFailures.since, sql`clock_timestamp() - ${WINDOW}`));
}
