// A department that ended has a successor: what is open there moves along, so that no person waits at a closed office.
import { type AgencyRow, findStanding, requireAgencyMap } from '../agencies/service.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findReferral, openReferralsOf, recipientsEndedBefore, saveReferral } from './repository.ts';
import { factData } from './service.ts';
import { hasEnded } from './successors.ts';

/** The successor takes the place of the department in every open referral, with its state and clock; the former one sees it no more. */
async function handOver(tx: Tx, agency: AgencyRow): Promise<void> {
  const successor = hasEnded(agency, tx.ctx.today) ? await findStanding(tx, agency) : undefined;
  for (const id of successor ? await openReferralsOf(tx, agency.id) : []) {
    const referral = await findReferral(tx, id, true);
    if (!referral || !successor || referral.senderAgencyId === successor.id) continue;
    const saved = await saveReferral(tx, referral, { agencyId: successor.id, formerAgencyId: agency.id });
    tx.record({
      type: 'referral.succeeded',
      kind: 'referral',
      id,
      changed: ['agencyId'],
      data: { ...factData(saved), formerAgencyId: agency.id },
      access: [{ agencyId: successor.id, relation: 'recipient' }],
      revoke: [agency.id],
    });
  }
}

async function handOverFrom(tx: Tx, agencyIds: readonly string[]): Promise<void> {
  const agencyOf = await requireAgencyMap(tx, agencyIds);
  for (const id of agencyIds) await handOver(tx, agencyOf(id));
}

/** For the daily sweep, under the system scope: departments whose last day has passed since their successor was named. */
export async function sweepSuccessions(tx: Tx): Promise<void> {
  await handOverFrom(tx, await recipientsEndedBefore(tx, tx.ctx.today));
}

export const referralHandlers: readonly FactHandler[] = [
  { on: ['agency.edited'], handle: (tx, fact) => handOverFrom(tx, [fact.id]) },
];
