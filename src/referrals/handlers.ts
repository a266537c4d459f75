// A department that ended has a successor: what is open there moves along, so that no person waits at a closed office.
import { requireAgencyMap } from '../agencies/service.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FactHandler, Tx } from '../platform/db/tx.ts';
import { findReferral, openReferralsOf, saveReferral } from './repository.ts';
import { factData } from './service.ts';
import { hasEnded, standingSuccessor } from './successors.ts';

/** The successor takes the place of the department in every open referral, with its state and clock; the former one sees it no more. */
async function handOver(tx: Tx, fact: Fact): Promise<void> {
  const agency = (await requireAgencyMap(tx, [fact.id]))(fact.id);
  if (!hasEnded(agency, tx.ctx.today)) return;
  const successor = await standingSuccessor(tx, agency);
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

export const referralHandlers: readonly FactHandler[] = [{ on: ['agency.edited'], handle: handOver }];
