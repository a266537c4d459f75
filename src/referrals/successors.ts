// Departments end and others carry on (domain §9: the poverty office changed name twice): nothing is referred to the past.
import { type AgencyRow, requireAgencies, requireAgencyMap } from '../agencies/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { referralProblems } from './domain.ts';

/** Longer chains of reorganisations do not occur; a circle ends here too. */
const MAX_STEPS = 5;

/** `validTo` is the last day. */
export const hasEnded = (agency: AgencyRow, day: string) => agency.validTo !== null && agency.validTo < day;

/** Who carries on for an agency that has ended, by way of successors that have ended themselves. */
export async function standingSuccessor(tx: Tx, agency: AgencyRow): Promise<AgencyRow | undefined> {
  let current = agency;
  for (let step = 0; step < MAX_STEPS && current.successorId; step++) {
    current = (await requireAgencyMap(tx, [current.successorId]))(current.successorId);
    if (!hasEnded(current, tx.ctx.today)) return current;
  }
  return undefined;
}

/** Active agencies named in a body that still stand; 409 with the successor's id where one has ended. */
export async function requireStanding(
  tx: Tx,
  ids: readonly string[],
  pointer: (index: number) => string,
): Promise<AgencyRow[]> {
  const agencies = await requireAgencies(tx, ids, pointer);
  for (const [i, agency] of agencies.entries()) {
    if (!hasEnded(agency, tx.ctx.today)) continue;
    const successor = await standingSuccessor(tx, agency);
    const { name } = agency;
    if (!successor) throw referralProblems['referral.agency_ended']({ name });
    const place = { pointer: pointer(i), code: 'agency.succeeded', detail: successor.id };
    throw referralProblems['referral.agency_succeeded']({ name, successor: successor.name }, [place]);
  }
  return agencies;
}
