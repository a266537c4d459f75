// Deciding: approval by the chief, reconsideration once after a refusal (contract §3).
import { findSuperiors, requireAgencyMap } from '../agencies/service.ts';
import { ensureAction } from '../kernel/action.ts';
import { ageOn, yearOf } from '../kernel/civil-date.ts';
import type { Fact } from '../kernel/fact.ts';
import type { FieldError } from '../kernel/problem.ts';
import { isCode } from '../persons/service.ts';
import { allotNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { DECISION_NUMBER_TEMPLATE } from '../reference/agencies.ts';
import { caseActions } from './actions.ts';
import { type ApprovalInput, caseMachine, decideApproval, decisionNumber } from './domain.ts';
import {
  type AssistanceCase,
  type Beneficiary,
  type CaseRow,
  type DecisionRow,
  insertDecision,
  saveAwards,
  saveCase,
} from './repository.ts';
import { openSubjects, sealCaseText, sealOpinion } from './sealed.ts';
import { actingOfficer, lockCase, noteClue } from './service.ts';

const ADULT = 18;

/** The next number of the agency's year; a rollback gives it back, so the series has no gaps. */
async function allotDecisionNumber(tx: Tx, agencyId: string): Promise<string> {
  const agency = (await requireAgencyMap(tx, [agencyId]))(agencyId);
  const year = String(yearOf(tx.ctx.today));
  const seq = await allotNumber(tx, `decision|${agencyId}|${year}`);
  const template = agency.decisionNumberTemplate ?? DECISION_NUMBER_TEMPLATE;
  return decisionNumber(template, { orgShort: agency.orgShort ?? agency.name, year, seq });
}

/** Granted = proposed; who is a minor is fixed on the day of the grant, because statistics count by that day. */
async function grantAwards(tx: Tx, c: AssistanceCase): Promise<Beneficiary[]> {
  const subjects = await openSubjects(tx, c.beneficiaries);
  const minors = new Map(
    c.beneficiaries.map((b, i) => {
      const birthDate = subjects[i]?.birthDate ?? null;
      return [b.id, birthDate === null ? null : ageOn(birthDate, tx.ctx.today) < ADULT];
    }),
  );
  return saveAwards(tx, c.beneficiaries, (b) => ({
    grantedFen: b.proposedFen,
    minorAtDecision: minors.get(b.id) ?? null,
  }));
}

function checkExclusion(tx: Tx, { outcome, exclusionCode }: ApprovalInput): void {
  if (exclusionCode === null) return;
  const pointer = '/exclusionCode';
  const errors: FieldError[] = [];
  if (outcome !== 'refused')
    errors.push({ pointer, code: 'exclusion.not_refused', detail: 'an exclusion is a reason of a refusal only' });
  if (!isCode('exclusions', exclusionCode, tx.ctx.today))
    errors.push({ pointer, code: 'code.unknown', detail: `no exclusion ${exclusionCode}` });
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
}

async function writeDecision(tx: Tx, c: AssistanceCase, input: ApprovalInput): Promise<DecisionRow> {
  const officer = actingOfficer(tx);
  const { agency } = tx.ctx.actor;
  const id = tx.newId();
  const row: DecisionRow = {
    id,
    caseId: c.id,
    round: c.round,
    step: 1,
    level: agency.level,
    agencyId: agency.id,
    officerId: officer.id,
    personKey: officer.personKey,
    outcome: input.outcome,
    exclusionCode: input.exclusionCode,
    number: input.outcome === 'returned' ? null : await allotDecisionNumber(tx, c.handlingAgencyId),
    decidedOn: tx.ctx.today,
    opinionSealed: await sealOpinion(tx, c.id, id, input.opinion),
    createdAt: tx.ctx.now,
  };
  await insertDecision(tx, row);
  return row;
}

function columnsOf(decision: DecisionRow): Partial<CaseRow> {
  const { outcome, number, decidedOn, personKey } = decision;
  if (outcome === 'returned') return {};
  const refused = outcome === 'refused' ? { refusedByPersonKey: personKey } : {};
  return { decisionNumber: number, decisionOutcome: outcome, decidedOn, ...refused };
}

const FACTS = { granted: 'case.granted', refused: 'case.refused', returned: 'case.returned' } as const;

function awardData(beneficiaries: readonly Beneficiary[]): NonNullable<Fact['data']> {
  const awarded = beneficiaries.filter((b) => b.grantedFen !== null);
  return {
    amountFen: Number(awarded.reduce((sum, b) => sum + (b.grantedFen ?? 0n), 0n)),
    beneficiaryIds: awarded.map((b) => b.id),
    personIds: awarded.map((b) => b.personId),
  };
}

function recordDecision(tx: Tx, c: AssistanceCase, decision: DecisionRow): void {
  const { outcome, number, decidedOn, exclusionCode, round, step } = decision;
  const data = { outcome, number, decidedOn, exclusionCode, round, step, regionCode: c.regionCode };
  tx.record({
    type: FACTS[outcome],
    kind: 'case',
    id: c.id,
    changed: outcome === 'returned' ? ['state', 'approvals'] : ['state', 'approvals', 'decision'],
    data: outcome === 'granted' ? { ...data, ...awardData(c.beneficiaries) } : data,
  });
}

/** The chief's decision; the number is allotted late, because every decision of the agency waits for it. */
export async function approveCase(
  tx: Tx,
  id: string,
  input: ApprovalInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  checkExclusion(tx, input);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'approval', c, tx.ctx.actor);
  const verb = decideApproval(c, input.outcome);
  const beneficiaries = verb === 'grant' ? await grantAwards(tx, c) : c.beneficiaries;
  const decision = await writeDecision(tx, c, input);
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, verb), ...columnsOf(decision) });
  const after = { ...saved, beneficiaries, decisions: [...c.decisions, decision] };
  recordDecision(tx, after, decision);
  return after;
}

/**
 * Once after a refusal, on new facts; the next decision is another person's. The refusal stays among the decisions. Many a
 * procuratorate has one chief, so its superior sees the case from here on and may decide it.
 */
export async function reconsiderCase(
  tx: Tx,
  id: string,
  input: { newFacts: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'reconsideration', c, tx.ctx.actor);
  const superior = (await findSuperiors(tx, c.handlingAgencyId))[0] ?? null;
  const saved = await saveCase(tx, c, {
    state: caseMachine.next(c.state, 'reconsider'),
    reconsidered: true,
    reconsiderationAgencyId: superior,
    newFactsSealed: await sealCaseText(tx, id, 'new_facts', input.newFacts),
    decisionNumber: null,
    decisionOutcome: null,
    decidedOn: null,
  });
  await noteClue(tx, c, false);
  tx.record({
    type: 'case.reconsidered',
    kind: 'case',
    id,
    changed: ['state', 'newFacts', 'decision'],
    data: { reconsiderationAgencyId: superior },
    access: superior ? [{ agencyId: superior, relation: 'partner' }] : [],
  });
  return saved;
}
