// The balances of a fund as kept, as posted and as the audit log tells them: one statement, so that all three see the same moment (M-05).
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import type { FundAccount } from './domain.ts';

export type Told = { account: FundAccount; kept: bigint; posted: bigint; told: bigint };

/** Nothing for a fund that is not seen. */
export async function tellBalances(tx: Tx, fundId: string): Promise<Told[]> {
  const found = await tx.db.execute<{ account: FundAccount; kept: string; posted: string; told: string }>(
    sql`select account, kept, posted, told from fund_thrice(${fundId}::uuid)`,
  );
  return found.rows.map(({ account, kept, posted, told }) => {
    return { account, kept: BigInt(kept), posted: BigInt(posted), told: BigInt(told) };
  });
}
