// Aid of one person across all agencies, read by a definer function that answers agencies with a case of their own only.
import { sql } from 'drizzle-orm';
import type { Tx } from '../platform/db/tx.ts';
import type { EnumValue } from '../reference/enums.ts';

type Found = {
  kind: EnumValue<'assistance-kinds'>;
  resource_id: string;
  agency_id: string;
  state: string;
  opened_on: string;
  decided_on: string | null;
  last_on: string | null;
  granted_fen: string | null;
  paid_fen: string | null;
  measure: string | null;
  number: string | null;
};

export type Assistance = {
  kind: Found['kind'];
  resourceId: string;
  agencyId: string;
  state: string;
  openedOn: string;
  decidedOn: string | null;
  /** Last payment, or the day from which the measure was last delivered. */
  lastOn: string | null;
  grantedFen: bigint | null;
  paidFen: bigint | null;
  measure: string | null;
  /** Null where the caller does not see the record. */
  number: string | null;
};

const fenOf = (text: string | null) => (text === null ? null : BigInt(text));

export async function hasOwnCase(tx: Tx, personId: string): Promise<boolean> {
  const { rows } = await tx.db.execute<{ own: boolean }>(sql`select has_own_case(${personId}) as own`);
  return rows[0]?.own === true;
}

/** Newest first, at most 200; of everybody who was merged with the person too. */
export async function findAssistance(tx: Tx, personId: string): Promise<Assistance[]> {
  const { rows } = await tx.db.execute<Found>(
    sql`select kind, resource_id, agency_id, state, opened_on::text, decided_on::text, last_on::text,
      granted_fen::text, paid_fen::text, measure, number from assistance_history(${personId})`,
  );
  return rows.map((row) => ({
    kind: row.kind,
    resourceId: row.resource_id,
    agencyId: row.agency_id,
    state: row.state,
    openedOn: row.opened_on,
    decidedOn: row.decided_on,
    lastOn: row.last_on,
    grantedFen: fenOf(row.granted_fen),
    paidFen: fenOf(row.paid_fen),
    measure: row.measure,
    number: row.number,
  }));
}
