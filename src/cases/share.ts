// Asking a superior procuratorate for a share of the aid, and giving it: its chief's decision, on a case that is let be seen by the request.
import { findSuperiors, requireAgencyMap, requireOfficerMap } from '../agencies/service.ts';
import { actionProblems, ensureAction } from '../kernel/action.ts';
import { samePerson } from '../kernel/actor.ts';
import type { Fact, Relation } from '../kernel/fact.ts';
import { toMoney } from '../kernel/money.ts';
import type { Detail, FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import type { ExpectedVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { caseActions } from './actions.ts';
import { requirePositive } from './advance.ts';
import { personKeyOf } from './advance-repository.ts';
import { money } from './decision-view.ts';
import { caseMachine } from './domain.ts';
import { type AssistanceCase, type Beneficiary, saveCase } from './repository.ts';
import { actingOfficer, lockCase, requireBeneficiary } from './service.ts';
import { agenciesAwaited, awaitedShares, ensureWithinRequest } from './share-domain.ts';
import { findShares, insertShare, type ShareRow, saveShare } from './share-repository.ts';

export type ShareRequestInput = { agencyId: string; amount: { amount: string }; beneficiaryId?: string };
export type ShareInput = ShareRequestInput & { fundId?: string | null };

/** The only one there is; 422 where the caller would have to name one. */
function requireOnly<T>([only, another]: readonly T[]): T {
  if (only && !another) return only;
  const detail: Detail = ['不止一个时必填', 'required where there is more than one'];
  const error = { pointer: '/beneficiaryId', code: 'beneficiary.required', detail };
  throw httpProblems['request.rule_violated']({}, [error]);
}

function chooseBeneficiary(c: AssistanceCase, beneficiaryId: string | undefined): Beneficiary {
  return beneficiaryId ? requireBeneficiary(c, beneficiaryId, '/beneficiaryId') : requireOnly(c.beneficiaries);
}

async function requireSuperior(tx: Tx, c: AssistanceCase, agencyId: string): Promise<void> {
  const superiors = await findSuperiors(tx, c.handlingAgencyId);
  if (superiors.includes(agencyId)) return;
  const error: FieldError = {
    pointer: '/agencyId',
    code: 'agency.not_superior',
    detail: ['不是承办检察院的上级', 'not above the handling procuratorate'],
  };
  throw httpProblems['request.reference_unknown']({}, [error]);
}

type ShareFact = { type: `case.share_${string}`; amountFen: bigint; data?: Fact['data']; access?: Fact['access'] };

function recordShare(tx: Tx, c: AssistanceCase, share: ShareRow, { type, amountFen, data, access }: ShareFact): void {
  const { id: shareId, agencyId, beneficiaryId } = share;
  const ids = { shareId, agencyId, beneficiaryId, handlingAgencyId: c.handlingAgencyId };
  tx.record({
    ...{ type, kind: 'case', id: c.id, changed: ['shares'] },
    data: { ...ids, amountFen: Number(amountFen), ...data },
    ...(access ? { access } : {}),
  });
}

/** Another request to the same agency for the same person replaces the former; what was given before stands until it is answered. */
async function writeRequest(tx: Tx, c: AssistanceCase, input: ShareRequestInput, requestedFen: bigint) {
  const beneficiary = chooseBeneficiary(c, input.beneficiaryId);
  const officer = actingOfficer(tx);
  const { now: createdAt, today: requestedOn } = tx.ctx;
  const asked = { status: 'requested' as const, requestedFen, requestedOn };
  const who = { requestedBy: officer.id, requestedByPersonKey: officer.personKey };
  const none = { givenFen: null, givenBy: null, givenByPersonKey: null, givenOn: null };
  const shares = await findShares(tx, c.id);
  const former = shares.find((s) => s.agencyId === input.agencyId && s.beneficiaryId === beneficiary.id);
  if (former) {
    const change = { ...asked, ...who, ...(former.status === 'released' ? none : {}) };
    const share = await saveShare(tx, former, change);
    return { share, shares: shares.map((s) => (s.id === share.id ? share : s)) };
  }
  const place = { id: tx.newId(), caseId: c.id, beneficiaryId: beneficiary.id, agencyId: input.agencyId, fundId: null };
  const share: ShareRow = { ...place, ...asked, ...who, ...none, createdAt, updatedAt: createdAt };
  await insertShare(tx, share);
  return { share, shares: [...shares, share] };
}

/** Who gives money sees a masked case without its papers; who decides on it as well goes on seeing those. */
const relationOf = (c: AssistanceCase, agencyId: string): Relation =>
  agencyId === c.reconsiderationAgencyId || agencyId === c.superiorAgencyId ? 'partner' : 'treasury';

/** From here on the asked agency sees the case, masked. */
export async function requestShare(
  tx: Tx,
  id: string,
  input: ShareRequestInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const amountFen = requirePositive(input.amount);
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'joint-share-request', c, tx.ctx.actor);
  await requireSuperior(tx, c, input.agencyId);
  const { share, shares } = await writeRequest(tx, c, input, amountFen);
  const sharesAwaited = agenciesAwaited(shares);
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'share'), sharesAwaited });
  const access = [{ agencyId: input.agencyId, relation: relationOf(c, input.agencyId) }];
  recordShare(tx, c, share, { type: 'case.share_requested', amountFen, access });
  return saved;
}

/** Neither who handles the case nor who asked for the share, through whatever credential. */
async function ensureAnother(tx: Tx, c: AssistanceCase, share: ShareRow): Promise<void> {
  const handler = c.handlerOfficerId ? await personKeyOf(tx, c.handlerOfficerId) : null;
  if (samePerson(tx.ctx.actor, handler) || samePerson(tx.ctx.actor, share.requestedByPersonKey))
    throw actionProblems['decision.four_eyes']({
      who: '请求与批准联合救助',
      whoEn: 'who asks for a share and who gives it',
    });
}

function ensureOwn(tx: Tx, share: ShareRow | undefined, input: ShareInput): void {
  const wrong = (pointer: string, code: string, ...detail: readonly [zh: string, en: string]) =>
    httpProblems['request.rule_violated']({}, [{ pointer, code, detail }]);
  if (input.agencyId !== tx.ctx.actor.agency.id)
    throw wrong('/agencyId', 'agency.not_own', '不是本单位', 'not your own agency');
  const moved = share?.fundId && input.fundId && share.fundId !== input.fundId;
  if (moved) throw wrong('/fundId', 'fund.changed', '该份额已列在另一资金项下', 'the share stands on another fund');
}

/** Reserves on the giver's fund in the same transaction; at the grant the handling agency's own part is so much smaller. */
export async function giveShare(
  tx: Tx,
  id: string,
  input: ShareInput,
  expected: ExpectedVersion,
): Promise<AssistanceCase> {
  const givenFen = requirePositive(input.amount);
  const { agency } = tx.ctx.actor;
  const c = await lockCase(tx, id, expected);
  ensureAction(caseMachine, caseActions, 'joint-share', c, tx.ctx.actor);
  const shares = await findShares(tx, id);
  const share = requireOnly(awaitedShares(shares, agency.id, input.beneficiaryId));
  ensureOwn(tx, share, input);
  await ensureAnother(tx, c, share);
  ensureWithinRequest(share, givenFen);
  const officer = actingOfficer(tx);
  const who = { givenBy: officer.id, givenByPersonKey: officer.personKey, givenOn: tx.ctx.today };
  const given = await saveShare(tx, share, { status: 'given', givenFen, ...who });
  const sharesAwaited = agenciesAwaited(shares.map((s) => (s.id === given.id ? given : s)));
  const sharesGivenBy = [...new Set([...c.sharesGivenBy, officer.personKey])];
  const saved = await saveCase(tx, c, { state: caseMachine.next(c.state, 'share'), sharesAwaited, sharesGivenBy });
  const fundId = input.fundId ?? given.fundId;
  recordShare(tx, c, given, { type: 'case.share_given', amountFen: givenFen, data: { fundId } });
  return saved;
}

/** The shares as the case shows them, to all who see the case. */
export async function viewShares(tx: Tx, caseId: string) {
  const rows = await findShares(tx, caseId);
  if (rows.length === 0) return [];
  const [agencyOf, officerOf] = await Promise.all([
    requireAgencyMap(
      tx,
      rows.map((row) => row.agencyId),
    ),
    requireOfficerMap(
      tx,
      rows.flatMap((row) => [row.requestedBy, row.givenBy]),
    ),
  ]);
  return rows.map((row) => {
    const { id, beneficiaryId, fundId, status, requestedOn, givenOn } = row;
    const { id: agencyId, code, name } = agencyOf(row.agencyId);
    return {
      ...{ id, agency: { id: agencyId, code, name }, beneficiaryId, fundId, status },
      requestedAmount: toMoney(row.requestedFen),
      amount: money(row.givenFen),
      requestedOn,
      requestedBy: officerOf(row.requestedBy),
      givenOn,
      givenBy: row.givenBy ? officerOf(row.givenBy) : null,
    };
  });
}
