// Verbs of the review: edit, assign, ask for documents, propose (2021 rules art. 7 eligibility, art. 8 exclusions).
import { type LinkedCaseChange, linkedCaseKey, mergeLinkedCase } from '../clues/domain.ts';
import { ensureAction } from '../kernel/action.ts';
import { parseYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import { isCode } from '../persons/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { type Award, awardErrors, type CaseProposal, caseActions, caseMachine, type Exclusion } from './domain.ts';
import { type CaseInput, requireCampaign, requireHandler } from './opening.ts';
import {
  type AssistanceCase,
  type CaseRow,
  insertDocumentRequest,
  linkedCaseOf,
  saveAwards,
  saveCase,
  receiveDocuments as saveReceipt,
} from './repository.ts';
import { openNarrative, sealCaseText, sealRequest } from './sealed.ts';
import { actingOfficer, lockCase } from './service.ts';

type Change = { [K in 'facts' | 'hardship' | 'campaignCode']?: CaseInput[K] | undefined } & {
  linkedCase?: LinkedCaseChange | undefined;
};

/** PATCH before the decision: an absent member stays, null empties. */
export async function editCase(tx: Tx, id: string, change: Change, expected: ExpectedVersion): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'edit', c, tx.ctx.actor);
  const former = await openNarrative(tx, c);
  const narrative = {
    ...former,
    facts: change.facts ?? former.facts,
    hardship: change.hardship === undefined ? former.hardship : change.hardship,
  };
  const campaignCode = change.campaignCode === undefined ? c.campaignCode : change.campaignCode;
  if (campaignCode !== c.campaignCode) requireCampaign(tx, campaignCode);
  const old = linkedCaseOf(c);
  const linked = { ...old, ...mergeLinkedCase(old, change.linkedCase ?? {}) };
  const sameLinked =
    linked.type === old.type && linked.number === old.number && linked.handlingOrgan === old.handlingOrgan;
  const changed = [
    narrative.facts === former.facts ? [] : ['facts'],
    narrative.hardship === former.hardship ? [] : ['hardship'],
    campaignCode === c.campaignCode ? [] : ['campaignCode'],
    sameLinked ? [] : ['linkedCase'],
  ].flat();
  if (changed.length === 0) {
    tx.unchanged();
    return c;
  }
  const saved = await saveCase(tx, c, {
    campaignCode,
    linkedType: linked.type,
    linkedNumber: linked.number,
    linkedOrgan: linked.handlingOrgan,
    linkedKey: linkedCaseKey(linked),
    narrativeSealed: await sealCaseText(tx, id, 'narrative', narrative),
  });
  tx.record({ type: 'case.edited', kind: 'case', id, changed });
  return saved;
}

/** A head names the handler; again while the review runs, the case then stays where it is. */
export async function assignCase(
  tx: Tx,
  id: string,
  input: { handlerOfficerId: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'assignment', c, tx.ctx.actor);
  const handlerOfficerId = await requireHandler(tx, input.handlerOfficerId);
  const first = caseMachine.can(c.state, 'assign');
  const state = caseMachine.next(c.state, first ? 'assign' : 'reassign');
  const saved = await saveCase(tx, c, { state, handlerOfficerId });
  const changed = first ? ['state', 'handlerOfficerId'] : ['handlerOfficerId'];
  const data = { handlerOfficerId, formerHandlerOfficerId: c.handlerOfficerId };
  tx.record({ type: 'case.assigned', kind: 'case', id, changed, data });
  return saved;
}

export async function requestDocuments(
  tx: Tx,
  id: string,
  input: { items: string[]; reason: string },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'document-request', c, tx.ctx.actor);
  const requestId = tx.newId();
  const row = {
    id: requestId,
    caseId: id,
    position: c.documentRequests.length,
    requestedBy: actingOfficer(tx).id,
    requestedAt: tx.ctx.now,
    receivedBy: null,
    receivedAt: null,
    requestSealed: await sealRequest(tx, id, requestId, 'request', { items: input.items, reason: input.reason }),
    receiptSealed: null,
  };
  await insertDocumentRequest(tx, row);
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'request-documents') });
  const data = { documentRequestId: requestId, count: input.items.length };
  tx.record({ type: 'case.documents_requested', kind: 'case', id, changed: ['state', 'documentRequests'], data });
  return { ...saved, documentRequests: [...c.documentRequests, row] };
}

/** The papers have come: the open request ends and the review goes on, whether all or only some of them came. */
export async function receiveDocuments(
  tx: Tx,
  id: string,
  input: { items?: string[] | null; note?: string | null },
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'document-receipt', c, tx.ctx.actor);
  const open = c.documentRequests.find((r) => r.receivedAt === null);
  if (!open) throw new Error(`case ${id} awaits documents without a request`);
  const receipt = { items: input.items ?? null, note: input.note ?? null };
  const documentRequests = await saveReceipt(tx, c, {
    id: open.id,
    receivedBy: actingOfficer(tx).id,
    receivedAt: tx.ctx.now,
    receiptSealed: await sealRequest(tx, id, open.id, 'receipt', receipt),
  });
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'receive-documents') });
  const data = { documentRequestId: open.id };
  tx.record({ type: 'case.documents_received', kind: 'case', id, changed: ['state', 'documentRequests'], data });
  return { ...saved, documentRequests };
}

export type ProposalInput = {
  eligibilityCode: string;
  exclusions: { code: string; applies: boolean; note?: string | null }[];
  awards: { beneficiaryId: string; amount: { amount: string }; fundId?: string | null }[];
  opinion: string;
};

function proposalErrors(tx: Tx, input: ProposalInput): FieldError[] {
  const day = tx.ctx.today;
  const errors = input.exclusions.flatMap(({ code }, i) => {
    const pointer = `/exclusions/${i}/code`;
    if (!isCode('exclusions', code, day)) return [{ pointer, code: 'code.unknown', detail: `no exclusion ${code}` }];
    return input.exclusions.findIndex((other) => other.code === code) < i
      ? [{ pointer, code: 'exclusion.repeated', detail: 'each exclusion once' }]
      : [];
  });
  if (!isCode('eligibility', input.eligibilityCode, day))
    errors.push({ pointer: '/eligibilityCode', code: 'code.unknown', detail: `not valid on ${day}` });
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
  const proposal: CaseProposal = { opinion: input.opinion, exclusions };
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
  };
  const saved = await saveCase(tx, c, change);
  const amountFen = Number(awards.reduce((sum, award) => sum + award.amountFen, 0n));
  tx.record({
    type: 'case.proposed',
    kind: 'case',
    id,
    changed: ['state', 'proposal', 'beneficiaries'],
    data: { round: c.round + 1, eligibilityCode: input.eligibilityCode, exclusionCodes, amountFen },
  });
  return { ...saved, beneficiaries };
}
