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
import { decideOnce } from './aid.ts';
import { type Award, awardErrors } from './award-domain.ts';
import { leftRange } from './comparable.ts';
import {
  type Assessment,
  type CaseProposal,
  caseMachine,
  type Exclusion,
  NO_SECOND_STEP,
  type SuperiorReason,
} from './domain.ts';
import { keepRevisions } from './record-repository.ts';
import { type AssistanceCase, type CaseRow, saveAwards, saveCase } from './repository.ts';
import { proposalChanges } from './revisions.ts';
import { findTier } from './rules-repository.ts';
import { sealCaseText } from './sealed.ts';
import { actingOfficer, lockCase } from './service.ts';
import { standardOf } from './standard.ts';
import { courtCeiling, decideCap } from './standard-domain.ts';

export type ProposalInput = {
  eligibilityCode: string;
  exclusions: { code: string; applies: boolean; note?: string | null }[];
  awards: { beneficiaryId: string; amount: { amount: string }; fundId?: string | null }[];
  override?: { reason: string } | null;
  assessment?: { loss: { amount: string }; received: { amount: string }; faultPercent: number } | null;
  amountReason?: string | null;
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

function assessmentOf({ assessment }: ProposalInput): Assessment | null {
  if (!assessment) return null;
  const { loss, received, faultPercent } = assessment;
  const fen = (money: { amount: string }) => String(parseYuan(money.amount) ?? 0n);
  return { lossFen: fen(loss), receivedFen: fen(received), faultPercent };
}

const sumOf = (awards: readonly Award[]) => awards.reduce((sum, award) => sum + award.amountFen, 0n);

/** Why the own chief is not enough; an override that nothing asks for is refused. */
async function superiorReasons(
  tx: Tx,
  c: AssistanceCase,
  input: ProposalInput,
  { awards, ceiling }: { awards: readonly Award[]; ceiling: bigint | null },
): Promise<SuperiorReason[]> {
  const override = Boolean(input.override);
  const excluded = override && input.exclusions.some((e) => e.applies);
  const amountFen = sumOf(awards);
  const asked = { amountFen, courtCeilingFen: ceiling, breakout: override };
  const beyond = amountFen > 0n && decideCap(await standardOf(tx, c), asked);
  const awarded = awards.flatMap((award) => c.beneficiaries.filter((b) => b.id === award.beneficiaryId));
  const again = await decideOnce(tx, c, awarded, override);
  const reasons: SuperiorReason[] = [];
  if (excluded) reasons.push('exclusion_override');
  if (beyond) reasons.push('cap_breakout');
  if (again) reasons.push('once_override');
  if (!override || reasons.length > 0) return reasons;
  const detail = ['没有须报上级检察院批准的事由', 'nothing has to be put before the level above'] as const;
  throw httpProblems['request.rule_violated']({}, [{ pointer: '/override', code: 'override.needless', detail }]);
}

/** Who approves besides the own chief: for overrides the level above, of the province another chief there; and what the tier asks. */
async function stepsOf(tx: Tx, c: AssistanceCase, reasons: readonly SuperiorReason[], amountFen: bigint) {
  const tier = await findTier(tx, c.handlingAgencyId, amountFen, tx.ctx.today);
  const levels = Math.max(tier?.levelsAbove ?? 0, reasons.length > 0 ? 1 : 0);
  const own = { approvers: tier?.approvers ?? 1, committee: tier?.committee ?? false };
  if (levels === 0) return { ...NO_SECOND_STEP, ...own };
  const [above = c.handlingAgencyId, higher = null] = await findSuperiors(tx, c.handlingAgencyId);
  const superiorReasons = tier && tier.levelsAbove > 0 ? [...reasons, 'amount_tier' as const] : [...reasons];
  const higherAgencyId = levels > 1 ? higher : null;
  return { ...NO_SECOND_STEP, ...own, superiorAgencyId: above, superiorReasons, higherAgencyId };
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
  const assessment = assessmentOf(input);
  const amountReason = input.amountReason ?? null;
  const outsideRange = await leftRange(tx, c, input.eligibilityCode, awards);
  const texts = { opinion: input.opinion, overrideReason, amountReason };
  const proposal: CaseProposal = { ...texts, exclusions, assessment, outsideRange };
  const courtCeilingFen = assessment ? courtCeiling(assessment) : null;
  const reasons = await superiorReasons(tx, c, input, { awards, ceiling: courtCeilingFen });
  const step = await stepsOf(tx, c, reasons, sumOf(awards));
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
    courtCeilingFen,
    proposalSealed: await sealCaseText(tx, id, 'proposal', proposal),
    proposedBy: officer.id,
    proposedByPersonKey: officer.personKey,
    proposedAt: tx.ctx.now,
    ...step,
  };
  const saved = await saveCase(tx, c, change);
  await keepRevisions(tx, saved, { factType: 'case.proposed' }, proposalChanges(c, { ...saved, beneficiaries }));
  const amountFen = Number(sumOf(awards));
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
