// Referrals as each reader sees them: one, or all that one request sent.
import type { Static } from 'typebox';
import { type AgencyRow, requireAgencyMap } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
import { toMoney } from '../kernel/money.ts';
import { contactRules, coverHidden, toSafeContact } from '../persons/safe-contact.ts';
import type { Tx } from '../platform/db/tx.ts';
import { isOpen, referralActions, referralMachine } from './domain.ts';
import { toMaskedPerson } from './package.ts';
import { onlyFields } from './package-fields.ts';
import { listedOf, type ReferralBatch, type ReferralsBody, type ReferralView } from './schema.ts';
import type { Referral, ReferralRequest } from './service.ts';

const refOf = ({ id, code, name }: AgencyRow) => ({ id, code, name });
const instantOf = (at: Date | null) => at?.toISOString() ?? null;

function toOutput(output: Referral['outputs'][number], party: boolean) {
  const { id, measure, fromOn, toOn, valueFen, note, createdAt } = output;
  const value = valueFen === null ? null : toMoney(valueFen);
  const recordedAt = createdAt.toISOString();
  return { id, measure, from: fromOn, to: toOn, value, note: party ? note : null, recordedAt };
}

/** What the sender made of a measure that did not come; nothing of the recipient's. */
function followUpOf(r: Referral, sender: boolean) {
  const { followUpDecision: decision, followUpReferralId: referralId, followedUpAt, texts } = r;
  if (!decision || !followedUpAt) return null;
  return {
    decision,
    reason: sender ? (texts.followUpReason ?? null) : null,
    referralId,
    decidedAt: followedUpAt.toISOString(),
  };
}

type Known = { agencyOf: (id: string) => AgencyRow; rules: Awaited<ReturnType<typeof contactRules>> };

/**
 * Persons always masked. The recipient sees the sender's words and masked names only while the package is open; afterwards
 * masked ids, measures, dates and its own answers (P-11).
 */
function toReferralView(tx: Tx, r: Referral, { agencyOf, rules }: Known): Static<typeof ReferralView> {
  const { actor, language } = tx.ctx;
  const sender = actor.agency.id === r.senderAgencyId;
  const recipient = actor.agency.id === r.agencyId;
  const party = sender || recipient;
  const shown = (text: string | undefined | null) => (party ? (text ?? null) : null);
  const disclosed = recipient && isOpen(r.state);
  if (disclosed) for (const p of r.persons) tx.viewed(p.personId, ['proposal'], 'referral.recipient');
  const { reasonCode, outcome, texts } = r;
  const masked = r.persons.map((p) => toMaskedPerson(p, { recipient, open: disclosed }));
  const persons = recipient ? masked.map((p) => onlyFields(p, actor.agency.kind)) : masked;
  return {
    safeContact: toSafeContact(tx, 'referral', rules),
    ...listedOf(tx, r),
    senderAgency: refOf(agencyOf(r.senderAgencyId)),
    agency: refOf(agencyOf(r.agencyId)),
    measures: r.measures,
    proposal: sender || disclosed ? r.proposal : null,
    persons: coverHidden(tx, rules, persons, ({ personId }) => personId),
    receivedAt: instantOf(r.receivedAt),
    answeredAt: instantOf(r.answeredAt),
    startedAt: instantOf(r.startedAt),
    endedAt: instantOf(r.endedAt),
    remindedAt: instantOf(r.remindedAt),
    rejection: reasonCode ? { reasonCode, reason: shown(texts.rejectionReason) } : null,
    holdReason: shown(texts.holdReason),
    failureReason: shown(texts.failureReason),
    cancellationReason: sender ? (texts.cancellationReason ?? null) : null,
    completion: outcome ? { outcome, note: shown(texts.completionNote) } : null,
    outputs: r.outputs.map((o) => toOutput(o, party)),
    followUpDecision: recipient ? null : followUpOf(r, sender),
    formerAgency: r.formerAgencyId ? refOf(agencyOf(r.formerAgencyId)) : null,
    forwardedFromId: recipient ? null : r.forwardedFromId,
    forwardedToId: recipient ? null : r.forwardedToId,
    availableActions: availableActions(referralMachine, referralActions, r, actor, `/v1/referrals/${r.id}`, language),
  };
}

/** A request as it came: one referral, or a batch whose answer lists all of them. */
export type Sent = { batch: boolean; referrals: readonly Referral[] };

const agenciesOf = (r: Referral) => [r.senderAgencyId, r.agencyId, ...(r.formerAgencyId ? [r.formerAgencyId] : [])];

/** Agencies of the view in one look. */
export async function viewReferral(tx: Tx, referral: Referral): Promise<Static<typeof ReferralView>> {
  const [agencyOf, rules] = await Promise.all([
    requireAgencyMap(tx, agenciesOf(referral)),
    contactRules(tx, 'referral', referral.id),
  ]);
  return toReferralView(tx, referral, { agencyOf, rules });
}

export async function viewSent(
  tx: Tx,
  { batch, referrals }: Sent,
): Promise<Static<typeof ReferralView> | Static<typeof ReferralBatch>> {
  const [first] = referrals;
  if (!batch && first) return viewReferral(tx, first);
  const [agencyOf, ...rules] = await Promise.all([
    requireAgencyMap(tx, referrals.flatMap(agenciesOf)),
    ...referrals.map((r) => contactRules(tx, 'referral', r.id)),
  ]);
  return { items: referrals.map((r, i) => toReferralView(tx, r, { agencyOf, rules: rules[i] ?? [] })) };
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
