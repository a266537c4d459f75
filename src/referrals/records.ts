// What referrals give to the records of a case: the measures asked for, and every referral in full.
import { onDossier } from '../cases/dossier-parts.ts';
import { onCaseOutcome } from '../cases/outcome-parts.ts';
import type { Tx } from '../platform/db/tx.ts';
import { findMeasures, findReferralIds } from './record-repository.ts';
import { ReferralView } from './schema.ts';
import { findReferral } from './service.ts';
import { viewReferral } from './view.ts';

async function load(tx: Tx, caseId: string, limit: number) {
  const views = [];
  for (const id of await findReferralIds(tx, caseId, limit)) {
    const referral = await findReferral(tx, id);
    if (referral) views.push(await viewReferral(tx, referral));
  }
  return views;
}

onCaseOutcome({ name: 'measures', load: findMeasures });
onDossier({ name: 'referrals', read: 'referral:read', item: ReferralView, load });
