// The record of a visit: what was found, what became of each referred measure, and what follows from it.
import { ensureAction } from '../kernel/action.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import {
  MAX_AMENDMENTS,
  type MeasureStatus,
  measureErrors,
  type RiskLevel,
  recordErrors,
  type VisitMeasure,
  type VisitRecord,
  visitActions,
  visitMachine,
  visitProblems,
} from './domain.ts';
import { type NeedInput, settleNeeds } from './needs.ts';
import { lockVisit, planVisit, visitFact } from './planning.ts';
import { insertMeasures, knownReferrals, referralsToCheck, saveVisit, type Visit } from './repository.ts';

export type MeasureInput = {
  referralId: string;
  status?: MeasureStatus | undefined;
  leftOutReason?: string | undefined;
};
export type VisitRecordInput = Omit<VisitRecord, 'measures' | 'useOfFunds' | 'nextVisitOn'> & {
  useOfFunds?: string | null | undefined;
  measures?: MeasureInput[] | undefined;
  needs?: NeedInput[] | undefined;
  nextVisitOn?: string | null | undefined;
};

function broken(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

const toMeasures = (measures: readonly MeasureInput[]): VisitMeasure[] =>
  measures.map(({ referralId, status = null, leftOutReason = null }) => ({
    ...{ referralId: referralId.toLowerCase(), status, leftOutReason },
  }));

/** Each named referral is one of the people visited that may have brought something. */
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
  const { doneOn, livingConditions, riskLevel, useOfFunds = null, nextVisitOn = null } = input;
  return { doneOn, livingConditions, riskLevel, useOfFunds, nextVisitOn, measures: toMeasures(input.measures ?? []) };
}

/** Accepted referrals of the people visited that the record says nothing of: they stay a duty of the two owners. */
async function uncheckedAfter(tx: Tx, visit: Visit, measures: readonly VisitMeasure[]): Promise<string[]> {
  const answered = new Set(measures.map((m) => m.referralId));
  const asked = await referralsToCheck(tx, visit);
  return asked.map((m) => m.referralId).filter((id) => !answered.has(id));
}

const countOf = (measures: readonly VisitMeasure[]) => (status: MeasureStatus) =>
  measures.filter((m) => m.status === status).length;

/** The record closes the visit; its needs become referrals or clues, `nextVisitOn` a plan with the same people and agencies. */
export async function recordVisit(
  tx: Tx,
  id: string,
  input: VisitRecordInput,
  expected: ExpectedVersion,
): Promise<Visit> {
  const record = toRecord(input);
  broken(recordErrors(record, tx.ctx.today));
  const visit = await lockVisit(tx, id, expected);
  const { actor } = tx.ctx;
  ensureAction(visitMachine, visitActions, 'record', visit, actor);
  const { doneOn, riskLevel, livingConditions, useOfFunds, measures, nextVisitOn } = record;
  await requireMeasures(tx, visit, measures);
  const unchecked = await uncheckedAfter(tx, visit, measures);
  const needs = await settleNeeds(tx, visit, input.needs ?? []);
  const next = nextVisitOn ? await planVisit(tx, { ...visit, plannedOn: nextVisitOn, first: false }) : undefined;
  await insertMeasures(tx, visit.id, measures);
  const change = {
    ...{ state: visitMachine.next(visit.state, 'record'), doneOn, riskLevel, nextVisitId: next?.id ?? null },
    ...{ recordedByAgencyId: actor.agency.id, recordedBy: actor.officer?.id ?? null },
    recordedByPersonKey: actor.officer?.personKey ?? null,
    ...{ uncheckedReferralIds: unchecked, confirmationRound: visit.confirmationRound + 1 },
  };
  const saved = await saveVisit(tx, visit, change, { texts: { livingConditions, useOfFunds, needs } });
  const missing = countOf(measures)('not_arrived');
  const data = { doneOn, riskLevel, needs: needs.length, notArrived: missing, unchecked: unchecked.length };
  tx.record(visitFact(visit, 'visit.done', ['state', 'record'], { ...data, nextVisitId: next?.id ?? null }));
  return { ...saved, measures };
}

/** Answers for referrals that the record left open, by either owner of the account. */
export async function checkMeasures(
  tx: Tx,
  id: string,
  input: { measures: MeasureInput[] },
  expected: ExpectedVersion,
): Promise<Visit> {
  const measures = toMeasures(input.measures);
  broken(measureErrors(measures));
  const visit = await lockVisit(tx, id, expected);
  ensureAction(visitMachine, visitActions, 'measure-check', visit, tx.ctx.actor);
  const open = visit.uncheckedReferralIds;
  const strange = measures.flatMap(({ referralId }, i) =>
    open.includes(referralId)
      ? []
      : [{ pointer: `/measures/${i}/referralId`, code: 'referral.unknown', detail: referralId }],
  );
  if (strange.length > 0) throw httpProblems['request.reference_unknown']({}, strange);
  await insertMeasures(tx, visit.id, measures);
  const answered = measures.map((m) => m.referralId);
  const left = open.filter((referralId) => !answered.includes(referralId));
  const saved = await saveVisit(tx, visit, { uncheckedReferralIds: left });
  const data = { unchecked: left.length, notArrived: countOf(measures)('not_arrived') };
  tx.record(visitFact(visit, 'visit.measures_checked', ['measures'], data));
  return { ...saved, measures: [...visit.measures, ...measures] };
}

/** What the recorder says to an objection; the record stays as it was, and the other side answers anew. */
export async function amendVisit(
  tx: Tx,
  id: string,
  input: { text: string; riskLevel?: RiskLevel | undefined },
  expected: ExpectedVersion,
): Promise<Visit> {
  const visit = await lockVisit(tx, id, expected);
  const { actor, now } = tx.ctx;
  ensureAction(visitMachine, visitActions, 'amendment', visit, actor);
  const former = visit.texts?.amendments ?? [];
  if (former.length >= MAX_AMENDMENTS) throw visitProblems['visit.too_often']({ limit: MAX_AMENDMENTS });
  const amendments = [...former, { text: input.text, at: now.toISOString() }];
  const texts = { ...(visit.texts ?? { livingConditions: '', useOfFunds: null, needs: [] }), amendments };
  const change = {
    ...{ riskLevel: input.riskLevel ?? visit.riskLevel, confirmationRound: visit.confirmationRound + 1 },
    ...{ recordedBy: actor.officer?.id ?? null, recordedByPersonKey: actor.officer?.personKey ?? null },
  };
  const saved = await saveVisit(tx, visit, change, { texts });
  const data = { riskLevel: saved.riskLevel, amendments: amendments.length };
  tx.record(visitFact(visit, 'visit.amended', ['record', 'riskLevel'], data));
  return saved;
}
