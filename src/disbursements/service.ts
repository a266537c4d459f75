// Verbs on disbursements up to the order to pay: plan, authorise, void; and what the end of a case does to its lines.
import { findAgencyFor, findSuperiors, requireAgencyMap } from '../agencies/service.ts';
import { caseMachine, caseProblems } from '../cases/domain.ts';
import {
  type AssistanceCase,
  adjustOpenLines,
  type Beneficiary,
  ensureHandlingAgency,
  findAdvances,
  isHandlingTeam,
  isUndecided,
  lockCase,
  noteDisbursementPlanned,
  requireBeneficiary,
} from '../cases/service.ts';
import { type Drawn, drawReservation } from '../funds/service.ts';
import { ensureAction } from '../kernel/action.ts';
import type { Actor } from '../kernel/actor.ts';
import type { AccessGrant, Fact } from '../kernel/fact.ts';
import { parseYuan } from '../kernel/money.ts';
import type { Detail } from '../kernel/problem.ts';
import { onConstraint } from '../platform/db/errors.ts';
import { allotRecordNumber } from '../platform/db/heads.ts';
import type { Tx } from '../platform/db/tx.ts';
import { type ExpectedVersion, ensureVersion } from '../platform/http/conditional.ts';
import { httpProblems } from '../platform/http/problem.ts';
import { disbursementActions, seesPayee } from './actions.ts';
import {
  type DisbursementKind,
  type DisbursementNotes,
  type DisbursementState,
  disbursementMachine,
  disbursementProblems,
  openLinesDelta,
  type Payee,
} from './domain.ts';
import {
  type Disbursement,
  type DisbursementRow,
  findByRequestNumber,
  findDisbursement,
  insertDisbursement,
  openPayee,
  payeeColumns,
  saveDisbursement,
} from './repository.ts';

export type { Disbursement, DisbursementRow };

onConstraint('disbursements_request_number', () => disbursementProblems['disbursement.request_number_taken']());

type MoneyInput = { amount: string };

/** A positive amount in fen, or the 422 at `pointer`. */
export function requireAmount(money: MoneyInput, pointer: string): bigint {
  const fen = parseYuan(money.amount);
  if (fen !== undefined && fen > 0n) return fen;
  const detail: Detail = ['须大于 0.00', 'more than 0.00'];
  throw httpProblems['request.rule_violated']({}, [
    { pointer: `${pointer}/amount`, code: 'amount.not_positive', detail },
  ]);
}

/** The officer behind the token; `ensureAction` and the handling-team rule have refused tokens without one. */
export function officerOf(actor: Actor): NonNullable<Actor['officer']> {
  if (!actor.officer) throw new Error('a decision without an officer');
  return actor.officer;
}

/** Locks case and line, in this order: closing a case waits for its lines and the other way round. 404, 412. */
export async function lockDisbursement(tx: Tx, id: string, expected: ExpectedVersion): Promise<Disbursement> {
  const found = await findDisbursement(tx, id);
  if (found && [found.agencyId, found.shareAgencyId].includes(tx.ctx.actor.agency.id)) await lockCase(tx, found.caseId);
  const line = found && (await findDisbursement(tx, id, true));
  if (!line) throw httpProblems['resource.not_found']();
  ensureVersion(line, expected);
  return line;
}

type LineIds = Pick<
  DisbursementRow,
  'id' | 'caseId' | 'beneficiaryId' | 'personId' | 'agencyId' | 'shareAgencyId' | 'amountFen'
>;

/** What every fact of a line tells: ids, who pays, and the amount. */
export function factOf(type: string, line: LineIds, changed: readonly string[], data: Fact['data'] = {}): Fact {
  const { caseId: assistanceCaseId, beneficiaryId, personId, agencyId, amountFen } = line;
  const payerAgencyId = line.shareAgencyId ?? agencyId;
  const common = { assistanceCaseId, beneficiaryId, personId, agencyId, payerAgencyId, amountFen: Number(amountFen) };
  return { type: `disbursement.${type}`, kind: 'disbursement', id: line.id, changed, data: { ...common, ...data } };
}

/** Moves the line to `state`, keeps the case's count of open lines and records the fact. */
export async function advance(
  tx: Tx,
  line: Disbursement,
  state: DisbursementState,
  step: { fact: string; change?: Partial<DisbursementRow>; notes?: DisbursementNotes; data?: Fact['data'] },
): Promise<Disbursement> {
  const saved = await saveDisbursement(tx, line, { ...step.change, state }, step.notes);
  const delta = openLinesDelta(line.state, state);
  if (delta !== 0) await adjustOpenLines(tx, line.caseId, delta);
  const changed = [...(state === line.state ? [] : ['state']), ...Object.keys(step.change ?? {})];
  tx.record(factOf(step.fact, saved, changed, step.data));
  return saved;
}

export type PlanInput = {
  beneficiaryId: string;
  fundId?: string;
  amount: MoneyInput;
  kind: DisbursementKind;
  payee: Payee;
  requestNumber: string;
};

/** Before the decision only what was approved in advance is paid. */
const isAhead = (c: AssistanceCase, kind: DisbursementKind) => kind === 'advance' && isUndecided(c.state);

/** A case that is decided for aid and runs, or an advance before it, and an officer of its handling team. */
function ensurePlannable(c: AssistanceCase, actor: Actor, kind: DisbursementKind): void {
  ensureHandlingAgency(c, actor);
  if (!isHandlingTeam(c, actor)) throw caseProblems['case.not_assigned']();
  if (isAhead(c, kind)) return;
  if (c.state !== 'granted' && c.state !== 'disbursing') throw caseMachine.refuse(c.state, 'disburse');
}

type Parties = Pick<DisbursementRow, 'agencyId' | 'shareAgencyId' | 'treasuryAgencyId'>;

async function accessOf(tx: Tx, { agencyId, shareAgencyId, treasuryAgencyId }: Parties): Promise<AccessGrant[]> {
  const superiors = await findSuperiors(tx, agencyId);
  return [
    ...superiors.map((superior) => ({ agencyId: superior, relation: 'oversight' as const })),
    ...(treasuryAgencyId ? [{ agencyId: treasuryAgencyId, relation: 'treasury' as const }] : []),
    ...(shareAgencyId ? [{ agencyId: shareAgencyId, relation: 'treasury' as const }] : []),
    { agencyId, relation: 'handler' },
  ];
}

/** The finance department beside the procuratorate that pays. */
async function findTreasury(tx: Tx, payerId: string): Promise<string | null> {
  const { regionCode, level } = (await requireAgencyMap(tx, [payerId]))(payerId);
  return (await findAgencyFor(tx, 'finance', regionCode, level))?.id ?? null;
}

async function ensureAdvanced(tx: Tx, c: AssistanceCase, beneficiaryId: string): Promise<void> {
  const advances = await findAdvances(tx, c.id);
  if (!advances.some((advance) => advance.beneficiaryId === beneficiaryId))
    throw disbursementProblems['disbursement.not_advanced']();
}

/** Adds a line under a grant or an advance. The reservation of the award is drawn under its lock: never a fen over the grant. */
export async function planDisbursement(
  tx: Tx,
  caseId: string,
  input: PlanInput,
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const { actor } = tx.ctx;
  const amountFen = requireAmount(input.amount, '/amount');
  const found = await lockCase(tx, caseId, expected);
  ensurePlannable(found, actor, input.kind);
  const taken = await findByRequestNumber(tx, actor.agency.id, input.requestNumber);
  if (taken)
    throw disbursementProblems['disbursement.request_number_taken']({ existing: `/v1/disbursements/${taken.id}` });
  const beneficiary = requireBeneficiary(found, input.beneficiaryId, '/beneficiaryId');
  const ownOnly = isAhead(found, input.kind);
  if (ownOnly) await ensureAdvanced(tx, found, beneficiary.id);
  else {
    if (beneficiary.grantedFen === null) throw disbursementProblems['disbursement.not_granted']();
    await noteDisbursementPlanned(tx, found);
  }
  const draw = { caseId, beneficiaryId: beneficiary.id, fundId: input.fundId, amountFen };
  const drawn = await drawReservation(tx, draw, { ownOnly });
  return insertLine(tx, found, beneficiary, { ...input, ...drawn, amountFen });
}

async function insertLine(
  tx: Tx,
  found: AssistanceCase,
  beneficiary: Beneficiary,
  input: PlanInput & Drawn & { amountFen: bigint },
): Promise<Disbursement> {
  const { actor, now } = tx.ctx;
  const { agency } = actor;
  const officer = officerOf(actor);
  const id = tx.newId();
  const { fundId, shareAgencyId, amountFen, kind, requestNumber } = input;
  const row = {
    id,
    number: await allotRecordNumber(tx, 'DB', agency.code),
    caseId: found.id,
    beneficiaryId: beneficiary.id,
    personId: beneficiary.personId,
    agencyId: agency.id,
    shareAgencyId,
    treasuryAgencyId: await findTreasury(tx, shareAgencyId ?? agency.id),
    state: disbursementMachine.initial,
    ...{ fundId, amountFen, kind, requestNumber },
    ...(await payeeColumns(tx, id, beneficiary.personId, input.payee)),
    plannedBy: officer.id,
    plannedByPersonKey: officer.personKey,
    createdAt: now,
    updatedAt: now,
  };
  await insertDisbursement(tx, row);
  await adjustOpenLines(tx, found.id, 1);
  const access = await accessOf(tx, row);
  tx.record({ ...factOf('planned', row, ['state'], { fundId, kind }), access });
  return requireDisbursement(tx, id);
}

async function requireDisbursement(tx: Tx, id: string): Promise<Disbursement> {
  const line = await findDisbursement(tx, id);
  if (!line) throw new Error('a new line is not visible');
  return line;
}

export async function authoriseDisbursement(
  tx: Tx,
  id: string,
  input: { opinion?: string },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'authorisation', line, tx.ctx.actor);
  const officer = officerOf(tx.ctx.actor);
  const { now: authorisedAt } = tx.ctx;
  const change = { authorisedBy: officer.id, authorisedByPersonKey: officer.personKey, authorisedAt };
  return advance(tx, line, disbursementMachine.next(line.state, 'authorise'), {
    fact: 'authorised',
    change,
    ...(input.opinion ? { notes: { authorisationOpinion: input.opinion } } : {}),
  });
}

/** Its draw goes back with the fact. */
export function voidLine(
  tx: Tx,
  line: Disbursement,
  notes?: DisbursementNotes,
  data?: Fact['data'],
): Promise<Disbursement> {
  const state = disbursementMachine.next(line.state, 'void');
  return advance(tx, line, state, {
    fact: 'voided',
    ...(line.recoveryDue ? { change: { recoveryDue: false } } : {}),
    ...(notes ? { notes } : {}),
    ...(data ? { data } : {}),
  });
}

export async function voidDisbursement(
  tx: Tx,
  id: string,
  input: { reason?: string },
  expected: ExpectedVersion,
): Promise<Disbursement> {
  const line = await lockDisbursement(tx, id, expected);
  ensureAction(disbursementMachine, disbursementActions, 'void', line, tx.ctx.actor);
  return voidLine(tx, line, input.reason ? { voidReason: input.reason } : undefined);
}

/** The payee in clear for the one who pays, audited; null for others, and in a dry run, which leaves no record of a look. */
export async function showPayee(tx: Tx, line: DisbursementRow): Promise<Omit<Payee, 'type'> | null> {
  if (tx.ctx.dryRun || !seesPayee(line, tx.ctx.actor)) return null;
  tx.viewed(line.personId, ['payeeName', 'payeeBank', 'payeeAccount'], 'disbursement.payment');
  return openPayee(tx, line);
}

export { findDisbursement };
