// Verbs on visits: plan, record, missed, rescheduling, cancellation (domain §8: the procuratorate jointly with the Federation).

import { findAgencyFor, findSuperiors, requireAgencies, requireAgencyMap } from '../agencies/service.ts';
import { findCase } from '../cases/service.ts';
import { ensureAction } from '../kernel/action.ts';
import type { AccessGrant, Fact } from '../kernel/fact.ts';
import type { FieldError } from '../kernel/problem.ts';
import { isCode } from '../persons/service.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  recordErrors,
  type VisitMeasure,
  type VisitMode,
  type VisitRecord,
  visitActions,
  visitMachine,
  visitProblems,
} from './domain.ts';
import {
  findVisit,
  findVisitsOfPerson,
  insertMeasures,
  insertVisit,
  insertVisitPersons,
  knownReferrals,
  saveVisit,
  type Visit,
} from './repository.ts';

export type VisitPlan = {
  assistanceCaseId: string | null;
  monitoringAccountId: string | null;
  /** The procuratorate that answers for the person. */
  handlingAgencyId: string;
  personIds: readonly string[];
  plannedOn: string;
  mode: VisitMode;
  jointAgencyIds: readonly string[];
  /** The plan that arises by itself, at most once per case (or per account without a case). */
  first?: boolean;
};

export type VisitInput = {
  plannedOn: string;
  mode: VisitMode;
  personIds?: string[] | undefined;
  jointAgencyIds?: string[] | undefined;
};

export type VisitRecordInput = Omit<VisitRecord, 'measures' | 'needs' | 'useOfFunds' | 'nextVisitOn'> & {
  useOfFunds?: string | null | undefined;
  measures?: VisitMeasure[] | undefined;
  needs?: string[] | undefined;
  nextVisitOn?: string | null | undefined;
};

const distinct = (ids: readonly string[]) => [...new Set(ids.map((id) => id.toLowerCase()))].sort();

function broken(...errors: FieldError[]): void {
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

/** Ids, codes and dates that the account above and the feed need. */
function visitFact(visit: Visit, type: string, changed: readonly string[], data: Fact['data'] = {}): Fact {
  const { assistanceCaseId, monitoringAccountId, handlingAgencyId, personIds } = visit;
  const common = { assistanceCaseId, monitoringAccountId, handlingAgencyId, personIds };
  return { type, kind: 'visit', id: visit.id, changed, data: { ...common, ...data } };
}

async function grantsOf(tx: Tx, plan: VisitPlan, partnerAgencyId: string | null): Promise<AccessGrant[]> {
  const partners = [...plan.jointAgencyIds, ...(partnerAgencyId ? [partnerAgencyId] : [])];
  const superiors = await findSuperiors(tx, plan.handlingAgencyId);
  return [
    ...superiors.map((agencyId) => ({ agencyId, relation: 'oversight' as const })),
    ...partners.map((agencyId) => ({ agencyId, relation: 'partner' as const })),
    { agencyId: plan.handlingAgencyId, relation: 'handler' as const },
  ];
}

/** Plans a visit; the Federation of the handling agency's region and level always sees it as partner. */
export async function planVisit(tx: Tx, plan: VisitPlan): Promise<Visit> {
  const handling = (await requireAgencyMap(tx, [plan.handlingAgencyId]))(plan.handlingAgencyId);
  const federation = await findAgencyFor(tx, 'womens_federation', handling.regionCode, handling.level);
  const { assistanceCaseId, monitoringAccountId, handlingAgencyId, plannedOn, mode, first = false } = plan;
  const row = {
    id: tx.newId(),
    number: await allotRecordNumber(tx, 'FV', handling.code),
    assistanceCaseId,
    monitoringAccountId,
    handlingAgencyId,
    partnerAgencyId: federation?.id ?? null,
    jointAgencyIds: distinct(plan.jointAgencyIds),
    firstPlan: first,
    state: visitMachine.initial,
    mode,
    plannedOn,
    doneOn: null,
    riskLevel: null,
    missedReasonCode: null,
    nextVisitId: null,
    recordSealed: null,
    notesSealed: null,
    version: 1,
    createdAt: tx.ctx.now,
    updatedAt: tx.ctx.now,
  };
  const visit: Visit = { ...row, personIds: distinct(plan.personIds), measures: [], texts: null, notes: {} };
  const access = await grantsOf(tx, plan, row.partnerAgencyId);
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

async function requireMeasures(tx: Tx, visit: Visit, measures: readonly VisitMeasure[]): Promise<void> {
  if (measures.length === 0) return;
  const ids = measures.map((m) => m.referralId);
  const known = await knownReferrals(tx, ids, visit.assistanceCaseId, visit.personIds);
  const unknown = ids
    .map((id, i) => ({ pointer: `/measures/${i}/referralId`, code: 'referral.unknown', detail: id }))
    .filter(({ detail }) => !known.has(detail));
  if (unknown.length > 0) throw httpProblems['request.reference_unknown']({}, unknown);
}

function toRecord(input: VisitRecordInput): VisitRecord {
  const measures = (input.measures ?? []).map((m) => ({ ...m, referralId: m.referralId.toLowerCase() }));
  const { doneOn, livingConditions, riskLevel, useOfFunds = null, needs = [], nextVisitOn = null } = input;
  return { doneOn, livingConditions, riskLevel, useOfFunds, needs, nextVisitOn, measures };
}

/** The record closes the visit and, with `nextVisitOn`, plans the next one with the same people and agencies. */
export async function recordVisit(
  tx: Tx,
  id: string,
  input: VisitRecordInput,
  expected: ExpectedVersion,
): Promise<Visit> {
  const record = toRecord(input);
  broken(...recordErrors(record, tx.ctx.today));
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'record', visit, tx.ctx.actor);
  await requireMeasures(tx, visit, record.measures);
  const { doneOn, riskLevel, livingConditions, useOfFunds, needs, measures, nextVisitOn } = record;
  const next = nextVisitOn ? await planVisit(tx, { ...visit, plannedOn: nextVisitOn, first: false }) : undefined;
  await insertMeasures(tx, visit.id, measures);
  const change = { state: visitMachine.next(visit.state, 'record'), doneOn, riskLevel, nextVisitId: next?.id ?? null };
  const saved = await saveVisit(tx, visit, change, { texts: { livingConditions, useOfFunds, needs } });
  const data = { doneOn, riskLevel, needs: needs.length, nextVisitId: next?.id ?? null };
  tx.record(visitFact(visit, 'visit.done', ['state', 'record'], data));
  return { ...saved, measures };
}

export async function missVisit(
  tx: Tx,
  id: string,
  input: { reasonCode: string; note?: string | undefined },
  expected: ExpectedVersion,
): Promise<Visit> {
  const { reasonCode, note } = input;
  if (!isCode('visit-missed-reasons', reasonCode, tx.ctx.today))
    broken({ pointer: '/reasonCode', code: 'code.unknown', detail: reasonCode });
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'missed', visit, tx.ctx.actor);
  const change = { state: visitMachine.next(visit.state, 'miss'), missedReasonCode: reasonCode };
  const saved = await saveVisit(tx, visit, change, note ? { notes: { missed: note } } : {});
  tx.record(visitFact(visit, 'visit.missed', ['state'], { reasonCode }));
  return saved;
}

export async function rescheduleVisit(
  tx: Tx,
  id: string,
  input: { plannedOn: string; reason?: string | undefined },
  expected: ExpectedVersion,
): Promise<Visit> {
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'rescheduling', visit, tx.ctx.actor);
  const { plannedOn, reason } = input;
  const change = { state: visitMachine.next(visit.state, 'reschedule'), plannedOn, missedReasonCode: null };
  const saved = await saveVisit(tx, visit, change, reason ? { notes: { rescheduling: reason } } : {});
  tx.record(visitFact(visit, 'visit.rescheduled', ['state', 'plannedOn'], { plannedOn }));
  return saved;
}

export async function cancelVisit(
  tx: Tx,
  id: string,
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<Visit> {
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'cancellation', visit, tx.ctx.actor);
  const change = { state: visitMachine.next(visit.state, 'cancel') };
  const saved = await saveVisit(tx, visit, change, { notes: { cancellation: input.reason } });
  tx.record(visitFact(visit, 'visit.cancelled', ['state']));
  return saved;
}

export type { Visit };
export { findVisit, findVisitsOfPerson };
