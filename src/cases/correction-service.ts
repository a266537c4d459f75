// Verbs of corrections: what was recorded wrongly is set right, what it was stays; money and what a decision rests on by two people.
import { linkedCaseKey } from '../clues/domain.ts';
import { ensureAction } from '../kernel/action.ts';
import { formatYuan, toMoney } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import {
  CORRECTABLE,
  codesIn,
  correctionMachine,
  correctionProblems,
  type FieldValue,
  fenOf,
  needsAnother,
  type Target,
  targetOf,
  valueErrors,
} from './correction-domain.ts';
import { type CaseNarrative, caseMachine } from './domain.ts';
import {
  type CorrectionRow,
  findCorrection,
  insertCorrection,
  keepRevisions,
  openCorrections,
  saveBeneficiary,
  saveCorrection,
} from './record-repository.ts';
import { type AssistanceCase, type Beneficiary, type CaseRow, linkedCaseOf, saveCase } from './repository.ts';
import { openNarrative, sealCaseText } from './sealed.ts';
import { actingOfficer, lockCase } from './service.ts';

export type CorrectionInput = { pointer: string; value: FieldValue; reason: string };

function requireTarget(tx: Tx, { pointer, value }: CorrectionInput): Target {
  const target = targetOf(pointer);
  if (!target)
    throw httpProblems['request.rule_violated']({}, [
      {
        pointer: '/pointer',
        code: 'pointer.not_correctable',
        detail: [`可更正：${Object.keys(CORRECTABLE).join('、')}`, `one of ${Object.keys(CORRECTABLE).join(', ')}`],
      },
    ]);
  const { set, codes } = codesIn(target.rule, value);
  const unknown = codes
    .filter((code) => !isCode(set, code, tx.ctx.today))
    .map(
      (code): FieldError => ({
        pointer: '/value',
        code: 'code.unknown',
        detail: [`今天 ${set} 中没有 ${code}`, `no ${code} in ${set} today`],
      }),
    );
  const errors = [...valueErrors(target.rule, value), ...unknown];
  if (errors.length > 0) throw httpProblems['request.rule_violated']({}, errors);
  return target;
}

function beneficiaryAt(c: AssistanceCase, { index, pointer }: Target): Beneficiary | null {
  if (index === null) return null;
  const found = c.beneficiaries[index];
  if (found) return found;
  const errors = [{ pointer: '/pointer', code: 'beneficiary.unknown', detail: pointer }];
  throw httpProblems['request.rule_violated']({}, errors);
}

/** State of the case, and for an award that it becomes smaller: more money is a new decision, with its own cap and approval. */
function ensureCorrectable(c: AssistanceCase, target: Target, b: Beneficiary | null, value: FieldValue): void {
  const { rule, pointer, member } = target;
  const notNow = () => correctionProblems['case.correction_not_now']({ state: c.state, pointer });
  if (!rule.states.includes(c.state)) throw notNow();
  if (member === 'proposal/eligibilityCode' && c.eligibilityCode === null) throw notNow();
  if (member !== 'grantedAmount') return;
  if (b?.grantedFen == null) throw notNow();
  if (fenOf(value) > b.grantedFen) throw correctionProblems['case.award_raised']({ granted: formatYuan(b.grantedFen) });
}

/** What the case says of the member now, in the form of the wire. */
function currentValue(c: AssistanceCase, narrative: CaseNarrative, target: Target, b: Beneficiary | null): FieldValue {
  const linked = linkedCaseOf(c);
  const values: Record<string, FieldValue> = {
    facts: narrative.facts,
    hardship: narrative.hardship,
    campaignCode: c.campaignCode,
    'linkedCase/type': linked.type,
    'linkedCase/number': linked.number,
    'linkedCase/handlingOrgan': linked.handlingOrgan,
    'proposal/eligibilityCode': c.eligibilityCode,
    categories: b?.categories ?? [],
    relation: b?.relation ?? null,
    householdRegionCode: b?.householdRegionCode ?? null,
    grantedAmount: b?.grantedFen == null ? null : toMoney(b.grantedFen),
  };
  return values[target.member] ?? null;
}

const same = (one: FieldValue, other: FieldValue) => JSON.stringify(one) === JSON.stringify(other);

async function caseChange(
  tx: Tx,
  c: AssistanceCase,
  narrative: CaseNarrative,
  member: string,
  value: FieldValue,
): Promise<Partial<CaseRow>> {
  if (member === 'campaignCode') return { campaignCode: value as string | null };
  if (member === 'proposal/eligibilityCode') return { eligibilityCode: value as string };
  if (member.startsWith('linkedCase/')) {
    const linked = { ...linkedCaseOf(c), [member.slice('linkedCase/'.length)]: value };
    const { type: linkedType, number: linkedNumber, handlingOrgan: linkedOrgan } = linked;
    return { linkedType, linkedNumber, linkedOrgan, linkedKey: linkedCaseKey(linked) };
  }
  return { narrativeSealed: await sealCaseText(tx, c.id, 'narrative', { ...narrative, [member]: value }) };
}

type Written = { c: AssistanceCase; data: Record<string, string | number> };

/** Writes the member with the next version of the case. */
async function write(
  tx: Tx,
  c: AssistanceCase,
  target: Target,
  value: FieldValue,
  more: Partial<CaseRow>,
): Promise<Written> {
  const { member } = target;
  const b = beneficiaryAt(c, target);
  if (b === null) {
    const change = await caseChange(tx, c, await openNarrative(tx, c), member, value);
    return { c: await saveCase(tx, c, { ...change, ...more }), data: {} };
  }
  const ids = { beneficiaryId: b.id, personId: b.personId };
  if (member !== 'grantedAmount') {
    const beneficiaries = await saveBeneficiary(tx, c, b.id, { [member]: value });
    return { c: { ...(await saveCase(tx, c, more)), beneficiaries }, data: ids };
  }
  const grantedFen = fenOf(value);
  const beneficiaries = await saveBeneficiary(tx, c, b.id, { grantedFen });
  const total = beneficiaries.reduce((sum, one) => sum + (one.grantedFen ?? 0n), 0n);
  const data = { ...ids, amountFen: Number(grantedFen), formerAmountFen: Number(b.grantedFen) };
  return { c: { ...(await saveCase(tx, c, { ...more, grantedFen: total })), beneficiaries }, data };
}

async function apply(
  tx: Tx,
  c: AssistanceCase,
  target: Target,
  values: { from: FieldValue; to: FieldValue; correctionId: string },
  more: Partial<CaseRow> = {},
): Promise<AssistanceCase> {
  const { from, to, correctionId } = values;
  const written = await write(tx, c, target, to, more);
  const { pointer } = target;
  await keepRevisions(tx, written.c, { factType: 'case.corrected', correctionId }, [{ pointer, from, to }]);
  const data = { ...written.data, pointer, correctionId };
  tx.record({ type: 'case.corrected', kind: 'case', id: c.id, changed: [target.member], data });
  return written.c;
}

/** In force at once, or proposed where money moves or a decision rests on it. What was there before stays on record. */
export async function correctCase(
  tx: Tx,
  id: string,
  input: CorrectionInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const target = requireTarget(tx, input);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'correction', c, tx.ctx.actor);
  const b = beneficiaryAt(c, target);
  ensureCorrectable(c, target, b, input.value);
  const from = currentValue(c, await openNarrative(tx, c), target, b);
  const { value: to, reason, pointer } = input;
  if (same(from, to)) {
    tx.unchanged();
    return c;
  }
  const waits = needsAnother(target.rule, c);
  if (waits && c.pendingCorrectionId !== null) throw correctionProblems['case.correction_pending']();
  const officer = actingOfficer(tx);
  const correctionId = tx.newId();
  const row = {
    id: correctionId,
    caseId: id,
    pointer,
    state: waits ? correctionMachine.initial : correctionMachine.next(correctionMachine.initial, 'confirm'),
    proposedBy: officer.id,
    proposedByPersonKey: officer.personKey,
    proposedAt: tx.ctx.now,
  };
  await insertCorrection(tx, row, { from, to, reason });
  if (!waits) return apply(tx, c, target, { from, to, correctionId });
  const saved = await saveCase(tx, c, { pendingCorrectionId: correctionId, pendingCorrectionBy: officer.personKey });
  const data = { correctionId, pointer };
  tx.record({ type: 'case.correction_proposed', kind: 'case', id, changed: ['pendingCorrection'], data });
  return saved;
}

const NONE_PENDING = { pendingCorrectionId: null, pendingCorrectionBy: null } as const;

async function lockPending(
  tx: Tx,
  ids: { id: string; correctionId: string },
  action: 'correction-confirmation' | 'correction-refusal',
  expected: ExpectedVersion,
): Promise<{ c: AssistanceCase; row: CorrectionRow }> {
  const c = await lockCase(tx, ids.id, expected);
  const row = await findCorrection(tx, c.id, ids.correctionId.toLowerCase());
  if (!row) throw httpProblems['resource.not_found']();
  if (row.id !== c.pendingCorrectionId) throw correctionProblems['case.no_correction_pending']();
  ensureAction(caseMachine, caseActions, action, c, tx.ctx.actor);
  return { c, row };
}

async function decide(tx: Tx, row: CorrectionRow, verb: 'confirm' | 'refuse', said: string | null): Promise<void> {
  const officer = actingOfficer(tx);
  const state = correctionMachine.next(row.state, verb);
  const who = { decidedBy: officer.id, decidedByPersonKey: officer.personKey, decidedAt: tx.ctx.now };
  await saveCorrection(tx, row, { state, ...who }, said);
}

/** The other person's word puts the correction in force; what has changed meanwhile is looked at again. */
export async function confirmCorrection(
  tx: Tx,
  ids: { id: string; correctionId: string },
  input: { opinion?: string | null },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const { c, row } = await lockPending(tx, ids, 'correction-confirmation', expected);
  const [opened] = await openCorrections(tx, [row]);
  const target = targetOf(row.pointer);
  if (!target || !opened?.text) throw new Error('a pending correction without its text');
  const { to } = opened.text;
  const b = beneficiaryAt(c, target);
  ensureCorrectable(c, target, b, to);
  const from = currentValue(c, await openNarrative(tx, c), target, b);
  await decide(tx, row, 'confirm', input.opinion ?? null);
  return apply(tx, c, target, { from, to, correctionId: row.id }, NONE_PENDING);
}

export async function refuseCorrection(
  tx: Tx,
  ids: { id: string; correctionId: string },
  input: { reason: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const { c, row } = await lockPending(tx, ids, 'correction-refusal', expected);
  await decide(tx, row, 'refuse', input.reason);
  const saved = await saveCase(tx, c, NONE_PENDING);
  const data = { correctionId: row.id, pointer: row.pointer };
  tx.record({ type: 'case.correction_refused', kind: 'case', id: c.id, changed: ['pendingCorrection'], data });
  return saved;
}
