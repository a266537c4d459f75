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
import { claimAwards } from './aid.ts';
import { type ApprovalInput, decideApproval, ensureMinutes, isAbove, nextStep, stepKindOf } from './approval-domain.ts';
import { caseMachine, decisionNumber, NO_SECOND_STEP, type RefusalBasis } from './domain.ts';
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
import { standardColumns } from './standard.ts';

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

type Basis = { exclusionCode: string | null; refusalBasis: RefusalBasis | null };

/** Why aid is refused: an exclusion names its code, and a code is an exclusion. */
function requireBasis(tx: Tx, { outcome, exclusionCode, basis = null }: ApprovalInput): Basis {
  const errors: FieldError[] = [];
  const wrong = (pointer: string, code: string, ...detail: readonly [zh: string, en: string]) =>
    errors.push({ pointer, code, detail });
  if (exclusionCode !== null) {
    if (outcome !== 'refused')
      wrong(
        '/exclusionCode',
        'exclusion.not_refused',
        '不予救助情形仅用于不予救助决定',
        'an exclusion is a reason of a refusal only',
      );
    if (!isCode('exclusions', exclusionCode, tx.ctx.today))
      wrong('/exclusionCode', 'code.unknown', `没有不予救助情形 ${exclusionCode}`, `no exclusion ${exclusionCode}`);
  }
  if (basis !== null) {
    if (outcome !== 'refused')
      wrong('/basis', 'basis.not_refused', '依据仅用于不予救助决定', 'a basis belongs to a refusal only');
    if ((basis === 'exclusion') !== (exclusionCode !== null))
      wrong(
        '/basis',
        'basis.contradiction',
        '依据为 exclusion 时须有 exclusionCode，其他依据不得有',
        'an exclusionCode stands with the basis exclusion, and only with it',
      );
  }
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  const assumed = exclusionCode === null ? 'other' : 'exclusion';
  return { exclusionCode, refusalBasis: outcome === 'refused' ? (basis ?? assumed) : null };
}

type Verb = ReturnType<typeof decideApproval>;

/** One step of the round, in the words of who took it; a number is given to what decides the case. */
async function writeDecision(
  tx: Tx,
  c: AssistanceCase,
  verb: Verb,
  input: ApprovalInput & Basis,
): Promise<DecisionRow> {
  const officer = actingOfficer(tx);
  const { agency } = tx.ctx.actor;
  const id = tx.newId();
  const row: DecisionRow = {
    id,
    caseId: c.id,
    round: c.round,
    step: c.approvalStep,
    stepKind: stepKindOf(c),
    minutesHeldOn: input.minutes?.heldOn ?? null,
    minutesReference: input.minutes?.reference ?? null,
    level: agency.level,
    agencyId: agency.id,
    officerId: officer.id,
    personKey: officer.personKey,
    outcome: input.outcome,
    exclusionCode: input.exclusionCode,
    refusalBasis: input.refusalBasis,
    toldOn: null,
    toldChannel: null,
    toldBy: null,
    toldSealed: null,
    number: verb === 'grant' || verb === 'refuse' ? await allotDecisionNumber(tx, c.handlingAgencyId) : null,
    decidedOn: tx.ctx.today,
    opinionSealed: await sealOpinion(tx, c.id, id, input.opinion),
    createdAt: tx.ctx.now,
  };
  await insertDecision(tx, row);
  return row;
}

const sumOf = (beneficiaries: readonly Beneficiary[]) =>
  beneficiaries.reduce((sum, b) => sum + (b.grantedFen ?? 0n), 0n);

/** Who approved, and whose turn it is; the level above the level above takes the place of the one that has approved. */
function stepColumns(c: AssistanceCase, { agencyId, personKey }: DecisionRow): Partial<CaseRow> {
  const approvalStep = nextStep(c, agencyId) ?? c.approvalStep;
  const higher = stepKindOf({ ...c, approvalStep }) === 'higher' ? c.higherAgencyId : null;
  const above = higher ? { superiorAgencyId: higher } : {};
  return { approvalStep, stepPersonKeys: [...c.stepPersonKeys, personKey], ...above };
}

/** What the case says of its decision. A round that ends leaves no half-approved step behind. */
async function columnsOf(
  tx: Tx,
  c: AssistanceCase,
  verb: Verb,
  decision: DecisionRow,
  beneficiaries: readonly Beneficiary[],
): Promise<Partial<CaseRow>> {
  const { number: decisionNumber, decidedOn, personKey } = decision;
  if (verb === 'approve-step') return stepColumns(c, decision);
  const ended = { approvalStep: 1, stepPersonKeys: [] };
  if (verb === 'return') return ended;
  if (verb === 'refuse')
    return { ...ended, decisionNumber, decidedOn, decisionOutcome: 'refused', refusedByPersonKey: personKey };
  const grantedFen = sumOf(beneficiaries);
  const standard = await standardColumns(tx, c, grantedFen);
  return { ...ended, ...standard, decisionNumber, decidedOn, decisionOutcome: 'granted', grantedFen };
}

const FACTS = {
  'approve-step': 'case.step_approved',
  grant: 'case.granted',
  refuse: 'case.refused',
  return: 'case.returned',
} as const satisfies Record<Verb, string>;
const CHANGED: Readonly<Record<Verb, readonly string[]>> = {
  'approve-step': ['approvals'],
  grant: ['state', 'approvals', 'decision'],
  refuse: ['state', 'approvals', 'decision'],
  return: ['state', 'approvals'],
};

function awardData(beneficiaries: readonly Beneficiary[]): NonNullable<Fact['data']> {
  const awarded = beneficiaries.filter((b) => b.grantedFen !== null);
  return {
    amountFen: Number(sumOf(awarded)),
    beneficiaryIds: awarded.map((b) => b.id),
    personIds: awarded.map((b) => b.personId),
  };
}

function recordDecision(tx: Tx, c: AssistanceCase, verb: Verb, decision: DecisionRow): void {
  const { outcome, number, decidedOn, exclusionCode, refusalBasis, round, step } = decision;
  const { superiorAgencyId, handlingAgencyId, regionCode } = c;
  const place = { regionCode, handlingAgencyId };
  const data = { outcome, number, decidedOn, exclusionCode, refusalBasis, round, step, ...place };
  const further = { grant: awardData(c.beneficiaries), 'approve-step': { superiorAgencyId }, refuse: {}, return: {} };
  // From its turn on a level above sees what it has to approve; of the province it is the same agency.
  const above =
    verb === 'approve-step' && isAbove(c) && superiorAgencyId !== handlingAgencyId ? superiorAgencyId : null;
  tx.record({
    type: FACTS[verb],
    kind: 'case',
    id: c.id,
    changed: CHANGED[verb],
    data: { ...data, ...further[verb] },
    ...(above ? { access: [{ agencyId: above, relation: 'partner' as const }] } : {}),
  });
}

/** The chief's decision, or one of its steps; the number is allotted late, because every decision of the agency waits for it. */
export async function approveCase(
  tx: Tx,
  id: string,
  input: ApprovalInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const basis = requireBasis(tx, input);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'approval', c, tx.ctx.actor);
  ensureMinutes(c, input);
  const verb = decideApproval(c, input.outcome, tx.ctx.actor.agency.id);
  if (verb === 'grant') await claimAwards(tx, c);
  const beneficiaries = verb === 'grant' ? await grantAwards(tx, c) : c.beneficiaries;
  const decision = await writeDecision(tx, c, verb, { ...input, ...basis });
  const columns = await columnsOf(tx, c, verb, decision, beneficiaries);
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, verb), ...columns });
  const after = { ...saved, beneficiaries, decisions: [...c.decisions, decision] };
  recordDecision(tx, after, verb, decision);
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
    toldOn: null,
    ...NO_SECOND_STEP,
  });
  await noteClue(tx, c, false);
  tx.record({
    type: 'case.reconsidered',
    kind: 'case',
    id,
    changed: ['state', 'newFacts', 'decision'],
    data: { reconsiderationAgencyId: superior, handlingAgencyId: c.handlingAgencyId },
    access: superior ? [{ agencyId: superior, relation: 'partner' }] : [],
  });
  return saved;
}
