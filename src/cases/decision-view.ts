// What a case shows of its proposal, its approvals step by step, its decision and the documents asked for.
import type { Static } from 'typebox';
import { requireAgencyMap, requireOfficerMap } from '../agencies/service.ts';
import { toMoney } from '../kernel/money.ts';
import type { ListedRow } from '../platform/db/access.ts';
import type { Tx } from '../platform/db/tx.ts';
import { isAbove, planOf } from './approval-domain.ts';
import { itemStatuses } from './documents.ts';
import type { Assessment, OutsideRange } from './domain.ts';
import type { AssistanceCase, CaseRow, DecisionRow, DocumentRequestRow } from './repository.ts';
import type { CaseView } from './schema.ts';
import type { CaseTexts } from './sealed.ts';

type View = Static<typeof CaseView>;

export type Refs = {
  agency: (id: string) => { id: string; code: string; name: string };
  officer: (id: string) => { id: string; code: string; name: string };
};

export async function refsOf(
  tx: Tx,
  agencyIds: readonly string[],
  officerIds: readonly (string | null)[],
): Promise<Refs> {
  const [agencyOf, officer] = await Promise.all([requireAgencyMap(tx, agencyIds), requireOfficerMap(tx, officerIds)]);
  const agency = (id: string) => {
    const row = agencyOf(id);
    return { id: row.id, code: row.code, name: row.name };
  };
  return { agency, officer };
}

export const money = (fen: bigint | null) => (fen === null ? null : toMoney(fen));

export function decisionOf(c: ListedRow<CaseRow>) {
  const { decisionNumber: number, decisionOutcome: outcome, decidedOn } = c;
  return number && outcome && decidedOn ? { number, outcome, decidedOn } : null;
}

export function stepOf(d: DecisionRow, refs: Refs) {
  const { round, step, level, outcome, exclusionCode, refusalBasis: basis, number, decidedOn } = d;
  const who = { agency: refs.agency(d.agencyId), officer: refs.officer(d.officerId) };
  return { round, step, level, ...who, outcome, exclusionCode, basis, number, decidedOn };
}

/** As it was proposed, for those who read the texts of the case. */
function viewAssessment(assessment: Assessment | null | undefined) {
  if (!assessment) return null;
  const { lossFen, receivedFen, faultPercent } = assessment;
  return { loss: toMoney(BigInt(lossFen)), received: toMoney(BigInt(receivedFen)), faultPercent };
}

/** A step with what belongs to the single case: its kind, the minutes of a committee, the opinion. */
export function approvalOf(d: DecisionRow, refs: Refs, opinion: string | null) {
  const { stepKind: kind, minutesHeldOn: heldOn, minutesReference: reference } = d;
  const minutes = heldOn !== null && reference !== null ? { heldOn, reference } : null;
  return { ...stepOf(d, refs), kind, minutes, opinion };
}

const viewRange = (range: OutsideRange | null | undefined) =>
  range ? { from: toMoney(BigInt(range.fromFen)), to: toMoney(BigInt(range.toFen)) } : null;

export function viewProposal(
  c: AssistanceCase,
  texts: CaseTexts | null,
  refs: Refs,
): Static<typeof CaseView>['proposal'] {
  if (c.eligibilityCode === null) return null;
  const applying = c.exclusionCodes.map((code) => ({ code, applies: true, note: null }));
  return {
    eligibilityCode: c.eligibilityCode,
    exclusions: texts?.proposal?.exclusions ?? applying,
    override: c.superiorAgencyId
      ? { reason: texts?.proposal?.overrideReason ?? null, agency: refs.agency(c.superiorAgencyId) }
      : null,
    assessment: viewAssessment(texts?.proposal?.assessment),
    courtCeiling: money(c.courtCeilingFen),
    amountReason: texts?.proposal?.amountReason ?? null,
    outsideRange: viewRange(texts?.proposal?.outsideRange),
    opinion: texts?.proposal?.opinion ?? null,
    proposedBy: c.proposedBy ? refs.officer(c.proposedBy) : null,
    proposedAt: c.proposedAt?.toISOString() ?? null,
  };
}

/** Who does not read the texts of the case learns how many items are awaited, not which. */
function viewItems(r: DocumentRequestRow, items: readonly string[] | null) {
  if (items === null) return r.itemStatuses.map((status) => ({ item: null, status }));
  return itemStatuses(r, items).map((status, i) => ({ item: items[i] ?? null, status }));
}

export function viewRequests(
  c: AssistanceCase,
  texts: CaseTexts | null,
  refs: Refs,
): Static<typeof CaseView>['documentRequests'] {
  return c.documentRequests.map((r, i) => ({
    id: r.id,
    documents: viewItems(r, texts?.requests[i]?.items ?? null),
    items: texts?.requests[i]?.items ?? null,
    reason: texts?.requests[i]?.reason ?? null,
    requestedAt: r.requestedAt.toISOString(),
    requestedBy: refs.officer(r.requestedBy),
    receivedAt: r.receivedAt?.toISOString() ?? null,
    receivedBy: r.receivedBy ? refs.officer(r.receivedBy) : null,
    receivedItems: texts?.receipts[i]?.items ?? null,
    note: texts?.receipts[i]?.note ?? null,
  }));
}

/** Whose chief is awaited now. */
export function viewPending(c: AssistanceCase, refs: Refs): View['pendingApproval'] {
  if (c.state !== 'pending_approval') return null;
  const agencyId = isAbove(c) ? c.superiorAgencyId : null;
  const agency = refs.agency(agencyId ?? c.handlingAgencyId);
  return { step: c.approvalStep, steps: planOf(c), agency, reasons: c.superiorReasons };
}

type Standard = NonNullable<View['decision']>['standard'];

/** The cap in full fen: the year's wage times the months, divided last (domain §7). */
function viewStandard(c: ListedRow<CaseRow>): Standard {
  const { standardRegionCode, standardYear, standardSeries, standardAnnualFen, standardMonths } = c;
  if (!standardRegionCode || !standardYear || !standardSeries || !standardAnnualFen || !standardMonths) return null;
  return {
    regionCode: standardRegionCode,
    year: standardYear,
    series: standardSeries,
    annualAmount: toMoney(standardAnnualFen),
    months: standardMonths,
    capAmount: toMoney((standardAnnualFen * BigInt(standardMonths)) / 12n),
  };
}

function viewTold(d: DecisionRow, note: string | null, refs: Refs): NonNullable<View['decision']>['notification'] {
  if (!d.toldOn || !d.toldChannel || !d.toldBy) return null;
  return { toldOn: d.toldOn, channel: d.toldChannel, toldBy: refs.officer(d.toldBy), note };
}

export function viewDecision(c: AssistanceCase, texts: CaseTexts | null, refs: Refs): View['decision'] {
  const decided = decisionOf(c);
  const index = c.decisions.findLastIndex((d) => d.number === c.decisionNumber);
  const decision = c.decisions[index];
  if (!decided || !decision) return null;
  return {
    ...decided,
    opinion: texts?.opinions[index] ?? null,
    exclusionCode: decision.exclusionCode,
    basis: decision.refusalBasis,
    standard: viewStandard(c),
    notification: viewTold(decision, texts?.tolds[index] ?? null, refs),
  };
}
