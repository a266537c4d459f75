// Referrals as their readers see them: one, or all that one request sent.
import type { Static } from 'typebox';
import { requireAgencyMap } from '../agencies/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ReferralBatch, type ReferralsBody, type ReferralView, toReferralView } from './schema.ts';
import type { Referral, ReferralRequest } from './service.ts';

/** A request as it came: one referral, or a batch whose answer lists all of them. */
export type Sent = { batch: boolean; referrals: readonly Referral[] };

/** Agencies of the view in one look. */
export async function viewReferral(tx: Tx, referral: Referral): Promise<Static<typeof ReferralView>> {
  return toReferralView(tx, referral, await requireAgencyMap(tx, [referral.senderAgencyId, referral.agencyId]));
}

export async function viewSent(
  tx: Tx,
  { batch, referrals }: Sent,
): Promise<Static<typeof ReferralView> | Static<typeof ReferralBatch>> {
  const [first] = referrals;
  if (!batch && first) return viewReferral(tx, first);
  const agencyOf = await requireAgencyMap(
    tx,
    referrals.flatMap((r) => [r.senderAgencyId, r.agencyId]),
  );
  return { items: referrals.map((r) => toReferralView(tx, r, agencyOf)) };
}

/** Where one that was sent can be read; a batch is found in the list given. */
export const locationOf = (list: string) => (view: object) =>
  'id' in view ? `/v1/referrals/${String(view.id)}` : list;

type Body = Static<typeof ReferralsBody>;

/** One body or a batch, with the JSON Pointer of each request in it. */
export function requestsOf(body: Body): { batch: boolean; requests: ReferralRequest[]; at: (i: number) => string } {
  if ('referrals' in body) return { batch: true, requests: body.referrals, at: (i) => `/referrals/${i}` };
  return { batch: false, requests: [body], at: () => '' };
}
