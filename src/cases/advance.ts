// Approving an emergency advance: the chief's decision, never that of who handles or proposes the case (domain §8, 先行救助).
import { requireOfficerMap } from '../agencies/service.ts';
import { actionProblems, ensureAction } from '../kernel/action.ts';
import { samePerson } from '../kernel/actor.ts';
import { parseYuan, toMoney } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { advanceProblems, advanceStatus, decideAdvance } from './advance-domain.ts';
import { findAdvances, insertAdvance, openReasons, personKeyOf } from './advance-repository.ts';
import { claimAdvance } from './aid.ts';
import { caseMachine, seesTexts } from './domain.ts';
import { type AssistanceCase, saveCase } from './repository.ts';
import { actingOfficer, lockCase, requireBeneficiary } from './service.ts';
import { standardOf } from './standard.ts';

export type AdvanceInput = {
  beneficiaryId: string;
  amount: { amount: string };
  fundId?: string | null;
  reason?: string | null;
};

/** An amount in fen, more than nothing; 422. */
export function requirePositive(money: { amount: string }): bigint {
  const fen = parseYuan(money.amount);
  if (fen !== undefined && fen > 0n) return fen;
  const error: FieldError = {
    pointer: '/amount/amount',
    code: 'amount.not_positive',
    detail: ['须大于 0.00', 'more than 0.00'],
  };
  throw httpProblems['request.rule_violated']({}, [error]);
}

async function ensureNotHandler(tx: Tx, c: AssistanceCase): Promise<void> {
  if (c.handlerOfficerId && samePerson(tx.ctx.actor, await personKeyOf(tx, c.handlerOfficerId)))
    throw actionProblems['decision.four_eyes']({ who: '承办与审批先行救助', whoEn: 'the handler and the approver' });
}

/** Reserves the amount on the fund in the same transaction; what is paid of it counts toward the award. */
export async function approveAdvance(
  tx: Tx,
  id: string,
  input: AdvanceInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const amountFen = requirePositive(input.amount);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'emergency-advance', c, tx.ctx.actor);
  await ensureNotHandler(tx, c);
  const beneficiary = requireBeneficiary(c, input.beneficiaryId, '/beneficiaryId');
  const given = await findAdvances(tx, id);
  if (given.some((row) => row.beneficiaryId === beneficiary.id)) throw advanceProblems['advance.given_already']();
  const reason = input.reason ?? null;
  const standard = await standardOf(tx, c);
  const { months } = decideAdvance(amountFen, reason, standard);
  const officer = actingOfficer(tx);
  const fundId = input.fundId ?? null;
  const row = {
    ...{ id: tx.newId(), caseId: id, beneficiaryId: beneficiary.id, fundId, amountFen, months },
    standardYear: standard?.year ?? 0,
    standardAnnualFen: standard?.annualFen ?? 0n,
    approvedBy: officer.id,
    approvedByPersonKey: officer.personKey,
    approvedOn: tx.ctx.today,
    createdAt: tx.ctx.now,
  };
  await claimAdvance(tx, c, beneficiary);
  await insertAdvance(tx, row, reason);
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'advance') });
  const { personId } = beneficiary;
  const ids = { advanceId: row.id, beneficiaryId: beneficiary.id, personId, handlingAgencyId: c.handlingAgencyId };
  const data = { ...ids, fundId, amountFen: Number(amountFen), months };
  tx.record({ type: 'case.advance_approved', kind: 'case', id, changed: ['advances'], data });
  return saved;
}

/** The advances as the case shows them; reasons for those who read its texts. */
export async function viewAdvances(tx: Tx, c: AssistanceCase) {
  const rows = await findAdvances(tx, c.id);
  if (rows.length === 0) return [];
  const reasons = seesTexts(c, tx.ctx.actor) ? await openReasons(tx, rows) : [];
  const officerOf = await requireOfficerMap(
    tx,
    rows.map((row) => row.approvedBy),
  );
  return rows.map(({ id, beneficiaryId, fundId, amountFen, months, approvedBy, approvedOn }, i) => ({
    ...{ id, beneficiaryId, fundId, amount: toMoney(amountFen), months, approvedOn },
    status: advanceStatus(c, { beneficiaryId, amountFen }),
    approvedBy: officerOf(approvedBy),
    reason: reasons[i] ?? null,
  }));
}
