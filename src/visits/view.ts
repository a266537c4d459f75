// A visit as each reader sees it: texts for the visiting agencies only, what is to be checked for the two owners.
import type { Static } from 'typebox';
import { type AgencyRow, type OfficerRefView, requireAgencyMap, requireOfficerMap } from '../agencies/service.ts';
import { availableActions } from '../kernel/action.ts';
import { contactRules, toSafeContact } from '../persons/safe-contact.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { FormerDate, VisitAnswer } from './confirmation-repository.ts';
import { isVisitParty, keepsAccount, unansweredBy, visitActions, visitMachine } from './domain.ts';
import { type MeasureToCheck, referralsToCheck, type Visit } from './repository.ts';
import { listedOf, type VisitView } from './schema.ts';

type Known = {
  agencyOf: (id: string) => AgencyRow;
  officerOf: (id: string) => OfficerRefView;
  toCheck: MeasureToCheck[];
  rules: Awaited<ReturnType<typeof contactRules>>;
};

const refOf = ({ id, code, name }: AgencyRow) => ({ id, code, name });

function toConfirmation(visit: Visit, answer: VisitAnswer, party: boolean, { agencyOf, officerOf }: Known) {
  const { agencyId, officerId, phase, outcome, reason, createdAt, round } = answer;
  return {
    ...{ agency: refOf(agencyOf(agencyId)), officer: officerOf(officerId), phase, outcome },
    ...{ reason: party ? reason : null, confirmedAt: createdAt.toISOString() },
    current: round === visit.confirmationRound,
  };
}

function toFormerDate({ plannedOn, missedReasonCode, notes, createdAt }: FormerDate, party: boolean) {
  const { missed, reason } = party ? notes : { missed: null, reason: null };
  return { plannedOn, missedReasonCode, missedNote: missed, reason, rescheduledAt: createdAt.toISOString() };
}

/** Each view of the texts is on the record of every person visited. */
function textsFor(tx: Tx, visit: Visit, party: boolean) {
  const texts = party ? visit.texts : null;
  const fields = ['livingConditions', 'useOfFunds', 'needs'];
  if (texts) for (const id of visit.personIds) tx.viewed(id, fields, 'visit.party');
  return {
    livingConditions: texts?.livingConditions ?? null,
    useOfFunds: texts?.useOfFunds ?? null,
    needs: texts?.needs ?? [],
    amendments: texts?.amendments ?? [],
  };
}

function sidesOf(visit: Visit, { agencyOf }: Known) {
  const { handlingAgencyId, partnerAgencyId, jointAgencyIds, recordedByAgencyId } = visit;
  return {
    handlingAgency: refOf(agencyOf(handlingAgencyId)),
    partnerAgency: partnerAgencyId ? refOf(agencyOf(partnerAgencyId)) : null,
    jointAgencies: jointAgencyIds.map((id) => refOf(agencyOf(id))),
    recordedBy: recordedByAgencyId ? refOf(agencyOf(recordedByAgencyId)) : null,
    awaitingConfirmation: unansweredBy(visit).map((id) => refOf(agencyOf(id))),
  };
}

function toVisitView(tx: Tx, visit: Visit, known: Known): Static<typeof VisitView> {
  const { actor, language } = tx.ctx;
  const party = isVisitParty(visit, actor.agency.id);
  const notes = party ? visit.notes : {};
  return {
    safeContact: toSafeContact(tx, 'visit', known.rules),
    ...listedOf(tx, visit),
    ...sidesOf(visit, known),
    ...textsFor(tx, visit, party),
    personIds: visit.personIds,
    measures: visit.measures.map((m) => ({ ...m, leftOutReason: party ? m.leftOutReason : null })),
    measuresToCheck: known.toCheck,
    confirmations: visit.confirmations.map((answer) => toConfirmation(visit, answer, party, known)),
    nextVisitId: visit.nextVisitId,
    formerDates: visit.formerDates.map((date) => toFormerDate(date, party)),
    missedNote: notes.missed ?? null,
    reschedulingReason: notes.rescheduling ?? null,
    cancellationReason: notes.cancellation ?? null,
    availableActions: availableActions(visitMachine, visitActions, visit, actor, `/v1/visits/${visit.id}`, language),
  };
}

/** Before the visit what is to be asked about, after it what the record has not answered for. */
async function toCheck(tx: Tx, visit: Visit): Promise<MeasureToCheck[]> {
  if (!keepsAccount(visit, tx.ctx.actor.agency.id)) return [];
  const { state, uncheckedReferralIds: unchecked } = visit;
  if (state !== 'planned' && unchecked.length === 0) return [];
  const asked = await referralsToCheck(tx, visit);
  return state === 'planned' ? asked : asked.filter((m) => unchecked.includes(m.referralId));
}

/** Agencies and officers of the view in one look each. */
export async function viewVisit(tx: Tx, visit: Visit): Promise<Static<typeof VisitView>> {
  const { handlingAgencyId, partnerAgencyId, jointAgencyIds, recordedByAgencyId, confirmations } = visit;
  const others = [partnerAgencyId, recordedByAgencyId].flatMap((id) => id ?? []);
  const answering = confirmations.map((c) => c.agencyId);
  const officerIds = confirmations.map((c) => c.officerId);
  const [agencyOf, officerOf, measures, rules] = await Promise.all([
    requireAgencyMap(tx, [handlingAgencyId, ...others, ...jointAgencyIds, ...answering]),
    requireOfficerMap(tx, officerIds),
    toCheck(tx, visit),
    contactRules(tx, 'visit', visit.id),
  ]);
  return toVisitView(tx, visit, { agencyOf, officerOf, toCheck: measures, rules });
}
