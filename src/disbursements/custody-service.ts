// Verbs on money in custody: the plan and its agreement, a spend request with its paper, the release by another person.
import { findCase } from '../cases/service.ts';
import { documentsOn } from '../documents/service.ts';
import { actionProblems, ensureAction } from '../kernel/action.ts';
import { samePerson } from '../kernel/actor.ts';
import { formatYuan } from '../kernel/money.ts';
import type { FieldError } from '../kernel/problem.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { disbursementActions } from './actions.ts';
import {
  type Agreement,
  type CustodyPurpose,
  type Instalment,
  type ReleaseOutcome,
  type ReleaseTexts,
  remainingOf,
  unclaimedOf,
} from './custody-domain.ts';
import {
  findPlan,
  findReleases,
  insertRelease,
  noteAwaited,
  openReleaseTexts,
  type PlanRow,
  type ReleaseRow,
  savePlan,
  saveRelease,
} from './custody-repository.ts';
import { disbursementMachine, disbursementProblems } from './domain.ts';
import {
  advance,
  type Disbursement,
  factOf,
  findDisbursement,
  lockDisbursement,
  officerOf,
  requireAmount,
} from './service.ts';

export type PlanInput = {
  agreement: { number: string; signedOn: string; custodian: string; supervisor?: string };
  instalments: readonly Instalment[];
};

const wrong = (pointer: string, code: string, detail: readonly [zh: string, en: string]) => {
  const error: FieldError = { pointer, code, detail };
  return httpProblems['request.rule_violated']({}, [error]);
};

/** The instalments are the line, to the fen, in the order of their days. */
function ensureWhole(line: Disbursement, instalments: readonly Instalment[]): void {
  const sum = instalments.reduce(
    (total, { amount }, i) => total + requireAmount(amount, `/instalments/${i}/amount`),
    0n,
  );
  const total = formatYuan(line.amountFen);
  if (sum !== line.amountFen)
    throw wrong('/instalments', 'instalments.sum', [`各期之和须为 ${total} 元`, `together they must be ${total} yuan`]);
  const late = instalments.findIndex(({ dueOn }, i) => dueOn < (instalments[i - 1]?.dueOn ?? dueOn));
  if (late > 0)
    throw wrong(`/instalments/${late}/dueOn`, 'instalments.order', ['早于上一期', 'before the instalment above it']);
}

export type CustodyPlan = { plan: PlanRow; line: Disbursement; created: boolean };

/** Who holds the money by which agreement, and when it is to be released for what; it changes until something is asked for. */
export async function planCustody(
  tx: Tx,
  id: string,
  input: PlanInput,
  expected: ExpectedVersion,
): Promise<CustodyPlan> {
  const { number: agreementNumber, signedOn, custodian, supervisor = null } = input.agreement;
  if (signedOn > tx.ctx.today) throw wrong('/agreement/signedOn', 'date.future', ['晚于今天', 'a day after today']);
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'custody-plan', line, tx.ctx.actor);
  ensureWhole(line, input.instalments);
  if ((await findReleases(tx, id)).length > 0) throw disbursementProblems['custody.plan_fixed']();
  const former = await findPlan(tx, id);
  const officer = officerOf(tx.ctx.actor);
  const agreement: Agreement = { custodian, supervisor };
  const row = { disbursementId: id, agreementNumber, signedOn, instalments: input.instalments };
  await savePlan(tx, { ...row, plannedBy: officer.id, plannedByPersonKey: officer.personKey }, agreement);
  const saved = await advance(tx, line, disbursementMachine.next(line.state, 'plan-custody'), {
    fact: 'custody_planned',
    data: { instalments: input.instalments.length },
  });
  const plan = await findPlan(tx, id);
  if (!plan) throw new Error('a new plan is not visible');
  return { plan, line: saved, created: former === undefined };
}

export type ReleaseInput = {
  amount: { amount: string };
  purpose: CustodyPurpose;
  use: string;
  evidenceDocumentIds: readonly string[];
};

async function requireEvidence(tx: Tx, id: string, documentIds: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(documentIds.map((one) => one.toLowerCase()))];
  const found = await documentsOn(tx, { kind: 'disbursement', id }, wanted);
  const absent = wanted.filter((one) => !found.includes(one));
  if (absent.length === 0) return wanted;
  const errors = absent.map((detail) => ({ pointer: '/evidenceDocumentIds', code: 'document.unknown', detail }));
  throw httpProblems['request.reference_unknown']({}, errors);
}

/** A revoked case spends nothing more; a closed one goes on, because custody may outlast it by years. */
async function ensureNotRevoked(tx: Tx, line: Disbursement): Promise<void> {
  const found = await findCase(tx, line.caseId);
  if (found?.state === 'revoked') throw disbursementProblems['disbursement.case_ended']();
}

export type Release = { row: ReleaseRow; texts: ReleaseTexts | null; line: Disbursement };

async function requireRelease(tx: Tx, line: Disbursement, releaseId: string): Promise<Release> {
  const row = (await findReleases(tx, line.id)).find((one) => one.id === releaseId.toLowerCase());
  if (!row) throw httpProblems['resource.not_found']();
  const [texts = null] = await openReleaseTexts(tx, [row]);
  return { row, texts, line };
}

export async function findRelease(tx: Tx, ids: { id: string; releaseId: string }): Promise<Release | undefined> {
  const line = await findDisbursement(tx, ids.id);
  const row = line && (await findReleases(tx, line.id)).find((one) => one.id === ids.releaseId.toLowerCase());
  if (!row) return undefined;
  const [texts = null] = await openReleaseTexts(tx, [row]);
  return { row, texts, line };
}

/** Money is asked for with the paper behind the need; what is asked for is not asked for twice. */
export async function requestRelease(
  tx: Tx,
  id: string,
  input: ReleaseInput,
  expected: ExpectedVersion,
): Promise<Release> {
  const amountFen = requireAmount(input.amount, '/amount');
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'releases', line, tx.ctx.actor);
  await ensureNotRevoked(tx, line);
  if (!(await findPlan(tx, id))) throw disbursementProblems['custody.no_plan']();
  const evidenceIds = await requireEvidence(tx, id, input.evidenceDocumentIds);
  const releases = await findReleases(tx, id);
  const rest = unclaimedOf(line, releases);
  if (amountFen > rest) throw disbursementProblems['custody.exceeded']({ limit: formatYuan(rest) });
  const officer = officerOf(tx.ctx.actor);
  const { now } = tx.ctx;
  const row = {
    ...{ id: tx.newId(), disbursementId: id, position: releases.length + 1, state: 'requested' as const, amountFen },
    ...{ purpose: input.purpose, evidenceIds, requestedBy: officer.id, requestedByPersonKey: officer.personKey },
    ...{ createdAt: now, updatedAt: now },
  };
  await insertRelease(tx, row, { use: input.use, opinion: null });
  await noteAwaited(tx, id);
  const data = { releaseId: row.id, requestedFen: Number(amountFen), purpose: input.purpose };
  tx.record(factOf('release_requested', line, ['releases'], data));
  return requireRelease(tx, line, row.id);
}

/** The other person's word; what is released leaves custody for good, and the last release settles the line. */
export async function decideRelease(
  tx: Tx,
  ids: { id: string; releaseId: string },
  input: { outcome: ReleaseOutcome; opinion?: string },
  expected: ExpectedVersion,
): Promise<Release> {
  const line = await lockDisbursement(tx, ids.id, undefined);
  const found = await requireRelease(tx, line, ids.releaseId);
  const { row } = found;
  ensureVersion(row, expected);
  if (row.state !== 'requested') throw disbursementProblems['release.illegal_transition']({ allowed: [] });
  const officer = officerOf(tx.ctx.actor);
  if (line.agencyId !== tx.ctx.actor.agency.id)
    throw disbursementProblems['disbursement.not_competent']({ who: '承办检察院', whoEn: 'handling procuratorate' });
  if (samePerson(tx.ctx.actor, row.requestedByPersonKey))
    throw actionProblems['decision.four_eyes']({
      who: '申请与批准',
      whoEn: 'who asks for a release and who approves it',
    });
  const decided = { decidedBy: officer.id, decidedByPersonKey: officer.personKey, decidedOn: tx.ctx.today };
  const texts = { use: found.texts?.use ?? '', opinion: input.opinion ?? null };
  await saveRelease(tx, row, { state: input.outcome, ...decided }, texts);
  await noteAwaited(tx, line.id);
  const saved = input.outcome === 'released' ? await release(tx, line, row) : line;
  if (input.outcome === 'refused') tx.record(factOf('release_refused', line, ['releases'], { releaseId: row.id }));
  return requireRelease(tx, saved, row.id);
}

async function release(tx: Tx, line: Disbursement, row: ReleaseRow): Promise<Disbursement> {
  await ensureNotRevoked(tx, line);
  const { can, next, refuse } = disbursementMachine;
  if (!can(line.state, 'release')) throw refuse(line.state, 'release');
  const rest = remainingOf(line);
  if (row.amountFen > rest) throw disbursementProblems['custody.exceeded']({ limit: formatYuan(rest) });
  const released = await advance(tx, line, next(line.state, 'release'), {
    fact: 'released',
    change: { custodyReleasedFen: line.custodyReleasedFen + row.amountFen },
    data: { releaseId: row.id, releasedFen: Number(row.amountFen), purpose: row.purpose },
  });
  if (remainingOf(released) > 0n) return released;
  return advance(tx, released, next(released.state, 'exhaust-custody'), { fact: 'custody_exhausted' });
}
