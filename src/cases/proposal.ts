// The handler's proposal (2021 rules art. 7 eligibility, art. 8 exclusions; an exclusion is overridden with reason and higher approval).
import { findSuperiors } from '../agencies/service.ts';
import { ensureAction } from '../kernel/action.ts';
import { parseYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { type Award, awardErrors } from './award-domain.ts';
import { type CaseProposal, caseMachine, type Exclusion, NO_SECOND_STEP } from './domain.ts';
import { keepRevisions } from './record-repository.ts';
import { type AssistanceCase, type CaseRow, saveAwards, saveCase } from './repository.ts';
import { proposalChanges } from './revisions.ts';
import { sealCaseText } from './sealed.ts';
import { actingOfficer, lockCase } from './service.ts';

export type ProposalInput = {
  eligibilityCode: string;
  exclusions: { code: string; applies: boolean; note?: string | null }[];
  awards: { beneficiaryId: string; amount: { amount: string }; fundId?: string | null }[];
  override?: { reason: string } | null;
  opinion: string;
};

function proposalErrors(tx: Tx, input: ProposalInput): FieldError[] {
  const day = tx.ctx.today;
  const errors = input.exclusions.flatMap(({ code }, i): FieldError[] => {
    const pointer = `/exclusions/${i}/code`;
    if (!isCode('exclusions', code, day))
      return [{ pointer, code: 'code.unknown', detail: [`没有不予救助情形 ${code}`, `no exclusion ${code}`] }];
    return input.exclusions.findIndex((other) => other.code === code) < i
      ? [{ pointer, code: 'exclusion.repeated', detail: ['每种情形只列一次', 'each exclusion once'] }]
      : [];
  });
  if (!isCode('eligibility', input.eligibilityCode, day))
    errors.push({ pointer: '/eligibilityCode', code: 'code.unknown', detail: [`${day} 无效`, `not valid on ${day}`] });
  if (input.override && !input.exclusions.some((e) => e.applies))
    errors.push({
      pointer: '/override',
      code: 'override.needless',
      detail: ['没有适用的不予救助情形', 'no exclusion applies'],
    });
  return errors;
}

/** Awards in fen, held against the beneficiaries of the case; 422 with everything that is wrong. */
function requireAwards(tx: Tx, c: AssistanceCase, input: ProposalInput): Award[] {
  const awards = input.awards.map(({ beneficiaryId, amount, fundId }) => ({
    beneficiaryId,
    amountFen: parseYuan(amount.amount) ?? 0n,
    fundId: fundId ?? null,
  }));
  const errors = awardErrors(awards, new Set(c.beneficiaries.map((b) => b.id)));
  const unknown = errors.filter((error) => error.code === 'beneficiary.unknown');
  if (unknown.length > 0) throw httpProblems['request.reference_unknown']({}, unknown);
  const all = [...proposalErrors(tx, input), ...errors];
  if (all.length > 0) throw httpProblems['request.rule_violated']({}, all);
  return awards;
}

/** Who has to approve after the own chief: for an override the level above, of the province another chief there. */
async function secondStep(tx: Tx, c: AssistanceCase, input: ProposalInput) {
  if (!input.override) return NO_SECOND_STEP;
  const superiorAgencyId = (await findSuperiors(tx, c.handlingAgencyId))[0] ?? c.handlingAgencyId;
  return { ...NO_SECOND_STEP, superiorAgencyId, superiorReasons: ['exclusion_override' as const] };
}

/** The handler's opinion with the amounts; the sum stands with each beneficiary until the decision. */
export async function proposeCase(
  tx: Tx,
  id: string,
  input: ProposalInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'proposal', c, tx.ctx.actor);
  const awards = requireAwards(tx, c, input);
  const exclusions: Exclusion[] = input.exclusions.map((e) => ({ ...e, note: e.note ?? null }));
  const exclusionCodes = exclusions.filter((e) => e.applies).map((e) => e.code);
  const overrideReason = input.override?.reason ?? null;
  const proposal: CaseProposal = { opinion: input.opinion, exclusions, overrideReason };
  const step = await secondStep(tx, c, input);
  const officer = actingOfficer(tx);
  const beneficiaries = await saveAwards(tx, c.beneficiaries, (b) => {
    const award = awards.find((a) => a.beneficiaryId === b.id);
    return { proposedFen: award?.amountFen ?? null, fundId: award?.fundId ?? null };
  });
  const change: Partial<CaseRow> = {
    state: caseMachine.next(c.state, 'propose'),
    round: c.round + 1,
    eligibilityCode: input.eligibilityCode,
    exclusionCodes,
    proposalSealed: await sealCaseText(tx, id, 'proposal', proposal),
    proposedBy: officer.id,
    proposedByPersonKey: officer.personKey,
    proposedAt: tx.ctx.now,
    ...step,
  };
  const saved = await saveCase(tx, c, change);
  await keepRevisions(tx, saved, { factType: 'case.proposed' }, proposalChanges(c, { ...saved, beneficiaries }));
  const amountFen = Number(awards.reduce((sum, award) => sum + award.amountFen, 0n));
  tx.record({
    type: 'case.proposed',
    kind: 'case',
    id,
    changed: ['state', 'proposal', 'beneficiaries'],
    data: {
      round: c.round + 1,
      eligibilityCode: input.eligibilityCode,
      exclusionCodes,
      amountFen,
      superiorReasons: step.superiorReasons,
    },
  });
  return { ...saved, beneficiaries };
}
