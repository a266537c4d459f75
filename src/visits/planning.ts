// Planning visits: who is visited, by whom, and what the others must know (domain §8: the procuratorate jointly with the Federation).
import { findAgencyFor, findSuperiors, requireAgencies, requireAgencyMap } from '../agencies/service.ts';
import { findCase } from '../cases/service.ts';
import type { AccessGrant, Fact } from '../kernel/fact.ts';
import { safeVisit } from '../persons/safe-contact.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { isVisitParty, type VisitMode, visitMachine, visitProblems } from './domain.ts';
import { findVisit, insertVisit, insertVisitPersons, type Visit } from './repository.ts';

export type VisitPlan = {
  assistanceCaseId: string | null;
  monitoringAccountId: string | null;
  /** The procuratorate that answers for the person. */
  handlingAgencyId: string;
  personIds: readonly string[];
  plannedOn: string;
  mode: VisitMode;
  jointAgencyIds: readonly string[];
  /** Mode and day are the caller's own choice: what a safe-contact rule forbids is refused, and not put right. */
  chosen?: boolean;
  /** The plan that arises by itself, at most once per case (or per account without a case). */
  first?: boolean;
};

export type VisitInput = {
  plannedOn: string;
  mode: VisitMode;
  personIds?: string[] | undefined;
  jointAgencyIds?: string[] | undefined;
};

const distinct = (ids: readonly string[]) => [...new Set(ids.map((id) => id.toLowerCase()))].sort();

/** Ids, codes and dates that the account above and the feed need. */
export function visitFact(visit: Visit, type: string, changed: readonly string[], data: Fact['data'] = {}): Fact {
  const { assistanceCaseId, monitoringAccountId, handlingAgencyId, personIds } = visit;
  const common = { assistanceCaseId, monitoringAccountId, handlingAgencyId, personIds };
  return { type, kind: 'visit', id: visit.id, changed, data: { ...common, ...data } };
}

type Parties = Pick<Visit, 'handlingAgencyId' | 'partnerAgencyId' | 'jointAgencyIds'>;

async function grantsOf(tx: Tx, plan: Parties): Promise<AccessGrant[]> {
  const partners = [...plan.jointAgencyIds, ...(plan.partnerAgencyId ? [plan.partnerAgencyId] : [])];
  const superiors = await findSuperiors(tx, plan.handlingAgencyId);
  return [
    ...superiors.map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
    ...partners.map((agencyId) => ({ agencyId, relation: 'partner' as const })),
    { agencyId: plan.handlingAgencyId, relation: 'handler' as const },
  ];
}

/** The handling agency is a side of its own. */
const jointOf = (plan: VisitPlan) => distinct(plan.jointAgencyIds).filter((id) => id !== plan.handlingAgencyId);

/** The side that planned: the caller's where it visits; what arises by itself is the handling agency's plan. */
function plannedBy(tx: Tx, parties: Parties, first: boolean): string {
  const own = tx.ctx.actor.agency.id;
  return !first && isVisitParty(parties, own) ? own : parties.handlingAgencyId;
}

const notRecorded = {
  doneOn: null,
  riskLevel: null,
  missedReasonCode: null,
  nextVisitId: null,
  recordedByAgencyId: null,
  recordedBy: null,
  recordedByPersonKey: null,
  confirmationRound: 1,
  recordSealed: null,
  notesSealed: null,
};
const empty = { texts: null, confirmations: [], formerDates: [] };

/** Plans a visit; the Federation of the handling agency's region and level always sees it as partner. */
export async function planVisit(tx: Tx, plan: VisitPlan): Promise<Visit> {
  const handling = (await requireAgencyMap(tx, [plan.handlingAgencyId]))(plan.handlingAgencyId);
  const federation = await findAgencyFor(tx, 'womens_federation', handling.regionCode, handling.level);
  const { assistanceCaseId, monitoringAccountId, handlingAgencyId, plannedOn, first = false } = plan;
  const mode = await safeVisit(tx, plan);
  const parties = { handlingAgencyId, partnerAgencyId: federation?.id ?? null, jointAgencyIds: jointOf(plan) };
  const row = {
    id: tx.newId(),
    number: await allotRecordNumber(tx, 'FV', handling.code),
    assistanceCaseId,
    monitoringAccountId,
    ...parties,
    plannedByAgencyId: plannedBy(tx, parties, first),
    ...notRecorded,
    firstPlan: first,
    state: visitMachine.initial,
    mode,
    plannedOn,
    uncheckedReferralIds: [],
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
  const visit: Visit = { ...row, ...empty, personIds: distinct(plan.personIds), measures: [], notes: {} };
  const access = await grantsOf(tx, row);
  await insertVisit(tx, row);
  tx.record({ ...visitFact(visit, 'visit.planned', [], { plannedOn, mode }), access });
  await insertVisitPersons(tx, visit.id, visit.personIds);
  return visit;
}

/** The Federation of the same region and level, if there is one: visits are made jointly with it. */
export async function findVisitPartner(tx: Tx, handlingAgencyId: string): Promise<string | undefined> {
  const handling = (await requireAgencyMap(tx, [handlingAgencyId]))(handlingAgencyId);
  return (await findAgencyFor(tx, 'womens_federation', handling.regionCode, handling.level))?.id;
}

/** People named in a body must be among `known`; nobody named means all of `everybody`. */
export function requireVisited(
  named: readonly string[] | undefined,
  known: readonly string[],
  everybody: readonly string[],
): string[] {
  if (!named || named.length === 0) return [...everybody];
  const unknown = named
    .map((id, i) => ({ pointer: `/personIds/${i}`, code: 'person.unknown', detail: id }))
    .filter(({ detail }) => !known.includes(detail.toLowerCase()));
  if (unknown.length > 0) throw httpProblems['request.reference_unknown']({}, unknown);
  return named.map((id) => id.toLowerCase());
}

/** Agencies invited to the visit, or a 422 with the place of an unknown one. */
export async function requireJointAgencies(tx: Tx, ids: readonly string[] | undefined): Promise<string[]> {
  return (await requireAgencies(tx, ids ?? [], (i) => `/jointAgencyIds/${i}`)).map((agency) => agency.id);
}

/** People of a case who are visited: those with a grant, before a decision all. */
export function aidedPersons(beneficiaries: readonly { personId: string; grantedFen: bigint | null }[]): string[] {
  const granted = beneficiaries.filter((b) => b.grantedFen !== null && b.grantedFen > 0n);
  return (granted.length > 0 ? granted : beneficiaries).map((b) => b.personId);
}

export async function planCaseVisit(
  tx: Tx,
  caseId: string,
  input: VisitInput,
  expected: ExpectedVersion,
): Promise<Visit> {
  const found = await findCase(tx, caseId);
  if (!found) throw httpProblems['resource.not_found']();
  ensureVersion(found, expected);
  if (found.handlingAgencyId !== tx.ctx.actor.agency.id) throw visitProblems['visit.not_competent']();
  const all = found.beneficiaries.map((b) => b.personId);
  return planVisit(tx, {
    assistanceCaseId: found.id,
    monitoringAccountId: null,
    handlingAgencyId: found.handlingAgencyId,
    personIds: requireVisited(input.personIds, all, aidedPersons(found.beneficiaries)),
    plannedOn: input.plannedOn,
    mode: input.mode,
    chosen: true,
    jointAgencyIds: await requireJointAgencies(tx, input.jointAgencyIds),
  });
}

/** Locks a visible visit at the version the caller has seen; 404, 412. */
export async function lockVisit(tx: Tx, id: string, expected?: ExpectedVersion): Promise<Visit> {
  const visit = await findVisit(tx, id, true);
  if (!visit) throw httpProblems['resource.not_found']();
  ensureVersion(visit, expected);
  return visit;
}
