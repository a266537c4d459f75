// Departments end and others carry on (domain §9: the poverty office changed name twice): nothing is referred to the past.
import { type AgencyRow, findStanding, requireAgencies } from '../agencies/service.ts';
import type { AgencyKind } from '../kernel/actor.ts';
import type { Tx } from '../platform/db/tx.ts';
import { referralProblems } from './domain.ts';
import { findPredecessorKinds } from './repository.ts';

/** `validTo` is the last day. */
export const hasEnded = (agency: AgencyRow, day: string) => agency.validTo !== null && agency.validTo < day;

/** Active agencies named in a body that still stand; 409 with the successor's id where one has ended. */
export async function requireStanding(
  tx: Tx,
  ids: readonly string[],
  pointer: (index: number) => string,
): Promise<AgencyRow[]> {
  const agencies = await requireAgencies(tx, ids, pointer);
  for (const [i, agency] of agencies.entries()) {
    if (!hasEnded(agency, tx.ctx.today)) continue;
    const successor = await findStanding(tx, agency);
    const { name } = agency;
    if (!successor) throw referralProblems['referral.agency_ended']({ name });
    const place = { pointer: pointer(i), code: 'agency.succeeded', detail: successor.id };
    throw referralProblems['referral.agency_succeeded']({ name, successor: successor.name }, [place]);
  }
  return agencies;
}

/** Whose measures an agency delivers: its own kind's, and those of the departments it carries on for. */
export async function kindsDelivered(tx: Tx, agency: { id: string; kind: AgencyKind }): Promise<AgencyKind[]> {
  return [agency.kind, ...(await findPredecessorKinds(tx, agency.id))];
}
